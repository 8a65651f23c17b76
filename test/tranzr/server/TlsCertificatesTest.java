package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.disk.RealDisk;
import tranzr.security.SelfSigned;
import tranzr.security.TlsIdentity;

/** The certificate that a server makes for itself, over many starts. */
class TlsCertificatesTest {

    private static final Instant FIRST_START = Instant.parse("2026-11-21T10:00:00Z");

    @TempDir
    Path folder;

    private TlsIdentity start(Instant now, String bind, String baseUrl) throws Exception {
        return TlsCertificates.selfSigned(new RealDisk(), folder, new InetSocketAddress(bind, 0), Optional.ofNullable(baseUrl), () -> now, new SecureRandom());
    }

    @Test
    void itStaysTheSameUntilItEndsSoon() throws Exception {
        TlsIdentity first = start(FIRST_START, "0.0.0.0", "https://files.example.org:8443/t");
        assertTrue(first.names().containsAll(List.of("localhost", "127.0.0.1", "::1", "files.example.org")), first.names().toString());
        Instant beforeItsTime = FIRST_START.plus(SelfSigned.VALIDITY).minus(Duration.ofDays(31));
        assertEquals(first.fingerprint(), start(beforeItsTime, "0.0.0.0", "https://files.example.org:8443/t").fingerprint());
        TlsIdentity renewed = start(beforeItsTime.plus(Duration.ofDays(2)), "0.0.0.0", null);
        assertNotEquals(first.fingerprint(), renewed.fingerprint());
        assertEquals(first.pin(), renewed.pin());
        assertFalse(renewed.names().contains("files.example.org"));
    }

    @Test
    void aNewNameMakesANewCertificateForTheSameKey() throws Exception {
        TlsIdentity first = start(FIRST_START, "127.0.0.1", null);
        TlsIdentity second = start(FIRST_START, "192.0.2.7", "https://[2001:db8::7]/");
        assertTrue(second.names().containsAll(List.of("192.0.2.7", "2001:db8::7")), second.names().toString());
        assertEquals(first.pin(), second.pin());
        assertEquals(second.fingerprint(), start(FIRST_START, "127.0.0.1", null).fingerprint(), "more names than needed do no harm");
    }

    @Test
    void whatACrashLeftIsWrittenAnewAndNothingElseLiesAbout() throws Exception {
        Files.writeString(folder.resolve(TlsCertificates.SELF_SIGNED + ".tmp"), "half a k");
        TlsIdentity made = start(FIRST_START, "127.0.0.1", null);
        assertEquals(made.fingerprint(), start(FIRST_START, "127.0.0.1", null).fingerprint());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(TlsCertificates.SELF_SIGNED), files.map(file -> file.getFileName().toString()).toList());
        }
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(TlsCertificates.SELF_SIGNED))));
    }

    @Test
    void aDamagedOneAndOneThatOthersReadAreRefused() throws Exception {
        start(FIRST_START, "127.0.0.1", null);
        Path file = folder.resolve(TlsCertificates.SELF_SIGNED);
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, 200));
        String refusal = assertThrows(GeneralSecurityException.class, () -> start(FIRST_START, "127.0.0.1", null)).getMessage();
        assertTrue(refusal.contains("is not what was written") && !refusal.contains(whole.substring(60, 100)), refusal);
        Files.writeString(file, whole);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThrows(FileSystemException.class, () -> start(FIRST_START, "127.0.0.1", null));
    }
}
