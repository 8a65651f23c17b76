package tranzr.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.OperatorFile;
import tranzr.security.SelfSigned;
import tranzr.security.TlsIdentity;

/** Where a server's certificate and key come from, read once; reading again tells what there is by then. Safe for several threads. */
final class TlsCertificates {

    /** Within the data directory; holds the key, so mode 0600. */
    static final String SELF_SIGNED = "tls-self-signed.pem";

    private static final String SELF_SIGNED_NEW = SELF_SIGNED + ".tmp";
    private static final Duration RENEWED_BEFORE_END = Duration.ofDays(30);

    /** The texts of both files, as they were at nearly the same moment. */
    record Texts(String certificate, String key) {

        /** @throws GeneralSecurityException with a sentence for the operator when they are not a certificate and its key */
        TlsIdentity parse() throws GeneralSecurityException {
            return TlsIdentity.parse(certificate, key);
        }
    }

    private TlsCertificates() {
    }

    /** @throws IOException naming the file that cannot be read */
    static Texts read(TlsConfig.Files files) throws IOException {
        return new Texts(OperatorFile.read(files.certificate()), OperatorFile.readSecret(files.key()));
    }

    /**
     * The certificate that was made at an earlier start, or a new one, which is stored before it is used. It is renewed, for the same key, when it ends soon or
     * lacks a name that the operator has given.
     *
     * @param directory the data directory, which nobody else uses
     * @throws GeneralSecurityException when the stored one is not what was written
     */
    static TlsIdentity selfSigned(Disk disk, Path directory, InetSocketAddress bind, Optional<String> baseUrl, InstantSource clock, SecureRandom random)
            throws IOException, GeneralSecurityException {
        Path file = directory.resolve(SELF_SIGNED);
        Set<String> given = new TreeSet<>(Set.of("localhost", "127.0.0.1", "::1"));
        if (!bind.getAddress().isAnyLocalAddress()) {
            given.add(bind.getAddress().getHostAddress().replaceFirst("%.*", ""));
        }
        baseUrl.map(url -> URI.create(url).getHost()).map(host -> host.replaceAll("[\\[\\]]", "")).ifPresent(given::add);
        Set<String> all = new TreeSet<>(given);
        ownName().ifPresent(all::add);
        Instant now = clock.instant();
        TlsIdentity identity;
        if (disk.exists(file)) {
            String text = OperatorFile.readSecret(file);
            TlsIdentity old;
            try {
                old = TlsIdentity.parse(text, text);
            } catch (GeneralSecurityException e) {
                throw new GeneralSecurityException(file + " is not what was written: " + e.getMessage() + "; without it a new one is made", e);
            }
            // The machine's own name may be another after each start of a container: only what was asked for makes another certificate.
            if (old.isValidAt(now) && old.isValidAt(now.plus(RENEWED_BEFORE_END)) && old.names().containsAll(SelfSigned.usable(given))) {
                return old;
            }
            identity = SelfSigned.renew(old, all, now, random);
        } else {
            identity = SelfSigned.create(all, now, random);
        }
        store(disk, directory, identity.toPem());
        return identity;
    }

    private static void store(Disk disk, Path directory, String text) throws IOException {
        Path temporary = directory.resolve(SELF_SIGNED_NEW);
        disk.delete(temporary);
        try (DiskFile out = disk.open(temporary, Disk.Mode.CREATE)) {
            out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
            out.force(true);
        }
        disk.move(temporary, directory.resolve(SELF_SIGNED));
        disk.forceDirectory(directory);
    }

    private static Optional<String> ownName() {
        try {
            return Optional.of(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return Optional.empty(); // nobody knows this machine by a name
        }
    }
}
