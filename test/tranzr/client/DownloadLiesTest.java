package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What servers and proxies that break their word can do to a download: nothing but end it, in clear words. */
class DownloadLiesTest {

    private static final String ID = "01234567-89ab-4def-8123-456789abcdef";
    private static final int LENGTH = 300_000;
    private static final byte[] BYTES = Fetching.content(LENGTH, 1);
    private static final byte[] OTHERS = Fetching.content(LENGTH, 2);
    private static final Tuning FEW = new Tuning(64 << 10, false, 2, Priority.NORMAL, 1, Duration.ofSeconds(5), Duration.ofMillis(1), 0);

    @TempDir
    Path home;

    /** Fetches from a server with this script. @return the failure */
    private TransferException failure(LyingServer.Script script) throws IOException {
        try (LyingServer server = new LyingServer(script); Fetching here = new Fetching(server.url(), Files.createTempDirectory(home, "h"))) {
            TransferException end = Fetching.failureOf(here.of(ID).tuning(FEW));
            assertTrue(Files.notExists(here.folder.resolve(ID)), "a file under the final name");
            return end;
        }
    }

    /** The same, of one that comes through. @return the name */
    private String name(LyingServer.Script script) throws IOException {
        try (LyingServer server = new LyingServer(script); Fetching here = new Fetching(server.url(), Files.createTempDirectory(home, "h"))) {
            Path path = Fetching.fetch(here.of(ID).tuning(FEW)).path();
            assertArrayEquals(BYTES, Files.readAllBytes(path));
            assertEquals(here.folder, path.getParent());
            assertEquals(1, here.names().size(), () -> here.names().toString());
            return path.getFileName().toString();
        }
    }

    @Test
    void bytesThatHaveNotTheDigestAreThrownAway() throws IOException {
        try (LyingServer server = new LyingServer((asked, out) -> LyingServer.honest(asked, out, BYTES, OTHERS)); Fetching here = new Fetching(server.url(), home)) {
            assertEquals(TransferException.Kind.VERIFICATION, Fetching.failureOf(here.of(ID).tuning(FEW)).kind());
            assertEquals(List.of(), here.names());
            assertEquals(List.of(), here.sessions.list());
        }
    }

    @Test
    void aServerWithoutADigestOrWithTwoIsRefused() throws IOException {
        TransferException none = failure((asked, out) -> LyingServer.head(out, "HTTP/1.1 200 OK", "ETag: \"x\"", "Content-Length: 5"));
        assertEquals(TransferException.Kind.REFUSED, none.kind());
        assertTrue(none.getMessage().contains("SHA-256"), none.getMessage());
        assertEquals(TransferException.Kind.REFUSED, failure((asked, out) -> LyingServer.honest(asked, out, BYTES, BYTES, "X-Content-SHA256: " + "0".repeat(64))).kind());
        assertEquals(TransferException.Kind.REFUSED, failure((asked, out) -> LyingServer.head(out, "HTTP/1.1 200 OK", LyingServer.tag(BYTES))).kind());
    }

    @Test
    void anotherPartThanWasAskedForIsRefused() throws IOException {
        assertEquals(TransferException.Kind.REFUSED, failure((asked, out) -> LyingServer.honest(
                asked.isHead() ? asked : new LyingServer.Asked("GET", "", "", asked.start() + 1, asked.end()), out, BYTES, BYTES)).kind());
        assertEquals(TransferException.Kind.REFUSED, failure((asked, out) -> LyingServer.honest(new LyingServer.Asked(asked.method(), "", "", 0, -1), out, BYTES, BYTES)).kind());
        assertEquals(TransferException.Kind.REFUSED, failure((asked, out) -> LyingServer.honest(asked, out, BYTES, BYTES, "Content-Encoding: gzip")).kind());
    }

    @Test
    void aFileThatChangesMeanwhileIsNotMixed() throws IOException {
        AtomicInteger parts = new AtomicInteger();
        assertEquals(TransferException.Kind.CHANGED, failure((asked, out) -> {
            byte[] now = asked.isHead() || parts.incrementAndGet() < 3 ? BYTES : OTHERS;
            LyingServer.honest(asked, out, now, now);
        }).kind());
        parts.set(0);
        assertEquals(TransferException.Kind.CHANGED, failure((asked, out) -> {
            if (asked.isHead() || parts.incrementAndGet() < 3) {
                LyingServer.honest(asked, out, BYTES, BYTES);
            } else {
                LyingServer.problem(out, 412, "precondition_failed");
            }
        }).kind());
    }

    @Test
    void aFileThatChangesBeforeTheFirstByteIsFetchedAsItIsNow() throws IOException {
        AtomicInteger heads = new AtomicInteger();
        name((asked, out) -> {
            byte[] now = asked.isHead() && heads.incrementAndGet() == 1 ? OTHERS : BYTES;
            LyingServer.honest(asked, out, now, now);
        });
    }

