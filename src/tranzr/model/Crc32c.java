package tranzr.model;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C (Castagnoli, RFC 9260 appendix B) of bytes, and of two runs put together without their bytes. The
 * combination is what lets a range set carry one checksum for each contiguous range however it grew.
 * <p>A checksum is an {@code int}; that of no bytes is 0.
 */
public final class Crc32c {

    /** The reversed polynomial. */
    private static final int POLY = 0x82F63B78;

    /** {@code X_POWERS[k]} is x^(2^k) modulo the polynomial. */
    private static final int[] X_POWERS = new int[64];

    static {
        int power = 1 << 30;
        for (int k = 0; k < X_POWERS.length; k++) {
            X_POWERS[k] = power;
            power = multiply(power, power);
        }
    }

    private Crc32c() {
    }

    /** The checksum of {@code length} bytes from {@code offset}. */
    public static int of(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    /** The checksum of the buffer's remaining bytes; its position is left alone. */
    public static int of(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    /**
     * The checksum of A followed by B.
     *
     * @param a the checksum of A
     * @param b the checksum of B
     * @param lengthOfB in bytes
     */
    public static int combine(int a, int b, long lengthOfB) {
        if (lengthOfB == 0) {
            return a;
        }
        int shift = 1 << 31;
        int k = 3;
        for (long n = lengthOfB; n != 0; n >>>= 1, k++) {
            if ((n & 1) != 0) {
                shift = multiply(X_POWERS[k % 64], shift);
            }
        }
        return multiply(shift, a) ^ b;
    }

    /** The product of two polynomials modulo {@link #POLY}, bits reversed. */
    private static int multiply(int a, int b) {
        int product = 0;
        for (int mask = 1 << 31; mask != 0; mask >>>= 1) {
            if ((a & mask) != 0) {
                product ^= b;
            }
            b = (b & 1) != 0 ? (b >>> 1) ^ POLY : b >>> 1;
        }
        return product;
    }
}
