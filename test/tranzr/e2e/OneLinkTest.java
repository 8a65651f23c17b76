package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.CommandLine.Ran;

/** One link for all files that are sent together, and all of them received by it, as a script sees both. */
@Tag(TestMain.ASIDE)
class OneLinkTest extends RealServer {

    private static final int BIG = 6_000_000;

    @TempDir
    Path folder;
    private CommandLine tranzr;

    @BeforeEach
    void prepare() throws IOException {
        tranzr = new CommandLine(folder, server.url());
        file("photos/a.txt", 10);
        file("photos/b/A.txt", 300_000);
        file("big.bin", BIG);
        Files.createDirectory(folder.resolve("in"));
    }

    /** One that was written long enough ago for its time to tell of a change. */
    private void file(String name, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(System.identityHashCode(this) + 31L * size).nextBytes(bytes); // the server has none of it yet
        Files.createDirectories(folder.resolve(name).getParent());
        Files.setLastModifiedTime(Files.write(folder.resolve(name), bytes), FileTime.from(Instant.now().minusSeconds(60)));
    }

    private void assertSame(String one, String other) throws IOException {
        assertEquals(-1, Files.mismatch(folder.resolve(one), folder.resolve(other)), other + " is not the same");
    }

    private List<String> names(String in) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(in))) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void oneLinkIsAloneOnStandardOutputAndBringsAllFilesForOneDownload() throws Exception {
        String link = tranzr.run("send", "photos", "big.bin", "--share", "--one-link", "--max-downloads", "1").expect(0).line();
        Ran received = tranzr.run("receive", link, "--output", "in").expect(0);
        assertEquals(List.of("a.txt", "A (2).txt", "big.bin"), received.out().lines().map(line -> Path.of(line).getFileName().toString()).toList());
        assertEquals(3, received.err().lines().count(), received.err());
        assertFalse(received.err().contains(link.split("/s/")[1].split("/")[0]), "the link's secret stands in a message");
        assertSame("photos/a.txt", "in/a.txt");
        assertSame("photos/b/A.txt", "in/A (2).txt");
        assertSame("big.bin", "in/big.bin");
        Files.writeString(folder.resolve("in/a.txt"), "mine");
        Files.delete(folder.resolve("in/A (2).txt"));
        Ran again = tranzr.run("receive", link, "--output", "in", "--json").expect(2);
        assertEquals("mine", Files.readString(folder.resolve("in/a.txt")));
        assertSame("photos/b/A.txt", "in/A (2).txt");
        List<Map<String, Object>> ends = again.objects().stream().filter(event -> !"progress".equals(event.get("event"))).toList();
        assertEquals(Set.of("a.txt", "A (2).txt", "big.bin"), ends.stream().map(event -> event.get("file")).collect(Collectors.toSet()));
        assertEquals(1, ends.stream().filter(event -> Boolean.TRUE.equals(event.get("already"))).count(), again.out());
        assertEquals(1, ends.stream().filter(event -> "input".equals(event.get("kind"))).count(), again.out());
        Ran refused = tranzr.run("receive", link, "--output", "-").expect(2);
        assertTrue(refused.err().contains("the link leads to 3 files") && refused.out().isEmpty(), refused.err());
        assertEquals(List.of("A (2).txt", "a.txt", "big.bin"), names("in"));
    }

    @Test
    void whatIsInterruptedIsSharedByTheSameCommandAndNothingIsSentTwice() throws Exception {
        String[] send = {"send", "photos", "big.bin", "--share", "--one-link", "--json", "--chunk-size", "128KiB", "--no-adaptive", "--limit-rate", "2MiB"};
        int before = stored();
        CommandLine.Running sending = tranzr.start(Path.of("/dev/null"), send);
        interrupt(sending, "big.bin");
        send[send.length - 1] = "50MiB";
        Ran sent = tranzr.run(send).expect(0);
        Map<String, Object> shared = sent.objects().getLast();
        assertEquals(List.of("event", "file_ids", "share_url", "share_id", "expires_at", "max_downloads", "protected"), List.copyOf(shared.keySet()));
        assertEquals(before + 3, stored(), "a file is there twice");
        long moved = sent.objects().stream().filter(event -> "progress".equals(event.get("event")) && "done".equals(event.get("state"))).mapToLong(event -> ((Number) event.get("moved")).longValue()).sum();
        assertTrue(moved < BIG, "all was sent anew: " + moved);
        String link = (String) shared.get("share_url");
        String[] receive = {"receive", link, "--output", "in", "--json", "--chunk-size", "128KiB", "--no-adaptive", "--limit-rate", "2MiB"};
        interrupt(tranzr.start(Path.of("/dev/null"), receive), "big.bin");
        receive[receive.length - 1] = "50MiB";
        Ran received = tranzr.run(receive).expect(0);
        assertEquals(2, received.objects().stream().filter(event -> Boolean.TRUE.equals(event.get("already"))).count(), received.out());
        assertEquals(List.of("A (2).txt", "a.txt", "big.bin"), names("in"));
        assertSame("big.bin", "in/big.bin");
    }

    @Test
    void thereIsNoLinkBeforeAllFilesAreThereAndNoneForTooMany() throws Exception {
        int before = stored();
        Ran without = tranzr.run("send", "photos", "later", "--share", "--one-link").expect(2);
        assertEquals("", without.out());
        assertTrue(without.err().contains("later: does not exist") && without.err().contains("there is no link"), without.err());
        file("later", 5);
        tranzr.run("send", "photos", "later", "--share", "--one-link").expect(0).line();
        assertEquals(before + 3, stored(), "a file is there twice");
        for (int i = 0; i < 999; i++) {
            Files.createFile(folder.resolve("photos/" + i));
        }
        Ran many = tranzr.run("send", "photos", "--share", "--one-link").expect(2);
        assertTrue(many.err().contains("more than 1000 files") && many.out().isEmpty(), many.err());
        assertEquals(before + 3, stored(), "something was sent");
    }

    /** How many files the server has. */
    private static int stored() {
        return http.get("/files?limit=1000").expect(200).jsonList().size();
    }

    /** Ctrl-C as soon as a part of the last file has moved. */
    private static void interrupt(CommandLine.Running running, String last) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!running.output().matches("(?s).*\"file\":\"" + last + "\",\"state\":\"running\",[^}]*\"done\":[1-9]\\d{5,}.*")) {
            assertTrue(running.process().isAlive() && System.nanoTime() < end, running.output());
            Thread.onSpinWait();
        }
        running.signal("INT");
        running.end().expect(6);
    }
}
