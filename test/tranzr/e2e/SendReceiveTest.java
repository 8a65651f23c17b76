package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.CommandLine.Ran;

/** {@code tranzr send}, {@code receive}, {@code status} and {@code resume}, as a script sees them. */
@Tag(TestMain.ASIDE)
class SendReceiveTest extends RealServer {

    private static final String NOWHERE = "http://nowhere.invalid";

    @TempDir
    Path folder;
    private CommandLine tranzr;

    @BeforeEach
    void prepare() {
        tranzr = new CommandLine(folder, server.url());
    }

    private Path file(String name, int size) throws Exception {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Files.createDirectories(folder.resolve(name).getParent());
        return Files.write(folder.resolve(name), bytes);
    }

    private String secret(String name, String text) throws Exception {
        return Files.writeString(Files.createFile(folder.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))), text + "\n").toString();
    }

    private void assertSame(Path one, Path other) throws Exception {
        assertEquals(-1, Files.mismatch(one, other), other + " is not the same");
    }

    @Test
    void theLinkIsAloneOnStandardOutputAndBringsTheFile() throws Exception {
        Path big = file("big ü.bin", 20_000_000);
        Ran sent = tranzr.run("send", "big ü.bin", "--share", "--expires", "2h", "--max-downloads", "9").expect(0);
        assertTrue(sent.line().startsWith(server.url() + "/s/"), sent.out());
        assertEquals(1, sent.err().lines().count(), sent.err());
        assertFalse(sent.err().contains("\r") || sent.err().contains("\u001b"), "progress is drawn where no terminal is");
        Path target = Files.createDirectory(folder.resolve("in"));
        Ran received = tranzr.run("receive", sent.line(), "--output", "in").expect(0);
        assertSame(big, Path.of(received.line()));
        assertEquals(target.toRealPath(), Path.of(received.line()).getParent().toRealPath());
        assertEquals(received.out(), tranzr.run("receive", sent.line(), "--output", "in").expect(0).out());
        assertFalse(received.err().contains(sent.line().split("/s/")[1].split("/")[0]), "the link's secret stands in a message");
        Ran streamed = tranzr.run("receive", sent.line(), "--output", "-").expect(0);
        assertEquals(Files.size(big), Files.size(folder.resolve("out-4")));
        assertFalse(streamed.err().isEmpty());
        assertSame(big, folder.resolve("out-4"));
        Files.writeString(target.resolve("big ü.bin"), "mine");
        tranzr.run("receive", sent.line(), "--output", "in").expect(2);
        assertEquals("mine", Files.readString(target.resolve("big ü.bin")));
        tranzr.run("receive", sent.line(), "--output", "in", "--overwrite", "--quiet").expect(0);
        assertSame(big, target.resolve("big ü.bin"));
    }

    @Test
    void filesFoldersAndStandardInputGoInOrderAndABadOneStopsNoOther() throws Exception {
        file("photos/b/2.jpg", 300_000);
        file("photos/a.jpg", 10);
        file("empty", 0);
        Path piped = file("piped", 3_000_000);
        Ran sent = tranzr.start(piped, "send", "empty", "photos", "missing", "-").end().expect(2);
        List<String> names = sent.out().lines().map(line -> line.substring(38)).toList();
        assertEquals(List.of("empty", "photos/a.jpg", "photos/b/2.jpg", "stdin"), names);
        assertTrue(sent.err().contains("tranzr: missing: does not exist\n"), sent.err());
        String id = sent.out().lines().toList().getLast().substring(0, 36);
        assertSame(piped, Path.of(tranzr.run("receive", id, "--output", "back").expect(0).line()));
        assertEquals("other.bin", tranzr.run("send", "piped", "--name", "other.bin", "--quiet").expect(0).line().substring(38));
        Ran list = tranzr.run("list").expect(0);
        assertTrue(list.out().contains("photos/b/2.jpg") && list.out().startsWith("ID  "), list.out());
    }

    @Test
    void programsReadObjectsWithStableNames() throws Exception {
        file("a\u202eb.bin", 5_000_000);
        file("ok.bin", 1_000_000);
        Ran sent = tranzr.run("send", "ok.bin", "a\u202eb.bin", "--json", "--share").expect(1 + 1);
        assertEquals("", sent.err());
        assertTrue(sent.out().chars().allMatch(c -> c == '\n' || c >= 0x20 && c < 0x7F), "it is not ASCII");
        Map<String, Object> done = sent.objects().stream().filter(event -> "done".equals(event.get("event"))).findFirst().orElseThrow();
        assertEquals(List.of("event", "file", "file_id", "filename", "file_size", "file_hash", "instant", "share_url", "share_id", "expires_at", "max_downloads", "protected"),
                List.copyOf(done.keySet()));
        assertEquals(1_000_000, done.get("file_size"));
        Map<String, Object> failed = sent.objects().stream().filter(event -> "failed".equals(event.get("event"))).findFirst().orElseThrow();
        assertEquals(List.of("event", "file", "kind", "code", "resumable", "message"), List.copyOf(failed.keySet()));
        assertEquals("input", failed.get("kind"));
        assertEquals(false, failed.get("resumable"));
        Map<String, Object> received = tranzr.run("receive", (String) done.get("share_url"), "--json", "--output", "got").expect(0).objects().getLast();
        assertEquals(List.of("event", "file", "path", "filename", "file_size", "file_hash", "already"), List.copyOf(received.keySet()));
        assertEquals(done.get("file_hash"), received.get("file_hash"));
        Map<String, Object> progress = sent.objects().stream().filter(event -> "progress".equals(event.get("event"))).findFirst().orElseThrow();
        assertEquals(List.of("event", "file", "state", "total", "done", "moved", "bytes_per_second", "eta_seconds", "chunks", "retries", "connections", "chunk_size", "note"),
                List.copyOf(progress.keySet()));
    }

    @Test
    void afterCtrlCTheSameCommandGoesOn() throws Exception {
        Path big = file("big.bin", 40_000_000);
        CommandLine.Running running = tranzr.start(Path.of("/dev/null"), "send", "big.bin", "--json", "--limit-rate", "4MiB", "--chunk-size", "256KiB", "--no-adaptive");
        waitUntilMoved(running);
        Ran other = tranzr.run("send", "big.bin", "--wait", "0s").expect(3);
        assertTrue(other.err().contains("process " + running.process().pid()), other.err());
        assertTrue(tranzr.run("status").expect(0).out().contains("process " + running.process().pid()));
        running.signal("INT");
        Ran left = running.end().expect(6);
        assertEquals("paused", left.objects().getLast().get("kind"));
        assertEquals(true, left.objects().getLast().get("resumable"));
        Map<String, Object> status = tranzr.run("status", "--json").expect(0).objects().getFirst();
        assertEquals("big.bin", status.get("filename"));
        Ran again = tranzr.run("send", "big.bin", "--json", "--share").expect(0);
        assertEquals(status.get("remote"), again.objects().getLast().get("file_id"), "it was begun anew");
        assertTrue(((Number) again.objects().get(again.objects().size() - 2).get("moved")).longValue() < 40_000_000);
        assertEquals("", tranzr.run("status", "--json").expect(0).out());
        assertSame(big, Path.of(tranzr.run("receive", (String) again.objects().getLast().get("share_url"), "--output", "got").expect(0).line()));
    }

    @Test
    void whatWasTerminatedIsResumedFromTheStateDirectory() throws Exception {
        Path big = file("big.bin", 40_000_000);
        String link = tranzr.run("send", "big.bin", "--share").expect(0).line();
        CommandLine.Running running = tranzr.start(Path.of("/dev/null"), "receive", link, "--output", "got", "--json", "--limit-rate", "4MiB", "--chunk-size", "256KiB", "--no-adaptive");
        waitUntilMoved(running);
        running.signal("TERM");
        running.end().expect(6);
        assertFalse(Files.exists(folder.resolve("got")), "it is there before it is whole");
        Ran status = tranzr.run("status").expect(0);
        assertTrue(status.out().contains("receive") && status.out().contains("nobody"), status.out());
        tranzr.with("TRANZR_SERVER", "http://127.0.0.1:1");
        assertSame(big, Path.of(tranzr.run("resume", "got").expect(0).line()));
        assertTrue(tranzr.run("resume").expect(0).err().contains("nothing is unfinished"));
        tranzr.run("resume", "nobody-knows-it").expect(2);
    }

    @Test
    void whatIsForgottenIsNotResumed() throws Exception {
        file("big.bin", 20_000_000);
        CommandLine.Running running = tranzr.start(Path.of("/dev/null"), "send", "big.bin", "--json", "--limit-rate", "2MiB", "--chunk-size", "128KiB", "--no-adaptive");
        waitUntilMoved(running);
        tranzr.run("status", "--forget", "big.bin").expect(3);
        running.signal("TERM");
        running.end().expect(6);
        tranzr.run("status", "--forget").expect(2);
        tranzr.run("status", "--forget", "big.bin").expect(0);
        assertTrue(tranzr.run("status").expect(0).err().contains("nothing is unfinished"));
    }

    @Test
    void passwordsComeFromFilesAndStandNowhere() throws Exception {
        file("a.bin", 1000);
        String word = "Correct-Horse-77";
        String right = secret("right", word);
        String link = tranzr.run("send", "a.bin", "--share", "--password-file", right).expect(0).line();
        Ran noLink = tranzr.run("receive", link.replaceFirst("/s/.*", "/s/nope"), "--output", "got").expect(2);
        assertTrue(noLink.err().contains("the link is none to a file") && !noLink.err().contains("Exception"), noLink.err());
        Ran without = tranzr.run("receive", link, "--output", "got").expect(2);
        assertTrue(without.err().contains("--password-file"), without.err());
        Ran wrong = tranzr.run("receive", link, "--output", "got", "--password-file", secret("wrong", "battery")).expect(2);
        assertTrue(wrong.err().contains("the password is wrong"), wrong.err());
        Ran good = tranzr.run("receive", link, "--output", "got", "--password-file", right, "--verbose").expect(0);
        assertFalse((without.err() + wrong.err() + good.err() + good.out()).contains(word));
        try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                assertFalse(Files.readString(each).contains(word), each.toString());
            }
        }
        Files.setPosixFilePermissions(folder.resolve("right"), PosixFilePermissions.fromString("rw-r--r--"));
        assertTrue(tranzr.run("receive", link, "--output", "x", "--password-file", right).expect(2).err().contains("mode 0644"));
        assertTrue(tranzr.run("send", "a.bin", "--share", "--password").expect(2).err().contains("--password-file"));
    }

    @Test
    void whatCannotBeReachedIsResumableAndSaysWhatItWaitsFor() throws Exception {
        file("a.bin", 1000);
        Ran away = tranzr.with("TRANZR_SERVER", NOWHERE).run("send", "a.bin", "--wait", "1s").expect(6);
        assertTrue(away.err().contains("nowhere.invalid") && away.err().contains("waiting"), away.err());
        tranzr.run("list").expect(1);
        assertEquals("", away.out());
        Ran quiet = tranzr.run("send", "a.bin", "--wait", "1s", "--quiet").expect(6);
        assertEquals(1, quiet.err().lines().count(), quiet.err());
    }

    private static void waitUntilMoved(CommandLine.Running running) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (running.process().isAlive() && System.nanoTime() < end) {
            if (running.output().matches("(?s).*\"done\":[1-9]\\d{5,}.*")) {
                return;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("nothing moves: " + running.output());
    }

    @Test
    void theBytesOfAStreamComeAsTheyWere() throws Exception {
        Path piped = file("piped", 100_000);
        String id = tranzr.start(piped, "send", "-", "--name", "x").end().expect(0).line().substring(0, 36);
        tranzr.run("receive", id, "--output", "-").expect(0);
        assertArrayEquals(Files.readAllBytes(piped), Files.readAllBytes(folder.resolve("out-2")));
    }
}
