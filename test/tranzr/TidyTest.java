package tranzr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps files and methods short, and the tree free of what should not be committed. */
class TidyTest {

    private static final int MAX_FILE_LINES = 450;
    private static final int MAX_METHOD_LINES = 70;
    private static final Set<String> TEXT = Set.of("java", "md", "sh", "json", "html", "css", "js", "py", "txt");
    // Put together so that this file does not hold what it looks for.
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");
    private static final Pattern SLEEP = Pattern.compile("\\b(Thread|TimeUnit\\s*\\.\\s*\\w+)\\s*\\.\\s*sleep\\s*\\(");
    private static final Pattern MACHINE_PATH = Pattern.compile("(?<![\\w.}])/(home/[a-z]|root/|work/|Users/[a-z]|opt/[a-z]+/[a-z])");

    private static final Pattern MARKUP = Pattern.compile("\\b(innerHTML|outerHTML|insertAdjacentHTML|document\\.write|createContextualFragment|setHTMLUnsafe|eval)\\b|\\bnew Function\\b|\\bvar\\s");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!\\w+:|#)([^)#\\s]+)(?:#[^)]*)?\\)");

    private record Line(String file, int number, String text) {
        @Override
        public String toString() {
            return file + ":" + number + ": " + text.strip();
        }
    }

    @Test
    void noFileIsLongerThanAReaderCanHold() {
        List<String> tooLong = sources().filter(source -> source.code().lines().count() > MAX_FILE_LINES)
                .map(source -> source.path() + ": " + source.code().lines().count() + " lines").toList();
        assertEquals(List.of(), tooLong);
    }

    @Test
    void noPartOfAPageIsLongerThanAReaderCanHold() {
        Map<String, Long> lengths = lines().stream().filter(line -> line.file().matches(".*\\.(js|css|html)"))
                .collect(Collectors.groupingBy(Line::file, TreeMap::new, Collectors.counting()));
        assertTrue(lengths.size() > 5, lengths.toString());
        // The last line of a file that ends well is empty.
        assertEquals(Map.of(), lengths.entrySet().stream().filter(file -> file.getValue() - 1 > MAX_FILE_LINES).collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    @Test
    void scriptsOfPagesNeverMakeMarkupOfTextNorTouchWhatThePolicyForbids() {
        assertEquals(List.of(), lines().stream().filter(line -> line.file().endsWith(".js") && MARKUP.matcher(line.text()).find()).toList());
        assertEquals(List.of(), lines().stream().filter(line -> line.file().startsWith("src/") && line.file().endsWith(".html")
                && line.text().matches("(?i).*(\\sstyle=|\\son\\w+=|<style|javascript:|<script(?![^>]*\\ssrc=)).*")).toList());
    }

    @Test
    void noMethodIsLongerThanAScreen() {
        List<String> tooLong = sources().flatMap(source -> source.methods().stream()
                .filter(method -> method.lines() > MAX_METHOD_LINES)
                .map(method -> source.path() + ":" + method.line() + ": " + method.lines() + " lines")).toList();
        assertEquals(List.of(), tooLong);
    }

    @Test
    void methodsAreCountedByTheirBraces() {
        String text = """
                class A {
                    static final int[] NUMBERS = {1,
                        2};
                    @Ann(names = {"}", "b"}) void one() throws E {
                        if (x) { y = '{'; } // }
                    }
                    record R(int a) { R { a(); } }
                    enum E { X, Y; int f(int z) {
                        return new Object() { int g() { return 1; } };
                    } }
                }
                """;
        List<JavaSource.Method> methods = new JavaSource("A.java", JavaSource.blank(text)).methods();
        assertEquals(List.of("4+3", "7+1", "8+3"), methods.stream().map(m -> m.line() + "+" + m.lines()).toList());
    }

    @Test
    void noLineEndsInBlanksOrHoldsATab() {
        List<Line> bad = lines().stream().filter(line -> line.text().indexOf('\t') >= 0
                || !line.text().equals(line.text().stripTrailing())).toList();
        assertEquals(List.of(), bad);
    }

    @Test
    void nothingIsLeftUnfinished() {
        assertEquals(List.of(), lines().stream().filter(line -> UNFINISHED.matcher(line.text()).find()).toList());
        assertEquals(List.of(), sources().filter(source -> source.path().startsWith("src/")
                && source.code().contains("new UnsupportedOperation" + "Exception()")).map(JavaSource::path).toList());
    }

    @Test
    void noTestSleeps() {
        assertEquals(List.of(), JavaSource.below("test").stream()
                .filter(source -> SLEEP.matcher(source.code()).find()).map(JavaSource::path).toList());
    }

    @Test
    void noPathOfOneMachineIsWritten() {
        assertEquals(List.of(), lines().stream().filter(line -> !line.file().equals("build.sh")
                && MACHINE_PATH.matcher(line.text()).find()).toList());
    }

    @Test
    void linksBetweenPagesLeadSomewhere() {
        List<String> dead = new ArrayList<>();
        for (Line line : lines()) {
            Matcher link = LINK.matcher(line.text());
            while (line.file().endsWith(".md") && link.find()) {
                Path page = JavaSource.root().resolve(line.file());
                if (!Files.exists(page.resolveSibling(link.group(1)))) {
                    dead.add(line.file() + ":" + line.number() + ": " + link.group(1));
                }
            }
        }
        assertEquals(List.of(), dead);
    }

    private static Stream<JavaSource> sources() {
        return Stream.concat(JavaSource.below("src").stream(), JavaSource.below("test").stream());
    }

    /** Every line of every text file that belongs to the tree. */
    private static List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        Path root = JavaSource.root();
        try (Stream<Path> top = Files.list(root)) {
            for (Path start : top.sorted().toList()) {
                String name = start.getFileName().toString();
                if (name.startsWith(".") && !name.equals(".ci") || name.equals("build") || name.endsWith("-data")) {
                    continue;
                }
                try (Stream<Path> files = Files.walk(start)) {
                    files.filter(TidyTest::isText).sorted().forEach(file -> addLines(lines, root, file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file) && TEXT.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    private static void addLines(List<Line> lines, Path root, Path file) {
        try {
            int number = 0;
            for (String text : Files.readString(file).split("\n", -1)) {
                lines.add(new Line(root.relativize(file).toString(), ++number, text));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
