package tranzr.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A target without state, made of a name and a piece of code. */
public record Target(String name, List<String> parsers, List<byte[]> seeds, List<byte[]> words, int inputs, Check<byte[]> check) implements FuzzTarget {

    /** Runs a parser on an input and throws when something is wrong. */
    @FunctionalInterface
    public interface Check<T> {
        void run(T input) throws Exception;
    }

    private static final int USUAL_INPUTS = 10_000;

    /** @param parsers full names of classes */
    public static Target of(String name, String... parsers) {
        return new Target(name, List.of(parsers), List.of(), List.of(), USUAL_INPUTS, input -> { });
    }

    public Target seeds(List<byte[]> more) {
        return new Target(name, parsers, more, words, inputs, check);
    }

    /** Texts of characters up to U+00FF, each a byte; or of UTF-8 when one of them has others. */
    public Target seeds(String... texts) {
        return seeds(Arrays.stream(texts).map(Target::bytes).toList());
    }

    public Target words(String... texts) {
        return new Target(name, parsers, seeds, Arrays.stream(texts).map(Target::bytes).toList(), inputs, check);
    }

    public Target inputs(int count) {
        return new Target(name, parsers, seeds, words, count, check);
    }

    /** The bytes as they are. */
    public Target bytes(Check<byte[]> action) {
        return new Target(name, parsers, seeds, words, inputs, action);
    }

    /** Each byte as a character, as HTTP's fields are read. */
    public Target latin(Check<String> action) {
        return bytes(input -> action.run(new String(input, StandardCharsets.ISO_8859_1)));
    }

    /** As UTF-8, where a byte 0xFE stands for the first half of a surrogate pair and 0xFF for the second, so that broken texts come too. */
    public Target text(Check<String> action) {
        return bytes(input -> action.run(wide(input)));
    }

    private static String wide(byte[] input) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int at = 0; at <= input.length; at++) {
            boolean half = at < input.length && (input[at] == (byte) 0xFE || input[at] == (byte) 0xFF);
            if (half || at == input.length) {
                text.append(new String(input, from, at - from, StandardCharsets.UTF_8));
                from = at + 1;
            }
            if (half) {
                text.append(input[at] == (byte) 0xFE ? '\uD83D' : '\uDE00');
            }
        }
        return text.toString();
    }

    @Override
    public void run(byte[] input) throws Exception {
        check.run(input);
    }

    public static byte[] bytes(String text) {
        return text.getBytes(text.chars().allMatch(c -> c <= 0xFF) ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return name;
    }
}
