package tranzr.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes in bytes as people write them: {@code 8388608}, {@code 8MiB}, {@code 33.5MB}, {@code 512K}. Units without {@code i} and with {@code B} are decimal
 * ({@code MB} is 1,000,000 bytes), those with {@code i} are binary, and so are single letters ({@code M} is 1,048,576 bytes). Case does not matter,
 * a space before the unit neither.
 */
public final class ByteSize {

    private static final Pattern GRAMMAR = Pattern.compile("([0-9]{1,19})(?:\\.([0-9]{1,18}))? ?([A-Za-z]{0,3})");
    private static final String PREFIXES = "kmgtpe";
    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private ByteSize() {
    }

    /**
     * A number of whole bytes, at least 0.
     *
     * @throws IllegalArgumentException for anything else, with a message that follows the quoted text, such as "is not a whole number of bytes"
     */
    public static long parse(String text) {
        Matcher matcher = GRAMMAR.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not a size such as 1048576, 8MiB or 33.5MB");
        }
        BigDecimal number = new BigDecimal(matcher.group(1) + (matcher.group(2) == null ? "" : "." + matcher.group(2)));
        BigDecimal bytes = number.multiply(new BigDecimal(factor(matcher.group(3).toLowerCase(Locale.ROOT)))).stripTrailingZeros();
        if (bytes.scale() > 0) {
            throw new IllegalArgumentException("is not a whole number of bytes");
        }
        BigInteger whole = bytes.toBigIntegerExact();
        if (whole.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("is more than 8EiB, the largest size there is");
        }
        return whole.longValueExact();
    }

    /** The shortest exact form in binary units: {@code 8MiB} for 8388608, {@code 1000} for 1000. {@link #parse} understands it. */
    public static String format(long bytes) {
        int step = 0;
        long value = bytes;
        while (value != 0 && value % 1024 == 0 && step < PREFIXES.length()) {
            value /= 1024;
            step++;
        }
        return step == 0 ? Long.toString(bytes) : value + PREFIXES.substring(step - 1, step).toUpperCase(Locale.ROOT) + "iB";
    }

    private static BigInteger factor(String unit) {
        if (unit.isEmpty() || unit.equals("b")) {
            return BigInteger.ONE;
        }
        int power = PREFIXES.indexOf(unit.charAt(0)) + 1;
        String rest = unit.substring(1);
        if (power == 0 || !(rest.isEmpty() || rest.equals("b") || rest.equals("ib"))) {
            throw new IllegalArgumentException("has an unknown unit; there are B, KB to EB, KiB to EiB, and K to E");
        }
        return BigInteger.valueOf(rest.equals("b") ? 1000 : 1024).pow(power);
    }
}
