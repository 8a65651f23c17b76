package tranzr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds the packages to their rows: a package uses only packages of lower rows, never one of its own row. The rows are
 * those of {@code docs/architecture.md}.
 */
class ArchitectureTest {

    private static final int DOOR_ROW = 40;
    /** Higher numbers lie lower. Within a row of the design the tens are equal. */
    private static final Map<String, Integer> ROWS = Map.ofEntries(Map.entry("tranzr", 10), Map.entry("tranzr.cli", 20),
            Map.entry("tranzr.server", 30), Map.entry("tranzr.api", 45), Map.entry("tranzr.webhook", 47), Map.entry("tranzr.accounts", 48), Map.entry("tranzr.events", 49), Map.entry("tranzr.transfer", 50), Map.entry("tranzr.access", 55),
            Map.entry("tranzr.catalog.journal", 60), Map.entry("tranzr.storage.local", 60),
            Map.entry("tranzr.catalog", 70), Map.entry("tranzr.storage", 70), Map.entry("tranzr.client", 80), Map.entry("tranzr.metrics", 85), Map.entry("tranzr.journal", 80), Map.entry("tranzr.audit", 80),
            Map.entry("tranzr.http", 90), Map.entry("tranzr.security", 90), Map.entry("tranzr.disk", 90),
            Map.entry("tranzr.limit", 90), Map.entry("tranzr.archive", 90), Map.entry("tranzr.model", 95), Map.entry("tranzr.json", 95));
    private static final Pattern OWN_TYPE = Pattern.compile("\\b(tranzr(?:\\.[a-z]\\w*)*)\\.[A-Z]\\w*");

    @Test
    void everyPackageHasItsRow() {
        TreeSet<String> homeless = new TreeSet<>();
        JavaSource.below("src").stream().map(JavaSource::packageName).filter(name -> row(name) < 0).forEach(homeless::add);
        assertEquals(new TreeSet<String>(), homeless);
    }

    @Test
    void packagesUseOnlyWhatLiesBelowThem() {
        List<String> upwards = JavaSource.below("src").stream().flatMap(source -> OWN_TYPE.matcher(source.body()).results()
                .map(found -> found.group(1)).distinct().filter(used -> !mayUse(source.packageName(), used))
                .map(used -> source.path() + " uses " + used)).toList();
        assertEquals(List.of(), upwards);
    }

    @Test
    void theClientKnowsNothingOfTheServer() {
        Set<String> allowed = Set.of("tranzr.client", "tranzr.json", "tranzr.model");
        assertEquals(List.of(), JavaSource.below("src").stream().filter(source -> source.packageName().equals("tranzr.client"))
                .flatMap(source -> OWN_TYPE.matcher(source.body()).results().map(found -> found.group(1)).distinct().filter(used -> !allowed.contains(used))
                        .map(used -> source.path() + " uses " + used)).toList());
    }

    @Test
    void onlyTheDiskPackageAndTheClientOpenFiles() {
        assertOnly(Set.of("tranzr.disk", "tranzr.client")::contains, "java\\.nio\\.channels\\.(FileChannel|FileLock|AsynchronousFileChannel)"
                + "|java\\.nio\\.file\\.(Files|\\*)|java\\.nio\\.channels\\.\\*"
                + "|java\\.io\\.(\\*|RandomAccessFile|File|FileInputStream|FileOutputStream|FileReader|FileWriter)");
    }

    @Test
    void onlyTheHttpPackageKnowsTheServer() {
        assertOnly(name -> name.equals("tranzr.http"), "com\\.sun\\.net\\.httpserver\\.[\\w*]+|sun\\.net\\.[\\w.*]+");
    }

    @Test
    void onlyTheJsonPackageKnowsTheJsonLibrary() {
        assertOnly(name -> name.equals("tranzr.json"), "com\\.fasterxml\\.[\\w.*]+");
    }

    @Test
    void theRuleItselfTellsUpFromDown() {
        assertTrue(mayUse("tranzr.api.rest", "tranzr.api") && mayUse("tranzr.api", "tranzr.http"));
        assertTrue(mayUse("tranzr.catalog.journal", "tranzr.journal") && mayUse("tranzr.disk", "tranzr.model"));
        assertFalse(mayUse("tranzr.api", "tranzr.api.rest") || mayUse("tranzr.api.rest", "tranzr.api.curl"));
        assertFalse(mayUse("tranzr.catalog.journal", "tranzr.storage.local") || mayUse("tranzr.storage", "tranzr.catalog"));
        assertFalse(mayUse("tranzr.disk", "tranzr.http") || mayUse("tranzr.model", "tranzr.disk"));
    }

    private static void assertOnly(Predicate<String> allowed, String types) {
        Pattern pattern = Pattern.compile("(?<![\\w.])(?:" + types + ")(?![\\w])");
        List<String> strangers = JavaSource.below("src").stream().filter(source -> !allowed.test(source.packageName()))
                .flatMap(source -> found(pattern, source)).toList();
        assertEquals(List.of(), strangers);
    }

    private static Stream<String> found(Pattern pattern, JavaSource source) {
        return pattern.matcher(source.body()).results().map(MatchResult::group).distinct()
                .map(type -> source.path() + " uses " + type);
    }

    private static boolean mayUse(String from, String used) {
        return from.equals(used) || row(used) > row(from);
    }

    /** -1 for a package that has none. */
    private static int row(String name) {
        return name.matches("tranzr\\.api\\.[a-z]+") ? DOOR_ROW : ROWS.getOrDefault(name, -1);
    }
}
