package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tranzr.model.IpRange;

/** What a handler learns of its request's end, its name and its cookies, and how it bounds the speed. */
class RequestHooksTest {

    private static final String GET = "GET /p?q HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final Duration LONG = Duration.ofSeconds(30);

    /** What an observer was told. */
    private record Seen(Observer.Visit visit, Ended ended) {
        @Override
        public String toString() {
            return visit.method() + " " + visit.target() + " " + visit.protocol() + " " + ended.status() + " " + ended.received() + " " + ended.sent()
                    + " " + ended.whole();
        }
    }

    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    private HttpListener listener;

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    private HttpListener start(TestServer mode, Duration stall, Set<IpRange> trusted, Handler handler) throws IOException {
        return start(mode, Limits.stallingAfter(stall), trusted, handler);
    }

    private HttpListener start(TestServer mode, Limits limits, Set<IpRange> trusted, Handler handler) throws IOException {
        listener = mode.start(handler, new HttpListener.Options(TestServer.loopback(), Optional.empty(), trusted, limits.stall()).limitedBy(limits)
                .observedBy((visit, ended) -> seen.add(new Seen(visit, ended))));
        return listener;
    }

    private Seen next() throws InterruptedException {
        Seen next = seen.poll(10, TimeUnit.SECONDS);
        assertTrue(next != null, "nothing was told");
        return next;
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void everyEndIsToldOnceWithItsFigures(TestServer mode) throws Exception {
        start(mode, LONG, Set.of(), request -> switch (request.method()) {
            case "PUT" -> Response.text(201, "" + request.body().readAllBytes().length);
            case "DELETE" -> throw new IllegalStateException("broken");
            default -> Response.stream(200, "text/plain", 100_000, out -> out.write(new byte[100_000]), whole -> { });
        });
        try (RawClient client = new RawClient(listener.address())) {
            client.send(GET).answer();
            assertEquals("GET /p?q HTTP/1.1 200 0 100000 true", next().toString());
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").answer(false);
            assertEquals("HEAD / HTTP/1.1 200 0 0 true", next().toString());
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello").answer();
            assertEquals("PUT / HTTP/1.1 201 5 1 true", next().toString());
            client.send("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n").answer();
            assertEquals(500, next().ended().status());
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n").answer();
            assertEquals("PUT / HTTP/1.1 201 3 1 true", next().toString());
        }
        RawClient.exchange(listener.address(), "GET /x HTTP/1.1\r\n\r\n");
        Seen refused = next();
        assertTrue(refused.toString().startsWith("GET /x HTTP/1.1 400 0 "), refused::toString);
        assertEquals(Optional.empty(), refused.visit().request());
        listener.close();
        assertNull(seen.poll());
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void anAbortedABrokenAndAStalledRequestAreToldToo(TestServer mode) throws Exception {
        start(mode, Duration.ofMillis(300), Set.of(), request -> {
            if (request.rawPath().equals("/abort")) {
                request.abort();
            }
            request.body().readAllBytes();
            return Response.empty(204);
        });
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT /abort HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
            assertFalse(next().ended().whole());
        }
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT /broken HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf").socket().shutdownOutput();
            assertEquals("400 4", told(next()));
        }
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT /stalled HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
            assertEquals("408 4", told(next()));
        }
        listener.close();
        assertNull(seen.poll());
    }

    private static String told(Seen seen) {
        return seen.ended().status() + " " + seen.ended().received();
    }

    @Test
    void headsThatTheServerBelowRefusesAreToldAndNamed() throws Exception {
        start(TestServer.OPENED, Duration.ofMillis(300), Set.of(), request -> Response.empty(204));
        for (String head : List.of("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HT")) {
            RawClient.Answer answer = RawClient.exchange(listener.address(), head);
            Seen refused = next();
            assertEquals(answer.status(), refused.ended().status(), head);
            assertEquals(answer.headers().get("x-request-id"), refused.visit().id(), head);
            assertEquals("nosniff", answer.headers().get("x-content-type-options"), head);
            assertEquals(TestServer.loopback().getAddress(), refused.visit().client());
        }
        RawClient gone = new RawClient(listener.address());
        gone.close();
        RawClient.exchange(listener.address(), GET);
        assertEquals(204, next().ended().status(), "a connection without a request is not told");
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void listenersAreToldInOrderAndAFailingOneHarmsNobody(TestServer mode) throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        start(mode, LONG, Set.of(), request -> {
            request.whenEnded(ended -> {
                told.add("first");
                throw new IllegalStateException("a listener that fails, on purpose");
            });
            request.whenEnded(ended -> told.add("second " + ended.status()));
            return Response.empty(204);
        });
        assertEquals(204, RawClient.exchange(listener.address(), GET).status());
        Request request = next().visit().request().orElseThrow();
        assertEquals(List.of("first", "second 204"), List.copyOf(told));
        request.whenEnded(ended -> told.add("late " + ended.status()));
        assertTrue(told.contains("late 204"));
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void everyAnswerCarriesAnIdOfItsOwn(TestServer mode) throws Exception {
        start(mode, LONG, Set.of(), request -> Response.text(200, request.id()));
        RawClient.Answer first = RawClient.exchange(listener.address(), GET);
        assertTrue(first.headers().get("x-request-id").matches("[0-9a-f]{16}"));
        assertEquals(first.headers().get("x-request-id"), first.text());
        assertNotEquals(first.text(), RawClient.exchange(listener.address(), GET).text());
        String spoofed = RawClient.exchange(listener.address(), "GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: mine\r\n\r\n").text();
        assertTrue(spoofed.matches("[0-9a-f]{16}"), "only a trusted proxy gives ids");
        assertTrue(RawClient.exchange(listener.address(), "GET / HTTP/1.1\r\n\r\n").headers().containsKey("x-request-id"));
    }

    @ParameterizedTest
    @CsvSource({"X-Request-ID: abc-1.2_3,true", "X-Request-Id: a b,false", "X-Request-Id:,false", "X-Request-Id: a^X-Request-Id: b,false"})
    void aTrustedProxyMayNameTheRequest(String field, boolean taken) throws Exception {
        start(TestServer.OPENED, LONG, Set.of(IpRange.parse("127.0.0.1")), request -> Response.text(200, request.id() + request.isSecure()));
        String head = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n" + field.replace("^", "\r\n") + "\r\n\r\n";
        assertEquals(taken, RawClient.exchange(listener.address(), head).text().equals("abc-1.2_3true"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "Cookie: s=1; t=2|1", "Cookie: t=2;s=\"x=y\"|x=y", "Cookie: s=1; s=2|-", "Cookie: s=1^Cookie: s=1|-", "Cookie: xs=1|-", "Cookie: S=1|-",
        "Cookie: s|-", "Cookie: =s; ;;s=|''", "Cookie: s=a b|-", "Cookie: s=\u00e9|-", "Cookie: t=1^Cookie: s=3|3", "X: s=1|-"})
    void cookiesAreReadStrictly(String fields, String expected) throws Exception {
        start(TestServer.OPENED, LONG, Set.of(), request -> Response.text(200, request.cookie("s").map(value -> "[" + value + "]").orElse("none")));
        String text = RawClient.exchange(listener.address(), "GET / HTTP/1.1\r\nHost: a\r\n" + fields.replace("^", "\r\n") + "\r\n\r\n").text();
        assertEquals(expected == null ? "none" : "[" + expected + "]", text);
    }

    /** Lets 1,000 bytes pass at a time, and counts. */
    private static final class Counting implements Pace {
        final AtomicInteger bytes = new AtomicInteger();
        final AtomicInteger aborts = new AtomicInteger();

        @Override
        public int take(int wanted) {
            assertTrue(wanted >= 1 && wanted <= 65_536);
            int allowed = Math.min(1000, wanted);
            bytes.addAndGet(allowed);
            return allowed;
        }

        @Override
        public void abort() {
            aborts.incrementAndGet();
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void thePaceSeesEveryByteOfBothBodies(TestServer mode) throws Exception {
        Counting in = new Counting();
        Counting out = new Counting();
        start(mode, LONG, Set.of(), request -> {
            request.pace(in, out);
            byte[] body = request.body().readAllBytes();
            return Response.bytes(200, "a/b", body);
        });
        try (RawClient client = new RawClient(listener.address())) {
            byte[] body = new byte[200_001];
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n").send(body);
            assertEquals(body.length, client.answer().body().length);
        }
        assertEquals(List.of(200_001, 200_001), List.of(in.bytes.get(), out.bytes.get()));
        assertEquals(0, in.aborts.get() + out.aborts.get());
    }

    /** Lets nothing pass until it is aborted. */
    private static final class Closed implements Pace {
        final CountDownLatch waiting = new CountDownLatch(1);
        final CountDownLatch aborted = new CountDownLatch(1);

        @Override
        public int take(int wanted) throws IOException {
            waiting.countDown();
            try {
                aborted.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            throw new IOException("aborted");
        }

        @Override
        public void abort() {
            aborted.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aWaitForThePaceIsNoStallAndEndsWithTheExchange(TestServer mode) throws Exception {
        for (boolean reading : new boolean[] {true, false}) {
            Closed pace = new Closed();
            BlockingQueue<Request> running = new LinkedBlockingQueue<>();
            // Only the body is hurried: a handshake may take its time. A busy machine may stop this one for a moment, which is no stall either.
            Limits limits = new Limits(Duration.ofMillis(500), LONG, 0, LONG, 1000, 1000);
            start(mode, limits, Set.of(), request -> {
                request.pace(reading ? pace : null, reading ? null : pace);
                running.add(request);
                request.body().readAllBytes();
                return Response.text(200, "hello");
            });
            try (RawClient client = new RawClient(listener.address())) {
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1");
                assertTrue(pace.waiting.await(10, TimeUnit.SECONDS));
                // Longer than a stall, after which the watchdog looks twice more.
                assertFalse(pace.aborted.await(1100, TimeUnit.MILLISECONDS));
                running.take().abort();
                assertFalse(next().ended().whole());
                assertTrue(client.in().readAllBytes().length < 1000);
            }
            listener.close();
        }
    }

    @Test
    void aPaceThatIsSetTooLateIsAbortedAtOnce() throws Exception {
        Closed pace = new Closed();
        start(TestServer.OPENED, LONG, Set.of(), request -> {
            request.abort();
            request.pace(pace, null);
            return Response.empty(204);
        });
        try (RawClient client = new RawClient(listener.address())) {
            client.send(GET);
            assertTrue(pace.aborted.await(10, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void everyAnswerHasTheFieldsThatProtect(TestServer mode) throws Exception {
        start(mode, LONG, Set.of(), request -> switch (request.rawPath()) {
            case "/own" -> Response.text(200, "own").header("content-security-policy", "sandbox");
            case "/broken" -> throw new IllegalStateException("broken");
            default -> Response.empty(204);
        });
        // What the server below refuses by itself is beyond reach on its public API.
        for (String path : mode.isOpened() ? List.of("/own", "/broken", "/", "*") : List.of("/own", "/broken", "/")) {
            RawClient.Answer answer = RawClient.exchange(listener.address(), "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertEquals("nosniff", answer.headers().get("x-content-type-options"), path);
            assertEquals("no-referrer", answer.headers().get("referrer-policy"), path);
            assertEquals("same-origin", answer.headers().get("cross-origin-resource-policy"), path);
            assertEquals(path.equals("/own") ? "sandbox" : "default-src 'none'; frame-ancestors 'none'",
                    answer.headers().get("content-security-policy"), path);
            assertFalse(answer.headers().containsKey("server"), path);
        }
    }
}
