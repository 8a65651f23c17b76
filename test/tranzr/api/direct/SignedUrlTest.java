package tranzr.api.direct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http;
import tranzr.model.SigningKey;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** When a signed address holds, and that every other is refused alike. */
class SignedUrlTest {

    private static final String OPERATOR = "operator-token-0123456789";
    private static final String[] ANY = {"Authorization", "Bearer " + OPERATOR};
    private static final byte[] FILE = ServedEngine.bytes(1000, 1);

    @TempDir
    Path folder;
    private ServedEngine server;
    /** What one refusal was like, and so has each other to be. */
    private Map<String, Object> refusal;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder.resolve("a"), OPERATOR, null);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private SignedParts begin(String... as) {
        return SignedParts.begin(server, FILE, 400, "", as.length == 0 ? ANY : as);
    }

    private void refused(Answer answer, String what) {
        assertEquals(403, answer.status(), () -> what + ": " + answer);
        Map<String, Object> told = new TreeMap<>(answer.json());
        told.keySet().removeIf(name -> name.contains("request"));
        refusal = refusal == null ? told : refusal;
        assertEquals(refusal, told, what);
        assertEquals("signature_invalid", told.get("code"), what);
    }

    /** A request written as it stands, which no client straightens. */
    private Answer raw(String method, String target, byte[] body, String... lines) throws IOException {
        String answer = server.raw(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + String.join("", lines)
                + (body == null ? "" : "Content-Length: " + body.length + "\r\n") + "\r\n" + (body == null ? "" : new String(body, StandardCharsets.US_ASCII)));
        String[] halves = answer.split("\r\n\r\n", 2);
        return new Answer(Integer.parseInt(answer.substring(9, 12)), Map.of(), halves[1].getBytes(StandardCharsets.UTF_8));
    }

    private String token(String more) {
        return server.post("/tokens", "{\"name\": \"t\", \"rights\": [\"upload\", \"download\", \"list\"]" + more + "}", ANY).expect(201).text();
    }

    private static String field(String json, String name) {
        return (String) tranzr.json.Json.readObject(json.getBytes(StandardCharsets.UTF_8)).get(name);
    }

    private static String[] bearer(String json) {
        return new String[] {"Authorization", "Bearer " + field(json, "token")};
    }

    private String pathOf(String url) {
        return url.substring(server.url().length());
    }

    /** Every way to change the text of the address that was thought of; what it makes of {@code other}, an address of the same kind, among them. */
    private static Map<String, String> altered(String path, String other) {
        String query = path.substring(path.indexOf('?') + 1);
        String at = path.substring(0, path.indexOf('?'));
        List<String> pairs = new ArrayList<>(List.of(query.split("&")));
        Map<String, String> altered = new LinkedHashMap<>();
        altered.put("no query", at);
        altered.put("an empty query", at + "?");
        altered.put("the query of another", at + other.substring(other.indexOf('?')));
        altered.put("the path of another", other.substring(0, other.indexOf('?') + 1) + query);
        altered.put("an escaped letter of the path", path.replaceFirst("direct", "%64irect"));
        altered.put("an escaped digit of the query", path.replaceFirst("key=([0-9]*)([0-9])&", "key=$1%3$2&"));
        altered.put("a parameter more", path + "&x=1");
        altered.put("a parameter more in front", at + "?x=1&" + query);
        altered.put("an empty parameter", path + "&");
        altered.put("a fragment of base64", path + "=");
        altered.put("a signature in other letters", at + "?" + query.replaceFirst("signature=.*", "signature=" + query.replaceFirst(".*signature=", "").toUpperCase(java.util.Locale.ROOT)));
        altered.put("no signature", at + "?" + query.replaceFirst("&signature=.*", ""));
        altered.put("an empty signature", at + "?" + query.replaceFirst("signature=.*", "signature="));
        altered.put("two signatures", path + "&" + pairs.getLast());
        altered.put("a longer query than any", path + "&x=" + "y".repeat(3000));
        for (int i = 0; i < pairs.size(); i++) {
            String pair = pairs.get(i);
            String name = pair.substring(0, pair.indexOf('='));
            altered.put("without " + name, at + "?" + String.join("&", without(pairs, i)));
            altered.put("twice " + name, at + "?" + String.join("&", with(pairs, i, pair + "&" + pair)));
            altered.put(name + " at the end", at + "?" + String.join("&", without(pairs, i)) + (i == pairs.size() - 1 ? "&" : "&" + pair));
            altered.put("another last character of " + name, at + "?" + String.join("&", with(pairs, i, pair.substring(0, pair.length() - 1) + (pair.endsWith("1") ? "2" : "1"))));
            altered.put("a zero before " + name, at + "?" + String.join("&", with(pairs, i, name + "=0" + pair.substring(name.length() + 1))));
            altered.put("a larger " + name, at + "?" + String.join("&", with(pairs, i, pair + "0")));
            altered.put("no value of " + name, at + "?" + String.join("&", with(pairs, i, name)));
        }
        assertFalse(altered.containsValue(path));
        return altered;
    }

    private static List<String> without(List<String> pairs, int index) {
        List<String> others = new ArrayList<>(pairs);
        others.remove(index);
        return others;
    }

    private static List<String> with(List<String> pairs, int index, String text) {
        List<String> others = new ArrayList<>(pairs);
        others.set(index, text);
        return others;
    }

    @Test
    void anAddressOfAPartThatIsAlteredInAnyWayIsRefusedLikeEveryOther() throws IOException {
        SignedParts upload = SignedParts.begin(server, new byte[800], 400, "", ANY);
        String path = pathOf(upload.url(1));
        for (Map.Entry<String, String> each : altered(path, pathOf(upload.url(2))).entrySet()) {
            refused(raw("PUT", each.getValue(), upload.bytes(1)), each.getKey());
        }
        for (String length : List.of("399", "401", "0")) {
            refused(raw("PUT", path, new byte[Integer.parseInt(length)]), "a body of " + length);
        }
        refused(raw("PUT", path, null, "Transfer-Encoding: chunked\r\n"), "a body that does not say its length");
        refused(raw("GET", path, null), "another method");
        refused(raw("GET", path, null, "Authorization: Bearer " + OPERATOR + "\r\n"), "another method with a token");
        assertEquals(403, raw("HEAD", path, null).status());
        for (String method : List.of("POST", "DELETE", "PATCH")) {
            assertEquals(405, raw(method, path, null).status());
        }
        assertEquals(0, server.get("/upload/status/" + upload.id(), ANY).json().get("bytes_received"));
        assertEquals(200, raw("PUT", path, upload.bytes(1)).status());
    }

    @Test
    void anAddressOfAFileThatIsAlteredInAnyWayIsRefusedLikeEveryOther() throws IOException {
        String id = server.store(FILE, ANY);
        String path = pathOf(server.post("/download-url/" + id, "", ANY).expect(201).field("url"));
        String other = pathOf(server.post("/download-url/" + server.store(ServedEngine.bytes(9, 9), ANY), "{\"one_time\": true}", ANY).expect(201).field("url"));
        for (Map.Entry<String, String> each : altered(path, other).entrySet()) {
            refused(raw("GET", each.getValue(), null), each.getKey());
        }
        for (Map.Entry<String, String> each : altered(other, path).entrySet()) {
            refused(raw("GET", each.getValue(), null), each.getKey() + ", good once");
        }
        refused(raw("GET", path.replace("file.bin", "other.bin"), null), "another name");
        refused(raw("PUT", path, FILE), "another method");
        assertArrayEquals(FILE, server.get(path).expect(200).body());
        assertEquals(9, server.get(other).expect(200).body().length);
    }

    @Test
    void itHoldsForTheTimeItSaysAndNotASecondLonger() {
        SignedParts upload = begin();
        server.pass(Duration.ofSeconds(15 * 60 - 1));
        upload.send(1);
        server.pass(Duration.ofSeconds(1));
        refused(server.put(upload.url(1), upload.bytes(1)), "an hour later");
        String id = server.store(FILE, ANY);
        Answer signed = server.post("/download-url/" + id, "{\"expires_in_seconds\": 5}", ANY).expect(201);
        assertEquals("2026-01-01T00:15:05Z", signed.field("expires_at"));
        server.pass(Duration.ofSeconds(4));
        server.get(signed.field("url")).expect(200);
        server.pass(Duration.ofSeconds(1));
        refused(server.get(signed.field("url")), "after five seconds");
    }

    @Test
    void itIsOfNoUseAfterTheUploadIsCompletedOrGone() {
        SignedParts upload = begin();
        upload.sendAll().complete(upload.list(), ANY).expect(200);
        refused(server.put(upload.url(1), upload.bytes(1)), "completed");
        SignedParts aborted = begin();
        server.delete("/upload/" + aborted.id(), ANY).expect(204);
        refused(server.put(aborted.url(1), aborted.bytes(1)), "aborted");
        String url = server.post("/download-url/" + upload.id(), "", ANY).expect(201).field("url");
        server.get(url).expect(200);
        server.delete("/files/" + upload.id(), ANY).expect(204);
        refused(server.get(url), "deleted");
    }

    @Test
    void itHoldsAcrossARestartAndAtNoOtherServer() throws IOException {
        SignedParts upload = begin();
        String tag = upload.send(1);
        String path = pathOf(upload.url(2));
        try (ServedEngine other = new ServedEngine(folder.resolve("b"), OPERATOR, null)) {
            other.post("/files/upload-url", "{\"fileName\": \"f\", \"size\": 5}", ANY).expect(201);
            refused(other.put(path, upload.bytes(2)), "another server");
        }
        server.close();
        server = new ServedEngine(folder.resolve("a"), OPERATOR, null);
        server.put(path, upload.bytes(2)).expect(200);
        assertEquals(tag, server.put(upload.url(1).substring(upload.url(1).indexOf("/direct")), upload.bytes(1)).expect(200).header("ETag"));
    }

    @Test
    void itEndsWithWhateverItWasSignedBy() throws IOException {
        String revoked = token("");
        SignedParts upload = begin(bearer(revoked));
        upload.send(1);
        server.delete("/tokens/" + field(revoked, "token_id"), ANY).expect(204);
        refused(server.put(upload.url(2), upload.bytes(2)), "revoked");

        String rotated = token("");
        upload = begin(bearer(rotated));
        server.post("/tokens/self/rotate", "", bearer(rotated)).expect(200);
        refused(server.put(upload.url(2), upload.bytes(2)), "rotated");

        String lowered = token("");
        upload = begin(bearer(lowered));
        server.patch("/tokens/" + field(lowered, "token_id"), "{\"rights\": [\"list\"]}", ANY).expect(200);
        refused(server.put(upload.url(2), upload.bytes(2)), "without the right");

        String expired = token(", \"expires_in\": \"1m\"");
        upload = begin(bearer(expired));
        server.pass(Duration.ofMinutes(1));
        refused(server.put(upload.url(2), upload.bytes(2)), "expired");

        String elsewhere = token("");
        upload = begin(bearer(elsewhere));
        server.patch("/tokens/" + field(elsewhere, "token_id"), "{\"addresses\": [\"192.0.2.7\"]}", ANY).expect(200);
        refused(server.put(upload.url(2), upload.bytes(2)), "from an address that is not the token's");

        upload = begin();
        server.close();
        server = new ServedEngine(folder.resolve("a"), "another-operators-token", null);
        refused(server.put(upload.url(2).substring(upload.url(2).indexOf("/direct")), upload.bytes(2)), "with another token of the operator");
    }

    @Test
    void itEndsWithTheLoginOrTheLinkByWhichItWasSigned() {
        Answer login = server.post("/login", "", ANY).expect(200);
        String cookie = login.header("Set-Cookie").split(";")[0];
        SignedParts upload = begin("Cookie", cookie, "X-CSRF-Token", login.field("csrf_token"));
        upload.send(1);
        server.post("/logout", "", "Cookie", cookie, "X-CSRF-Token", login.field("csrf_token")).expect(204);
        refused(server.put(upload.url(2), upload.bytes(2)), "logged out");

        server.post("/rooms", "{\"name\": \"r\"}", ANY).expect(201);
        Answer request = server.post("/rooms/r/requests", "{}", ANY).expect(201);
        upload = begin("Authorization", "Bearer " + request.field("token"));
        upload.send(1);
        server.delete("/requests/" + request.field("request_id"), ANY).expect(204);
        refused(server.put(upload.url(2), upload.bytes(2)), "the link is revoked");
    }

    /** Nothing goes on by an address whose signer has been revoked, be it in the middle of a part. */
    @Test
    void aPartOnItsWayEndsWhenItsSignerIsRevoked() throws IOException {
        String made = token("");
        SignedParts upload = begin(bearer(made));
        try (Socket socket = new Socket(server.address().getAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(("PUT " + pathOf(upload.url(1)) + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(upload.bytes(1), 0, 200);
            Http.await("a part on its way", () -> server.get("/transfers", ANY).text().contains("\"connections\":1"));
            server.delete("/tokens/" + field(made, "token_id"), ANY).expect(204);
            int first;
            try {
                first = socket.getInputStream().read();
            } catch (SocketException reset) {
                first = -1;
            }
            assertEquals(-1, first, "an answer came after the revocation");
        }
    }

    @Test
    void whatWasMadeForOneUseSignsNothing() {
        String once = server.post("/one-time-tokens", "{\"right\": \"upload\"}", ANY).expect(201).field("token");
        server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 5, \"direct\": true}", "Authorization", "Bearer " + once).expect(403, "forbidden");
        once = server.post("/one-time-tokens", "{\"right\": \"upload\"}", ANY).expect(201).field("token");
        server.post("/files/upload-url", "{\"fileName\": \"f\", \"size\": 5}", "Authorization", "Bearer " + once).expect(403, "forbidden");
        assertEquals(0, server.get("/files", ANY).list().size(), "begun for nothing");
        String id = server.store(FILE, ANY);
        once = server.post("/one-time-tokens", "{\"right\": \"download\"}", ANY).expect(201).field("token");
        server.post("/download-url/" + id, "{}", "Authorization", "Bearer " + once).expect(403, "forbidden");
    }

    @Test
    void anOpenServersAddressesEndWhenItAsksForTokens() throws IOException {
        try (ServedEngine open = new ServedEngine(folder.resolve("c"))) {
            SignedParts upload = SignedParts.begin(open, FILE, 400, "");
            upload.send(1);
            String admin = open.post("/tokens", "{\"name\": \"admin\", \"rights\": [\"admin\"]}").expect(201).field("token");
            refused(open.put(upload.url(2), upload.bytes(2)), "a token is asked for");
            open.post("/upload/urls/" + upload.id(), "", "Authorization", "Bearer " + admin).expect(200);
        }
    }

    @Test
    void partsThatWereCutAnewAreNotThoseThatWereSigned() {
        SignedParts upload = begin();
        server.engine().uploads(tranzr.access.Caller.SYSTEM).recut(UUID.fromString(upload.id()), 300, null);
        for (int part = 1; part <= 3; part++) {
            refused(server.put(upload.url(part), upload.bytes(part)), "part " + part);
        }
        server.put((String) SignedParts.urlsOf(server.post("/upload/urls/" + upload.id(), "", ANY).expect(200)).getFirst().get("url"),
                java.util.Arrays.copyOf(FILE, 300)).expect(200);
    }

    @Test
    void aRangeOfAPartIsNotStoredAsTheWhole() {
        SignedParts upload = begin();
        server.put(upload.url(1), upload.bytes(1), "Content-Range", "bytes 0-399/1000").expect(400, "invalid_content_range");
        server.put(upload.url(1), upload.bytes(1), "X-Chunk-SHA256", "0".repeat(64)).expect(422, "checksum_mismatch");
        assertEquals(0, server.get("/upload/status/" + upload.id(), ANY).json().get("bytes_received"));
    }

    @Test
    void theKeyIsOfItsPeriodIsKeptAsLongAsItIsOfUseAndCanBeDropped() {
        SignedParts upload = begin();
        String tag = upload.send(1);
        assertEquals(1, keys());
        server.pass(Duration.ofDays(6));
        server.put("/uploads/" + upload.id() + "/chunks/1", upload.bytes(2), ANY).expect(200);
        server.pass(Duration.ofDays(6));
        server.endExpired();
        List<Map<String, Object>> list = new ArrayList<>(List.of(SignedParts.entry(1, tag)));
        for (Map<String, Object> each : SignedParts.urlsOf(server.post("/upload/urls/" + upload.id(), "{\"first\": 2}", ANY).expect(200))) {
            int part = (int) each.get("part_number");
            list.add(SignedParts.entry(part, server.put((String) each.get("url"), upload.bytes(part)).expect(200).header("ETag")));
        }
        assertEquals(2, keys());
        assertNotEquals(tag.split("-")[1], list.getLast().get("ETag").toString().split("-")[1]);
        upload.complete(list, ANY).expect(200);
        server.pass(Duration.ofDays(44));
        server.endExpired();
        assertEquals(0, keys());

        String url = server.post("/download-url/" + server.store(FILE, ANY), "", ANY).expect(201).field("url");
        server.get(url).expect(200);
        server.delete("/signed-urls", ANY).expect(204);
        refused(server.get(url), "dropped");
        assertEquals(0, keys());
    }

    private int keys() {
        return server.engine().core().catalog().entities(SigningKey.class).size();
    }

    @Test
    void allWhoNeedTheFirstKeyAtTheSameMomentGetTheSame() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Future<Answer>> begun = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                begun.add(threads.submit(() -> server.post("/files/upload-url", "{\"fileName\": \"f\", \"size\": 1}", ANY)));
            }
            for (Future<Answer> each : begun) {
                server.put((String) SignedParts.urlsOf(each.get().expect(201)).getFirst().get("url"), new byte[1]).expect(200);
            }
        }
        assertEquals(1, keys());
    }

    @Test
    void neitherKeyNorSignatureIsInTheAuditLog() {
        SignedParts upload = begin();
        upload.send(1);
        refused(server.put(upload.url(1) + "&x=1", upload.bytes(1)), "altered");
        server.get(server.post("/download-url/" + server.store(FILE, ANY), "", ANY).field("url")).expect(200);
        Http.await("the record of the download", () -> server.recorded().stream().anyMatch(entry -> entry.action().equals("file.download") && entry.actor().equals("operator")));
        String recorded = server.recorded().toString();
        String signature = upload.url(1).substring(upload.url(1).indexOf("signature=") + 10);
        assertFalse(recorded.contains(signature), recorded);
        SigningKey key = server.engine().core().catalog().entities(SigningKey.class).getFirst();
        assertFalse((recorded + key + tranzr.audit.TargetMask.of(pathOf(upload.url(1)))).contains(key.key()));
        assertFalse(tranzr.audit.TargetMask.of(pathOf(upload.url(1))).contains(signature));
    }
}
