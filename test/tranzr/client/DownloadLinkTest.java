package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;

/** Downloads by share links from the real routes. */
class DownloadLinkTest {

    private static final int MIB = 1 << 20;
    private static final String NAME = "file.bin";

    private ServedEngine server;
    private Fetching here;

    @BeforeEach
    void serve(@TempDir Path home) throws IOException {
        server = new ServedEngine(home.resolve("server"));
        here = new Fetching(server.url(), home);
    }

    @AfterEach
    void close() throws IOException {
        here.close();
        server.close();
    }

    private ServedEngine.Answer share(String id, String terms) {
        return server.post("/share/create/" + id, terms).expect(201);
    }

    private URI link(byte[] bytes, String terms) {
        return URI.create(share(server.store(bytes), terms).field("share_url"));
    }

    private long downloads() {
        return ((Number) server.get("/shares").expect(200).list().getFirst().get("downloads")).longValue();
    }

    private static Tuning slow(int bytesPerSecond) {
        return new Tuning(256 << 10, false, 4, Priority.NORMAL, 5, Duration.ofSeconds(10), Duration.ofSeconds(5), bytesPerSecond);
    }

    @Test
    void everyFormOfALinkIsUnderstood() throws IOException {
        byte[] bytes = Fetching.content(1000, 1);
        String id = server.store(bytes);
        String token = share(id, "{\"protected\": false, \"max_downloads\": null}").field("token");
        for (String form : List.of("/s/" + token, "/s/" + token + "/", "/s/" + token + "/any%20name.txt", "/s/" + token + "?download=1#there", "/share/download/" + token,
                "/share/download/" + token + "/x", "/download/" + id, "/download/" + id.toUpperCase())) {
            Download.Result result = Fetching.fetch(here.of(URI.create(server.url() + form)));
            assertArrayEquals(bytes, Files.readAllBytes(result.path()), form);
            assertEquals(NAME, result.path().getFileName().toString(), form);
            Files.delete(result.path());
        }
    }

    @Test
    void ofALinkOfSeveralFilesEachIsFetchedByItsIndexAndTheWholeIsToldToBeNone() throws IOException {
        byte[] second = Fetching.content(3 * MIB, 9);
        String ids = "\"" + server.store(Fetching.content(10, 8)) + "\", \"" + server.store(second) + "\"";
        String url = server.post("/share/create", "{\"file_ids\": [" + ids + "], \"password\": \"right\", \"max_downloads\": 1}").expect(201).field("share_url");
        TransferException refused = Fetching.failureOf(here.of(URI.create(url)).password(() -> "right"));
        assertTrue(refused.getMessage().contains("several files") && refused.getMessage().contains("?file=0"), refused.getMessage());
        Download.Result result = Fetching.fetch(here.of(URI.create(url + "?file=1")).password(() -> "right"));
        assertArrayEquals(second, Files.readAllBytes(result.path()));
        assertEquals(NAME, result.path().getFileName().toString());
        assertEquals(1, downloads());
    }

    @Test
    void aLinkForOneDownloadIsFetchedInParallelAndCountsOnce() throws IOException {
        byte[] bytes = Fetching.content(8 * MIB, 2);
        URI link = link(bytes, "{\"protected\": false, \"one_time\": true}");
        Download download = here.of(link).tuning(new Tuning(64 << 10, false, 8, Priority.HIGH, 3, Duration.ofSeconds(10), Duration.ofSeconds(5), 0)).build();
        download.start();
        assertArrayEquals(bytes, Files.readAllBytes(Fetching.resultOf(download).path()));
        assertEquals(1, downloads());
        Files.delete(here.folder.resolve(NAME));
        TransferException again = Fetching.failureOf(here.of(link));
        assertEquals(TransferException.Kind.REFUSED, again.kind());
        assertEquals("download_limit_reached", again.code());
        assertEquals(List.of(), here.names());
    }

    @Test
    void aLinkForOneDownloadCanBeResumedAndStillCountsOnce() throws Exception {
        byte[] bytes = Fetching.content(6 * MIB, 3);
        URI link = link(bytes, "{\"protected\": false, \"max_downloads\": 1}");
        here.interrupt(here.of(link).tuning(slow(2 * MIB)), MIB);
        here.interrupt(here.of(link).tuning(slow(2 * MIB)), 3 * MIB);
        assertArrayEquals(bytes, Files.readAllBytes(Fetching.fetch(here.of(link)).path()));
        assertEquals(1, downloads());
    }

    @Test
    void aLinkForOneDownloadCanBeResumedWhenTheRecordIsLost() throws Exception {
        byte[] bytes = Fetching.content(4 * MIB, 4);
        URI link = link(bytes, "{\"protected\": false, \"max_downloads\": 1}");
        here.interrupt(here.of(link).tuning(slow(2 * MIB)), 2 * MIB);
        here.sessions.remove(here.sessions.list().getFirst().key());
        assertArrayEquals(bytes, Files.readAllBytes(Fetching.fetch(here.of(link)).path()));
        assertEquals(1, downloads());
    }

