package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.e2e.Http;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;
import tranzr.server.ServedEngine.Bounds;

/** What a client that goes on by itself relies on: that it is told, early and clearly, what has become of a transfer. */
class WhatAClientMeetsTest {

    private static final byte[] FILE = ServedEngine.bytes(2500, 1);
    private static final String BEGIN = "{\"filename\": \"a\", \"file_size\": %s}";

    @TempDir
    Path folder;

    @Test
    void anUploadWhoseTimeIsOverSaysSoByEveryDoor() throws IOException {
        try (ServedEngine server = new ServedEngine(folder)) {
            String known = server.begin(FILE.length, 1024);
            String unknown = server.post("/upload/start", BEGIN.formatted("null")).expect(201).field("file_id");
            for (String id : List.of(known, unknown)) {
                server.put("/upload/" + id, Arrays.copyOf(FILE, 1000), "Content-Range", "bytes 0-999/*").expect(200);
            }
            server.pass(Duration.ofDays(6));
            server.cleanUp();
            // Each write gives it its whole time again.
            server.put("/upload/" + known, Arrays.copyOfRange(FILE, 1000, 2000), "Content-Range", "bytes 1000-1999/*").expect(200);
            server.pass(Duration.ofDays(2));
            server.cleanUp();
            server.get("/upload/status/" + known).expect(200);
            server.get("/upload/status/" + unknown).expect(410, "upload_expired");
            server.pass(Duration.ofDays(6));
            server.cleanUp();
            for (String id : List.of(known, unknown)) {
                server.get("/upload/status/" + id).expect(410, "upload_expired");
                server.put("/upload/" + id + "?complete=false", Arrays.copyOfRange(FILE, 2000, 2500), "Content-Range", "bytes 2000-2499/*").expect(410, "upload_expired");
                server.put("/upload/" + id, FILE).expect(410, "upload_expired");
                server.post("/upload/merge/" + id, "{\"file_size\": 2500}").expect(410, "upload_expired");
                server.post("/upload/merge/" + id, "").expect(410, "upload_expired");
            }
        }
    }

    @Test
    void aFullDiskIsToldBeforeTheBytesOfARange() throws IOException {
        String known;
        String unknown;
        try (ServedEngine server = new ServedEngine(folder)) {
            known = server.begin(1_000_000, 100_000);
            unknown = server.post("/upload/start", BEGIN.formatted("null")).expect(201).field("file_id");
        }
        // Nothing is ever free beside such a reserve.
        try (ServedEngine server = new ServedEngine(folder, null, null, Bounds.NONE.reserve(1L << 60))) {
            for (String id : List.of(known, unknown)) {
                for (String more : List.of("Content-Range: bytes 0-99999/*\r\n", "Content-Range: bytes 0-99999/*\r\nExpect: 100-continue\r\n")) {
                    // Not a byte of the body is sent: an answer comes all the same.
                    String answer = server.raw("PUT /upload/" + id + "?complete=false HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 100000\r\n" + more + "\r\n");
                    assertTrue(answer.startsWith("HTTP/1.1 507 ") && answer.contains("no_space"), answer);
                    assertFalse(answer.contains("100 Continue"), answer);
                }
            }
            server.post("/upload/start", BEGIN.formatted("1000")).expect(507, "no_space");
            Answer status = server.get("/upload/status/" + known).expect(200);
            assertEquals("0", status.field("bytes_received"));
        }
    }

    private static void assertDescribes(Answer head) {
        assertEquals(0, head.body().length);
        assertEquals("2500", head.header("Content-Length"));
        assertEquals("\"sha256-" + Digest.sha256(FILE).hex() + "\"", head.header("ETag"));
        assertEquals(Digest.sha256(FILE).hex(), head.header("X-Content-SHA256"));
        assertEquals("bytes", head.header("Accept-Ranges"));
        assertTrue(head.header("Content-Disposition").startsWith("attachment; filename=\"file name.bin\""), head.header("Content-Disposition"));
    }

