package tranzr.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What clients claim digests of single requests by. What is kept of files is SHA-256 alone. */
public enum HashAlgorithm {
    SHA_256("SHA-256", 32),
    SHA_512("SHA-512", 64),
    SHA_1("SHA-1", 20),
    MD5("MD5", 16);

    private final String name;
    private final int length;

    HashAlgorithm(String name, int length) {
        this.name = name;
        this.length = length;
    }

    /** As Java and people call it. */
    public String displayName() {
        return name;
    }

    /** Of a digest, in bytes. */
    public int length() {
        return length;
    }

    /** A fresh engine; every JDK has them all. */
    public MessageDigest engine() {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
