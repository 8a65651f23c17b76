package tranzr.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes inputs out of good ones: bits flipped, pieces cut, doubled, exchanged and put in, numbers made odd. Input {@code n} of a seed is always
 * the same.
 */
final class Mutator {

    /** Numbers at which something usually ends. */
    private static final List<byte[]> NUMBERS = List.of("0", "-1", "1", "00", "+1", "127", "128", "255", "256", "65535", "65536", "2147483647", "2147483648",
            "4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "99999999999999999999999999999999",
            "1e9", "0x10", "1.5", "-0").stream().map(text -> text.getBytes(StandardCharsets.US_ASCII)).toList();
    /** What ends, quotes or escapes something in most grammars, and pieces of UTF-8. */
    private static final List<byte[]> SIGNS = List.of("\r\n", "\r", "\n", "\0", "\"", "\\", "'", "%", "%00", "%2e%2e%2f", "%ff", "%c0%af", ";", ",", "=", ":", "/", "../",
            "..\\", " ", "\t", "*", "\u00ff\u00fe", "\u00c3\u00a9", "\u00e2\u0080\u008b", "\u00f0\u009f\u0098\u0080", "\u00ed\u00a0\u0080", "\u0085", "\u007f").stream()
            .map(text -> text.getBytes(StandardCharsets.ISO_8859_1)).toList();
    private static final int MOST_STEPS = 6;
    private static final int LONG_INPUTS_IN = 200;

    private final List<byte[]> seeds;
    private final List<byte[]> words;
    private final long seed;

    Mutator(List<byte[]> seeds, List<byte[]> words, long seed) {
        this.seeds = seeds;
        this.words = words;
        this.seed = seed;
    }

    byte[] input(long number) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
        byte[] input = seeds.get(random.nextInt(seeds.size())).clone();
        for (int steps = 1 + random.nextInt(MOST_STEPS); steps > 0; steps--) {
            input = step(random, input);
        }
        if (random.nextInt(LONG_INPUTS_IN) == 0) {
            input = blownUp(random, input);
        }
        return input.length > FuzzTarget.MAX_BYTES ? Arrays.copyOf(input, FuzzTarget.MAX_BYTES) : input;
    }

    private byte[] step(SplittableRandom random, byte[] input) {
        int from = random.nextInt(input.length + 1);
        int to = from + random.nextInt(Math.min(input.length - from, 1 << random.nextInt(12)) + 1);
        return switch (random.nextInt(12)) {
            case 0 -> with(input, from, b -> b ^ 1 << random.nextInt(8));
            case 1 -> with(input, from, b -> random.nextInt(256));
            case 2 -> replaced(input, from, from, randomBytes(random));
            case 3 -> replaced(input, from, to, new byte[0]);
            case 4 -> replaced(input, to, to, Arrays.copyOfRange(input, from, to));
            case 5, 6 -> replaced(input, from, random.nextBoolean() ? from : to, word(random));
            case 7 -> replaced(input, from, from, SIGNS.get(random.nextInt(SIGNS.size())));
            case 8 -> spliced(random, input, from);
            case 9 -> numberReplaced(random, input, from);
            case 10 -> random.nextInt(4) == 0 ? Arrays.copyOf(input, from) : with(input, from, b -> b ^ 0x20);
            default -> replaced(input, from, to, Arrays.copyOfRange(input, 0, Math.min(input.length, random.nextInt(64) + 1)));
        };
    }

    private byte[] word(SplittableRandom random) {
        List<byte[]> from = words.isEmpty() ? SIGNS : words;
        return from.get(random.nextInt(from.size()));
    }

    private static byte[] randomBytes(SplittableRandom random) {
        byte[] bytes = new byte[1 + random.nextInt(8)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The beginning of this one and the end of another. */
    private byte[] spliced(SplittableRandom random, byte[] input, int at) {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        int from = random.nextInt(other.length + 1);
        return replaced(input, at, input.length, Arrays.copyOfRange(other, from, other.length));
    }

    /** The next number at or after a place becomes an odd one. */
    private static byte[] numberReplaced(SplittableRandom random, byte[] input, int at) {
        int from = at;
        while (from < input.length && !Character.isDigit(input[from])) {
            from++;
        }
        int to = from;
        while (to < input.length && Character.isDigit(input[to])) {
            to++;
        }
        return replaced(input, from, to, NUMBERS.get(random.nextInt(NUMBERS.size())));
    }

    /** One piece again and again, up to the longest input there is: for what costs too much when there is much of it. */
    private byte[] blownUp(SplittableRandom random, byte[] input) {
        int from = random.nextInt(input.length + 1);
        int to = Math.min(input.length, from + 1 + random.nextInt(24));
        byte[] piece = random.nextBoolean() || from == to ? word(random) : Arrays.copyOfRange(input, from, to);
        if (piece.length == 0) {
            return input;
        }
        int copies = (FuzzTarget.MAX_BYTES - Math.min(input.length, FuzzTarget.MAX_BYTES)) / piece.length;
        byte[] many = new byte[copies * piece.length];
        for (int i = 0; i < copies; i++) {
            System.arraycopy(piece, 0, many, i * piece.length, piece.length);
        }
        return replaced(input, from, from, many);
    }

    @FunctionalInterface
    private interface ByteChange {
        int of(int b);
    }

    private static byte[] with(byte[] input, int at, ByteChange change) {
        if (at == input.length) {
            return input;
        }
        byte[] changed = input.clone();
        changed[at] = (byte) change.of(changed[at]);
        return changed;
    }

    /** The input with the bytes from {@code from} to {@code to} replaced. */
    static byte[] replaced(byte[] input, int from, int to, byte[] by) {
        byte[] result = Arrays.copyOf(input, input.length - (to - from) + by.length);
        System.arraycopy(by, 0, result, from, by.length);
        System.arraycopy(input, to, result, from + by.length, input.length - to);
        return result;
    }
}
