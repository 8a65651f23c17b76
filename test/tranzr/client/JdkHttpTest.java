package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.ByteRange;
import tranzr.server.ServedEngine;

/** Single requests, and the calls of the client, against the real routes. */
class JdkHttpTest {

    private ServedEngine server;
    private TranzrClient client;
    private Http http;

    @BeforeEach
    void serve(@TempDir Path folder) throws IOException {
        server = new ServedEngine(folder);
        client = TranzrClient.of(URI.create(server.url() + "/")).build();
        http = client.http;
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    private static byte[] content(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static Source source(byte[] bytes) {
        return (position, into) -> into.put(bytes, (int) position, into.remaining());
    }

    private byte[] fetched(String path, Map<String, String> headers, int length) throws IOException, RefusedException {
        ByteBuffer got = ByteBuffer.allocate(length);
        http.get(path, headers, (status, fields) -> { }, (position, bytes) -> {
            assertEquals(got.position(), position);
            got.put(bytes);
        }, Attempt.FREE);
        assertEquals(0, got.remaining());
        return got.array();
    }

    @Test
    void bytesGoThereAndComeBack() throws Exception {
        byte[] bytes = content(3_000_001);
        String id = server.begin(bytes.length, 1 << 20);
        Http.Answer part = http.put("/upload/" + id + "?complete=false", Map.of("Content-Range", "bytes 1000000-3000000/3000001"), source(bytes),
                new ByteRange(1_000_000, bytes.length), Attempt.FREE);
        assertEquals(List.of(List.of(0, 999_999)), part.body().get("missing_ranges"));
        Http.Answer whole = http.put("/upload/" + id, Map.of("Content-Range", "bytes 0-999999/3000001"), source(bytes), new ByteRange(0, 1_000_000), Attempt.FREE);
        assertEquals("completed", whole.body().get("status"));
        assertArrayEquals(bytes, fetched("/download/" + id, Map.of(), bytes.length));
        assertArrayEquals(new byte[] {bytes[7], bytes[8]}, fetched("/download/" + id, Map.of("Range", "bytes=7-8"), 2));
        Http.Answer head = http.head("/download/" + id, Map.of());
        assertEquals(bytes.length, head.headers().firstValueAsLong("Content-Length").orElseThrow());
    }

    @Test
    void aRefusalTellsItsCodeAndItsMembers() {
        RefusedException none = assertThrows(RefusedException.class, () -> client.info(new UUID(1, 2)));
        assertEquals("404 not_found", none.status() + " " + none.code());
        String id = server.begin(2000, 1024);
        RefusedException missing = assertThrows(RefusedException.class, () -> client.call("POST", "/upload/merge/" + id, null));
        assertEquals("missing_chunks", missing.code());
        assertEquals(List.of(List.of(0, 1999)), missing.members().get("missing_ranges"));
        assertNull(missing.retryAfter());
        RefusedException range = assertThrows(RefusedException.class, () -> fetched("/download/" + server.store(content(10)), Map.of("Range", "bytes=10-"), 0));
        assertEquals("416 range_not_satisfiable", range.status() + " " + range.code());
    }

    @Test
    void whatTheServerRefusesBeforeItHasReadTheBodyIsHeard() {
        Source zeros = (position, into) -> into.position(into.limit());
        for (int i = 0; i < 10; i++) {
            RefusedException e = assertThrows(RefusedException.class, () -> http.put("/upload/" + new UUID(1, 2), Map.of(), zeros, new ByteRange(0, 64 << 20), Attempt.FREE));
            assertEquals("404 not_found", e.status() + " " + e.code());
        }
        String id = server.begin(2000, 1024);
        RefusedException e = assertThrows(RefusedException.class, () -> http.put("/upload/" + id, Map.of(), zeros, new ByteRange(0, 64 << 20), Attempt.FREE));
        assertEquals("range_out_of_bounds", e.code());
    }

    @Test
    void filesAreListedToldOfSharedAndDeleted() throws Exception {
        byte[] bytes = content(100);
        UUID id = UUID.fromString(server.store(bytes));
        server.pass(Duration.ofSeconds(1));
        String begun = server.begin(2000, 1024);
        assertEquals(List.of(UUID.fromString(begun), id), client.list().stream().map(RemoteFile::id).toList());
        RemoteFile file = client.info(id);
        assertEquals(new RemoteFile(id, "file.bin", 100, "completed", file.sha256(), file.created(), file.updated(), null), file);
        ShareLink link = client.share(id, new ShareTerms(Duration.ofSeconds(90), 2, "secret"));
        assertEquals(Duration.ofSeconds(91), Duration.between(file.created(), link.expires()));
        assertTrue(link.isProtected() && link.maxDownloads() == 2 && link.fileId().equals(id));
        assertArrayEquals(bytes, fetched(link.url().getRawPath(), Map.of("X-Share-Password", "secret"), 100));
        client.revoke(link.url().toString());
        assertEquals("share_not_found", assertThrows(RefusedException.class, () -> fetched(link.url().getRawPath(), Map.of("X-Share-Password", "secret"), 100)).code());
        ShareLink open = client.share(id, new ShareTerms(null, 0, null));
        assertNull(open.expires());
        assertTrue(!open.isProtected() && open.maxDownloads() == 0);
        client.revoke(open.shareId());
        assertEquals(404, assertThrows(RefusedException.class, () -> client.revoke(open.token())).status());
        client.delete(id);
        client.delete(UUID.fromString(begun));
        assertEquals(List.of(), client.list());
    }
}
