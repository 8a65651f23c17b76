package tranzr.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Shell;

/** PEM files as authorities and tools write them, and our own certificates. */
class TlsIdentityTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final SecureRandom RANDOM = new SecureRandom();
    /** How many bytes of a PKCS#8 of the JDK stand before the key in the older form. */
    private static final int RSA_PREFIX = 26;
    private static final int EC_PREFIX = 28;

    private static TlsIdentity ec;
    private static X509Certificate rsaCertificate;
    private static PrivateKey rsaKey;

    @TempDir
    Path folder;

    @BeforeAll
    static void makeKeys(@TempDir Path folder) throws Exception {
        ec = SelfSigned.create(Set.of("localhost"), NOW, RANDOM);
        KeyStore store = rsa(folder, 2048);
        rsaCertificate = (X509Certificate) store.getCertificate("k");
        rsaKey = (PrivateKey) store.getKey("k", "changeit".toCharArray());
    }

    private static KeyStore rsa(Path folder, int bits) throws Exception {
        Path file = folder.resolve("rsa.p12");
        Shell.run(folder, Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "k", "-keyalg", "RSA", "-keysize",
                Integer.toString(bits), "-dname", "CN=rsa", "-keystore", file.toString(), "-storetype", "PKCS12", "-storepass", "changeit").expectSuccess();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, "changeit".toCharArray());
        }
        return store;
    }

    private static String pem(X509Certificate certificate) throws Exception {
        return Pem.write("CERTIFICATE", certificate.getEncoded());
    }

    private static byte[] after(int prefix, byte[] bytes) {
        return Arrays.copyOfRange(bytes, prefix, bytes.length);
    }

    @Test
    void keysAreReadInAllTheirForms() throws Exception {
        byte[] rsa = rsaKey.getEncoded();
        for (String key : List.of(Pem.write("PRIVATE KEY", rsa), Pem.write("RSA PRIVATE KEY", after(RSA_PREFIX, rsa)),
                "Key of files.example.org\r\n" + Pem.write("RSA PRIVATE KEY", after(RSA_PREFIX, rsa)).replace("\n", "\r\n"))) {
            assertEquals(rsaKey, TlsIdentity.parse(pem(rsaCertificate), key).key());
        }
        byte[] own = ec.key().getEncoded();
        for (String key : List.of(Pem.write("PRIVATE KEY", own), Pem.write("EC PRIVATE KEY", after(EC_PREFIX, own)),
                Pem.write("EC PARAMETERS", new byte[] { 6, 1, 1 }) + Pem.write("EC PRIVATE KEY", after(EC_PREFIX, own)))) {
            assertEquals(ec.key(), TlsIdentity.parse(pem(ec.certificate()), key).key());
        }
        TlsIdentity both = TlsIdentity.parse(ec.toPem(), ec.toPem());
        assertEquals(ec.fingerprint(), both.fingerprint());
        assertEquals(ec.pin(), both.pin());
    }

    @Test
    void whatOpensslWritesIsRead() throws Exception {
        assumeTrue(Shell.has("openssl"), "openssl is not installed");
        for (String form : List.of("genrsa -traditional -out key.pem 2048", "ecparam -genkey -name prime256v1 -out key.pem", "ecparam -genkey -name secp384r1 -out key.pem",
                "genpkey -algorithm ed25519 -out key.pem", "genpkey -algorithm rsa -out key.pem")) {
            openssl(form);
            openssl("req -x509 -new -key key.pem -subj /CN=a -addext subjectAltName=DNS:a.example,IP:::1 -out cert.pem -text");
            TlsIdentity identity = TlsIdentity.parse(Files.readString(folder.resolve("cert.pem")), Files.readString(folder.resolve("key.pem")));
            assertEquals(Set.of("a.example", "::1"), identity.names(), form);
            String told = openssl("x509 -in cert.pem -noout -fingerprint -sha256");
            assertTrue(told.strip().endsWith("=" + identity.fingerprint()), told);
        }
        for (String encrypted : List.of("pkey -in key.pem -aes256 -passout pass:secret -out locked.pem",
                "rsa -in key.pem -traditional -aes256 -passout pass:secret -out locked.pem")) {
            openssl(encrypted);
            String refusal = refusal(Files.readString(folder.resolve("cert.pem")), Files.readString(folder.resolve("locked.pem")));
            assertTrue(refusal.contains("is encrypted"), refusal);
        }
    }

    private String openssl(String arguments) {
        return Shell.run(folder, ("openssl " + arguments).split(" ")).expectSuccess().output();
    }

    @Test
    void junkIsRefusedAndSaysWhereItIs() throws Exception {
        String certificate = pem(ec.certificate());
        String key = Pem.write("PRIVATE KEY", ec.key().getEncoded());
        assertTrue(refusal("", key).contains("certificate file has no certificate"));
        assertTrue(refusal(key, key).contains("certificate file has no certificate"));
        assertTrue(refusal(certificate, certificate).contains("private key is missing"));
        assertTrue(refusal(certificate, key + key).contains("not the only one"));
        assertTrue(refusal(certificate.replace("-----END CERTIFICATE-----", ""), key).contains("does not end"));
        assertTrue(refusal(certificate.replace("MII", "M*I"), key).contains("not Base64"));
        assertTrue(refusal(Pem.write("CERTIFICATE", new byte[50]), key).contains("damaged certificate (number 1)"));
        assertTrue(refusal(certificate, Pem.write("DSA PRIVATE KEY", new byte[50])).contains("not known here: DSA"));
        assertTrue(refusal(certificate + pem(rsaCertificate), key).contains("certificate 2 is not that of the issuer"));
        assertTrue(refusal(certificate, Pem.write("PRIVATE KEY", rsaKey.getEncoded())).contains("not of the certificate's kind, which is EC"));
        TlsIdentity other = SelfSigned.create(Set.of("localhost"), NOW, RANDOM);
        assertTrue(refusal(certificate, other.toPem()).contains("does not belong to the certificate"));
        KeyStore weak = rsa(Files.createDirectory(folder.resolve("weak")), 1024);
        assertTrue(refusal(pem((X509Certificate) weak.getCertificate("k")), Pem.write("PRIVATE KEY", weak.getKey("k", "changeit".toCharArray()).getEncoded()))
                .contains("too weak: RSA of 1024 bits"));
        assertTrue(refusal(certificate, key.replace("PRIVATE", "ENCRYPTED PRIVATE")).contains("is encrypted"));
        assertTrue(refusal(certificate, "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n")
                .contains("is encrypted"));
        assertTrue(refusal((certificate + "\n").repeat(101), key).contains("more than 100"));
        for (String secret : key.split("\n")) {
            assertFalse(secret.length() > 10 && !secret.startsWith("-") && refusal(certificate, key.replace(secret, "!" + secret)).contains(secret));
        }
    }

    @Test
    void changedBytesNeverPassAndNeverBreakAnything() throws Exception {
        Random random = new Random(5);
        byte[] certificate = ec.certificate().getEncoded();
        byte[] key = ec.key().getEncoded();
        for (int i = 0; i < 1000; i++) {
            byte[] bad = (i % 2 == 0 ? certificate : key).clone();
            int at = random.nextInt(bad.length);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            byte[] cut = i % 3 == 0 ? Arrays.copyOf(bad, at) : bad;
            try {
                TlsIdentity passed = TlsIdentity.parse(Pem.write("CERTIFICATE", i % 2 == 0 ? cut : certificate),
                        Pem.write(i % 4 == 3 ? "EC PRIVATE KEY" : "PRIVATE KEY", i % 2 == 0 ? key : cut));
                assertEquals(((ECPublicKey) ec.certificate().getPublicKey()).getW(), ((ECPublicKey) passed.certificate().getPublicKey()).getW(),
                        "only what is beside the key may differ");
            } catch (GeneralSecurityException expected) {
                assertTrue(expected.getMessage().startsWith("the certificate file ") || expected.getMessage().startsWith("the private key "), expected.getMessage());
            }
        }
    }

    @Test
    void aSelfSignedCertificateHasItsNamesAndProvesItself() throws Exception {
        Set<String> names = Set.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "files.example.org", "no host", "-bad", "a..b", "ü.example", "x".repeat(254));
        TlsIdentity made = SelfSigned.create(names, NOW, RANDOM);
        X509Certificate certificate = made.certificate();
        certificate.verify(certificate.getPublicKey());
        certificate.checkValidity(Date.from(NOW));
        certificate.checkValidity(Date.from(NOW.plus(SelfSigned.VALIDITY)));
        assertFalse(made.isValidAt(NOW.plus(SelfSigned.VALIDITY).plusSeconds(2)));
        assertFalse(made.isValidAt(NOW.minus(Duration.ofDays(2))));
        assertEquals(3, certificate.getVersion());
        assertEquals(-1, certificate.getBasicConstraints());
        assertTrue(certificate.getKeyUsage()[0]);
        assertEquals(List.of("1.3.6.1.5.5.7.3.1"), certificate.getExtendedKeyUsage());
        assertEquals(Set.of("localhost", "127.0.0.1", "::1", "files.example.org"), made.names());
        assertEquals(127, certificate.getSerialNumber().bitLength());
        TlsIdentity renewed = SelfSigned.renew(made, Set.of("new.example"), Instant.parse("2051-01-01T00:00:00Z"), RANDOM);
        renewed.certificate().verify(certificate.getPublicKey());
        assertEquals(made.pin(), renewed.pin());
        assertFalse(made.fingerprint().equals(renewed.fingerprint()));
        assertEquals(Instant.parse("2050-12-31T00:00:00Z"), renewed.certificate().getNotBefore().toInstant());
    }

    private static String refusal(String certificate, String key) {
        return assertThrows(GeneralSecurityException.class, () -> TlsIdentity.parse(certificate, key)).getMessage();
    }
}
