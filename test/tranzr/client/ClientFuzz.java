package tranzr.client;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.json.Json;
import tranzr.json.JsonException;
import tranzr.model.ByteRange;

/** What the client reads: answers of servers, and its own records, which another program may have spoilt. */
public final class ClientFuzz {

    private static final String SESSION = "{\"version\":1,\"kind\":\"UPLOAD\",\"key\":\"00112233445566778899aabbccddeeff\",\"server\":\"http://127.0.0.1:8000\",\"remote\":null,"
            + "\"path\":\"/a/b\",\"name\":\"b\",\"size\":5,\"modified\":\"2026-01-01T00:00:00Z\",\"file_key\":null,\"sha256\":null,\"done\":3,\"finished\":false,"
            + "\"created\":\"2026-01-01T00:00:00Z\",\"updated\":\"2026-01-01T00:00:00.5Z\",\"more\":{\"ranges\":[[0,5]]}}";

    private static final String STATUS = "{\"file_id\":\"00000000-0000-0001-0000-000000000002\",\"filename\":\"a\",\"file_size\":100,\"status\":\"uploading\",\"bytes_received\":30,"
            + "\"missing_ranges\":[[10,19],[40,99]],\"instant\":true,\"file_hash\":\"00\"}";

    private ClientFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("client-refusal", "tranzr.client.Refusal").seeds("{\"type\":\"about:blank\",\"title\":\"No\",\"status\":507,\"detail\":\"the disk is full\",\"code\":\"no_space\"}",
                        "{\"code\":\"x\",\"detail\":null,\"missing_ranges\":[[0,5]]}", "<html><title>502</title></html>", "").words("\"code\"", "null", "\\u001b", "{}", "1e999", "[", "\u202e")
                        .bytes(ClientFuzz::refusal),
                Target.of("client-retry-after", "tranzr.client.Refusal").seeds("7", "Thu, 01 Jan 2026 00:30:00 GMT", "Thu, 01 Jan 1970 00:00:00 +2359", "1 Jan 2026 0:0 EST").words("-", "999999999", "GMT", "+18:00", "999999999-01-01", " ")
                        .latin(ClientFuzz::retryAfter),
                Target.of("client-members", "tranzr.client.Members").seeds("{\"file_id\":\"00000000-0000-0001-0000-000000000002\",\"filename\":\"a\",\"file_size\":5,\"status\":\"completed\",\"created_at\":\"2026-01-01T00:00:00Z\"}",
                        "{\"share_url\":\"http://127.0.0.1/s/t\",\"token\":\"t\",\"share_id\":\"s\",\"file_id\":\"00000000-0000-0001-0000-000000000002\",\"max_downloads\":null,\"expires_at\":null,\"protected\":true}")
                        .words("null", "-1", "9223372036854775808", "\"\"", "[]", "{}", "1e9", "\"http://[\"").bytes(ClientFuzz::members),
                Target.of("client-session", "tranzr.client.SessionCodec").seeds(SESSION, SESSION.replace("UPLOAD", "DOWNLOAD").replace("false", "true"))
                .words("null", "\"\"", "-1", "9223372036854775808", "{}", "[]", "\\u0000", "1e9", "\"2026-13-01T00:00:00Z\"", "\"http://[\"").bytes(ClientFuzz::session),
                Target.of("client-uploads", "tranzr.client.UploadCalls").seeds(STATUS, STATUS.replace("uploading", "completed"), STATUS.replace("100", "null"))
                        .words("null", "\"\"", "-1", "9223372036854775807", "9223372036854775808", "1e3", "[]", "[0,9]", "[[5,3]]", "\"pending_assembly\"", "true").bytes(ClientFuzz::uploads));
    }

    /** What a server tells of an upload is refused, or makes sense. */
    private static void uploads(byte[] input) throws RefusedException {
        Map<String, Object> body;
        try {
            body = Json.readObject(input);
        } catch (JsonException e) {
            return;
        }
        UploadCalls calls = new UploadCalls(new Meddler(null) {
            @Override
            public Answer call(String method, String path, Map<String, ?> sent) {
                return new Answer(200, null, body);
            }
        });
        UUID id = new UUID(1, 2);
        try {
            calls.start("a", 1, null, null, Priority.NORMAL);
        } catch (IOException e) {
            Expect.that(e.getMessage().startsWith("the server's answer"), e.getMessage());
        }
        try {
            UploadCalls.Status status = calls.status(id).orElseThrow();
            long before = 0;
            for (ByteRange gap : status.missing(new ByteRange(0, status.size() < 0 ? Long.MAX_VALUE : status.size()))) {
                Expect.that(gap.start() >= before && !gap.isEmpty(), status + " has " + gap);
                before = gap.end();
            }
            calls.merge(id, -1, "0", Duration.ZERO);
        } catch (IOException e) {
            Expect.that(e.getMessage().startsWith("the server's answer"), e.getMessage());
        }
    }

    private static void refusal(byte[] input) {
        RefusedException refused = Refusal.of(503, HttpHeaders.of(Map.of("Location", List.of("x")), (_, _) -> true), input, Instant.EPOCH);
        Expect.that(refused.code().matches("[a-z0-9_]{0,64}"), "code " + refused.code());
        Expect.that(!refused.getMessage().isBlank() && refused.getMessage().length() <= 1001, "detail " + refused.getMessage());
        Expect.that(refused.getMessage().codePoints().noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT), "not for a terminal: " + refused.getMessage());
    }

    private static void retryAfter(String text) {
        Duration wait = Refusal.retryAfter(text, Instant.EPOCH);
        Expect.that(wait == null || !wait.isNegative(), "negative: " + wait);
    }

    private static void members(byte[] input) {
        Map<String, Object> object;
        try {
            object = Json.readObject(input);
        } catch (JsonException e) {
            return;
        }
        try {
            RemoteFile file = new Members(object).file();
            Expect.that(file.id() != null && file.name() != null && file.size() >= -1, "not a file: " + file);
        } catch (IOException e) {
            Expect.that(e.getMessage().startsWith("the server's answer"), e.getMessage());
        }
        try {
            ShareLink link = new Members(object).link();
            Expect.that(link.url() != null && link.maxDownloads() >= 0, "not a link: " + link);
        } catch (IOException e) {
            Expect.that(e.getMessage().startsWith("the server's answer"), e.getMessage());
        }
    }

    private static void session(byte[] input) {
        Optional<Session> session = SessionCodec.read(input);
        if (session.isPresent() && noHalfCharacters(session.get())) {
            Expect.same(session, SessionCodec.read(SessionCodec.write(session.get())), "again");
        }
    }

    /** Half a surrogate pair is written as a question mark. */
    private static boolean noHalfCharacters(Session session) {
        return session.toString().codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
    }
}
