package tranzr.api.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.accounts.LiveCallers;
import tranzr.api.Gate;
import tranzr.api.Need;
import tranzr.http.Cors;
import tranzr.http.HttpListener;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.json.Json;
import tranzr.server.ServedEngine;

/** Who gets an event socket at all: by token, login and origin, by what is asked for, and how many there are. */
class SocketGateTest {

    private static final String TOKEN = "tzk_of-the-operator";
    private static final String BEARER = "Authorization: Bearer " + TOKEN;
    private static final String UPGRADE = "Upgrade: websocket";
    private static final String CONNECTION = "Connection: Upgrade";
    private static final String VERSION = "Sec-WebSocket-Version: 13";
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

    @TempDir
    Path folder;
    private ServedEngine server;
    private final List<Socket> open = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        if (server != null) {
            server.close();
        }
    }

    /** The head of an answer, with names in lower case, and the code of the problem it tells. */
    private record Answer(int status, Map<String, String> fields, String code) {
    }

    private Answer ask(String host, String... fields) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port());
        open.add(socket);
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(("GET /ws HTTP/1.1\r\nHost: " + host + "\r\n" + String.join("\r\n", fields) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        int status = Integer.parseInt(in.readLine().split(" ")[1]);
        Map<String, String> head = new TreeMap<>();
        for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
            head.put(line.substring(0, line.indexOf(':')).toLowerCase(java.util.Locale.ROOT), line.substring(line.indexOf(':') + 1).strip());
        }
        if (status == 101) {
            return new Answer(status, head, null);
        }
        char[] body = new char[Integer.parseInt(head.get("content-length"))];
        for (int done = 0; done < body.length;) {
            done += in.read(body, done, body.length - done);
        }
        return new Answer(status, head, (String) Json.readObject(new String(body).getBytes(StandardCharsets.ISO_8859_1)).get("code"));
    }

    private Answer upgrade(String... fields) throws IOException {
        List<String> all = new ArrayList<>(List.of(UPGRADE, CONNECTION, VERSION, KEY));
        all.addAll(List.of(fields));
        return ask("localhost:" + server.port(), all.toArray(String[]::new));
    }

    private void expect(int status, String code, Answer answer) {
        assertEquals(status + " " + code, answer.status() + " " + answer.code());
    }

    @Test
    void aTokenIsNeeded() throws IOException {
        server = new ServedEngine(folder, TOKEN, null);
        expect(401, "token_required", upgrade());
        expect(401, "wrong_token", upgrade("Authorization: Bearer tzk_wrong"));
        expect(401, "wrong_token", upgrade("Sec-WebSocket-Protocol: tranzr.events.v1, bearer.tzk_wrong"));
        expect(401, "token_required", upgrade("Sec-WebSocket-Protocol: tranzr.events.v1, bearer."));
        expect(101, null, upgrade(BEARER));
        Answer answer = upgrade("Sec-WebSocket-Protocol: bearer." + TOKEN, "Sec-WebSocket-Protocol: tranzr.events.v1");
        expect(101, null, answer);
        assertEquals("tranzr.events.v1", answer.fields().get("sec-websocket-protocol"));
        assertFalse(answer.toString().contains(TOKEN));
        // What is no request for a WebSocket has no subprotocols, and so no token in one.
        expect(401, "token_required", ask("localhost", "Sec-WebSocket-Protocol: tranzr.events.v1, bearer." + TOKEN));
    }

    @Test
    void aPageOfAnotherOriginGetsNoneWhateverItKnows() throws IOException {
        server = new ServedEngine(folder, TOKEN, "https://files.example.org");
        String here = "Origin: http://localhost:" + server.port();
        for (String[] by : new String[][] {{BEARER}, {"Sec-WebSocket-Protocol: tranzr.events.v1, bearer." + TOKEN}}) {
            for (String origin : new String[] {"https://evil.example", "null", "http://localhost:1", "http://localhost", "https://files.example.org:8443", "http://files.example.org",
                "http://localhost.evil.example:" + server.port(), "file://", "x"}) {
                expect(403, "cross_site", upgrade(by[0], "Origin: " + origin));
            }
            expect(101, null, upgrade(by[0], here));
            expect(101, null, upgrade(by[0], "Origin: https://files.example.org"));
            expect(101, null, upgrade(by[0]));
        }
    }

    @Test
    void aLoginNeedsThePagesOwnOrigin() throws IOException {
        server = new ServedEngine(folder, TOKEN, null);
        String cookie = "Cookie: " + server.post("/login", "{\"token\": \"" + TOKEN + "\"}").expect(200).header("Set-Cookie").replaceFirst(";.*", "");
        String here = "Origin: http://localhost:" + server.port();
        expect(101, null, upgrade(cookie, here));
        expect(101, null, upgrade(cookie, here, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: websocket"));
        expect(403, "cross_site", upgrade(cookie));
        expect(403, "cross_site", upgrade(cookie, "Origin: https://evil.example"));
        expect(403, "cross_site", upgrade(cookie, "Origin: http://localhost:" + (server.port() ^ 1)));
        expect(403, "cross_site", upgrade(cookie, here, "Sec-Fetch-Site: same-site"));
        expect(401, "session_expired", upgrade("Cookie: " + Gate.SESSION_COOKIE + "=tzs_none", here));
    }

    @Test
    void anOpenServerIsOpenToItsOwnPagesOnly() throws IOException {
        server = new ServedEngine(folder);
        expect(101, null, upgrade());
        expect(101, null, upgrade("Origin: http://localhost:" + server.port()));
        expect(403, "cross_site", upgrade("Origin: https://evil.example"));
        expect(403, "cross_site", upgrade("Origin: http://localhost:" + (server.port() ^ 1)));
        expect(403, "forbidden_host", ask("evil.example", UPGRADE, CONNECTION, VERSION, KEY, "Origin: http://evil.example"));
    }

    @Test
    void originsThatTheOperatorTrustsAreLetIn() throws Exception {
        server = new ServedEngine(folder, TOKEN, null);
        assertEquals(List.of(200, 403), admitted("https://app.example.org", "https://app.example.org", "https://evil.example"));
        assertEquals(List.of(200), admitted("*", "https://any.example"));
    }

    /** What a gate with these origins answers to requests by token. */
    private List<Integer> admitted(String cors, String... origins) throws Exception {
        Gate gate = new Gate(new tranzr.accounts.Identities(server.engine().core(), Optional.of(tranzr.security.Tokens.hash(TOKEN)), true), new LiveCallers(), null, null, Cors.parse(cors), Optional.empty());
        List<Integer> answers = new ArrayList<>();
        try (HttpListener listener = HttpListener.start(new HttpListener.Options(new InetSocketAddress("127.0.0.1", 0), Optional.empty(), Set.of(), java.time.Duration.ofSeconds(20)),
                gate.guard(Need.TOKEN, false, SocketGateTest::fine), (request, thrown) -> Response.empty(403))) {
            for (String origin : origins) {
                try (Socket socket = new Socket("127.0.0.1", listener.address().getPort())) {
                    socket.getOutputStream().write(("GET / HTTP/1.1\r\nHost: a\r\n" + UPGRADE + "\r\n" + CONNECTION + "\r\n" + BEARER + "\r\nOrigin: " + origin + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    answers.add(Integer.parseInt(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1)).readLine().split(" ")[1]));
                }
            }
        }
        return answers;
    }

    private static Response fine(Request request) {
        return Response.empty(200);
    }

    @Test
    void whatIsNoRequestForASocketIsToldWhatIsSpokenHere() throws IOException {
        server = new ServedEngine(folder, TOKEN, null);
        for (String[] fields : new String[][] {{BEARER}, {BEARER, UPGRADE}, {BEARER, CONNECTION}, {BEARER, UPGRADE, CONNECTION, KEY}, {BEARER, UPGRADE, CONNECTION, KEY, "Sec-WebSocket-Version: 8"},
            {BEARER, "Upgrade: h2c", CONNECTION}}) {
            Answer answer = ask("localhost", fields);
            expect(426, "upgrade_required", answer);
            assertEquals("13", answer.fields().get("sec-websocket-version"));
            assertEquals("websocket", answer.fields().get("upgrade"));
        }
        expect(400, "invalid_websocket", upgrade(BEARER, "Sec-WebSocket-Protocol: chat"));
        expect(400, "invalid_websocket", upgrade("Sec-WebSocket-Protocol: bearer." + TOKEN));
        expect(400, "invalid_websocket", ask("localhost", BEARER, UPGRADE, CONNECTION, VERSION));
        server.head("/ws", "Authorization", "Bearer " + TOKEN).expect(426);
        String old = server.raw("GET /ws HTTP/1.0\r\n" + BEARER + "\r\n" + UPGRADE + "\r\n" + CONNECTION + ", close\r\n" + VERSION + "\r\n" + KEY + "\r\n\r\n");
        assertTrue(old.startsWith("HTTP/1.1 501") && old.contains("websocket_unavailable") && old.contains("/events"), old);
    }

    @Test
    void oneTokenHasSoManySocketsAndAPlaceIsGivenBack() throws IOException {
        server = new ServedEngine(folder, TOKEN, null);
        for (int i = 0; i < 100; i++) {
            expect(101, null, upgrade(BEARER));
        }
        expect(429, "too_many_streams", upgrade(BEARER));
        open.get(7).close();
        int status = upgrade(BEARER).status();
        for (long deadline = System.nanoTime() + 20_000_000_000L; status == 429 && System.nanoTime() < deadline; status = upgrade(BEARER).status()) {
            LockSupport.parkNanos(5_000_000); // the server has not noticed yet
        }
        assertEquals(101, status);
    }
}
