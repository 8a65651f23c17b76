package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of clients that do nothing, or next to nothing, beside a few that want to be served. */
class CrowdTest {

    private static final int IDLE = 300;
    private static final int SLOW_OF_EACH_KIND = 34;
    private static final String HEAD = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
    private static final String BODY = "PUT /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n";

    private static ServerProcess server;
    private static Http http;

    @BeforeAll
    static void startServer(@TempDir Path folder) {
        // Patient enough for our own requests on a busy machine, and so strict a rate that the kernel's send buffer hides a slow reader for seconds only.
        server = ServerProcess.start(folder.resolve("data"), "--head-time", "5s", "--stall", "5s", "--min-rate", "1MiB/s", "--min-rate-patience", "5s",
                "--max-connections", "1000", "--max-connections-per-address", "none");
        http = new Http(server);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            http.close();
            server.close();
        }
    }

    private static Socket connect(String first) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(8192);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()), 20_000);
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(first.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** A client that moves a byte now and then until the server has had enough of it. */
    private static final class Slow implements Runnable {
        private final Socket socket;
        private final boolean reads;
        private final AtomicBoolean over;
        private final CountDownLatch ended;

        Slow(Socket socket, boolean reads, AtomicBoolean over, CountDownLatch ended) {
            this.socket = socket;
            this.reads = reads;
            this.over = over;
            this.ended = ended;
        }

        @Override
        public void run() {
            try (socket) {
                // An answer to who has not asked in full yet is a refusal.
                while (!over.get() && (reads ? socket.getInputStream().read(new byte[1000]) >= 0 : socket.getInputStream().available() == 0)) {
                    if (!reads) {
                        socket.getOutputStream().write('x');
                    }
                    LockSupport.parkNanos(100_000_000);
                }
            } catch (SocketTimeoutException e) {
                return; // not ended at all
            } catch (IOException e) {
                // Cut, which is an end as well.
            }
            if (!over.get()) {
                ended.countDown();
            }
        }
    }

    @Test
    void normalUsersAreServedSlowOnesAreEndedAndNothingIsLeftBehind() throws Exception {
        byte[] large = Http.bytes(16 << 20, 1);
        String id = http.store("large.bin", large);
        long before = sockets();
        List<Socket> idle = new ArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch ended = new CountDownLatch(3 * SLOW_OF_EACH_KIND);
        try {
            for (int i = 0; i < IDLE; i++) {
                Socket socket = connect(i % 2 == 0 ? "" : "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
                idle.add(socket);
                assertTrue(i % 2 == 0 || socket.getInputStream().read() == 'H');
            }
            for (int i = 0; i < SLOW_OF_EACH_KIND; i++) {
                for (String first : List.of(HEAD, BODY, "GET /download/" + id + " HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                    Thread.ofVirtual().start(new Slow(connect(first), first.contains("download"), over, ended));
                }
            }
            for (int i = 0; i < 30; i++) {
                byte[] bytes = Http.bytes(50_000 + i, i);
                assertArrayEquals(bytes, http.get("/download/" + http.store("f" + i, bytes)).expect(200).body());
            }
            assertArrayEquals(large, http.get("/download/" + id).expect(200).body());
            assertTrue(ended.await(120, TimeUnit.SECONDS), () -> ended.getCount() + " slow clients are still served");
        } finally {
            over.set(true);
            for (Socket socket : idle) {
                socket.close();
            }
        }
        Http.await("the server holds no more sockets than before", () -> sockets() <= before + 2);
        assertEquals("ok", http.get("/health").expect(200).field("status"));
    }

    /** How many the server has open; 0 where the system does not tell. */
    private static long sockets() {
        Path open = Path.of("/proc", Long.toString(server.pid()), "fd");
        if (!Files.exists(open)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(open)) {
            return files.filter(CrowdTest::isSocket).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (NoSuchFileException closedMeanwhile) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
