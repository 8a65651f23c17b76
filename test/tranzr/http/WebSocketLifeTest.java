package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tranzr.http.WebSocketFrameTest.masked;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How a WebSocket lives and ends, by a clock of the test. */
class WebSocketLifeTest {

    private static final long SECOND = 1_000_000_000L;
    private static final WebSocketLimits LIMITS = new WebSocketLimits(1000, Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofSeconds(2), 10, 5);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // as nanoTime may begin
    private final AtomicInteger cuts = new AtomicInteger();
    private final BlockingQueue<String> written = new LinkedBlockingQueue<>();
    private final CountDownLatch stuck = new CountDownLatch(1);
    private volatile boolean takesNothing;

    private final class Carrier implements WebSocket.Carrier {
        private final InputStream in;
        private final CountDownLatch cut = new CountDownLatch(1);

        Carrier(InputStream in) {
            this.in = in;
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            if (takesNothing) {
                stuck.countDown();
                try {
                    cut.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                throw new IOException("cut");
            }
            written.add(HexFormat.of().formatHex(bytes));
        }

        @Override
        public void finish() {
            written.add("finish");
        }

        @Override
        public int discard() throws IOException {
            return in.read(new byte[16], 0, 16);
        }

        @Override
        public void cut() {
            cuts.incrementAndGet();
            cut.countDown();
        }
    }

    private WebSocket over(InputStream in) {
        return new WebSocket(new Carrier(in), new WebSocketReader(in, LIMITS.maxMessage()), "", LIMITS, now::get);
    }

    private WebSocket over(byte[] input) {
        return over(new ByteArrayInputStream(input));
    }

    private String nextWritten() throws InterruptedException {
        return written.poll(10, TimeUnit.SECONDS);
    }

    /** The same, of a ping: its thread is done with it before the clock moves on. */
    private String nextPing(WebSocket socket) throws InterruptedException {
        String ping = nextWritten();
        while (socket.isWriting()) {
            Thread.onSpinWait();
        }
        return ping;
    }

    @Test
    void whoIsSilentIsAskedOnceAndThenCutOff() throws Exception {
        WebSocket socket = over(new byte[0]);
        socket.check(now.addAndGet(30 * SECOND - 1));
        socket.check(now.addAndGet(1));
        assertEquals("89013f", nextPing(socket));
        socket.check(now.addAndGet(30 * SECOND - 1));
        assertNull(written.poll());
        assertEquals(0, cuts.get());
        socket.check(now.addAndGet(1));
        assertEquals(1, cuts.get());
        assertFalse(socket.send("late"));
    }

    @Test
    void anyFrameIsASignOfLife() throws Exception {
        try (PipedOutputStream client = new PipedOutputStream(); PipedInputStream in = new PipedInputStream(client)) {
            WebSocket socket = over(in);
            for (int i = 0; i < 3; i++) {
                socket.check(now.addAndGet(30 * SECOND));
                assertEquals("89013f", nextPing(socket), "round " + i);
                now.addAndGet(29 * SECOND);
                client.write(masked(0x8a, "?"));
                client.write(masked(0x81, "a"));
                assertEquals("a", socket.receive());
                socket.check(now.get());
            }
            assertEquals(0, cuts.get());
        }
    }

    @Test
    void aFrameThatIsNotTakenEndsTheSocket() throws Exception {
        WebSocket socket = over(new byte[0]);
        takesNothing = true;
        Thread sender = Thread.startVirtualThread(() -> socket.send("a"));
        assertTrue(stuck.await(10, TimeUnit.SECONDS));
        socket.check(now.addAndGet(20 * SECOND - 1));
        assertEquals(0, cuts.get());
        socket.check(now.addAndGet(1));
        assertTrue(cuts.get() > 0);
        sender.join();
        assertFalse(socket.send("b"));
    }

    @Test
    void aPingWaitsBehindAMessageAndNotTheWatchdog() throws Exception {
        WebSocket socket = over(new byte[0]);
        now.addAndGet(30 * SECOND);
        takesNothing = true;
        Thread sender = Thread.startVirtualThread(() -> socket.send("a"));
        assertTrue(stuck.await(10, TimeUnit.SECONDS));
        socket.check(now.get()); // returns, although nothing can be written
        takesNothing = false;
        socket.check(now.addAndGet(20 * SECOND));
        sender.join();
        assertTrue(cuts.get() > 0);
    }

    @Test
    void aFarewellThatIsNotAnsweredIsNotWaitedForLong() throws Exception {
        try (PipedOutputStream client = new PipedOutputStream(); PipedInputStream in = new PipedInputStream(client)) {
            WebSocket socket = over(in);
            socket.close(4001, "enough");
            assertEquals("88080fa1656e6f756768", nextWritten());
            assertFalse(socket.send("more"));
            socket.close(1000, "");
            socket.dismiss(1001, "");
            assertNull(written.poll());
            socket.check(now.addAndGet(2 * SECOND - 1));
            assertEquals(0, cuts.get());
            socket.check(now.addAndGet(1));
            assertEquals(1, cuts.get());
        }
    }

    @Test
    void whatComesAfterOurFarewellIsNotHandedOn() throws Exception {
        WebSocket socket = over(HexFormat.of().parseHex(HexFormat.of().formatHex(masked(0x81, "late")) + HexFormat.of().formatHex(masked(0x88, ""))));
        socket.close(1000, "");
        assertNull(socket.receive());
        assertEquals("880203e8", nextWritten());
        assertNull(written.poll());
    }

    @Test
    void aFarewellIsAnsweredWithItsCodeAndAPingWithItsBytes() throws Exception {
        WebSocket socket = over(HexFormat.of().parseHex(HexFormat.of().formatHex(masked(0x89, "ping")) + HexFormat.of().formatHex(masked(0x88, new byte[] {0x0f, (byte) 0xa0, 'x'}))));
        assertNull(socket.receive());
        assertEquals("8a0470696e67", nextWritten());
        assertEquals("88020fa0", nextWritten());
        assertFalse(socket.send("late"));
    }

    @Test
    void whoeverBreaksTheRulesIsToldAndHeardOutSoThatItSees() throws Exception {
        WebSocket socket = over(HexFormat.of().parseHex("8305" + "00".repeat(100)));
        socket.run(open -> assertNull(open.receive()));
        assertTrue(nextWritten().startsWith("88" + HexFormat.of().toHexDigits((byte) (2 + "an opcode that is reserved".length())) + "03ea"));
        assertEquals("finish", nextWritten());
        assertEquals(0, cuts.get());
    }

    @Test
    void framesComeAtABoundedRate() throws Exception {
        PipedInputStream in = new PipedInputStream();
        WebSocket socket = over(in);
        try (PipedOutputStream client = new PipedOutputStream(in)) {
            for (int i = 0; i < 10; i++) {
                client.write(masked(0x81, "a"));
                assertEquals("a", socket.receive());
            }
            now.addAndGet(SECOND);
            for (int i = 0; i < 5; i++) {
                client.write(masked(0x81, "b"));
                assertEquals("b", socket.receive());
            }
            client.write(masked(0x89, "c"));
        }
        assertNull(socket.receive());
        assertTrue(nextWritten().startsWith("881103f0"), "1008");
    }
}
