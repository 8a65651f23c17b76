package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a directory is sent, by which names, and what is left out. */
class FileTreeTest {

    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();
    private List<String> problems = List.of();

    private void make(String... names) throws IOException {
        for (String name : names) {
            Path path = folder.resolve(name);
            Files.createDirectories(path.getParent());
            Files.writeString(path, name);
        }
    }

    private List<String> names(Path root, int run) throws TransferException {
        List<String> names = new ArrayList<>();
        try (FileTree tree = FileTree.of(root, run, notices::add)) {
            tree.forEachRemaining(entry -> names.add(entry.name()));
            assertThrows(NoSuchElementException.class, tree::next);
            problems = tree.problems();
            assertEquals(problems.size(), tree.problemCount());
        }
        return names;
    }

    @Test
    void filesGoByTheirNamesBelowTheDirectorySorted() throws Exception {
        make("photos/b.jpg", "photos/a/z.jpg", "photos/a/deep/er/y.jpg", "photos/c", "beside");
        Files.createDirectories(folder.resolve("photos/empty"));
        assertEquals(List.of("photos/a/deep/er/y.jpg", "photos/a/z.jpg", "photos/b.jpg", "photos/c"), names(folder.resolve("photos"), 100));
        assertEquals(List.of("a/deep/er/y.jpg", "a/z.jpg"), names(folder.resolve("photos/./empty/../a"), 100));
        assertEquals(List.of(), notices);
    }

    @Test
    void anEntryKnowsItsFile() throws Exception {
        make("d/file");
        try (FileTree tree = FileTree.of(folder.resolve("d"), notices::add)) {
            FileTree.Entry entry = tree.next();
            assertEquals("d/file", Files.readString(entry.path()));
            assertEquals(6, entry.size());
            assertFalse(tree.hasNext());
        }
    }

    @Test
    void manyEntriesAreSortedInRuns() throws Exception {
        for (int i = 0; i < 100; i++) {
            make("d/" + i);
        }
        List<String> names = names(folder.resolve("d"), 10);
        assertEquals(100, names.stream().distinct().count());
        for (int i = 0; i < 100; i += 10) {
            assertEquals(names.subList(i, i + 10).stream().sorted().toList(), names.subList(i, i + 10));
        }
        assertEquals(names.stream().sorted().toList(), names(folder.resolve("d"), 100));
    }

    @Test
    void linksAreFollowedNeitherOutOfTheTreeNorInCircles() throws Exception {
        make("secret", "out/file", "d/file", "d/sub/file");
        Path d = folder.resolve("d");
        Files.createSymbolicLink(d.resolve("inside"), Path.of("sub/file"));
        Files.createSymbolicLink(d.resolve("l1-outside"), folder.resolve("secret"));
        Files.createSymbolicLink(d.resolve("l2-up"), Path.of(".."));
        Files.createSymbolicLink(d.resolve("l3-circle"), Path.of("."));
        Files.createSymbolicLink(d.resolve("l4-self"), Path.of("l4-self"));
        Files.createSymbolicLink(d.resolve("l5-nowhere"), Path.of("nowhere"));
        Files.createSymbolicLink(d.resolve("l6-out"), folder.resolve("out"));
        assertEquals(List.of("d/file", "d/inside", "d/sub/file"), names(d, 100));
        assertEquals(6, notices.size(), notices.toString());
        assertTrue(notices.getFirst().contains("d/l1-outside is left out: it is a link that leads out"), notices.toString());
    }

    @Test
    void aDirectoryThatIsNamedByALinkIsEnteredAndGoesByItsOwnName() throws Exception {
        make("real/file");
        assertEquals(List.of("real/file"), names(Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real")), 100));
    }

    @Test
    void whatIsNoFileIsLeftOut() throws Exception {
        make("d/file");
        Process pipe = new ProcessBuilder("mkfifo", folder.resolve("d/pipe").toString()).start();
        assertTrue(pipe.waitFor(30, TimeUnit.SECONDS));
        assertEquals(List.of("d/file"), names(folder.resolve("d"), 100));
        assertEquals(List.of("d/pipe is left out: it is no ordinary file"), notices);
    }

    @Test
    void whatHasNoNameThatCanBeSentIsReportedAtTheEnd() throws Exception {
        make("d/a", "d/b\nc", "d/z");
        assertEquals(List.of("d/a", "d/z"), names(folder.resolve("d"), 100));
        assertEquals(1, problems.size());
        assertTrue(problems.getFirst().contains("holds a control character"), problems.toString());
    }

    @Test
    void aTreeThatIsDeeperThanAnyNameEnds() throws Exception {
        Path deep = folder.resolve("d");
        for (int i = 0; i < 600; i++) {
            deep = deep.resolve("x");
        }
        Files.createDirectories(deep);
        Files.writeString(deep.resolve("file"), "");
        assertEquals(List.of(), names(folder.resolve("d"), 100));
        assertEquals(1, problems.size());
    }

    @Test
    void whatIsNoDirectoryIsRefused() throws Exception {
        make("file");
        assertEquals(TransferException.Kind.INPUT, assertThrows(TransferException.class, () -> FileTree.of(folder.resolve("none"), notices::add)).kind());
        assertTrue(assertThrows(TransferException.class, () -> FileTree.of(folder.resolve("file"), notices::add)).getMessage().contains("is no directory"));
    }

    @Test
    void namesInBytesOfUtf8AreReadAlsoWithoutALocale() throws Exception {
        // In this JVM names are as they are; the way by the bytes is the same for them.
        Path path = folder.resolve("a+b %41 \u00e9");
        assertEquals("a+b %41 \u00e9", LocalName.of(path));
        Path bad = folder.resolve("x\ufffdy+z");
        assertEquals("x\ufffdy+z", LocalName.of(bad));
        assertEquals("", LocalName.of(Path.of("/")));
    }
}
