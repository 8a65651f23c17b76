package tranzr.api.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http;
import tranzr.json.Json;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** The list by which a direct upload is completed: each tag is checked before anything is. */
class PartListTest {

    private static final byte[] FILE = ServedEngine.bytes(2500, 1);

    @TempDir
    Path folder;
    private ServedEngine server;
    private SignedParts upload;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder);
        upload = SignedParts.begin(server, FILE, 1000, "").sendAll();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void refused(List<Map<String, Object>> list, String words) {
        Answer answer = upload.complete(list).expect(400, "invalid_part");
        assertTrue(answer.field("detail").contains(words), answer.toString());
        assertEquals("parts", answer.field("field"));
        assertEquals("uploading", server.get("/upload/status/" + upload.id()).field("status"));
    }

    private List<Map<String, Object>> with(int index, Map<String, Object> entry) {
        List<Map<String, Object>> list = new ArrayList<>(upload.list());
        list.set(index, entry);
        return list;
    }

    @Test
    void allPartsHaveToBeThereOnceAndInOrder() {
        List<Map<String, Object>> list = upload.list();
        refused(List.of(), "part 1: it is missing");
        refused(list.subList(0, 2), "part 3: it is missing");
        refused(list.subList(1, 3), "part 2: part 1 belongs there");
        refused(List.of(list.get(0), list.get(2), list.get(1)), "part 3: part 2 belongs there");
        refused(List.of(list.get(0), list.get(0), list.get(1), list.get(2)), "part 1: part 2 belongs there");
        refused(List.of(list.get(0), list.get(1), list.get(2), SignedParts.entry(4, "x")), "the upload has 3 parts");
        refused(with(0, SignedParts.entry(0, "x")), "part 1 belongs there");
        refused(with(0, SignedParts.entry(Long.MAX_VALUE, "x")), "part 1 belongs there");
        upload.complete(list).expect(200);
    }

    @Test
    void aTagThatWasNotAnsweredForThisPartIsFoundOut() {
        String tag = (String) upload.list().getFirst().get("ETag");
        String bare = tag.substring(1, tag.length() - 1);
        SignedParts other = SignedParts.begin(server, FILE, 1000, "").sendAll();
        List<Object> wrong = new ArrayList<>(List.of("", "\"", "\"\"", "x", "--", bare.replace('-', '_'), bare + " ", "W/" + tag, bare.toUpperCase(java.util.Locale.ROOT),
                bare.substring(0, bare.length() - 1), bare + "0", "00000000" + bare.substring(8), bare.replaceFirst("-\\d+-", "-1-"), bare.replaceFirst("-(\\d+)-", "-0$1-"),
                bare.replaceFirst("-\\d+-", "-999999999999999999-"), bare.replaceFirst("-\\d+-", "-99999999999999999999-"), "a".repeat(30_000),
                upload.list().get(1).get("ETag"), other.list().getFirst().get("ETag")));
        for (int i = 0; i < bare.length(); i += 4) {
            wrong.add(bare.substring(0, i) + (bare.charAt(i) == '1' ? '2' : '1') + bare.substring(i + 1));
        }
        for (Object each : wrong) {
            refused(with(0, SignedParts.entry(1, each)), "part 1: its ETag");
        }
        upload.complete(with(0, SignedParts.entry(1, bare))).expect(200);
    }

    @Test
    void whatIsNoListOfPartsIsToldClearly() {
        for (String parts : List.of("null", "5", "\"x\"", "{}", "[5]", "[null]", "[[]]", "[{}]", "[{\"PartNumber\": 1}]", "[{\"ETag\": \"x\"}]",
                "[{\"PartNumber\": \"one\", \"ETag\": \"x\"}]", "[{\"PartNumber\": 1.5, \"ETag\": \"x\"}]", "[{\"PartNumber\": 1, \"ETag\": 5}]")) {
            server.post("/files/complete-upload", "{\"fileId\": \"" + upload.id() + "\", \"parts\": " + parts + "}").expect(400, "invalid_value");
        }
        server.post("/files/complete-upload", "{\"fileId\": \"" + upload.id() + "\", \"parts\": [" + "{\"PartNumber\": 1, \"ETag\": \"x\"},".repeat(10_000)
                + "{\"PartNumber\": 1, \"ETag\": \"x\"}]}").expect(400, "invalid_value");
        server.post("/files/complete-upload", "{\"fileId\": \"" + upload.id() + "\", \"parts\": [" + " ".repeat(2 << 20) + "]}").expect(413, "body_too_large");
    }

    @Test
    void aPartOfWhichNothingCameIsNotMadeUpForByAGenuineTag() {
        SignedParts twin = SignedParts.begin(server, FILE, 1000, "");
        twin.send(1);
        twin.send(2);
        assertEquals("part 3", twin.complete(List.of(SignedParts.entry(1, twin.send(1)), SignedParts.entry(2, twin.send(2)), SignedParts.entry(3, upload.list().get(2).get("ETag"))))
                .expect(400, "invalid_part").field("detail").substring(0, 6));
    }

    /** Some megabytes each: few at a time, and the others are told to come again. */
    @Test
    void longListsAreReadFewAtATime() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket(server.address().getAddress(), server.port());
                slow.add(socket);
                socket.getOutputStream().write("POST /files/complete-upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{".getBytes(StandardCharsets.US_ASCII));
            }
            String body = "{\"fileId\": \"" + upload.id() + "\", \"parts\": [" + " ".repeat(70_000) + "]}";
            Http.await("four long lists under way", () -> server.post("/files/complete-upload", body).status() == 503);
            assertEquals("2", server.post("/files/complete-upload", body).expect(503, "busy").header("Retry-After"));
            upload.complete(upload.list()).expect(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        String repeated = new String(Json.write(Map.of("fileId", upload.id(), "parts", upload.list())), StandardCharsets.UTF_8);
        Http.await("room for long lists", () -> server.post("/files/complete-upload", repeated + " ".repeat(70_000)).status() == 200);
    }

    @Test
    void asManyPartsAsThereMayBeAreListedAtOnce() {
        byte[] file = ServedEngine.bytes(10_000, 4);
        Answer begun = server.post("/files/upload-url", "{\"fileName\": \"f\", \"size\": 10000, \"chunkSize\": 1}").expect(201);
        String id = begun.field("uploadId");
        server.put("/upload/" + id + "?complete=false", file).expect(200);
        List<Map<String, Object>> list = new ArrayList<>();
        for (int part = 1; part <= file.length; part++) {
            list.add(SignedParts.entry(part, server.partTag(java.util.UUID.fromString(id), part, part - 1, new byte[] {file[part - 1]})));
        }
        String body = new String(Json.write(Map.of("fileId", id, "parts", list)), StandardCharsets.UTF_8);
        assertTrue(body.length() > 64 * 1024 && body.length() < 1 << 20, "" + body.length());
        list.set(9_999, SignedParts.entry(10_000, list.getFirst().get("ETag")));
        server.post("/files/complete-upload", new String(Json.write(Map.of("fileId", id, "parts", list)), StandardCharsets.UTF_8)).expect(400, "invalid_part");
        server.post("/files/complete-upload", body).expect(200);
    }
}
