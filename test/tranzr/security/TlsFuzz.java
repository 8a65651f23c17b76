package tranzr.security;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;

/** Certificates and keys as operators hand them over: the text, and what is within its Base64. */
public final class TlsFuzz {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final TlsIdentity OWN = own();
    /** How many bytes of a PKCS#8 of the JDK stand before the key in the form of SEC 1. */
    private static final int EC_PREFIX = 28;

    private TlsFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("pem", "tranzr.security.Pem", "tranzr.security.TlsIdentity").seeds(text(OWN), text(OWN).replace("\n", "\r\n"),
                        text(OWN).replace("PRIVATE KEY", "EC PRIVATE KEY"), Pem.write("X", new byte[3]),
                        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n")
                        .words("-----BEGIN ", "-----END ", "CERTIFICATE", "PRIVATE KEY", "ENCRYPTED ", "RSA ", "EC ", "-----", "\n", "=", "Proc-Type: 4,ENCRYPTED")
                        .inputs(3_000).text(TlsFuzz::pem),
                Target.of("key-and-certificate", "tranzr.security.TlsIdentity", "tranzr.security.Der").seeds(List.of(encoded(), OWN.key().getEncoded(),
                        Arrays.copyOfRange(OWN.key().getEncoded(), EC_PREFIX, OWN.key().getEncoded().length), OWN.certificate().getPublicKey().getEncoded()))
                        .words("\u0030\u0080", "\u0030\u0082\u00ff\u00ff", "\u0002\u0001\u0000", "\u0004\u0084\u007f\u00ff\u00ff\u00ff", "\u0006\u0001\u0001", "\u0003\u0002")
                        .inputs(3_000).bytes(TlsFuzz::encoded));
    }

    /** The same in each run, as inputs that failed have to be found again. */
    private static TlsIdentity own() {
        Random random = new Random(8);
        try {
            return SelfSigned.create(Set.of("localhost", "::1"), NOW, new SecureRandom() {
                @Override
                public void nextBytes(byte[] bytes) {
                    random.nextBytes(bytes);
                }
            });
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(TlsIdentity identity) {
        try {
            return identity.toPem();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] encoded() {
        try {
            return OWN.certificate().getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pem(String text) throws GeneralSecurityException {
        try {
            for (Pem block : Pem.read(text)) {
                List<Pem> again = Pem.read(Pem.write(block.label(), block.bytes()));
                Expect.that(again.size() == 1 && again.getFirst().label().equals(block.label()) && Arrays.equals(again.getFirst().bytes(), block.bytes()),
                        "a block that is another when it is written again: " + block.label());
            }
        } catch (GeneralSecurityException e) {
            Expect.that(e.getMessage().startsWith("has "), "a refusal without words: " + e.getMessage());
        }
        identity(text, text);
    }

    private static void encoded(byte[] input) throws GeneralSecurityException {
        try {
            byte[] first = Der.firstOf(input);
            Expect.that(first.length >= 2 && first.length <= input.length - 2, "an element of " + first.length + " bytes within " + input.length);
            List<Byte> within = new ArrayList<>();
            for (byte each : input) {
                within.add(each);
            }
            List<Byte> found = new ArrayList<>();
            for (byte each : first) {
                found.add(each);
            }
            Expect.that(java.util.Collections.indexOfSubList(within, found) >= 2, "an element that does not stand there");
        } catch (InvalidKeyException e) {
            Expect.that(!e.getMessage().isBlank(), "a refusal without words");
        }
        String own = Pem.write("CERTIFICATE", encoded());
        for (String label : List.of("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY")) {
            identity(own, Pem.write(label, input));
        }
        identity(Pem.write("CERTIFICATE", input), text(OWN));
    }

    private static void identity(String certificates, String key) throws GeneralSecurityException {
        TlsIdentity parsed;
        try {
            parsed = TlsIdentity.parse(certificates, key);
        } catch (GeneralSecurityException e) {
            Expect.that(e.getMessage().startsWith("the certificate file ") || e.getMessage().startsWith("the private key "), "a refusal without words: " + e.getMessage());
            return;
        }
        Expect.same(OWN.pin(), parsed.pin(), "the public key of what passed with our private one");
        parsed.names();
        parsed.isValidAt(NOW);
        Expect.same(parsed.fingerprint(), TlsIdentity.parse(parsed.toPem(), parsed.toPem()).fingerprint(), "written and read again");
    }
}
