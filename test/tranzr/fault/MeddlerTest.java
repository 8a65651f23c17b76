package tranzr.fault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tranzr.e2e.Http;
import tranzr.fault.Middle.Act;
import tranzr.fault.Network.End;

/** What the proxy does to single requests, in front of a server that writes down what it got and answers with it. */
class MeddlerTest {

    private static final byte[] BODY = Http.bytes(200_000, 3);

    private final List<byte[]> got = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    MeddlerTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            got.add(body);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.stop(0);
    }

    private CuttingProxy proxy(Middle middle) {
        CuttingProxy proxy = CuttingProxy.before(() -> server.getAddress().getPort(), Network.CLEAN, 1);
        proxy.middle(middle);
        return proxy;
    }

    /** Does this to the second request, and nothing to the others. */
    private CuttingProxy second(Act act) {
        return proxy(request -> request.number() == 1 ? act : Act.PASS);
    }

    private HttpResponse<byte[]> put(CuttingProxy proxy, byte[] body) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(proxy.url() + "/upload/x")).PUT(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private void assertPasses(CuttingProxy proxy) throws Exception {
        byte[] small = Http.bytes(77, 9);
        assertArrayEquals(small, put(proxy, small).body());
    }

    private static byte[] flipped(long at) {
        byte[] flipped = BODY.clone();
        flipped[(int) at] ^= 1;
        return flipped;
    }

    @Test
    void requestsAreToldAndPassUnchanged() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        try (CuttingProxy proxy = proxy(request -> {
            told.add(request.number() + " " + request.method() + " " + request.target() + " " + request.length() + " " + request.isRange() + request.isDownload());
            return Act.PASS;
        })) {
            assertArrayEquals(BODY, put(proxy, BODY).body());
            assertEquals(0, client.send(HttpRequest.newBuilder(URI.create(proxy.url() + "/download/y")).build(), HttpResponse.BodyHandlers.ofByteArray()).body().length);
            assertPasses(proxy);
            assertEquals(List.of("0 PUT /upload/x 200000 truefalse", "1 GET /download/y 0 falsetrue", "2 PUT /upload/x 77 truefalse"), told);
            assertEquals(1, proxy.connections());
        }
    }

    @Test
    void anAnswerIsDroppedAfterTheServerHasDoneItsWork() throws Exception {
        try (CuttingProxy proxy = second(Act.DROP_ANSWER)) {
            assertPasses(proxy);
            assertThrows(IOException.class, () -> put(proxy, BODY));
            assertArrayEquals(BODY, got.get(1));
            assertPasses(proxy);
            assertEquals(3, got.size());
        }
    }

    @Test
    void aRequestComesTwiceAndIsAnsweredOnce() throws Exception {
        try (CuttingProxy proxy = second(Act.TWICE)) {
            assertPasses(proxy);
            assertArrayEquals(BODY, put(proxy, BODY).body());
            assertEquals(3, got.size());
            assertArrayEquals(BODY, got.get(1));
            assertArrayEquals(BODY, got.get(2));
            assertPasses(proxy);
        }
    }

    @Test
    void oneBitIsFlippedOnTheWayThere() throws Exception {
        for (long at : new long[] {0, 123_456, BODY.length - 1}) {
            got.clear();
            try (CuttingProxy proxy = second(new Act.FlipRequest(at))) {
                assertPasses(proxy);
                assertArrayEquals(flipped(at), put(proxy, BODY).body());
                assertArrayEquals(flipped(at), got.get(1));
                assertPasses(proxy);
            }
        }
    }

    @Test
    void oneBitIsFlippedOnTheWayBack() throws Exception {
        for (long at : new long[] {0, 123_456, BODY.length - 1}) {
            got.clear();
            try (CuttingProxy proxy = second(new Act.FlipAnswer(at))) {
                assertPasses(proxy);
                assertArrayEquals(flipped(at), put(proxy, BODY).body());
                assertArrayEquals(BODY, got.get(1));
                assertPasses(proxy);
            }
        }
    }

    @Test
    void theProxyAnswersItselfAndTheServerHearsNothing() throws Exception {
        try (CuttingProxy proxy = second(new Act.Answer(503, List.of("Retry-After: 7", "Content-Type: text/html"), "<h1>Away</h1>"))) {
            assertPasses(proxy);
            HttpResponse<byte[]> answer = put(proxy, BODY);
            assertEquals(503, answer.statusCode());
            assertEquals("7", answer.headers().firstValue("Retry-After").orElseThrow());
            assertEquals("<h1>Away</h1>", new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
            assertPasses(proxy);
            assertEquals(2, got.size());
        }
    }

    @Test
    void bodiesAreCutWhereTheMiddleWantsIt() throws Exception {
        for (End how : List.of(End.CLOSE, End.RESET)) {
            got.clear();
            try (CuttingProxy proxy = second(new Act.CutRequest(100_000, how))) {
                assertPasses(proxy);
                assertThrows(IOException.class, () -> put(proxy, BODY));
                assertPasses(proxy);
                assertEquals(2, got.size());
            }
            try (CuttingProxy proxy = second(new Act.CutAnswer(100_000, how))) {
                assertPasses(proxy);
                java.io.InputStream body = client.send(HttpRequest.newBuilder(URI.create(proxy.url() + "/x")).PUT(HttpRequest.BodyPublishers.ofByteArray(BODY)).build(),
                        HttpResponse.BodyHandlers.ofInputStream()).body();
                java.io.ByteArrayOutputStream came = new java.io.ByteArrayOutputStream();
                assertThrows(IOException.class, () -> body.transferTo(came));
                assertTrue(came.size() <= 100_000 && Arrays.equals(came.toByteArray(), Arrays.copyOf(BODY, came.size())), came.size() + " bytes came");
                assertPasses(proxy);
            }
        }
    }
}
