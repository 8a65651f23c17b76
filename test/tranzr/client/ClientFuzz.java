package tranzr.client;

import java.io.IOException;
import java.time.Duration;
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

/** What the client reads: its own records, which another program may have spoilt. */
public final class ClientFuzz {

    private static final String SESSION = "{\"version\":1,\"kind\":\"UPLOAD\",\"key\":\"00112233445566778899aabbccddeeff\",\"server\":\"http://127.0.0.1:8000\",\"remote\":null,"
            + "\"path\":\"/a/b\",\"name\":\"b\",\"size\":5,\"modified\":\"2026-01-01T00:00:00Z\",\"file_key\":null,\"sha256\":null,\"done\":3,\"finished\":false,"
            + "\"created\":\"2026-01-01T00:00:00Z\",\"updated\":\"2026-01-01T00:00:00.5Z\",\"more\":{\"ranges\":[[0,5]]}}";

    private static final String STATUS = "{\"file_id\":\"00000000-0000-0001-0000-000000000002\",\"filename\":\"a\",\"file_size\":100,\"status\":\"uploading\",\"bytes_received\":30,"
            + "\"missing_ranges\":[[10,19],[40,99]],\"instant\":true,\"file_hash\":\"00\"}";

    private ClientFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(Target.of("client-session", "tranzr.client.SessionCodec").seeds(SESSION, SESSION.replace("UPLOAD", "DOWNLOAD").replace("false", "true"))
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
