package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tranzr.model.IpRange;

/** Clients that drip, and those that come in crowds. */
class SlowClientTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final Duration LONG = Duration.ofSeconds(60);

    private final BlockingQueue<Ended> ends = new LinkedBlockingQueue<>();
    private HttpListener listener;

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    private void start(TestServer mode, Limits limits, Set<IpRange> trusted, Handler handler) throws IOException {
        listener = mode.start(handler, new HttpListener.Options(TestServer.loopback(), Optional.empty(), trusted, LONG).limitedBy(limits)
                .observedBy((visit, ended) -> ends.add(ended)));
    }

    private static Limits rate(long bytes) {
        return new Limits(LONG, LONG, bytes, Duration.ofMillis(200), 1000, 1000);
    }

    private static Limits connections(int all, int each) {
        return new Limits(LONG, LONG, 0, LONG, all, each);
    }

    private static void drip() {
        LockSupport.parkNanos(5_000_000);
    }

    /** Sends a byte now and then until there is an answer or an end. @return null when the connection was cut without an answer */
    private static RawClient.Answer drip(RawClient client, int most) throws Exception {
        // What has come over TLS is not seen before it is read.
        FutureTask<RawClient.Answer> answer = new FutureTask<>(client::answer);
        Thread.startVirtualThread(answer);
        try {
            for (int i = 0; i < most && !answer.isDone(); i++) {
                client.send("x");
                drip();
            }
        } catch (IOException e) {
            assertFalse(e instanceof SocketTimeoutException, e.toString()); // the connection is cut; an answer may have come before
        }
        try {
            return answer.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertFalse(e.getCause() instanceof SocketTimeoutException, "nothing came, and no end");
            return null;
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aBodyThatDripsIsEnded(TestServer mode) throws Exception {
        start(mode, rate(100_000), Set.of(), request -> Response.text(200, "" + request.body().readAllBytes().length));
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
            RawClient.Answer answer = drip(client, 1_000_000);
            assertEquals(mode.isOpened(), answer != null, "the connection is cut without an answer only where none can be sent");
            assertTrue(answer == null || "408 request_timeout true".equals(answer.status() + " " + answer.code() + " " + answer.closes()), () -> "" + answer);
        }
        Ended ended = ends.poll(10, TimeUnit.SECONDS);
        assertTrue(ended != null && ended.status() == 408 && ended.received() < 1_000_000, () -> "" + ended);
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aClientThatReadsInDripsIsEnded(TestServer mode) throws Exception {
        start(mode, rate(10_000_000), Set.of(), request -> Response.stream(200, "a/b", Long.MAX_VALUE, out -> {
            while (true) {
                out.write(new byte[64 * 1024]);
            }
        }, whole -> { }));
        try (RawClient client = new RawClient(listener.address())) {
            client.send(GET);
            while (ends.isEmpty()) {
                client.in().readFully(new byte[1000]);
                drip();
            }
        } catch (IOException e) {
            assertFalse(e instanceof SocketTimeoutException, e.toString()); // the connection was cut
        }
        Ended ended = ends.poll(10, TimeUnit.SECONDS);
        assertTrue(ended != null && !ended.whole() && ended.status() == 200, () -> "" + ended);
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aHeadThatDripsIsEndedAlthoughEachByteComesSoon(TestServer mode) throws Exception {
        start(mode, new Limits(LONG, Duration.ofMillis(200), 0, LONG, 1000, 1000), Set.of(), request -> Response.empty(204));
        try (RawClient client = new RawClient(listener.address())) {
            client.send("GET / HTTP/1.1\r\nX: ");
            RawClient.Answer answer = drip(client, 8000); // not more than a head may have, or it is refused for that
            assertEquals(mode.isOpened(), answer != null, "where nothing can be answered, the connection is cut");
            assertTrue(answer == null || answer.code().equals("request_timeout"), () -> "" + answer);
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aSlowHandlerIsNotTakenForASlowClient(TestServer mode) throws Exception {
        CountDownLatch patience = new CountDownLatch(1);
        start(mode, rate(1_000_000), Set.of(), request -> {
            int first = request.body().read();
            assertFalse(patience.await(1, TimeUnit.SECONDS)); // five times as long as the client's own patience
            return Response.text(200, first + request.body().readAllBytes().length + "");
        });
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n").send(new byte[100_000]);
            assertEquals(200, client.answer().status());
        }
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = "OPENED")
    void connectionsBeyondTheShareOfAnAddressAreRefused(TestServer mode) throws Exception {
        start(mode, connections(1000, 3), Set.of(), request -> Response.text(200, "fine"));
        List<RawClient> idle = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            idle.add(new RawClient(listener.address()));
        }
        for (int i = 0; i < 5; i++) {
            RawClient.Answer answer = RawClient.exchange(listener.address(), GET);
            assertEquals("503 too_many_connections 5 true", answer.status() + " " + answer.code() + " " + answer.headers().get("retry-after") + " "
                    + answer.closes());
        }
        assertEquals("fine", idle.getFirst().send(GET).answer().text(), "those that are in are served");
        for (RawClient client : idle) {
            client.close();
        }
        for (int i = 0; i < 20; i++) {
            awaitServed();
        }
    }

    /** The server learns a little later than we that a connection is closed. */
    private void awaitServed() throws IOException {
        for (int attempt = 0; attempt < 2000; attempt++) {
            try (RawClient client = new RawClient(listener.address())) {
                if (client.send(GET).answer().status() == 200) {
                    return;
                }
            } catch (SocketException e) {
                // Refused in a hurry: this is tried again.
                drip();
            }
        }
        throw new AssertionError("nobody is served any more");
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = "OPENED")
    void aTrustedProxyMayHaveAnyNumber(TestServer mode) throws Exception {
        start(mode, connections(1000, 3), Set.of(IpRange.parse("127.0.0.0/8")), request -> Response.text(200, "fine"));
        List<RawClient> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                idle.add(new RawClient(listener.address()));
                assertEquals(200, idle.getLast().send(GET).answer().status());
            }
        } finally {
            for (RawClient client : idle) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = "OPENED")
    void aFloodThatIsRefusedLeavesRoomAfterwards(TestServer mode) throws Exception {
        start(mode, connections(5, 1000), Set.of(), request -> Response.text(200, "fine"));
        List<RawClient> flood = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            flood.add(new RawClient(listener.address()));
        }
        for (RawClient client : flood) {
            client.close();
        }
        awaitServed();
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = "PUBLIC_API")
    void withoutTheInternalsRequestsAreCountedInstead(TestServer mode) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(2);
        start(mode, connections(1000, 2), Set.of(), request -> {
            inside.countDown();
            go.await();
            return Response.text(200, "fine");
        });
        try (RawClient first = new RawClient(listener.address()).send(GET); RawClient second = new RawClient(listener.address()).send(GET)) {
            inside.await();
            assertEquals("too_many_connections", RawClient.exchange(listener.address(), GET).code());
            go.countDown();
            assertEquals("finefine", first.answer().text() + second.answer().text());
        }
        awaitServed();
    }
}
