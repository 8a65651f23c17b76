package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.e2e.Http.Answer;

/** Junk of every kind gets a clear 4xx, and the server and its files are as before. */
class BadInputTest extends RealServer {

    private static final byte[] WITNESS = Http.bytes(70_000, 1);
    private static String witness;

    @BeforeAll
    static void storeWitness() {
        witness = http.store("witness", WITNESS);
    }

    @AfterEach
    void theServerIsHealthyAndTheFileIsThere() {
        http.get("/health").expect(200);
        assertArrayEquals(WITNESS, http.get("/download/" + witness).expect(200).body());
        assertFalse(server.output().contains("internal_error"), server.output());
    }

    private static Answer refused(Answer answer) {
        assertTrue(answer.status() >= 400 && answer.status() < 500, answer.toString());
        return answer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "[1]", "3", "null", "\"text\"", "{\"filename\": }", "{'filename': 'a'}", "{\"a\":1}}", "\u0000",
        "{\"filename\":\"a\",\"filename\":\"b\",\"file_size\":1}", "{\"filename\":\"a\",\"file_size\":NaN}"})
    void whatIsNoJsonObjectIsRefused(String body) {
        Answer answer = refused(http.postJson("/upload/start", body));
        assertEquals(400, answer.status());
        assertTrue(answer.header("Content-Type").startsWith("application/problem+json"), answer.toString());
    }

    @Test
    void deepAndHugeJsonCostsLittle() {
        refused(http.postJson("/upload/start", "[".repeat(200_000)));
        refused(http.postJson("/upload/start", "{\"a\":".repeat(100_000)));
        refused(http.postJson("/upload/start", "{\"filename\": \"" + "x".repeat(3_000_000) + "\", \"file_size\": 1}"));
        refused(http.postJson("/upload/start", "{\"filename\": \"a\", \"file_size\": 1" + "0".repeat(100_000) + "}"));
        refused(http.postJson("/upload/start", "{\"filename\": \"a\", \"file_size\": 1e999999999}"));
    }

    @Test
    void invalidUtf8InJsonIsRefused() {
        byte[] body = "{\"filename\": \"a?\", \"file_size\": 1}".getBytes(StandardCharsets.ISO_8859_1);
        body[15] = (byte) 0xff;
        refused(http.send("POST", "/upload/start", BodyPublishers.ofByteArray(body), "Content-Type", "application/json"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"filename|5", "filename|null", "filename|[\"a\"]", "filename|true", "file_size|true", "file_size|[1]", "file_size|{}",
        "file_size|-1", "file_size|1.5", "file_size|\"lots\"", "file_size|\"\"", "file_size|\"-5MB\"", "file_size|\"1.0000001KB\"",
        "file_size|9223372036854775808", "file_size|1e30", "file_size|\"9999999999999999TB\"", "chunk_size|true", "chunk_size|\"x\"", "chunk_size|0",
        "chunk_size|-8", "chunk_size|[]", "chunk_size|99999999999999999999", "sha256|5", "sha256|\"abc\"", "sha256|\"zz\"", "sha256|[]"})
    void aWrongTypeOrNumberIsRefusedNamingItsField(String field, String value) {
        StringBuilder json = new StringBuilder("{");
        for (String name : List.of("filename", "file_size", "chunk_size")) {
            if (!name.equals(field)) {
                json.append('"').append(name).append("\": ").append(name.equals("filename") ? "\"a\"" : name.equals("file_size") ? "5000" : "1024").append(", ");
            }
        }
        json.append('"').append(field).append("\": ").append(value).append('}');
        Answer answer = refused(http.postJson("/upload/start", json.toString()));
        assertEquals(400, answer.status(), answer.toString());
        assertTrue(answer.text().contains(field), answer.toString());
    }

    @Test
    void missingFieldsAreNamed() {
        assertTrue(refused(http.postJson("/upload/start", "{\"file_size\": 1}")).text().contains("filename"));
        assertTrue(refused(http.postJson("/upload/start", "{\"filename\": \"a\"}")).text().contains("file_size"));
    }

    @Test
    void moreChunksThanAnyoneCanCountAreRefused() {
        Answer answer = refused(http.postJson("/upload/start", "{\"filename\": \"a\", \"file_size\": \"9EB\", \"chunk_size\": 1024}"));
        assertTrue(answer.status() == 400 || answer.status() == 413, answer.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "../up", "a/../../b", "/etc/passwd", "..\\up", "a\\..\\b", "nul\u0000", "line\nfeed", "cr\r\nX: y", "\u202etxt.exe",
        "zero\u200bwidth", "tab\t", "a//b", "\u0085"})
    void namesThatMisleadOrBreakOutAreRefused(String name) throws Exception {
        String json = JSON.std.asString(Map.of("filename", name, "file_size", 1));
        assertEquals(400, refused(http.postJson("/upload/start", json)).status());
        refused(http.put("/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"), new byte[1]));
    }

    @Test
    void namesThatAreTooLongAreRefused() {
        refused(http.postJson("/upload/start", "{\"filename\": \"" + "ü".repeat(200) + "\", \"file_size\": 1}"));
        refused(http.put("/" + "x".repeat(300), new byte[1]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<script>alert(1)</script>.html", "a\"b.txt", "a;b.txt", "CON", "aux.txt", "C:\\x.txt", "%41.txt", "a:b", "'; rm -rf /;'.sh", "日本語.txt",
        "trailing.", "x.svg"})
    void oddNamesAreDataAndDoNoHarm(String name) throws Exception {
        String json = JSON.std.asString(Map.of("filename", name.replace("/", "_"), "file_size", 0));
        String id = http.postJson("/upload/start", json).expect(201).field("file_id");
        http.post("/upload/merge/" + id).expect(200);
        Answer got = http.get("/download/" + id).expect(200);
        assertTrue(got.header("Content-Disposition").startsWith("attachment"), got.toString());
        assertEquals("nosniff", got.header("X-Content-Type-Options"));
        assertFalse(got.header("Content-Type").contains("html") || got.header("Content-Type").contains("svg"), got.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/download/../../etc/passwd", "/download/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/download/%00", "/download/x", "/download/", "/upload/status/x",
        "/upload/status/00000000-0000-4000-8000-00000000000g", "/uploads/x/chunks/0", "/files/..", "/s/..%2f..", "/s/%ff", "/share/info/%00", "/nothing/here",
        "/download/{id}", "/files?limit=x", "/files?limit=-1", "/files?limit=0", "/files?limit=99999999999", "/files?status=odd", "/files?after=x"})
    void pathsAndParametersThatMeanNothingAreRefused(String path) throws Exception {
        try (RawConnection connection = new RawConnection(server)) {
            String head = connection.head("GET " + path + " HTTP/1.1", "Host: localhost").readHead();
            assertTrue(head.startsWith("HTTP/1.1 4"), head);
        }
    }

    @Test
    void wrongMethodsAreToldTheRightOnes() {
        Answer answer = http.delete("/upload/start").expect(405);
        assertTrue(answer.header("Allow").contains("POST"), answer.toString());
        http.send("PATCH", "/download/" + witness, BodyPublishers.ofString("{}")).expect(405);
        http.send("BREW", "/files", BodyPublishers.noBody()).expect(405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"expire_minutes\": -1}", "{\"expire_minutes\": \"soon\"}", "{\"expire_minutes\": 1e300}", "{\"max_downloads\": -1}",
        "{\"max_downloads\": 1.5}", "{\"max_downloads\": \"many\"}", "{\"password\": \"\"}", "{\"password\": 5}", "{\"protected\": \"no\"}", "[]"})
    void badTermsOfAShareAreRefusedAndNeverMeanNoLimit(String terms) {
        assertEquals(400, refused(http.postJson("/share/create/" + witness, terms)).status());
        assertFalse(http.get("/shares").expect(200).text().contains(witness), "a share was made");
    }

    @Test
    void badTermsInTheQueryAreRefusedToo() {
        for (String query : List.of("expire_minutes=-5", "expire_minutes=x", "max_downloads=x", "max_downloads=-1", "max_downloads=99999999999999999999")) {
            assertEquals(400, refused(http.post("/share/create/" + witness + "?" + query)).status(), query);
        }
        refused(http.postJson("/share/create/" + witness, "{\"password\": \"" + "x".repeat(200) + "\"}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Max-Downloads|x", "Max-Downloads|-1", "Max-Downloads|1.5", "Max-Downloads|99999999999999999999", "Max-Days|x", "Max-Days|-2",
        "Expires-In|soon", "Expires-In|-5m", "Content-Range|bytes 5-9/*x", "Content-Range|junk", "Content-Digest|sha-256=:x", "X-Chunk-SHA256|xyz"})
    void aBadOptionOfTheFrontDoorIsAnErrorAndNothingIsStored(String header, String value) {
        String before = http.get("/files").expect(200).text();
        Answer answer = refused(http.put("/option.txt", new byte[10], header, value));
        assertEquals(400, answer.status());
        assertEquals(before, http.get("/files").expect(200).text());
    }

    @Test
    void brokenFormsAreRefused() {
        String type = "multipart/form-data; boundary=b";
        for (String body : List.of("", "--b--\r\n", "--b\r\n\r\nx\r\n--b--\r\n", "no boundary at all", "--b\r\nContent-Disposition: form-data; name=\"file_id\"\r\n\r\nx",
                "--b\r\n" + "X: y\r\n".repeat(10_000) + "\r\n--b--\r\n")) {
            refused(http.send("POST", "/upload/chunk", BodyPublishers.ofString(body), "Content-Type", type));
        }
        refused(http.send("POST", "/upload/chunk", BodyPublishers.ofString("x"), "Content-Type", "multipart/form-data"));
        refused(new Form().field("file_id", witness).post(http, "/upload/chunk"));
        refused(new Form().field("chunk_index", 0).file("chunk", "x", new byte[5]).post(http, "/upload/chunk"));
        refused(new Form().field("file_id", "junk").field("chunk_index", "one").file("chunk", "x", new byte[5]).post(http, "/upload/chunk"));
    }
}
