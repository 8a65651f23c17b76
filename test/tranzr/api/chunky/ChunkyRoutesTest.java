package tranzr.api.chunky;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class ChunkyRoutesTest {

    private static final byte[] CONTENT = ServedEngine.bytes(100_000, 1);
    private static final String HASH = hash(CONTENT);

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws Exception {
        server = new ServedEngine(folder);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private static String hash(byte[] bytes) {
        return Digest.sha256(bytes).base64();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private String begin(byte[] content) {
        return server.post("/initiateUploadSession", "{\"fileHash\":\"" + hash(content) + "\",\"totalFileSizeBytes\":" + content.length + "}").expect(200).field("sessionId");
    }

    private static String pair(String session, String hash) {
        return "{\"sessionId\":\"" + session + "\",\"fileHash\":\"" + hash + "\"}";
    }

    /** As chunky's own client writes it: the chunk stands before what places it. */
    private static String message(String session, String hash, byte[] content, int start, int end) {
        return "{\"sessionId\":\"" + session + "\",\"fileHash\":\"" + hash + "\",\"chunk\":\"" + base64(Arrays.copyOfRange(content, start, end + 1)) + "\",\"startByte\":" + start
                + ",\"endByte\":" + end + "}";
    }

    private Answer send(String session, int start, int end) {
        return server.patch("/uploadFileChunk", message(session, HASH, CONTENT, start, end));
    }

    private String missing(String session) {
        return server.post("/byteRangesToUpload", pair(session, HASH)).expect(200).json().get("byteRanges").toString();
    }

    private void expectContent(String session) {
        assertArrayEquals(CONTENT, server.get("/download/" + session).expect(200).body());
    }

    @Test
    void aSessionTellsItsIdAndHowLongItLasts() {
        Answer begun = server.post("/initiateUploadSession", "{\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":100000}").expect(200);
        assertEquals(604_800, begun.json().get("ttl"));
        assertEquals("2026-01-08T00:00:00Z", begun.field("expiresAt"));
        Answer status = server.get("/upload/status/" + begun.field("sessionId")).expect(200);
        assertEquals(100_000, status.json().get("file_size"));
        assertEquals(Digest.sha256(CONTENT).hex(), status.field("filename"));
        assertEquals("pelican.bin", server.get("/upload/status/" + server.post("/initiateUploadSession", "{\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":1,\"fileName\":\"pelican.bin\"}")
                .expect(200).field("sessionId")).field("filename"));
    }

    @Test
    void usersOfTheSameFileHaveSessionsOfTheirOwn() {
        String one = begin(CONTENT);
        String two = begin(CONTENT);
        assertNotEquals(one, two);
        send(one, 0, 9).expect(200);
        assertEquals("[[10, 99999]]", missing(one));
        assertEquals("[[0, 99999]]", missing(two));
    }

    @Test
    void rangesComeInAnyOrderAndMayOverlap() {
        String session = begin(CONTENT);
        send(session, 50_000, 69_999).expect(200);
        send(session, 0, 0).expect(200);
        assertEquals("[[1, 49999], [70000, 99999]]", missing(session));
        send(session, 40_000, 79_999).expect(200);
        send(session, 50_000, 69_999).expect(200);
        assertEquals("incomplete", send(session, 80_000, 99_999).expect(200).field("status"));
        assertEquals("[[1, 39999]]", missing(session));
        assertEquals("complete", send(session, 0, 45_000).expect(200).field("status"));
        assertEquals("[]", missing(session));
        expectContent(session);
    }

    @Test
    void rangesMayComeAtTheSameTime() throws Exception {
        String session = begin(CONTENT);
        try (ExecutorService five = Executors.newFixedThreadPool(5)) {
            List<Future<Answer>> answers = IntStream.range(0, 20).mapToObj(i -> five.submit(() -> send(session, i * 5_000, i * 5_000 + 4_999))).toList();
            for (Future<Answer> answer : answers) {
                answer.get().expect(200);
            }
        }
        expectContent(session);
    }

    @Test
    void theFieldsComeInAnyOrderAndCase() {
        String session = begin(CONTENT);
        String chunk = "\"chunk\":\"" + base64(Arrays.copyOfRange(CONTENT, 0, 10)) + "\"";
        for (String json : List.of("{" + chunk + ",\"startByte\":0,\"endByte\":9,\"sessionId\":\"" + session + "\",\"fileHash\":\"" + HASH + "\"}",
                "{\"startByte\":0,\"endByte\":9,\"sessionId\":\"" + session + "\",\"fileHash\":\"" + HASH + "\"," + chunk + "}",
                "{\"ENDBYTE\":9,\"StartByte\":0,\"more\":[{}],\"SessionId\":\"" + session + "\",\"FileHash\":\"" + HASH + "\"," + chunk.replace("chunk", "Chunk") + ",\"and\":{\"more\":1}}")) {
            server.patch("/uploadChunk", json).expect(200);
        }
        assertEquals("[[10, 99999]]", missing(session));
        assertEquals(200, server.post("/initiateUploadSession", "{\"fileHash\":\"" + HASH + "\",\"TotalFileSizeBytes\":100000}").status());
    }

    @Test
    void theStatusIsCompleteWhenNothingIsMissing() {
        String session = begin(CONTENT);
        String query = "/uploadStatus?sessionId=" + session + "&fileHash=" + HASH; // the plus not encoded
        assertEquals("[[0, 99999]]", server.get(query).expect(200).json().get("byteRanges").toString());
        assertEquals("incomplete", server.send("GET", "/uploadStatus", BodyPublishers.ofString(pair(session, HASH))).expect(200).field("status"));
        server.post("/endUpload", pair(session, HASH)).expect(409);
        send(session, 0, 99_999).expect(200);
        Answer status = server.get(query).expect(200);
        assertEquals("complete", status.field("status"));
        assertEquals("[]", status.json().get("byteRanges").toString());
        for (int i = 0; i < 2; i++) {
            assertEquals("complete", server.post("/endUpload", pair(session, HASH)).expect(200).field("status"));
        }
    }

    @Test
    void whatIsWholeIsCompletedThoughNobodySaysSo() {
        String session = begin(CONTENT);
        send(session, 0, 99_999).expect(200);
        assertEquals("completed", server.get("/files/" + session).expect(200).field("status"));
        send(session, 0, 99_999).expect(200);
        send(session, 500, 700).expect(200);
        assertEquals("[]", missing(session));
    }

    @Test
    void aFileWithoutBytesNeedsNoChunk() {
        String session = begin(new byte[0]);
        assertEquals(0, server.get("/download/" + session).expect(200).body().length);
        assertEquals("complete", server.get("/uploadStatus?sessionId=" + session + "&fileHash=" + hash(new byte[0])).expect(200).field("status"));
        assertEquals("Invalid file hash\n", server.post("/initiateUploadSession", "{\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":0}").expect(409).text());
    }

    @Test
    void wrongIdsAreToldInTheWordsThatClientsLookFor() {
        String session = begin(CONTENT);
        String other = hash(new byte[] {1});
        for (String id : List.of(UUID.randomUUID().toString(), "0123456789abcdef0123456789abcdef", "", session.substring(1))) {
            for (Answer answer : List.of(server.post("/byteRangesToUpload", pair(id, HASH)), server.get("/uploadStatus?sessionId=" + id + "&fileHash=" + HASH), server.post("/endUpload", pair(id, HASH)),
                    server.patch("/uploadChunk", message(id, HASH, CONTENT, 0, 9)))) {
                assertEquals("Invalid session ID\n", answer.expect(404).text());
                assertTrue(answer.header("Content-Type").startsWith("text/plain"), answer.toString());
            }
        }
        for (String hash : List.of(other, "", "AAAA", "no base64", Digest.sha256(CONTENT).hex())) {
            for (Answer answer : List.of(server.post("/byteRangesToUpload", pair(session, hash)), server.post("/endUpload", pair(session, hash)),
                    server.patch("/uploadFileChunk", message(session, hash, CONTENT, 0, 9)))) {
                assertEquals("Invalid file hash\n", answer.expect(409).text());
            }
        }
        assertEquals("[[0, 99999]]", missing(session));
        server.post("/endUpload", pair(session, other), "Accept", "application/json").expect(409, "invalid_file_hash");
        send(session, 0, 99_999).expect(200);
        server.post("/byteRangesToUpload", pair(session, other)).expect(409);
    }

    @Test
    void aSessionThatHasExpiredIsInvalid() {
        String session = begin(CONTENT);
        send(session, 0, 9).expect(200);
        server.pass(Duration.ofDays(8));
        server.cleanUp();
        assertEquals("Invalid session ID\n", server.post("/byteRangesToUpload", pair(session, HASH)).expect(404).text());
        assertEquals("Invalid session ID\n", send(session, 10, 19).expect(404).text());
    }

    @Test
    void aFileThatIsNotTheOneThatWasAnnouncedIsNeverCompleted() {
        byte[] changed = CONTENT.clone();
        changed[5]++;
        String session = begin(CONTENT);
        send(session, 10, 99_999).expect(200);
        assertEquals("Invalid file hash\n", server.patch("/uploadChunk", message(session, HASH, changed, 0, 9)).expect(409).text());
        assertEquals("Invalid file hash\n", server.post("/endUpload", pair(session, HASH)).expect(409).text());
        server.get("/download/" + session).expect(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"startByte\":-1,\"endByte\":5}", "{\"startByte\":5,\"endByte\":4}", "{\"startByte\":0}", "{\"endByte\":5}", "{\"startByte\":\"0\",\"endByte\":5}", "{\"startByte\":0.5,\"endByte\":5}",
        "{\"startByte\":0,\"endByte\":9223372036854775807}", "{\"startByte\":0,\"endByte\":99999999999999999999}", "{\"startByte\":99999,\"endByte\":100000}", "{\"startByte\":0,\"endByte\":8}", "{\"startByte\":0,\"endByte\":10}",
        "{\"startByte\":0,\"endByte\":9,\"ENDBYTE\":9}", "{\"startByte\":0,\"endByte\":null}", "{\"startByte\":0,\"endByte\":[9]}"})
    void aPlaceThatIsNoneIsRefusedWhetherItComesBeforeTheBytesOrBehind(String place) {
        String session = begin(CONTENT);
        String more = place.substring(1, place.length() - 1);
        String chunk = "\"chunk\":\"" + base64(Arrays.copyOfRange(CONTENT, 0, 10)) + "\"";
        String both = "\"sessionId\":\"" + session + "\",\"fileHash\":\"" + HASH + "\"";
        server.patch("/uploadFileChunk", "{" + both + "," + chunk + "," + more + "}").expect(400);
        server.patch("/uploadFileChunk", "{" + both + "," + more + "," + chunk + "}").expect(400);
        assertEquals("[[0, 99999]]", missing(session));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"chunk\":\"A\"", "\"chunk\":\"not base64\"", "\"chunk\":null", "\"chunk\":5", "\"chunk\":[1,2]", "\"nothing\":1", "\"chunk\":\"AQ==\",\"chunk\":\"AQ==\"", "\"chunk\":\"AQ==\",\"Chunk\":\"AQ==\"",
        "\"chunk\":\"AQ==", "\"chunk\":\"AQ==\",", "\"chunk\":\"\""})
    void aChunkThatIsNoneIsRefused(String chunk) {
        String session = begin(CONTENT);
        String rest = "\"sessionId\":\"" + session + "\",\"fileHash\":\"" + HASH + "\",\"startByte\":7,\"endByte\":7";
        server.patch("/uploadFileChunk", "{" + chunk + "," + rest + "}").expect(400);
        server.patch("/uploadFileChunk", "{" + rest.replace(":7", ":8") + "," + chunk + "}").expect(400);
        assertFalse(missing(session).startsWith("[[0, 6]"), missing(session));
    }

    @Test
    void aFileIsBroughtIntoTheRoomThatIsNamed() {
        String room = server.post("/rooms", "{\"name\": \"inbox\"}").expect(201).field("room_id");
        String begin = "{\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":1,\"room\":\"inbox\"}";
        assertEquals(room, server.get("/files/" + server.post("/initiateUploadSession", begin).expect(200).field("sessionId")).expect(200).field("room"));
        server.post("/initiateUploadSession", begin.replace("inbox", "outbox")).expect(404);
    }

    @Test
    void whatCannotBeBegunIsRefused() {
        for (String json : List.of("", "{}", "{\"fileHash\":\"" + HASH + "\"}", "{\"totalFileSizeBytes\":1}", "{\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":-1}", "{\"fileHash\":5,\"totalFileSizeBytes\":1}",
                "{\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":1,\"TOTALFILESIZEBYTES\":2}", "{\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":1,\"fileName\":\"a/../b\"}")) {
            server.post("/initiateUploadSession", json).expect(400);
        }
        assertEquals(409, server.post("/initiateUploadSession", "{\"fileHash\":\"AAAA\",\"totalFileSizeBytes\":1}").status());
        server.post("/initiateUploadSession", "{\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":" + (1L << 33) + "}").expect(413);
    }

    @Test
    void otherBytesThanThoseThatAreThereAreAConflict() {
        String session = begin(CONTENT);
        send(session, 0, 99).expect(200);
        byte[] changed = CONTENT.clone();
        changed[50]++;
        server.patch("/uploadFileChunk", message(session, HASH, changed, 0, 199)).expect(409);
        send(session, 0, 199).expect(200);
    }

    @Test
    void anUploadThatWasBegunWithoutADigestIsHeldToTheOneThatIsNamedInTheEnd() {
        String id = server.begin(CONTENT.length, 1 << 20);
        assertEquals("[[0, 99999]]", missing(id));
        assertEquals("Invalid file hash\n", server.patch("/uploadChunk", message(id, hash(new byte[1]), CONTENT, 0, 99_999)).expect(409).text());
        assertEquals("complete", send(id, 0, 99_999).expect(200).field("status"));
        expectContent(id);
    }

    @Test
    void anUploadWhoseLengthNobodyHasToldIsGivenOneByTheCallThatBegins() {
        String id = server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": null}").expect(201).field("file_id");
        server.post("/byteRangesToUpload", pair(id, HASH)).expect(409);
        String adopt = "{\"sessionId\":\"" + id + "\",\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":100000}";
        assertEquals(id, server.post("/initiateUploadSession", adopt).expect(200).field("sessionId"));
        server.post("/initiateUploadSession", adopt).expect(200);
        server.post("/initiateUploadSession", adopt.replace("100000", "99999"), "Accept", "application/json").expect(409, "length_mismatch");
        send(id, 0, 99_999).expect(200);
        expectContent(id);
        assertNull(server.post("/initiateUploadSession", adopt).expect(200).json().get("ttl"));
    }

    /** "Double uploads" are fine to the protocol, and many clients have no right to download. */
    @Test
    void whoMayOnlyUploadRepeatsChunksOfAFileThatIsCompleteAndLearnsNothingByIt() throws Exception {
        server.close();
        server = new ServedEngine(folder.resolve("guarded"), "the-operators-own-token", null);
        String secret = server.post("/tokens", "{\"name\": \"scanner\", \"rights\": [\"upload\"]}", "Authorization", "Bearer the-operators-own-token").expect(201).field("token");
        String[] scanner = {"Authorization", "Basic " + base64(("x:" + secret).getBytes(StandardCharsets.UTF_8))};
        String id = server.post("/initiateUploadSession", "{\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":100000}", scanner).expect(200).field("sessionId");
        for (int i = 0; i < 2; i++) {
            assertEquals("complete", patch(message(id, HASH, CONTENT, 0, 99_999), scanner).expect(200).field("status"));
        }
        byte[] guess = new byte[CONTENT.length];
        assertEquals(Map.of("status", "complete"), patch(message(id, HASH, guess, 0, 9), scanner).expect(200).json());
        patch("{\"startByte\":0,\"endByte\":100000,\"sessionId\":\"" + id + "\",\"fileHash\":\"" + HASH + "\",\"chunk\":\"AA==\"}", scanner).expect(409);
        String[] operator = {"Authorization", "Bearer the-operators-own-token"};
        patch(message(id, HASH, guess, 0, 9), operator).expect(409);
        patch(message(id, HASH, CONTENT, 0, 9), operator).expect(200);
        assertArrayEquals(CONTENT, server.get("/download/" + id, operator).expect(200).body());
        assertEquals(401, server.patch("/uploadChunk", message(id, HASH, CONTENT, 0, 9)).status());
    }

    private Answer patch(String json, String... headers) {
        return server.send("PATCH", "/uploadFileChunk", BodyPublishers.ofString(json), headers);
    }
}
