package tranzr.fault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tranzr.e2e.Http;
import tranzr.fault.Network.Cut;
import tranzr.fault.Network.Cuts;
import tranzr.fault.Network.End;

/** What the proxy does to bytes, seen from both of its sides by plain sockets. */
class CuttingProxyTest {

    private static final int PATIENCE_MILLIS = 20_000;
    private static final long SEED = 7;

    private final ServerSocket upstream;
    private final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();

    CuttingProxyTest() throws IOException {
        upstream = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    accepted.add(upstream.accept());
                }
            } catch (IOException closed) {
                // The test is over.
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        upstream.close();
        for (Socket socket : accepted) {
            socket.close();
        }
    }

    private CuttingProxy proxy(Network network) {
        return CuttingProxy.before(upstream::getLocalPort, network, SEED);
    }

    private static Network cut(long up, long down, End how) {
        return Network.CLEAN.cuts((connection, random) -> new Cut(up, down, how));
    }

    private static Socket connect(CuttingProxy proxy) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private Socket other() throws Exception {
        Socket socket = accepted.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** All that comes until the end, however that comes. */
    private static byte[] untilTheEnd(Socket socket) throws IOException {
        java.io.ByteArrayOutputStream got = new java.io.ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(got);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (SocketException reset) {
            // What came before is what counts.
        }
        return got.toByteArray();
    }

    private static byte[] bytes(int count) {
        return Http.bytes(count, SEED);
    }

    @Test
    void allPassesUnchangedInBothDirectionsAndIsCounted() throws Exception {
        for (Network network : List.of(Network.CLEAN, Network.CLEAN.delay(Duration.ofMillis(4)), Network.CLEAN.delay(Duration.ofMillis(2)).window(5000),
                Network.CLEAN.rate(50_000_000))) {
            try (CuttingProxy proxy = proxy(network); Socket client = connect(proxy); Socket server = other()) {
                byte[] sent = bytes(300_001);
                Thread sending = Thread.ofVirtual().start(() -> write(client, sent));
                assertArrayEquals(sent, server.getInputStream().readNBytes(sent.length));
                sending.join();
                client.shutdownOutput();
                assertEquals(-1, server.getInputStream().read());
                write(server, Arrays.copyOf(sent, 1000));
                server.shutdownOutput();
                assertArrayEquals(Arrays.copyOf(sent, 1000), untilTheEnd(client));
                assertEquals(List.of(300_001L, 1000L, 1L, 0L), List.of(proxy.bytesUp(), proxy.bytesDown(), (long) proxy.connections(), (long) proxy.broken()));
            }
        }
    }

    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException theEnd) {
            // The test sees what arrived.
        }
    }

    @Test
    void aConnectionIsCutAfterExactlySoManyBytes() throws Exception {
        for (End how : List.of(End.CLOSE, End.RESET)) {
            for (Network network : List.of(cut(70_001, Long.MAX_VALUE, how), cut(70_001, Long.MAX_VALUE, how).delay(Duration.ofMillis(2)))) {
                try (CuttingProxy proxy = proxy(network); Socket client = connect(proxy); Socket server = other()) {
                    Thread.ofVirtual().start(() -> write(client, bytes(200_000)));
                    assertArrayEquals(Arrays.copyOf(bytes(200_000), 70_001), untilTheEnd(server));
                    assertEquals(0, untilTheEnd(client).length);
                    assertEquals(List.of(70_001L, 1L), List.of(proxy.bytesUp(), (long) proxy.broken()));
                }
            }
            try (CuttingProxy proxy = proxy(cut(Long.MAX_VALUE, 99, how)); Socket client = connect(proxy); Socket server = other()) {
                write(server, bytes(200_000));
                assertArrayEquals(Arrays.copyOf(bytes(200_000), 99), untilTheEnd(client));
            }
        }
    }

    @Test
    void aResetIsAReset() throws Exception {
        try (CuttingProxy proxy = proxy(cut(1, Long.MAX_VALUE, End.RESET)); Socket client = connect(proxy); Socket server = other()) {
            client.getOutputStream().write(1);
            assertEquals(1, server.getInputStream().read());
            assertThrows(SocketException.class, () -> server.getInputStream().read());
            assertThrows(SocketException.class, () -> client.getInputStream().read());
        }
    }

    @Test
    void aStalledConnectionStaysAndPassesNothing() throws Exception {
        try (CuttingProxy proxy = proxy(cut(10, Long.MAX_VALUE, End.STALL)); Socket client = connect(proxy); Socket server = other()) {
            write(client, bytes(100));
            assertArrayEquals(Arrays.copyOf(bytes(100), 10), server.getInputStream().readNBytes(10));
            Http.await("the stall", () -> proxy.broken() == 1);
            write(server, bytes(100));
            for (Socket side : List.of(client, server)) {
                side.setSoTimeout(50);
                assertThrows(SocketTimeoutException.class, () -> side.getInputStream().read());
                side.setSoTimeout(PATIENCE_MILLIS);
            }
            proxy.cutAll(End.CLOSE);
            assertEquals(0, untilTheEnd(client).length);
            assertEquals(0, untilTheEnd(server).length);
        }
    }

    @Test
    void latencyHoldsBackBytesButNotThoseThatFollow() throws Exception {
        try (CuttingProxy proxy = proxy(Network.CLEAN.delay(Duration.ofMillis(80))); Socket client = connect(proxy); Socket server = other()) {
            long start = System.nanoTime();
            write(client, bytes(1));
            assertEquals(bytes(1)[0], (byte) server.getInputStream().read());
            write(server, bytes(1));
            assertEquals(bytes(1)[0], (byte) client.getInputStream().read());
            assertTrue(System.nanoTime() - start >= Duration.ofMillis(80).toNanos(), "faster than the network");
        }
        try (CuttingProxy proxy = proxy(Network.CLEAN); Socket client = connect(proxy)) {
            proxy.network(Network.CLEAN.delay(Duration.ofMinutes(2)));
            try (Socket far = connect(proxy); Socket near = other(); Socket server = other()) {
                write(server, bytes(1 << 20));
                Http.await("a MiB on its way", () -> proxy.bytesDown() == 1 << 20);
                far.setSoTimeout(50);
                assertThrows(SocketTimeoutException.class, () -> far.getInputStream().read());
                assertFalse(client.isClosed() || near.isClosed());
            }
        }
    }

    @Test
    void noMoreThanAWindowIsUnderWay() throws Exception {
        try (CuttingProxy proxy = proxy(Network.CLEAN.delay(Duration.ofMinutes(2)).window(65_536)); Socket client = connect(proxy); Socket server = other()) {
            Thread.ofVirtual().start(() -> write(server, bytes(1 << 20)));
            Http.await("a window's worth", () -> proxy.bytesDown() == 65_536);
            client.setSoTimeout(50);
            assertThrows(SocketTimeoutException.class, () -> client.getInputStream().read());
            assertEquals(65_536, proxy.bytesDown());
        }
        try (CuttingProxy proxy = proxy(Network.CLEAN.delay(Duration.ofMillis(20)).window(10_000)); Socket client = connect(proxy); Socket server = other()) {
            long start = System.nanoTime();
            Thread.ofVirtual().start(() -> write(server, bytes(100_000)));
            assertArrayEquals(bytes(100_000), client.getInputStream().readNBytes(100_000));
            assertTrue(System.nanoTime() - start >= Duration.ofMillis(9 * 20).toNanos(), "more than a window a round trip");
        }
    }

    @Test
    void allConnectionsShareTheWire() throws Exception {
        try (CuttingProxy proxy = proxy(Network.CLEAN.rate(400_000)); Socket one = connect(proxy); Socket two = connect(proxy); Socket a = other(); Socket b = other()) {
            long start = System.nanoTime();
            Thread.ofVirtual().start(() -> write(one, bytes(50_000)));
            Thread.ofVirtual().start(() -> write(two, bytes(50_000)));
            assertArrayEquals(bytes(50_000), a.getInputStream().readNBytes(50_000));
            assertArrayEquals(bytes(50_000), b.getInputStream().readNBytes(50_000));
            assertTrue(System.nanoTime() - start >= Duration.ofMillis(250).toNanos(), "faster than the wire");
        }
    }

    @Test
    void withoutNetworkConnectionsBreakAndAreRefusedUntilItIsBack() throws Exception {
        try (CuttingProxy proxy = proxy(Network.CLEAN); Socket client = connect(proxy); Socket server = other()) {
            for (int round = 0; round < 3; round++) {
                proxy.away();
                assertThrows(ConnectException.class, () -> connect(proxy).close());
                proxy.back();
                try (Socket again = connect(proxy); Socket arrived = other()) {
                    write(again, bytes(5));
                    assertArrayEquals(bytes(5), arrived.getInputStream().readNBytes(5));
                }
            }
            assertThrows(SocketException.class, () -> client.getInputStream().read());
            assertThrows(SocketException.class, () -> server.getInputStream().read());
        }
    }

    @Test
    void aServerThatIsAwayBreaksTheConnection() throws Exception {
        upstream.close();
        try (CuttingProxy proxy = proxy(Network.CLEAN); Socket client = connect(proxy)) {
            assertEquals(0, untilTheEnd(client).length);
        }
    }

    @Test
    void randomCutsHaveTheirMeanAndFollowTheSeed() {
        List<Cut> cuts = cuts(SEED);
        assertEquals(cuts, cuts(SEED));
        assertFalse(cuts.equals(cuts(SEED + 1)));
        double mean = cuts.stream().mapToLong(Cut::up).average().orElseThrow();
        assertTrue(mean > 950_000 && mean < 1_050_000, "mean " + mean);
        assertTrue(cuts.stream().anyMatch(cut -> cut.how() == End.CLOSE) && cuts.stream().anyMatch(cut -> cut.how() == End.RESET));
    }

    private static List<Cut> cuts(long seed) {
        Random random = new Random(seed);
        Cuts every = Cuts.every(1_000_000);
        return IntStream.range(0, 10_000).mapToObj(i -> every.next(i, random)).toList();
    }

    @Test
    void aProxyLeavesNothingBehind() throws Exception {
        for (int round = 0; round < 20; round++) {
            CuttingProxy proxy = proxy(cut(5, Long.MAX_VALUE, round % 2 == 0 ? End.STALL : End.RESET).delay(Duration.ofMinutes(round % 3)));
            Socket client = connect(proxy);
            write(client, bytes(100));
            proxy.close();
            InputStream in = client.getInputStream();
            assertThrows(ConnectException.class, () -> connect(proxy).close());
            try {
                assertEquals(-1, in.read());
            } catch (SocketException reset) {
                // As good an end.
            }
            client.close();
        }
    }
}
