package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.api.live.EventReader;
import tranzr.json.Json;
import tranzr.json.JsonException;

/** Streams of events from the built jar: many who read, some who never do, and what a restart leaves of them. */
class EventsTest {

    private static final String TOKEN = "operator-token-0123456789";
    private static final int SUBSCRIBERS = 500;
    private static final int UPLOADS = 8;
    private static final int SILENT = 40;
    private static final int SMALL_FILES = 1200;
    private static final int PATIENCE_MILLIS = 60_000;

    private static String[] as(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    /** By HTTP/1.0, which knows no chunks. */
    private static Socket subscribe(ServerProcess server, String token, String from, int buffer) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(buffer);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream().write(("GET /events HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Reads events until all these files are complete. @return the last progress of each, in bytes */
    private static Map<String, Object> readToTheEnd(Socket socket, Set<String> files, CountDownLatch connected) throws IOException {
        Map<String, Object> progress = new HashMap<>();
        Map<String, Object> completed = new HashMap<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null && !completed.keySet().containsAll(files); line = lines.readLine()) {
                if (line.startsWith("retry:")) {
                    connected.countDown();
                }
                if (line.startsWith("data: ")) {
                    Map<String, Object> event = Json.readObject(line.substring(6).getBytes(StandardCharsets.UTF_8));
                    if (event.get("type").equals("file-upload-progress")) {
                        progress.put(event.get("fileName").toString(), event.get("bytesUploaded"));
                    } else if (event.get("type").equals("file-upload-completed")) {
                        completed.put(event.get("fileName").toString(), event.get("totalBytes"));
                    }
                }
            }
        } catch (JsonException e) {
            throw new AssertionError("an event came in pieces", e);
        }
        progress.keySet().retainAll(files);
        return progress;
    }

    @Test
    void fiveHundredSubscribersAreToldTheLastStateOfEightUploads(@TempDir Path folder) throws Exception {
        ServerProcess.Launch launch = ServerProcess.Launch.on(folder.resolve("data"), "--bandwidth-per-transfer", "1MiB/s").environment(Map.of("TRANZR_TOKEN", TOKEN)).jvm("-Xmx64m");
        try (ServerProcess server = ServerProcess.start(launch); Http http = new Http(server); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> tokens = new ArrayList<>();
            for (int i = 0; i < SUBSCRIBERS / 100; i++) {
                tokens.add(http.send("POST", "/tokens", java.net.http.HttpRequest.BodyPublishers.ofString("{\"name\": \"t\", \"rights\": [\"admin\"]}"), as(TOKEN))
                        .expect(201).field("token"));
            }
            Map<String, Object> expected = new HashMap<>();
            for (int i = 0; i < UPLOADS; i++) {
                expected.put("file-" + i, (2 << 20) + i);
            }
            CountDownLatch connected = new CountDownLatch(SUBSCRIBERS);
            List<Future<Map<String, Object>>> readers = new ArrayList<>();
            for (int i = 0; i < SUBSCRIBERS; i++) {
                // As many of each address, and with each token, as may be.
                Socket socket = subscribe(server, tokens.get(i % tokens.size()), "127.0.1." + (1 + i % 5), 65_536);
                readers.add(threads.submit(() -> {
                    try (socket) {
                        return readToTheEnd(socket, expected.keySet(), connected);
                    }
                }));
            }
            connected.await();
            List<Callable<Integer>> uploads = new ArrayList<>();
            expected.forEach((name, size) -> uploads.add(() -> http.put("/" + name, Http.bytes((Integer) size, 1), as(TOKEN)).status()));
            assertEquals(Set.of(201), Set.copyOf(RealServer.together(uploads)));
            for (Future<Map<String, Object>> reader : readers) {
                assertEquals(expected, reader.get());
            }
        }
    }

    @Test
    void whoNeverReadsCostsNothingAndIsToldTheNewestStateWhenItDoes(@TempDir Path folder) throws Exception {
        try (ServerProcess server = ServerProcess.start(ServerProcess.Launch.on(folder.resolve("data")).environment(Map.of("TRANZR_TOKEN", TOKEN)).jvm("-Xmx32m"));
                Http http = new Http(server); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < SILENT; i++) {
                silent.add(subscribe(server, TOKEN, "127.0.1.1", 4096));
            }
            List<Callable<Integer>> uploads = new ArrayList<>();
            for (int i = 0; i < UPLOADS; i++) {
                int worker = i;
                uploads.add(() -> {
                    int stored = 0;
                    for (int n = 0; n < SMALL_FILES / UPLOADS; n++) {
                        stored += http.put("/" + "n".repeat(200) + worker + "-" + n, new byte[1], as(TOKEN)).status() == 201 ? 1 : 0;
                    }
                    return stored;
                });
            }
            assertEquals(SMALL_FILES, RealServer.together(uploads).stream().mapToInt(Integer::intValue).sum());
            http.put("/the-last-one", new byte[1], as(TOKEN)).expect(201);
            List<Future<Boolean>> late = new ArrayList<>();
            for (Socket socket : silent.subList(0, 3)) {
                late.add(threads.submit(() -> isToldTheEnd(socket)));
            }
            for (Future<Boolean> reader : late) {
                assertTrue(reader.get(), "the newest state does not come");
            }
            for (Socket socket : silent) {
                socket.close();
            }
            assertEquals(200, http.get("/health").status());
            assertTrue(server.isAlive() && !server.output().contains("OutOfMemory"), server.output());
        }
    }

    private static boolean isToldTheEnd(Socket socket) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("event: reset") || line.contains("\"fileName\":\"the-last-one\"")) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aRestartEndsStreamsCleanlyAndWhoComesBackIsToldToBeginAnew(@TempDir Path folder) {
        ServerProcess.Launch launch = ServerProcess.Launch.on(folder.resolve("data")).environment(Map.of("TRANZR_TOKEN", TOKEN));
        try (ServerProcess server = ServerProcess.start(launch); Http http = new Http(server)) {
            String id = http.send("POST", "/upload/start", java.net.http.HttpRequest.BodyPublishers.ofString("{\"filename\": \"a\", \"file_size\": 9}"), as(TOKEN))
                    .expect(201).field("file_id");
            String last;
            try (EventReader events = EventReader.open(server.url() + "/events", as(TOKEN))) {
                events.untilType("file-upload-progress");
                http.put("/b", new byte[1], as(TOKEN)).expect(201);
                events.untilType("file-added");
                last = events.lastId();
                assertEquals(0, server.terminate());
                assertEquals(true, events.untilType("").getLast().get("clean"));
            }
            server.restart();
            try (EventReader events = EventReader.open(server.url() + "/events", "Authorization", "Bearer " + TOKEN, "Last-Event-ID", last)) {
                assertEquals("reset", events.next().type());
                EventReader.Event state = events.next();
                assertEquals(List.of("file-upload-progress", id, "waiting"), List.of(state.type(), state.get("fileId"), state.get("state")));
            }
        }
    }
}
