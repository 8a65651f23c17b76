package tranzr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Java source file as the tests of the tree's shape see it.
 *
 * @param path relative to the root of the tree, with {@code /}
 * @param code the text with comments, strings and character literals blanked out; lines stay where they were
 */
record JavaSource(String path, String code) {

    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

    /** Where the tree lies. */
    static Path root() {
        return Path.of(System.getProperty("tranzr.root"));
    }

    /** All Java files below {@code folder} of the tree, sorted by path. */
    static List<JavaSource> below(String folder) {
        try (Stream<Path> files = Files.walk(root().resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().map(JavaSource::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JavaSource read(Path file) {
        try {
            return new JavaSource(root().relativize(file).toString().replace('\\', '/'), blank(Files.readString(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String packageName() {
        Matcher declared = PACKAGE.matcher(code);
        return declared.find() ? declared.group(1) : "";
    }

    /** The code after the package declaration. */
    String body() {
        return PACKAGE.matcher(code).replaceFirst("");
    }

    /** Replaces what is no code by spaces, so that what stays can be searched plainly. */
    static String blank(String text) {
        StringBuilder code = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            int end = endOfNonCode(text, i);
            if (end == i) {
                code.append(text.charAt(i++));
            }
            for (; i < end; i++) {
                code.append(text.charAt(i) == '\n' ? '\n' : ' ');
            }
        }
        return code.toString();
    }

    /** Where the comment or literal that starts at {@code i} ends; {@code i} itself when none does. */
    private static int endOfNonCode(String text, int i) {
        if (text.startsWith("//", i)) {
            int end = text.indexOf('\n', i);
            return end < 0 ? text.length() : end;
        }
        if (text.startsWith("/*", i)) {
            int end = text.indexOf("*/", i + 2);
            return end < 0 ? text.length() : end + 2;
        }
        if (text.startsWith("\"\"\"", i)) {
            return endOfLiteral(text, i + 3, "\"\"\"");
        }
        char c = text.charAt(i);
        return c == '"' || c == '\'' ? endOfLiteral(text, i + 1, String.valueOf(c)) : i;
    }

    private static int endOfLiteral(String text, int from, String quote) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.startsWith(quote, i)) {
                return i + quote.length();
            }
        }
        return text.length();
    }

    /**
     * A method, constructor or initialiser.
     *
     * @param line where its body opens, counted from 1
     * @param lines from there to the closing brace
     */
    record Method(String header, int line, int lines) {
    }

    private record Block(boolean type, String header, int line, int parens) {
    }

    private static final Pattern TYPE = Pattern.compile("\\b(class|interface|record|enum)\\s+\\w+");

    /** The blocks that stand directly in a type's body, field initialisers left out. */
    List<Method> methods() {
        List<Method> methods = new ArrayList<>();
        List<Block> open = new ArrayList<>();
        StringBuilder header = new StringBuilder();
        int line = 1;
        int parens = 0;
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            switch (c) {
                case '\n' -> line++;
                case '(' -> parens++;
                case ')' -> parens--;
                default -> {
                }
            }
            if (c == '{') {
                String head = header.toString().strip();
                open.add(new Block(parens == outer(open) && TYPE.matcher(head).find(), head, line, parens));
                header.setLength(0);
            } else if (c == '}') {
                Block closed = open.removeLast();
                boolean member = !open.isEmpty() && open.getLast().type() && closed.parens() == open.getLast().parens();
                if (member && !closed.type() && !closed.header().contains("=")) {
                    methods.add(new Method(closed.header(), closed.line(), line - closed.line() + 1));
                }
                header.setLength(0);
            } else if (c == ';') {
                header.setLength(0);
            } else if (parens == outer(open)) {
                header.append(c);
            }
        }
        return methods;
    }

    private static int outer(List<Block> open) {
        return open.isEmpty() ? 0 : open.getLast().parens();
    }
}
