package tranzr.client;

import java.util.List;
import java.util.Optional;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;

/** What the client reads: its own records, which another program may have spoilt. */
public final class ClientFuzz {

    private static final String SESSION = "{\"version\":1,\"kind\":\"UPLOAD\",\"key\":\"00112233445566778899aabbccddeeff\",\"server\":\"http://127.0.0.1:8000\",\"remote\":null,"
            + "\"path\":\"/a/b\",\"name\":\"b\",\"size\":5,\"modified\":\"2026-01-01T00:00:00Z\",\"file_key\":null,\"sha256\":null,\"done\":3,\"finished\":false,"
            + "\"created\":\"2026-01-01T00:00:00Z\",\"updated\":\"2026-01-01T00:00:00.5Z\",\"more\":{\"ranges\":[[0,5]]}}";

    private ClientFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(Target.of("client-session", "tranzr.client.SessionCodec").seeds(SESSION, SESSION.replace("UPLOAD", "DOWNLOAD").replace("false", "true"))
                .words("null", "\"\"", "-1", "9223372036854775808", "{}", "[]", "\\u0000", "1e9", "\"2026-13-01T00:00:00Z\"", "\"http://[\"").bytes(ClientFuzz::session));
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
