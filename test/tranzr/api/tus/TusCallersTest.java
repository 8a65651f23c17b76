package tranzr.api.tus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.api.Gate;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.security.Tokens;
import tranzr.security.Totp;
import tranzr.server.ServedEngine;

/** Who may do what by tus, beyond what the matrix of all routes asks. */
class TusCallersTest {

    private static final byte[] FILE = ServedEngine.bytes(1000, 1);
    private static final String OPERATOR = "the-operators-own-token";
    private static final String AS_OPERATOR = "Authorization: Bearer " + OPERATOR;

    @TempDir
    Path folder;
    private ServedEngine server;
    private RawTus tus;

    @BeforeEach
    void start() throws Exception {
        server = new ServedEngine(folder, OPERATOR, null);
        tus = new RawTus(server);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private String token(String secret) throws Exception {
        server.engine().core().commit(List.of(new Change.EntityAdded(AccessToken.of(UUID.randomUUID(), Tokens.hash(secret), "token", server.engine().core().now()))));
        return "Authorization: Bearer " + secret;
    }

    private static String metadata(String key, String value) {
        return "Upload-Metadata: " + key + " " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aPathTellsNothingToWhoeverHasNoToken() {
        String path = tus.ask("POST", "/tus", null, "Upload-Length: 1000", AS_OPERATOR).expect(201).field("Location");
        for (String method : List.of("HEAD", "PATCH", "DELETE", "GET")) {
            assertEquals("1.0.0", tus.ask(method, path, null).expect(401).field("Tus-Resumable"));
        }
        // What a server can do is told to everybody: browsers ask without credentials.
        assertNotNull(tus.askPlain("OPTIONS", path, null).expect(204).field("Tus-Version"));
    }

    @Test
    void theRightsAreThoseOfTheOverridingMethod() throws Exception {
        String path = tus.ask("POST", "/tus", FILE, "Upload-Length: 1000", RawTus.BYTES, AS_OPERATOR).expect(201).field("Location");
        server.engine().core().commit(List.of(new Change.EntityAdded(new AccessToken(UUID.randomUUID(), Tokens.hash("tzk_other"), "token", Instant.EPOCH,
                Set.of(Right.UPLOAD, Right.DELETE), Map.of(), Quota.NONE, null, List.of(), null))));
        String other = "Authorization: Bearer tzk_other";
        tus.ask("GET", path, null, "X-HTTP-Method-Override: DELETE", other).expect(404);
        tus.ask("GET", path, null, AS_OPERATOR).expect(200);
        // A browser's own cookie or password changes nothing by a method that only reads.
        String basic = "Authorization: Basic " + Base64.getEncoder().encodeToString((":" + OPERATOR).getBytes(StandardCharsets.UTF_8));
        tus.ask("GET", path, null, "X-HTTP-Method-Override: DELETE", basic, "Sec-Fetch-Site: cross-site").expect(403, "cross_site");
        tus.ask("GET", path, null, AS_OPERATOR).expect(200);
    }

    @Test
    void guestsSendFilesByTusAndGetNothingBack() {
        server.post("/rooms", "{\"name\": \"inbox\"}", "Authorization", "Bearer " + OPERATOR).expect(201);
        ServedEngine.Answer request = server.post("/rooms/inbox/requests", "{\"max_file_size\": 1000}", "Authorization", "Bearer " + OPERATOR).expect(201);
        String guest = "Authorization: Bearer " + request.field("token");
        String path = tus.ask("POST", "/tus", null, "Upload-Length: 1000", guest).expect(201).field("Location");
        tus.ask("PATCH", path, FILE, "Upload-Offset: 0", RawTus.BYTES, guest).expect(204);
        assertEquals(1000, tus.ask("HEAD", path, null, guest).expect(200).offset());
        tus.ask("GET", path, null, guest).expect(403, "forbidden");
        tus.ask("DELETE", path, null, guest).expect(403, "forbidden");
        tus.ask("GET", path, null, AS_OPERATOR).expect(200);
        tus.ask("POST", "/tus", null, "Upload-Length: 1001", guest).expect(413, "file_too_large");
        tus.ask("POST", "/tus", null, "Upload-Length: 5", guest, metadata("share_max_downloads", "1")).expect(403, "forbidden");
        tus.ask("POST", "/tus", FILE, "Upload-Length: 1000", RawTus.BYTES, guest).expect(201);
    }

    @Test
    void roomAndPriorityComeWithTheMetadata() {
        String room = server.post("/rooms", "{\"name\": \"inbox\"}", "Authorization", "Bearer " + OPERATOR).expect(201).field("room_id");
        String id = tus.ask("POST", "/tus", null, "Upload-Length: 5", AS_OPERATOR, metadata("room", "inbox") + "," + metadata("priority", "low").substring(17)).expect(201).field("X-File-Id");
        assertEquals(room, server.get("/files/" + id + "/access", "Authorization", "Bearer " + OPERATOR).expect(200).field("room"));
        assertEquals("low", server.engine().core().catalog().upload(UUID.fromString(id)).orElseThrow().priority().name().toLowerCase(java.util.Locale.ROOT));
        tus.ask("POST", "/tus", null, "Upload-Length: 5", AS_OPERATOR, metadata("room", "nowhere")).expect(404, "room_not_found");
        tus.ask("POST", "/tus", null, "Upload-Length: 5", AS_OPERATOR, metadata("priority", "urgent")).expect(400, "invalid_value");
    }

    @Test
    void aCompletedFileIsTerminatedWithASecondFactorWhereThereIsOne() throws Exception {
        String bearer = token("tzk_two");
        String[] plain = {"Authorization", "Bearer tzk_two"};
        String secret = server.post("/totp", "", plain).expect(201).field("secret");
        server.post("/totp/confirm", "{\"code\": \"" + Totp.code(secret, server.engine().core().now()) + "\"}", plain).expect(204);
        server.pass(Totp.STEP);
        String open = tus.ask("POST", "/tus", null, "Upload-Length: 1000", bearer).expect(201).field("Location");
        tus.ask("DELETE", open, null, bearer).expect(204);
        String whole = tus.ask("POST", "/tus", FILE, "Upload-Length: 1000", RawTus.BYTES, bearer).expect(201).field("Location");
        tus.ask("DELETE", whole, null, bearer).expect(403, "second_factor_required");
        tus.ask("GET", whole, null, bearer).expect(200);
        tus.ask("DELETE", whole, null, bearer, Gate.CODE_HEADER + ": " + Totp.code(secret, server.engine().core().now())).expect(204);
        tus.ask("GET", whole, null, bearer).expect(404);
    }
}
