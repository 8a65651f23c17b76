package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;

/** Links of several files, from the real routes: what they lead to, and all of it in one visit. */
class ListingTest {

    private static final int MIB = 1 << 20;

    private ServedEngine server;
    private Fetching here;
    private final List<byte[]> contents = List.of(new byte[0], Fetching.content(3 * MIB, 1), Fetching.content(10, 2), Fetching.content(2 * MIB, 3));

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

    private URI link(String terms) {
        List<String> ids = new ArrayList<>();
        contents.forEach(each -> ids.add("\"" + server.store(each) + "\""));
        return URI.create(server.post("/share/create", "{\"file_ids\": [" + String.join(",", ids) + "]," + terms + "}").expect(201).field("share_url"));
    }

    private static <R> R resultOf(Transfer<R> transfer) throws TransferException {
        transfer.start();
        try {
            return transfer.result().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw assertInstanceOf(TransferException.class, e.getCause());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Listing.Contents listed(URI link, AtomicInteger asked) throws TransferException {
        return resultOf(here.client.listing(link).tuning(Fetching.SMALL).password(() -> asked.getAndIncrement() == 0 ? "wrong" : "right").build());
    }

    private Download.Builder fetch(Listing.Contents listed, int place) {
        return here.client.download(listed, listed.files().get(place)).to(here.folder).tuning(Fetching.SMALL);
    }

    private long downloads() {
        return ((Number) server.get("/shares").expect(200).list().getFirst().get("downloads")).longValue();
    }

    @Test
    void allFilesAreFetchedAtOnceInOneVisitAndThePasswordIsAskedOnce() throws Exception {
        URI link = link("\"password\": \"right\", \"max_downloads\": 1");
        AtomicInteger asked = new AtomicInteger();
        Listing.Contents listed = listed(link, asked);
        assertEquals(List.of("file.bin", "file (2).bin", "file (3).bin", "file (4).bin"), listed.files().stream().map(Listing.Entry::name).toList());
        List<Download> downloads = new ArrayList<>();
        for (int i = contents.size() - 1; i >= 0; i--) {
            downloads.add(fetch(listed, i).build());
        }
        downloads.forEach(Download::start);
        for (int i = 0; i < contents.size(); i++) {
            Path path = Fetching.resultOf(downloads.get(contents.size() - 1 - i)).path();
            assertEquals(here.folder.resolve(listed.files().get(i).name()), path);
            assertArrayEquals(contents.get(i), Files.readAllBytes(path), path.toString());
        }
        assertEquals(2, asked.get(), "asked again after the wrong one, and then no more");
        assertEquals(1, downloads());
        for (Path session : Files.list(here.folder.resolveSibling("state")).filter(Files::isRegularFile).toList()) {
            assertFalse(Files.readString(session).contains("right"), "the password is written down");
        }
    }

    @Test
    void whatWasInterruptedGoesOnByAnotherListingOfTheUsedUpLink() throws Exception {
        goesOn(link("\"protected\": false, \"max_downloads\": 1"));
    }

    @Test
    void soItDoesUnderAPasswordAlthoughTheFirstFileIsEmpty() throws Exception {
        goesOn(link("\"password\": \"right\", \"max_downloads\": 1"));
    }

    private void goesOn(URI link) throws Exception {
        Listing.Contents first = listed(link, new AtomicInteger());
        Fetching.fetch(fetch(first, 0));
        here.interrupt(fetch(first, 1).tuning(new Tuning(256 << 10, false, 4, Priority.NORMAL, 5, Duration.ofSeconds(10), Duration.ofSeconds(5), 2 * MIB)), MIB);
        Listing.Contents second = listed(link, new AtomicInteger());
        assertTrue(Fetching.fetch(fetch(second, 0)).already());
        for (int i = 1; i < contents.size(); i++) {
            Download.Result result = Fetching.fetch(fetch(second, i));
            assertFalse(result.already());
            assertArrayEquals(contents.get(i), Files.readAllBytes(result.path()));
        }
        Listing.Contents third = listed(link, new AtomicInteger());
        for (int i = 0; i < contents.size(); i++) {
            assertTrue(Fetching.fetch(fetch(third, i)).already(), "fetched again although the link is used up: " + i);
        }
        assertEquals(1, downloads());
        assertEquals(4, here.names().size(), here.names().toString());
    }

    @Test
    void aFileThatTheLinkNamesIsASingleOne() throws Exception {
        URI link = link("\"protected\": false, \"max_downloads\": null");
        for (String one : List.of("?file=3", "/files.zip?file=3")) {
            Listing.Contents listed = listed(URI.create(link.toString().replaceFirst("/[^/]*$", "") + one), new AtomicInteger());
            assertFalse(listed.areSeveral());
            Download.Result result = Fetching.fetch(here.client.download(listed, null).to(here.folder.resolve("one")).overwrite(true));
            assertArrayEquals(contents.get(3), Files.readAllBytes(result.path()));
        }
        String other = server.store(Fetching.content(5, 5));
        server.send("PATCH", "/files/" + other, java.net.http.HttpRequest.BodyPublishers.ofString("{\"filename\": \"a/ö &.txt\"}"), "Content-Type", "application/json").expect(200);
        String token = server.post("/share/create", "{\"file_ids\": [\"" + server.store(new byte[1]) + "\", \"" + other + "\"], \"protected\": false}").expect(201).field("token");
        for (String named : List.of("/a%2F%C3%B6%20&.txt", "?file=a/%C3%B6+%26.txt", "/any.zip?file=1")) {
            Listing.Contents listed = listed(URI.create(server.url() + "/s/" + token + named), new AtomicInteger());
            assertFalse(listed.areSeveral(), named);
            Download.Result result = Fetching.fetch(here.client.download(listed, null).to(here.folder).overwrite(true));
            assertArrayEquals(Fetching.content(5, 5), Files.readAllBytes(result.path()), named);
            assertEquals("ö &.txt", result.path().getFileName().toString());
        }
        assertTrue(listed(URI.create(server.url() + "/s/" + token + "/any.zip"), new AtomicInteger()).areSeveral());
    }

    @Test
    void whatIsTakenInTheFolderIsLeftAloneAndAnotherFileComesAllTheSame() throws Exception {
        Listing.Contents listed = listed(link("\"protected\": false, \"max_downloads\": null"), new AtomicInteger());
        Files.createDirectory(here.folder.resolve("file (2).bin"));
        Files.writeString(here.folder.resolve("file (3).bin"), "mine");
        assertEquals(TransferException.Kind.INPUT, Fetching.failureOf(fetch(listed, 1)).kind(), "a folder of that name");
        assertEquals(TransferException.Kind.INPUT, Fetching.failureOf(fetch(listed, 2)).kind());
        assertEquals("mine", Files.readString(here.folder.resolve("file (3).bin")));
        assertArrayEquals(contents.get(3), Files.readAllBytes(Fetching.fetch(fetch(listed, 3)).path()));
        assertArrayEquals(contents.get(2), Files.readAllBytes(Fetching.fetch(fetch(listed, 2).overwrite(true)).path()));
    }

    @Test
    void strangeAnswersAreRefusedInWords() throws Exception {
        String many = "{\"index\": 0, \"filename\": \"a\", \"file_size\": 1},".repeat(1001);
        for (String files : List.of("7", "[7]", "[]", "[{\"index\": 0, \"filename\": 5, \"file_size\": 1}]", "[{\"index\": -1, \"filename\": \"a\", \"file_size\": 1}]",
                "[{\"index\": 70000, \"filename\": \"a\", \"file_size\": 1}]", "[{\"index\": 0, \"filename\": \"a\"}]", "[{\"index\": 1e3, \"filename\": \"a\", \"file_size\": 1}]",
                "[{\"index\": 0, \"filename\": \"a\", \"file_size\": 1}, {\"index\": 0, \"filename\": \"b\", \"file_size\": 1}]", "[" + many + "{}]")) {
            byte[] answer = ("{\"archive\": true, \"protected\": false, \"filename\": \"files.zip\", \"files\": " + files + "}").getBytes(StandardCharsets.UTF_8);
            HttpServer liar = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            liar.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            liar.start();
            try (TranzrClient client = TranzrClient.of(URI.create("http://127.0.0.1:" + liar.getAddress().getPort())).build()) {
                TransferException refused = assertThrows(TransferException.class, () -> resultOf(client.listing(URI.create(client.server() + "/s/AbCdEfGh1234")).build()));
                assertEquals(TransferException.Kind.REFUSED, refused.kind(), files);
            } finally {
                liar.stop(0);
            }
        }
    }
}
