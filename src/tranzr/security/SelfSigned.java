package tranzr.security;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tranzr.model.IpRange;

/** Certificates that nobody else vouches for (RFC 5280): clients know them by their fingerprint. EC on P-256. */
public final class SelfSigned {

    /** As long as clients take it: some refuse more than 825 days. */
    public static final Duration VALIDITY = Duration.ofDays(820);

    /** Clocks of clients may be slow. */
    private static final Duration BACKDATED = Duration.ofDays(1);
    private static final int MAX_HOST_NAME = 253;

    private SelfSigned() {
    }

    /**
     * A new key and its certificate.
     *
     * @param names host names and addresses; those that cannot stand in a certificate are left out
     */
    public static TlsIdentity create(Set<String> names, Instant now, SecureRandom random) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return certify(generator.generateKeyPair(), names, now, random);
    }

    /** A new certificate for the key of an old one, whose pin stays the same. */
    public static TlsIdentity renew(TlsIdentity old, Set<String> names, Instant now, SecureRandom random) throws GeneralSecurityException {
        return certify(new KeyPair(old.certificate().getPublicKey(), old.key()), names, now, random);
    }

    /** The names that a certificate for {@code names} stands for, as {@link TlsIdentity#names} tells them. */
    public static Set<String> usable(Set<String> names) {
        Set<String> usable = new TreeSet<>();
        for (String name : names) {
            InetAddress address = addressOf(name);
            if (address != null) {
                usable.add(IpRange.of(address).toString());
            } else if (name.length() <= MAX_HOST_NAME && name.matches("[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*")) {
                usable.add(name);
            }
        }
        return usable;
    }

    private static TlsIdentity certify(KeyPair keys, Set<String> names, Instant now, SecureRandom random) throws GeneralSecurityException {
        byte[] serial = new byte[16];
        random.nextBytes(serial);
        serial[0] = (byte) (serial[0] & 0x3f | 0x40); // positive, and of a fixed length
        byte[] algorithm = Der.sequence(Der.identifier("1.2.840.10045.4.3.2")); // ecdsa-with-SHA256
        byte[] name = Der.sequence(Der.element(Der.SET, Der.sequence(Der.identifier("2.5.4.3"), Der.text("Tranzr, self-signed"))));
        byte[] toSign = Der.sequence(
                Der.element(Der.CONTEXT, Der.integer(BigInteger.TWO)), // version 3
                Der.integer(new BigInteger(serial)),
                algorithm,
                name,
                Der.sequence(Der.time(now.minus(BACKDATED)), Der.time(now.plus(VALIDITY))),
                name,
                keys.getPublic().getEncoded(),
                Der.element(Der.CONTEXT | 3, extensions(keys, names)));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate(), random);
        signature.update(toSign);
        byte[] certificate = Der.sequence(toSign, algorithm, Der.bits(signature.sign()));
        X509Certificate parsed = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
        return new TlsIdentity(List.of(parsed), keys.getPrivate());
    }

    private static byte[] extensions(KeyPair keys, Set<String> names) throws GeneralSecurityException {
        byte[] alternatives = Der.sequence(usable(names).stream().map(SelfSigned::generalName).toArray(byte[][]::new));
        // Any number does that is the key's own; hashed as in RFC 7093, section 2, but the whole of the key's info.
        byte[] keyId = Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(keys.getPublic().getEncoded()), 20);
        return Der.sequence(
                extension("2.5.29.19", true, Der.sequence()), // basic constraints: no authority
                extension("2.5.29.15", true, Der.element(Der.BIT_STRING, new byte[] { 7, (byte) 0x80 })), // key usage: digital signature
                extension("2.5.29.37", false, Der.sequence(Der.identifier("1.3.6.1.5.5.7.3.1"))), // for servers
                extension("2.5.29.14", false, Der.element(Der.OCTET_STRING, keyId)),
                extension("2.5.29.17", false, alternatives));
    }

    private static byte[] extension(String identifier, boolean critical, byte[] value) {
        byte[] wrapped = Der.element(Der.OCTET_STRING, value);
        return critical ? Der.sequence(Der.identifier(identifier), Der.yes(), wrapped) : Der.sequence(Der.identifier(identifier), wrapped);
    }

    private static byte[] generalName(String name) {
        InetAddress address = addressOf(name);
        return address != null ? Der.element(Der.CONTEXT_PRIMITIVE | 7, address.getAddress())
                : Der.element(Der.CONTEXT_PRIMITIVE | 2, name.getBytes(StandardCharsets.US_ASCII));
    }

    /** Null for what is no address. */
    private static InetAddress addressOf(String name) {
        try {
            IpRange range = IpRange.parse(name);
            return range.prefix() == range.network().getAddress().length * 8 ? range.network() : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
