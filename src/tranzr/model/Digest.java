package tranzr.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** A SHA-256 digest: 32 bytes, compared by value and in constant time. */
public final class Digest {

    public static final int LENGTH = 32;

    /** Larger updates make the JIT-compiled SHA-256 loop collapse on some processors; this size never does. */
    private static final int SLICE = 8 * 1024;

    private final byte[] bytes;

    private Digest(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException unless there are 32 bytes */
    public static Digest of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a SHA-256 digest has 32 bytes, not " + bytes.length);
        }
        return new Digest(bytes.clone());
    }

    /** Parses 64 hexadecimal digits of either case. @throws IllegalArgumentException when it is anything else */
    public static Digest ofHex(String hex) {
        if (hex.length() != 2 * LENGTH) {
            throw new IllegalArgumentException("a SHA-256 digest has 64 hexadecimal digits, not " + hex.length());
        }
        return new Digest(HexFormat.of().parseHex(hex));
    }

    /** Parses base64 with or without padding. @throws IllegalArgumentException when it is not 32 bytes */
    public static Digest ofBase64(String base64) {
        return of(Base64.getDecoder().decode(base64));
    }

    /** The digest of some bytes in memory. */
    public static Digest sha256(byte[] bytes) {
        MessageDigest engine = newSha256();
        update(engine, bytes, 0, bytes.length);
        return new Digest(engine.digest());
    }

    /** Takes bytes into an engine, {@link #SLICE} at a time. */
    public static void update(MessageDigest engine, byte[] bytes, int offset, int length) {
        for (int done = 0; done < length; done += SLICE) {
            engine.update(bytes, offset + done, Math.min(SLICE, length - done));
        }
    }

    /** A fresh SHA-256 engine; every JDK has one. */
    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** 64 lower-case hexadecimal digits. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    /** Padded base64, as the fields of RFC 9530 carry it. */
    public String base64() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest digest && MessageDigest.isEqual(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}