    /** The connection is dead as far as the client knows; the server may not have noticed, or never will. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStatusCanWaitForWhatABrokenRequestBrought(boolean closed) throws IOException {
        byte[] bytes = ServedEngine.bytes(3 << 20, 3);
        try (ServedEngine server = new ServedEngine(folder); Socket connection = new Socket(server.address().getAddress(), server.address().getPort())) {
            String id = server.begin(bytes.length, 1 << 20);
            connection.getOutputStream().write(("PUT /upload/" + id + "?complete=false HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + bytes.length
                    + "\r\nContent-Range: bytes 0-" + (bytes.length - 1) + "/" + bytes.length + "\r\nContent-Digest: crc32c=:AAAAAA==:\r\nExpect: 100-continue\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            // The body is wanted only when the request has its place.
            assertEquals("HTTP/1.1 100 Continue\r\n\r\n", new String(connection.getInputStream().readNBytes(25), StandardCharsets.US_ASCII));
            connection.getOutputStream().write(bytes, 0, 2 << 20);
            if (closed) {
                connection.shutdownOutput();
            }
            Map<String, Object> status = server.get("/upload/status/" + id + "?settle=0-" + (bytes.length - 1)).expect(200).json();
            assertEquals(2 << 20, status.get("bytes_received"));
            // It is over, and the rest goes without a quarrel.
            server.put("/upload/" + id, Arrays.copyOfRange(bytes, 2 << 20, bytes.length), "Content-Range", "bytes " + (2 << 20) + "-" + (bytes.length - 1) + "/*").expect(200);
            server.get("/upload/status/" + id + "?settle=0-1").expect(200);
        }
    }

    @Test
    void aRangeToWaitForThatIsNoneIsRefused() throws IOException {
        try (ServedEngine server = new ServedEngine(folder)) {
            String id = server.begin(5, 1024);
            for (String range : List.of("", "-", "5", "1-", "-1", "2-0", "0-9223372036854775807", "a-b", "1-2-3", "0-99999999999999999999")) {
                server.get("/upload/status/" + id + "?settle=" + range).expect(400, "invalid_value");
            }
            server.get("/upload/status/" + UUID.randomUUID() + "?settle=0-1").expect(404);
        }
    }

    @Test
    void aLookAtAFileTellsAllAndCountsNothing() throws IOException {
        try (ServedEngine server = new ServedEngine(folder)) {
            String id = server.post("/upload/start", "{\"filename\": \"dir/file name.bin\", \"file_size\": 2500}").expect(201).field("file_id");
            server.put("/upload/" + id, FILE).expect(200);
            assertDescribes(server.head("/download/" + id).expect(200));
            String token = server.post("/share/create/" + id, "{\"password\": \"secret\", \"max_downloads\": 1}").expect(201).field("token");
            for (String path : List.of("/s/" + token, "/s/" + token + "/x", "/share/download/" + token)) {
                server.head(path).expect(401);
                assertDescribes(server.head(path, "X-Share-Password", "secret").expect(200));
                assertDescribes(server.head(path, "X-Share-Password", "secret", "Range", "bytes=1-2").expect(200));
            }
            server.head("/s/" + token, "X-Share-Password", "wrong").expect(401);
            server.head("/s/none").expect(404);
            assertEquals("0", String.valueOf(server.get("/shares").list().getFirst().get("downloads")));
            assertArrayEquals(FILE, server.get("/s/" + token, "X-Share-Password", "secret").expect(200).body());
            server.head("/s/" + token, "X-Share-Password", "secret", "User-Agent", "another").expect(410);
        }
    }

    @Test
    void rangesThatAreAskedForTogetherDoNotEachHashThePassword() throws Exception {
        try (ServedEngine server = new ServedEngine(folder); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String token = server.post("/share/create/" + server.store(FILE), "{\"password\": \"secret\", \"max_downloads\": 1}").expect(201).field("token");
            server.head("/s/" + token, "X-Share-Password", "secret").expect(200);
            int before = server.hashedPasswords();
            List<Future<Answer>> ranges = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String range = "bytes=" + i * 625 + "-" + (i * 625 + 624);
                ranges.add(threads.submit(() -> server.get("/s/" + token, "X-Share-Password", "secret", "Range", range)));
            }
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(Arrays.copyOfRange(FILE, i * 625, i * 625 + 625), ranges.get(i).get().expect(206).body());
            }
            assertEquals(before, server.hashedPasswords());
        }
    }

    @Test
    void partsOfOneDownloadCountOnceInWhateverOrderTheyCome() throws Exception {
        try (ServedEngine server = new ServedEngine(folder)) {
            String token = server.post("/share/create/" + server.store(FILE), "{\"protected\": false, \"max_downloads\": 2}").expect(201).field("token");
            for (int round = 0; round < 2; round++) {
                for (int from : new int[] {1500, 500, 0}) {
                    server.get("/s/" + token, "Range", "bytes=" + from + "-" + (from + 499)).expect(206);
                    assertEquals(round + 1, server.get("/shares").list().getFirst().get("downloads"), "from " + from);
                }
                // What begins at the first byte again is another download, and later parts go with it.
                server.get("/s/" + token, "Range", "bytes=1000-1499").expect(206);
                server.get("/s/" + token, "Range", "bytes=2000-2499").expect(206);
                if (round == 0) {
                    // The client may have the last byte before the server has written down that it went out.
                    Http.await("all parts are over", () -> server.recorded().stream().filter(entry -> entry.action().equals("share.download")).count() == 5);
                    server.pass(Duration.ofMinutes(11));
                }
            }
            server.get("/s/" + token, "Range", "bytes=0-499").expect(410, "download_limit_reached");
        }
    }
}