    /** What the server has handed to the network may be lost there, and then the client asks for it again, byte 0 included. */
    @Test
    void aFirstPartThatWasLostOnItsWayCanBeAskedForAgain() {
        String path = link(Fetching.content(1000, 10), "{\"protected\": false, \"max_downloads\": 1}").getPath();
        server.get(path, "Range", "bytes=0-9").expect(206);
        server.get(path, "Range", "bytes=0-9").expect(206);
        server.get(path, "Range", "bytes=10-999").expect(206);
        assertEquals(1, downloads());
        server.get(path, "Range", "bytes=0-9").expect(410, "download_limit_reached");
    }

    @Test
    void thePasswordIsAskedForAndAskedAgainAfterAWrongOne() throws IOException {
        byte[] bytes = Fetching.content(MIB, 5);
        URI link = link(bytes, "{\"password\": \"right\"}");
        Deque<String> answers = new ArrayDeque<>(List.of("wrong", "right"));
        assertArrayEquals(bytes, Files.readAllBytes(Fetching.fetch(here.of(link).password(answers::poll)).path()));
        assertTrue(answers.isEmpty());
        assertEquals(TransferException.Kind.INPUT, Fetching.failureOf(here.of(link).password(() -> null)).kind());
        AtomicInteger asked = new AtomicInteger();
        assertEquals(TransferException.Kind.INPUT, Fetching.failureOf(here.of(link).password(() -> "wrong" + asked.incrementAndGet())).kind());
        assertEquals(3, asked.get());
    }

    @Test
    void aPasswordOfAnyLettersWorks() throws IOException {
        for (String password : List.of("größer 日本", " blank ", "a\"b\\c", "💡")) {
            URI link = link(Fetching.content(100, 6), "{\"password\": \"" + password.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}");
            Files.delete(Fetching.fetch(here.of(link).password(() -> password)).path());
        }
    }

    @Test
    void aPasswordInTheLinkIsTakenOutOfItAndUsed() throws Exception {
        URI link = URI.create(link(Fetching.content(4 * MIB, 7), "{\"password\": \"gr\u00f6\u00dfe 1\"}") + "?password=gr%C3%B6%C3%9Fe+1&x=y");
        here.interrupt(here.of(link).tuning(slow(2 * MIB)), MIB);
        Session session = here.sessions.list().getFirst();
        assertTrue(session.remote().matches(".*/s/[^/?]+"), session.remote());
        Fetching.fetch(here.of(link).password(() -> {
            throw new AssertionError("asked");
        }));
    }

    @Test
    void whatIsWrongWithALinkIsSaidClearly() {
        byte[] bytes = Fetching.content(100, 8);
        assertEquals("share_not_found", Fetching.failureOf(here.of(URI.create(server.url() + "/s/AAAAAAAAAAAAAAAAAAAA"))).code());
        URI short1 = link(bytes, "{\"protected\": false, \"expire_minutes\": 1}");
        server.pass(Duration.ofMinutes(2));
        TransferException expired = Fetching.failureOf(here.of(short1));
        assertEquals("share_expired", expired.code());
        assertEquals(TransferException.Kind.REFUSED, expired.kind());
        assertEquals("address_not_allowed", Fetching.failureOf(here.of(link(bytes, "{\"protected\": false, \"addresses\": [\"192.0.2.1\"]}"))).code());
        assertEquals(List.of(), here.names());
    }

    @Test
    void aLinkRevokedMeanwhileIsSaidClearly() throws Exception {
        ServedEngine.Answer share = share(server.store(Fetching.content(6 * MIB, 9)), "{\"protected\": false}");
        Download download = here.until(here.of(URI.create(share.field("share_url"))).tuning(slow(2 * MIB)), progress -> progress.done() > MIB);
        server.delete("/shares/" + share.field("share_id")).expect(204);
        TransferException end = Fetching.failureOf(download);
        assertEquals(TransferException.Kind.REFUSED, end.kind());
        assertEquals("share_not_found", end.code());
    }

    @Test
    void anEmptyFileCountsToo() throws IOException {
        URI link = link(new byte[0], "{\"protected\": false, \"max_downloads\": 1}");
        assertEquals(0, Files.size(Fetching.fetch(here.of(link)).path()));
        assertEquals(1, downloads());
    }

    @Test
    void aLinkToAnotherServerGetsNothingFromThisClient() {
        URI elsewhere = URI.create("http://127.0.0.1:1/s/AAAAAAAAAAAAAAAAAAAA");
        TransferException end = Fetching.failureOf(here.of(elsewhere));
        assertEquals(TransferException.Kind.INPUT, end.kind());
        assertTrue(end.getMessage().contains("http://127.0.0.1:1") && !end.getMessage().contains("AAAA"), end.getMessage());
        assertEquals(URI.create("http://127.0.0.1:1"), Download.serverOf(elsewhere));
        assertThrows(IllegalArgumentException.class, () -> here.of(URI.create("http://127.0.0.1:1/")).build());
    }
}
