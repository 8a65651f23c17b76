package tranzr.api.direct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.api.live.EventReader;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** Uploads whose parts go to signed addresses: begun, sent, renewed, completed. */
class DirectUploadTest {

    private static final String OPERATOR = "operator-token-0123456789";
    private static final String[] ANY = {"Authorization", "Bearer " + OPERATOR};
    private static final byte[] FILE = ServedEngine.bytes(70_000, 1);

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder, OPERATOR, null);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private SignedParts begin() {
        return SignedParts.begin(server, FILE, 10_000, "", ANY);
    }

    @Test
    void partsAreTakenWithoutATokenInAnyOrderAndMakeTheFile() {
        SignedParts upload = begin();
        assertEquals(7, upload.count());
        Answer done = upload.sendAll().complete(upload.list(), ANY).expect(200);
        assertEquals(Map.of("fileId", upload.id(), "uploadId", upload.id(), "fileName", "file.bin", "size", 70_000, "status", "completed", "fileHash", Digest.sha256(FILE).hex(),
                "downloadUrl", server.url() + "/download/" + upload.id()), done.json());
        assertArrayEquals(FILE, server.get("/download/" + upload.id(), ANY).expect(200).body());
        // Sent again, since its answer may have been lost.
        assertEquals(done.json(), upload.complete(upload.list(), ANY).expect(200).json());
    }

    @Test
    void theUsualStartGivesAddressesWhenItIsAskedTo() {
        Answer begun = server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 70000, \"chunk_size\": 40000, \"direct\": true}", ANY).expect(201);
        assertEquals(2, begun.json().get("total_chunks"));
        assertEquals("2026-01-01T00:15:00Z", begun.field("urls_expire_at"));
        assertNull(begun.field("next_part"));
        List<Map<String, Object>> urls = SignedParts.urlsOf(begun);
        assertEquals(List.of(List.of(1, 0, 40_000), List.of(2, 40_000, 30_000)),
                urls.stream().map(url -> List.of(url.get("part_number"), url.get("offset"), url.get("length"))).toList());
        List<Map<String, Object>> list = new ArrayList<>();
        for (Map<String, Object> url : urls) {
            int offset = (int) url.get("offset");
            byte[] part = java.util.Arrays.copyOfRange(FILE, offset, offset + (int) url.get("length"));
            list.add(Map.of("part_number", url.get("part_number"), "etag", server.put((String) url.get("url"), part).expect(200).header("ETag")));
        }
        String body = new String(tranzr.json.Json.write(Map.of("file_id", begun.field("file_id"), "parts", list)), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(Digest.sha256(FILE).hex(), server.post("/files/complete-upload", body, ANY).expect(200).field("fileHash"));
        assertNull(server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 5}", ANY).expect(201).json().get("signed_urls"));
    }

    @Test
    void sixteenSendersAtATimeMakeTheSameFile() throws Exception {
        byte[] file = ServedEngine.bytes(640_000, 2);
        SignedParts upload = SignedParts.begin(server, file, 10_000, "", ANY);
        List<Integer> parts = new ArrayList<>(java.util.stream.IntStream.rangeClosed(1, 64).boxed().toList());
        Collections.shuffle(parts, new java.util.Random(3));
        Map<Integer, String> tags = new java.util.concurrent.ConcurrentHashMap<>();
        try (ExecutorService senders = Executors.newFixedThreadPool(16)) {
            List<Future<?>> sent = new ArrayList<>();
            for (int part : parts) {
                sent.add(senders.submit(() -> tags.put(part, server.put(upload.url(part), upload.bytes(part)).expect(200).header("ETag"))));
            }
            for (Future<?> each : sent) {
                each.get();
            }
        }
        List<Map<String, Object>> list = new ArrayList<>();
        for (int part = 1; part <= 64; part++) {
            list.add(SignedParts.entry(part, tags.get(part)));
        }
        assertEquals(Digest.sha256(file).hex(), upload.complete(list, ANY).expect(200).field("fileHash"));
    }

    @Test
    void aPartSentAgainIsAnsweredTheSameTag() {
        SignedParts upload = begin();
        String tag = upload.send(3);
        assertTrue(tag.matches("\"[0-9a-f]{8}-[0-9]+-[0-9a-f]{32}\""), tag);
        assertEquals(tag, upload.send(3));
        // Other bytes do not take the place of those that were acknowledged.
        server.put(upload.url(3), upload.bytes(4)).expect(409, "chunk_conflict");
        assertEquals(tag, upload.send(3));
        assertNotEquals(tag, upload.send(4));
    }

    @Test
    void manyPartsComePageByPage() {
        Answer begun = server.post("/files/upload-url", "{\"fileName\": \"f\", \"size\": 2500, \"chunkSize\": 1}", ANY).expect(201);
        assertEquals(List.of(1000, 1001, 2500), List.of(SignedParts.urlsOf(begun).size(), begun.json().get("nextPart"), begun.json().get("totalParts")));
        String id = begun.field("uploadId");
        Answer next = server.post("/files/upload-url", "{\"uploadId\": \"" + id + "\", \"first\": 1001}", ANY).expect(200);
        assertEquals(List.of(1001, 2000, 2001), List.of(SignedParts.urlsOf(next).getFirst().get("partNumber"), SignedParts.urlsOf(next).getLast().get("partNumber"), next.json().get("nextPart")));
        Answer last = server.post("/upload/urls/" + id, "{\"first\": 2001}", ANY).expect(200);
        assertEquals(500, SignedParts.urlsOf(last).size());
        assertNull(last.json().get("next_part"));
        server.put((String) SignedParts.urlsOf(last).getLast().get("url"), new byte[] {5}).expect(200);
        assertEquals(List.of(), SignedParts.urlsOf(server.post("/upload/urls/" + id, "{\"first\": 2501}", ANY).expect(200)));
        assertEquals(2499, SignedParts.urlsOf(server.post("/upload/urls/" + id, "{\"first\": 2001, \"missing\": true}", ANY).expect(200)).getLast().get("part_number"));
        for (String choice : List.of("\"first\": 0", "\"first\": 10001", "\"count\": 0", "\"count\": 1001", "\"first\": \"x\"", "\"missing\": 1")) {
            server.post("/upload/urls/" + id, "{" + choice + "}", ANY).expect(400, "invalid_value");
        }
    }

    @Test
    void anInterruptedUploadGoesOnWithRenewedAddresses() {
        SignedParts upload = begin();
        List<Map<String, Object>> list = new ArrayList<>();
        for (int part = 1; part <= 3; part++) {
            list.add(SignedParts.entry(part, upload.send(part)));
        }
        server.pass(java.time.Duration.ofMinutes(15));
        server.put(upload.url(4), upload.bytes(4)).expect(403, "signature_invalid");
        Answer renewed = server.post("/upload/urls/" + upload.id(), "{\"missing\": true}", ANY).expect(200);
        assertEquals(List.of(4, 5, 6, 7), SignedParts.urlsOf(renewed).stream().map(url -> url.get("part_number")).toList());
        for (Map<String, Object> url : SignedParts.urlsOf(renewed)) {
            int part = (int) url.get("part_number");
            list.add(SignedParts.entry(part, server.put((String) url.get("url"), upload.bytes(part)).expect(200).header("ETag")));
        }
        assertEquals(Digest.sha256(FILE).hex(), upload.complete(list, ANY).expect(200).field("fileHash"));
    }

    @Test
    void whatIsBegunHereGoesOnByTheOtherDoors() {
        SignedParts upload = begin();
        upload.send(1);
        server.put("/uploads/" + upload.id() + "/chunks/1", upload.bytes(2), ANY).expect(200);
        server.put("/upload/" + upload.id() + "?complete=false", java.util.Arrays.copyOfRange(FILE, 20_000, 70_000), "Authorization", ANY[1], "Content-Range", "bytes 20000-69999/70000").expect(200);
        // Part 2 is there, but nobody has its tag; it is sent once more.
        upload.sendAll();
        assertEquals(Digest.sha256(FILE).hex(), upload.complete(upload.list(), ANY).expect(200).field("fileHash"));
    }

    @Test
    void aFileOfNothingHasNoParts() {
        SignedParts upload = SignedParts.begin(server, new byte[0], 10_000, "", ANY);
        assertEquals(0, upload.count());
        assertEquals(Digest.sha256(new byte[0]).hex(), upload.complete(List.of(), ANY).expect(200).field("fileHash"));
    }

    @Test
    void theUsualPartHasTenMebibytesAndThatOfALargeFileMore() {
        Answer small = server.post("/files/upload-url", "{\"fileName\": \"f\", \"size\": 20971521}", ANY).expect(201);
        assertEquals(List.of(10 << 20, 3), List.of(small.json().get("chunkSize"), small.json().get("totalParts")));
        Answer same = server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 20971521, \"direct\": true}", ANY).expect(201);
        assertEquals(List.of(10 << 20, 3), List.of(same.json().get("chunk_size"), same.json().get("total_chunks")));
        assertEquals(20_000_000_001L / 10_000 + 1 > (10 << 20) ? 0 : 10L << 20, tranzr.api.PartUrls.partSize(20_000_000_001L));
        assertEquals(100_000_000_001L, tranzr.api.PartUrls.partSize(1_000_000_000_000_001L));
    }

    @Test
    void whatCannotBeBegunIsToldClearly() {
        server.post("/files/upload-url", "{\"size\": 5}", ANY).expect(400, "invalid_value");
        server.post("/files/upload-url", "{\"fileName\": \"f\"}", ANY).expect(400, "invalid_value");
        server.post("/files/upload-url", "{\"fileName\": \"../f\", \"size\": 5}", ANY).expect(400, "invalid_value");
        server.post("/files/upload-url", "{\"fileName\": \"f\", \"size\": -1}", ANY).expect(400, "invalid_value");
        server.post("/files/upload-url", "{\"fileName\": \"f\", \"size\": 10001, \"chunkSize\": 1}", ANY).expect(400, "invalid_value");
        server.post("/files/upload-url", "{\"fileName\": \"f\", \"size\": 5, \"roomId\": \"none\"}", ANY).expect(404, "room_not_found");
        assertEquals("storageId", server.post("/files/upload-url", "{\"fileName\": \"f\", \"size\": 5, \"storageId\": \"s3-eu\"}", ANY).expect(400, "invalid_value").field("field"));
        server.post("/files/upload-url", "{\"fileName\": \"f\", \"size\": 5, \"storageId\": \"local\"}", ANY).expect(201);
        server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": null, \"direct\": true}", ANY).expect(400, "invalid_value");
        server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 33.5, \"chunk_size\": 5, \"direct\": true}", ANY).expect(400, "invalid_value");
        server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 20000, \"chunk_size\": \"1B\", \"direct\": true}", ANY).expect(400, "invalid_value");
        assertEquals(1, server.get("/files", ANY).list().size(), "something was begun and refused");
    }

    @Test
    void aRoomTakesItsFileAndASecondFieldOfTheIdMustBeTheSame() {
        server.post("/rooms", "{\"name\": \"r\"}", ANY).expect(201);
        SignedParts upload = SignedParts.begin(server, FILE, 70_000, ", \"roomId\": \"r\"", ANY);
        assertEquals(1, server.get("/files?room=r", ANY).list().size());
        SignedParts other = begin();
        server.post("/files/complete-upload", "{\"fileId\": \"" + upload.id() + "\", \"uploadId\": \"" + other.id() + "\", \"parts\": []}", ANY).expect(400, "invalid_value");
        server.post("/files/complete-upload", "{\"parts\": []}", ANY).expect(400, "invalid_value");
        server.post("/files/complete-upload", "{\"fileId\": \"no-id\", \"parts\": []}", ANY).expect(404, "not_found");
    }

    @Test
    void aClientMayTellItsOwnProgress() {
        SignedParts upload = begin();
        String about = "{\"fileId\": \"" + upload.id() + "\", \"bytesUploaded\": ";
        try (EventReader events = EventReader.open(server.url() + "/upload/events/" + upload.id(), ANY)) {
            server.post("/files/upload-progress", about + "5000, \"state\": \"uploading\"}", ANY).expect(204);
            assertEquals(Map.of("state", "uploading", "bytesUploaded", 5000), events.until(event -> event.get("client") != null).getLast().get("client"));
        }
        server.post("/files/upload-progress", about + "70001}", ANY).expect(400, "invalid_value");
        server.post("/files/upload-progress", about + "-1}", ANY).expect(400, "invalid_value");
        server.post("/files/upload-progress", about + "5, \"state\": \"dreaming\"}", ANY).expect(400, "invalid_value");
        upload.sendAll().complete(upload.list(), ANY).expect(200);
        server.post("/files/upload-progress", about + "5}", ANY).expect(409, "already_completed");
    }
}
