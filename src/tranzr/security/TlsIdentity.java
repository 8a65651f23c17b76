package tranzr.security;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tranzr.model.IpRange;

/** A certificate, those that vouch for it, and its private key, which fits. Never in a log, but for {@link #fingerprint} and {@link #pin}. */
public final class TlsIdentity {

    private static final int LEAST_RSA_BITS = 2048;
    private static final int NAME_OF_HOST = 2;
    private static final int NAME_OF_ADDRESS = 7;

    private final List<X509Certificate> chain;
    private final PrivateKey key;

    /** @throws GeneralSecurityException when they do not fit; its message follows "the private key" */
    TlsIdentity(List<X509Certificate> chain, PrivateKey key) throws GeneralSecurityException {
        this.chain = List.copyOf(chain);
        this.key = key;
        requireFit();
    }

    /**
     * Reads what certificate authorities hand out: a chain that begins with the server's certificate, and its key as PKCS#8 (RFC 5208), PKCS#1 (RFC 8017) or
     * SEC 1 (RFC 5915). RSA of 2048 bits or more, EC and EdDSA.
     *
     * @param certificates the text of a PEM file; what else is in it does not matter
     * @param key the text of a PEM file with one private key, not encrypted
     * @throws GeneralSecurityException with a whole sentence for the operator, which holds nothing of the key
     */
    public static TlsIdentity parse(String certificates, String key) throws GeneralSecurityException {
        List<X509Certificate> chain;
        try {
            chain = chainOf(Pem.read(certificates));
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException("the certificate file " + e.getMessage(), e);
        }
        try {
            PrivateKey parsed = keyOf(Pem.read(key), chain.getFirst().getPublicKey());
            return new TlsIdentity(chain, parsed);
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException("the private key " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> chainOf(List<Pem> blocks) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> chain = new ArrayList<>();
        for (Pem block : blocks) {
            if (!block.label().equals("CERTIFICATE")) {
                continue;
            }
            try {
                chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.bytes())));
            } catch (CertificateException e) {
                throw new GeneralSecurityException("has a damaged certificate (number " + (chain.size() + 1) + ")", e);
            }
        }
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("has no certificate: there is no 'BEGIN CERTIFICATE' in it");
        }
        for (int i = 1; i < chain.size(); i++) {
            if (!chain.get(i - 1).getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal())) {
                throw new GeneralSecurityException("has no chain: certificate " + (i + 1) + " is not that of the issuer of certificate " + i);
            }
        }
        return chain;
    }

    private static PrivateKey keyOf(List<Pem> blocks, PublicKey publicKey) throws GeneralSecurityException {
        Pem found = null;
        for (Pem block : blocks) {
            if (block.label().endsWith("PRIVATE KEY")) {
                if (found != null) {
                    throw new InvalidKeyException("is not the only one in its file");
                }
                found = block;
            }
        }
        if (found == null) {
            throw new InvalidKeyException("is missing: there is no 'BEGIN PRIVATE KEY' in its file");
        }
        if (found.encrypted() || found.label().startsWith("ENCRYPTED")) {
            throw new InvalidKeyException("is encrypted, and nobody is there to type its password; 'openssl pkey -in FILE -out NEWFILE' decrypts it");
        }
        byte[] pkcs8 = switch (found.label()) {
            case "PRIVATE KEY" -> found.bytes();
            // Both are what PKCS#8 holds inside, where the algorithm stands beside it; the certificate names it in the same words.
            case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> Der.sequence(Der.integer(BigInteger.ZERO), Der.firstOf(publicKey.getEncoded()),
                    Der.element(Der.OCTET_STRING, found.bytes()));
            default -> throw new InvalidKeyException("is of a kind that is not known here: " + found.label());
        };
        try {
            return KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (InvalidKeySpecException e) {
            throw new InvalidKeyException("is damaged, or not of the certificate's kind, which is " + publicKey.getAlgorithm(), e);
        }
    }

    private void requireFit() throws GeneralSecurityException {
        PublicKey publicKey = certificate().getPublicKey();
        String algorithm = switch (publicKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> throw new InvalidKeyException("is of a kind that is not used here: " + publicKey.getAlgorithm());
        };
        if (publicKey instanceof RSAKey rsa && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
            throw new InvalidKeyException("is too weak: RSA of " + rsa.getModulus().bitLength() + " bits, of " + LEAST_RSA_BITS + " at least");
        }
        byte[] challenge = certificate().getEncoded();
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(challenge);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(challenge);
        boolean fits;
        try {
            fits = signature.verify(signed);
        } catch (GeneralSecurityException e) {
            fits = false; // such as a signature of another length
        }
        if (!fits) {
            throw new InvalidKeyException("does not belong to the certificate");
        }
    }

    /** The server's own certificate. */
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    List<X509Certificate> chain() {
        return chain;
    }

    PrivateKey key() {
        return key;
    }

    /** Whether the certificate is valid at that time. */
    public boolean isValidAt(Instant time) {
        return !time.isBefore(certificate().getNotBefore().toInstant()) && !time.isAfter(certificate().getNotAfter().toInstant());
    }

    /** The host names and the addresses, in their canonical form, for which the certificate stands. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        try {
            Collection<List<?>> alternatives = certificate().getSubjectAlternativeNames();
            for (List<?> name : alternatives == null ? List.<List<?>>of() : alternatives) {
                if (name.getFirst().equals(NAME_OF_HOST)) {
                    names.add((String) name.get(1));
                } else if (name.getFirst().equals(NAME_OF_ADDRESS)) {
                    names.add(IpRange.of(InetAddress.ofLiteral((String) name.get(1))).toString());
                }
            }
        } catch (CertificateParsingException e) {
            return Set.of(); // it stands for nothing that can be read
        }
        return names;
    }

    /** SHA-256 of the certificate, as browsers and openssl show it: {@code AB:CD:…}. */
    public String fingerprint() {
        try {
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(sha256(certificate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SHA-256 of the public key, as {@code curl --pinnedpubkey} takes it: {@code sha256//…}. Stays the same when the certificate is renewed for the same key. */
    public String pin() {
        try {
            return "sha256//" + Base64.getEncoder().encodeToString(sha256(certificate().getPublicKey().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Key and certificates as PEM, for a file that only its owner may read. */
    public String toPem() throws GeneralSecurityException {
        StringBuilder text = new StringBuilder(Pem.write("PRIVATE KEY", key.getEncoded()));
        for (X509Certificate each : chain) {
            text.append(Pem.write("CERTIFICATE", each.getEncoded()));
        }
        return text.toString();
    }

    private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }
}