    @Test
    void answersThatAreTooLongOrTooShortAreNotBelieved() throws IOException {
        assertEquals(TransferException.Kind.UNREACHABLE, failure((asked, out) -> chunked(asked, out, 1)).kind());
        assertEquals(TransferException.Kind.UNREACHABLE, failure((asked, out) -> {
            if (asked.isHead()) {
                LyingServer.honest(asked, out, BYTES, BYTES);
            } else {
                chunked(asked, out, -asked.end() + asked.start());
            }
        }).kind());
    }

    /** An answer of no announced length, by so many bytes longer than it should be. */
    private static void chunked(LyingServer.Asked asked, java.io.OutputStream out, int more) throws IOException {
        if (asked.isHead()) {
            LyingServer.honest(asked, out, BYTES, BYTES);
            return;
        }
        LyingServer.head(out, "HTTP/1.1 206 Partial Content", LyingServer.tag(BYTES), "Transfer-Encoding: chunked",
                "Content-Range: bytes " + asked.start() + "-" + (asked.end() - 1) + "/" + LENGTH);
        int length = asked.end() - asked.start() + more;
        byte[] body = new byte[length];
        System.arraycopy(BYTES, asked.start(), body, 0, Math.min(length, LENGTH - asked.start()));
        if (length > 0) {
            out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void brokenAnswersAreGoneOnWithFromTheLastByte() throws IOException {
        Random random = new Random(5);
        AtomicInteger sent = new AtomicInteger();
        name((asked, out) -> {
            if (asked.isHead() || asked.end() - asked.start() < 1000) {
                LyingServer.honest(asked, out, BYTES, BYTES);
                return;
            }
            int cut;
            synchronized (random) {
                cut = 500 + random.nextInt(asked.end() - asked.start() - 500);
            }
            sent.addAndGet(cut);
            LyingServer.head(out, "HTTP/1.1 206 Partial Content", LyingServer.tag(BYTES), "Content-Length: " + (asked.end() - asked.start()),
                    "Content-Range: bytes " + asked.start() + "-" + (asked.end() - 1) + "/" + LENGTH);
            out.write(BYTES, asked.start(), cut);
        });
        assertTrue(sent.get() <= LENGTH, "the same bytes again: " + sent);
    }

    @Test
    void damageAtTheServerIsSaidClearly() throws IOException {
        TransferException end = failure((asked, out) -> {
            if (asked.isHead() || asked.start() == 0) {
                LyingServer.honest(asked, out, BYTES, BYTES);
            } else {
                LyingServer.problem(out, 500, "data_corrupted");
            }
        });
        assertEquals(TransferException.Kind.REFUSED, end.kind());
        assertEquals("data_corrupted", end.code());
    }

    @Test
    void aLengthBeyondTheDiskIsSaidBeforeAnythingIsFetched() throws IOException {
        TransferException end = failure((asked, out) -> LyingServer.head(out, "HTTP/1.1 200 OK", LyingServer.tag(BYTES), "Content-Length: 900000000000000000"));
        assertEquals(TransferException.Kind.LOCAL, end.kind());
        assertTrue(end.kind().isResumable());
    }

    @Test
    void hostileNamesStayInTheFolder() throws IOException {
        for (String[] pair : new String[][] {{"filename=\"../../evil\"", "evil"}, {"filename*=UTF-8''..%2F..%2Fevil", "evil"}, {"filename=\"/etc/passwd\"", "passwd"},
                {"filename*=UTF-8''a%00b", "a_b"}, {"filename=\"..\"", ID}, {"filename=\"\"", ID}, {"filename=\"" + "x".repeat(10_000) + "\"", ID},
                {"filename*=UTF-8''" + "%C3%A4".repeat(1000), "ä".repeat(127)}, {"filename=\".bashrc\"", "_bashrc"}, {"filename=\"a\"; filename=\"b\"", ID}}) {
            assertEquals(pair[1], name((asked, out) -> LyingServer.honest(asked, out, BYTES, BYTES, "Content-Disposition: attachment; " + pair[0])), pair[0]);
        }
    }

    @Test
    void aWeakenedTagIsNotSentBack() throws IOException {
        AtomicBoolean matched = new AtomicBoolean();
        name((asked, out) -> {
            matched.compareAndSet(false, asked.head().toLowerCase(java.util.Locale.ROOT).contains("if-match"));
            int end = asked.end() < 0 ? LENGTH : asked.end();
            LyingServer.head(out, asked.end() < 0 ? "HTTP/1.1 200 OK" : "HTTP/1.1 206 Partial Content", "ETag: W/\"x\"",
                    "Repr-Digest: sha-512=:AAAA:, sha-256=:" + tranzr.model.Digest.sha256(BYTES).base64() + ":", "Content-Length: " + (end - asked.start()),
                    "Content-Range: bytes " + asked.start() + "-" + (end - 1) + "/" + LENGTH);
            if (!asked.isHead()) {
                out.write(BYTES, asked.start(), end - asked.start());
            }
        });
        assertEquals(false, matched.get());
    }
}
