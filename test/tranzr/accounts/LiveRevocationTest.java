package tranzr.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.catalog.Catalog;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** Transfers under way, over real connections, when what let them in is taken away. */
class LiveRevocationTest {

    private static final String OPERATOR = "operator-token-0123456789";
    /** More than the buffers of both ends hold. */
    private static final int LONG = 24 << 20;

    @TempDir
    Path folder;
    private ServedEngine server;
    private String room;

    /** A connection whose client reads only when it is told to. */
    private final class Slow implements AutoCloseable {
        private final Socket socket = new Socket();

        Slow(String head, String secret, int bodyBytes) throws IOException {
            socket.setReceiveBufferSize(16 << 10);
            socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write((head + "\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + secret + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(new byte[bodyBytes]);
        }

        /** Waits for the answer's head. */
        Slow begun() throws IOException {
            assertEquals("HTTP/1.1 200", new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII));
            return this;
        }

        /** Reads until the connection ends, be it by a reset. @return how many bytes came */
        int rest() {
            ByteArrayOutputStream rest = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 16];
            try {
                for (int n = socket.getInputStream().read(buffer); n >= 0; n = socket.getInputStream().read(buffer)) {
                    rest.write(buffer, 0, n);
                }
            } catch (java.net.SocketTimeoutException e) {
                throw new AssertionError("it is still open", e);
            } catch (IOException e) {
                return rest.size(); // a reset is an end, too
            }
            return rest.size();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder, OPERATOR, null);
        room = server.post("/rooms", "{\"name\": \"room\"}", as(OPERATOR)).expect(201).field("room_id");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static String[] as(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    private Answer make(String more) {
        return server.post("/tokens", "{\"name\": \"x\", \"rights\": [\"upload\", \"download\", \"list\", \"share\"]" + more + "}", as(OPERATOR)).expect(201);
    }

    private String store(String by, String... more) {
        String[] headers = java.util.stream.Stream.concat(java.util.Arrays.stream(as(by)), java.util.Arrays.stream(more)).toArray(String[]::new);
        return server.put("/long.bin", new byte[LONG], headers).expect(201).header("X-File-Id");
    }

    @Test
    void aDownloadAndAnUploadOfARevokedTokenEndAndWhatCameIsKept() throws Exception {
        Answer made = make("");
        String secret = made.field("token");
        String file = store(secret);
        String upload = server.post("/upload/start", "{\"filename\": \"u\", \"file_size\": 50000000}", as(secret)).expect(201).field("file_id");
        try (Slow down = new Slow("GET /download/" + file + " HTTP/1.1", secret, 0).begun();
                Slow up = new Slow("PUT /upload/" + upload + " HTTP/1.1\r\nContent-Length: 50000000", secret, 9 << 20)) {
            server.delete("/tokens/" + made.field("token_id"), as(OPERATOR)).expect(204);
            assertTrue(down.rest() < LONG, "the download went on");
            up.rest();
        }
        server.get("/upload/status/" + upload, as(secret)).expect(401, "wrong_token");
        long kept = ((Number) server.get("/upload/status/" + upload, as(OPERATOR)).expect(200).json().get("bytes_received")).longValue();
        Answer rest = server.put("/upload/" + upload, new byte[(int) (50_000_000 - kept)], "Authorization", "Bearer " + OPERATOR, "Content-Range",
                "bytes " + kept + "-49999999/50000000").expect(200);
        assertEquals("completed", rest.field("status"));
    }

    @Test
    void transfersEndWithTheSecretTheRoleTheRightsAndTheTime() throws Exception {
        record Way(String name, java.util.function.Consumer<String> end) {
        }
        for (Way way : List.of(
                new Way("rotated", id -> server.post("/tokens/" + id + "/rotate", "", as(OPERATOR)).expect(200)),
                new Way("narrowed", id -> server.send("PATCH", "/tokens/" + id, java.net.http.HttpRequest.BodyPublishers.ofString("{\"rights\": [\"list\"]}"),
                        as(OPERATOR)).expect(200)),
                new Way("moved", id -> server.send("PATCH", "/tokens/" + id, java.net.http.HttpRequest.BodyPublishers.ofString("{\"addresses\": [\"10.0.0.1\"]}"),
                        as(OPERATOR)).expect(200)),
                new Way("removed", id -> server.delete("/rooms/room/members/" + id, as(OPERATOR)).expect(204)),
                new Way("expired", _ -> {
                    server.pass(Duration.ofDays(2));
                    server.endExpired();
                }))) {
            Answer made = make(", \"rooms\": {\"room\": \"reader\"}, \"expires_in\": \"1d\"");
            String file = store(OPERATOR, "Room", "room");
            try (Slow down = new Slow("GET /download/" + file + " HTTP/1.1", made.field("token"), 0).begun()) {
                way.end().accept(made.field("token_id"));
                assertTrue(down.rest() < LONG, way.name());
            }
        }
    }

    @Test
    void onlyTheTransfersOfThatFileAndOfThoseWhoLoseItEndWithAccess() throws Exception {
        Answer reader = make(", \"rooms\": {\"room\": \"reader\"}");
        Answer other = make(", \"rooms\": {\"room\": \"reader\"}");
        String file = store(OPERATOR, "Room", "room");
        String second = store(OPERATOR, "Room", "room");
        try (Slow lost = new Slow("GET /download/" + file + " HTTP/1.1", reader.field("token"), 0).begun();
                Slow elsewhere = new Slow("GET /download/" + second + " HTTP/1.1", reader.field("token"), 0).begun();
                Slow still = new Slow("GET /download/" + file + " HTTP/1.1", other.field("token"), 0).begun()) {
            server.put("/files/" + file + "/access", ("{\"room\": \"" + room + "\", \"grants\": {\"" + reader.field("token_id") + "\": [\"list\"]}}").getBytes(),
                    as(OPERATOR)).expect(200);
            assertTrue(lost.rest() < LONG, "the download went on");
            assertTrue(elsewhere.rest() >= LONG, "the download of another file was ended");
            assertTrue(still.rest() >= LONG, "the download of another reader was ended");
        }
        server.get("/download/" + file, as(reader.field("token"))).expect(403, "forbidden");
    }

    @Test
    void afterARevocationNothingIsMadeInItsName() throws Exception {
        for (int round = 0; round < 5; round++) {
            Answer made = make("");
            String secret = made.field("token");
            String file = server.put("/a", new byte[10], as(secret)).expect(201).header("X-File-Id");
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger shared = new AtomicInteger();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    running.add(threads.submit(() -> {
                        while (!over.get()) {
                            try {
                                Answer answer = server.post("/share/create/" + file, "{\"protected\": false}", as(secret));
                                if (answer.status() != 201) {
                                    break;
                                }
                                shared.incrementAndGet();
                            } catch (AssertionError cutOff) {
                                break;
                            }
                        }
                    }));
                }
                while (shared.get() < 20) {
                    Thread.onSpinWait();
                }
                server.delete("/tokens/" + made.field("token_id") + "?revoke_shares=true", as(OPERATOR)).expect(204);
                Catalog catalog = server.engine().core().catalog();
                assertEquals(List.of(), catalog.sharesOf(UUID.fromString(file)));
                over.set(true);
                for (Future<?> each : running) {
                    each.get();
                }
                assertEquals(List.of(), catalog.sharesOf(UUID.fromString(file)));
            }
        }
    }
}
