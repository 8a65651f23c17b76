package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tranzr.model.ByteRange;

/** Requests that are stopped or held back from this side, and what is left of them. */
@Timeout(120)
class StopTest {

    private static final Source ZEROS = (position, into) -> into.position(into.limit());

    private ServerSocket listening;
    private final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
    private TranzrClient client;

    @BeforeEach
    void listen() throws IOException {
        listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> {
            while (!listening.isClosed()) {
                try {
                    accepted.add(listening.accept());
                } catch (IOException e) {
                    return;
                }
            }
        });
        client = TranzrClient.of(URI.create("http://127.0.0.1:" + listening.getLocalPort())).build();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        listening.close();
        for (Socket socket : accepted) {
            socket.close();
        }
    }

    /** One that can be stopped, and held back. */
    private static final class Held implements Attempt {
        private final CompletableFuture<Runnable> stop = new CompletableFuture<>();
        private final AtomicLong passed = new AtomicLong();
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch pace;

        Held(CountDownLatch pace) {
            this.pace = pace;
        }

        @Override
        public void passed(long bytes) throws StoppedException {
            passed.addAndGet(bytes);
            begun.countDown();
            try {
                pace.await();
            } catch (InterruptedException e) {
                throw new StoppedException();
            }
        }

        @Override
        public Duration patience() {
            return Duration.ofSeconds(60);
        }

        @Override
        public Duration answerWithin() {
            return Duration.ofSeconds(60);
        }

        @Override
        public void onStop(Runnable action) {
            stop.complete(action);
        }
    }

    private static FutureTask<Throwable> begin(ThrowingRequest request) {
        FutureTask<Throwable> outcome = new FutureTask<>(() -> {
            try {
                request.make();
                return null;
            } catch (Exception e) {
                return e;
            }
        });
        Thread.ofVirtual().start(outcome);
        return outcome;
    }

    @FunctionalInterface
    private interface ThrowingRequest {
        void make() throws Exception;
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads until the other side has closed, which may come as a reset. */
    private static void readToTheEnd(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        try (InputStream in = socket.getInputStream()) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("the connection is still there", e);
        } catch (IOException e) {
            assertTrue(e.getMessage() != null); // reset
        }
    }

    @Test
    void aRequestIsStoppedWhereverItIsAndItsConnectionIsClosed() throws Exception {
        CountDownLatch free = new CountDownLatch(0);
        for (int i = 0; i < 20; i++) {
            for (String said : new String[] {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"}) {
                Held held = new Held(free);
                FutureTask<Throwable> outcome = begin(() -> client.http.get("/d", Map.of(), (status, headers) -> { }, (position, bytes) -> bytes.position(bytes.limit()), held));
                Socket socket = accepted.take();
                say(socket, said);
                if (said.endsWith("abc")) {
                    held.begun.await();
                }
                held.stop.get().run();
                assertInstanceOf(StoppedException.class, outcome.get(), said);
                readToTheEnd(socket);
            }
            for (long length : new long[] {0, 10, 1L << 40}) {
                Held held = new Held(free);
                FutureTask<Throwable> outcome = begin(() -> client.http.put("/u", Map.of(), ZEROS, new ByteRange(0, length), held));
                Socket socket = accepted.take();
                held.stop.get().run();
                assertInstanceOf(StoppedException.class, outcome.get(), "length " + length);
                readToTheEnd(socket);
            }
        }
    }

    @Test
    void onesThatAreHeldBackDoNotHoldUpOthers() throws Exception {
        CountDownLatch pace = new CountDownLatch(1);
        List<Held> held = List.of(new Held(pace), new Held(pace), new Held(pace), new Held(pace), new Held(pace), new Held(pace));
        List<FutureTask<Throwable>> outcomes = held.stream().map(each -> begin(held.indexOf(each) % 2 == 0
                ? () -> client.http.put("/u", Map.of(), ZEROS, new ByteRange(0, 10), each)
                : () -> client.http.get("/d", Map.of(), (status, headers) -> { }, (position, bytes) -> bytes.position(bytes.limit()), each))).toList();
        for (int i = 0; i < held.size(); i++) {
            Socket socket = accepted.take();
            say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        }
        for (Held each : held) {
            each.begun.await();
        }
        FutureTask<Throwable> other = begin(() -> assertEquals(Map.of(), client.call("GET", "/files", null)));
        Socket socket = accepted.take();
        say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        assertEquals(null, other.get());
        assertFalse(outcomes.stream().anyMatch(FutureTask::isDone));
        pace.countDown();
        for (FutureTask<Throwable> outcome : outcomes) {
            assertEquals(null, outcome.get());
        }
    }

    @Test
    void whatIsNotTakenIsNotRead() throws Exception {
        CountDownLatch pace = new CountDownLatch(1);
        Held held = new Held(pace);
        FutureTask<Throwable> outcome = begin(() -> client.http.get("/d", Map.of(), (status, headers) -> { }, (position, bytes) -> bytes.position(bytes.limit()), held));
        Socket socket = accepted.take();
        AtomicLong sent = new AtomicLong();
        say(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + (1L << 40) + "\r\n\r\n");
        socket.setSendBufferSize(64 << 10);
        FutureTask<Throwable> sending = begin(() -> {
            byte[] some = new byte[64 << 10];
            while (true) {
                socket.getOutputStream().write(some);
                sent.addAndGet(some.length);
            }
        });
        held.begun.await();
        try {
            sending.get(500, TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException expected) {
            assertTrue(sent.get() < 32 << 20, "sent without being taken: " + sent.get());
        }
        held.stop.get().run();
        pace.countDown();
        assertInstanceOf(StoppedException.class, outcome.get());
        assertInstanceOf(IOException.class, sending.get());
    }

    @Test
    void aClosedClientLeavesNoThreadAndEndsWhatIsUnderWay() throws Exception {
        Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
        TranzrClient own = TranzrClient.of(client.server()).build();
        Set<Thread> its = new HashSet<>(Thread.getAllStackTraces().keySet());
        its.removeAll(before);
        its.removeIf(thread -> !thread.getName().startsWith("HttpClient"));
        assertEquals(1, its.size(), its.toString());
        FutureTask<Throwable> get = begin(() -> own.call("GET", "/files", null));
        FutureTask<Throwable> put = begin(() -> own.http.put("/u", Map.of(), ZEROS, new ByteRange(0, 1L << 40), Attempt.FREE));
        List<Socket> sockets = List.of(accepted.take(), accepted.take());
        own.close();
        assertInstanceOf(IOException.class, get.get());
        assertInstanceOf(IOException.class, put.get());
        for (Socket socket : sockets) {
            readToTheEnd(socket);
        }
        for (Thread thread : its) {
            assertTrue(thread.join(Duration.ofSeconds(20)), thread + " is still there");
        }
    }
}
