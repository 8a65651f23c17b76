package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However a request ends, the server below forgets its connection: what it keeps counts against the limit of connections for ever. */
class ConnectionLeakTest {

    private static final List<String> SETS = List.of("allConnections", "idleConnections", "reqConnections", "rspConnections", "newlyAcceptedConnections");

    private static final String SLOW_HEAD = "GET /fi";

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void noConnectionIsLeftBehind(TestServer mode) throws Exception {
        try (HttpListener listener = mode.start(ConnectionLeakTest::handle, Duration.ofMillis(300))) {
            for (String request : List.of("GET /fine HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET /fine HTTP/1.1\r\n\r\n", "GET /throw HTTP/1.1\r\nHost: a\r\n\r\n",
                    "GET /short HTTP/1.1\r\nHost: a\r\n\r\n", "GET /abort HTTP/1.1\r\nHost: a\r\n\r\n", "PUT /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
                    "PUT /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf", "PUT /empty HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
                    "PUT /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
                    "PUT /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "PUT /fine HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
                    "HEAD /fine HTTP/1.1\r\nHost: a\r\n\r\n", "GET /fine HTTP/1.1\r\nHost: a\r\nX: a\n b\r\n\r\n", SLOW_HEAD, "\r\n", "", "nonsense\r\n\r\n")) {
                try (RawClient client = new RawClient(listener.address())) {
                    client.send(request);
                    if (!request.equals(SLOW_HEAD)) {
                        client.socket().shutdownOutput();
                    }
                    client.in().readAllBytes();
                } catch (java.net.SocketException e) {
                    continue; // some of these are cut while bytes are on their way
                }
            }
            awaitNoConnections(listener);
        }
    }

    private static Response handle(Request request) throws IOException {
        return switch (request.rawPath()) {
            case "/throw" -> throw new IOException("broken");
            case "/short" -> Response.stream(200, "text/plain", 10, out -> out.write(1), whole -> { });
            case "/read" -> Response.text(200, new String(request.body().readAllBytes()));
            case "/empty" -> Response.empty(401);
            case "/abort" -> {
                request.abort();
                yield Response.empty(204);
            }
            default -> Response.text(200, "fine");
        };
    }

    static void awaitNoConnections(HttpListener listener) throws Exception {
        Map<String, Integer> sizes = sizes(listener);
        for (long deadline = System.nanoTime() + 15_000_000_000L; System.nanoTime() < deadline && sizes.values().stream().anyMatch(size -> size > 0); sizes = sizes(listener)) {
            LockSupport.parkNanos(5_000_000);
        }
        for (String set : SETS) {
            assertEquals(0, sizes.get(set), set);
        }
    }

    /** As what counts connections for the limits sees it. */
    static void awaitNoneCounted(HttpListener listener) throws ReflectiveOperationException {
        Field field = HttpListener.class.getDeclaredField("caps");
        field.setAccessible(true);
        ConnectionCaps caps = (ConnectionCaps) field.get(listener);
        caps.sweep();
        assertEquals(0, caps.total());
    }

    private static Map<String, Integer> sizes(HttpListener listener) throws ReflectiveOperationException {
        Field serverField = HttpListener.class.getDeclaredField("server");
        serverField.setAccessible(true);
        HttpServer server = (HttpServer) serverField.get(listener);
        Field implField = server.getClass().getDeclaredField("server");
        implField.setAccessible(true);
        Object impl = implField.get(server);
        Map<String, Integer> sizes = new TreeMap<>();
        for (String set : SETS) {
            Field field = impl.getClass().getDeclaredField(set);
            field.setAccessible(true);
            sizes.put(set, ((Collection<?>) field.get(impl)).size());
        }
        return sizes;
    }
}
