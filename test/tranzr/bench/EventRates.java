package tranzr.bench;

import static tranzr.bench.Setting.NANOS_PER_SECOND;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import tranzr.e2e.ServerProcess;

/** What those who watch cost those who send: small uploads with and without streams of events, which are read as fast as they come. */
final class EventRates {

    private static final int CONNECTIONS = 8;
    private static final int BODY = 1024;

    private final Setting setting;
    private final AtomicLong names = new AtomicLong();

    EventRates(Setting setting) {
        this.setting = setting;
    }

    void events() throws Exception {
        byte[] body = Setting.noise(BODY);
        try (ServerProcess server = setting.server("events")) {
            for (int watching : new int[] {1, 100}) {
                int count = setting.count(4000);
                List<Double> delivered = new ArrayList<>();
                List<Double> uploads = new ArrayList<>();
                List<Double> alone = new ArrayList<>();
                for (int round = 0; round <= setting.rounds(5); round++) {
                    double unwatched = count / put(server.port(), count, body);
                    try (Watchers watchers = new Watchers(server.port(), watching)) {
                        long before = watchers.events.sum();
                        long start = System.nanoTime();
                        double watched = count / put(server.port(), count, body);
                        watchers.awaitQuiet();
                        double seconds = (double) (System.nanoTime() - start) / NANOS_PER_SECOND;
                        if (round > 0 || setting.quick()) {
                            uploads.add(watched);
                            alone.add(unwatched);
                            delivered.add((watchers.events.sum() - before) / seconds);
                        }
                    }
                }
                String who = watching + (watching == 1 ? " stream" : " streams");
                setting.table().rate("uploads of 1 KiB with " + who + " of events, against none", "/s", new Setting.Pair(Setting.median(uploads), Setting.median(alone)), "");
                setting.table().figure("events delivered to " + who + " meanwhile", Setting.median(delivered), "/s", "");
            }
        }
        Setting.remove(setting.directory().resolve("events"));
    }

    private double put(int port, int count, byte[] body) throws Exception {
        return Setting.together(CONNECTIONS, c -> {
            try (LeanClient client = new LeanClient(port)) {
                for (int i = c; i < count; i += CONNECTIONS) {
                    client.put("/e" + names.incrementAndGet(), body).expectSuccess();
                }
            }
        });
    }

    /** Streams that are read by a thread each. */
    private static final class Watchers implements AutoCloseable {

        final LongAdder events = new LongAdder();
        private final List<Socket> sockets = new ArrayList<>();
        private final List<Thread> threads = new ArrayList<>();

        Watchers(int port, int count) throws Exception {
            CountDownLatch connected = new CountDownLatch(count);
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                sockets.add(socket);
                socket.getOutputStream().write("GET /events HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                threads.add(Thread.ofVirtual().start(() -> read(socket, connected)));
            }
            connected.await();
        }

        private void read(Socket socket, CountDownLatch connected) {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("retry:")) {
                        connected.countDown();
                    } else if (line.startsWith("event:")) {
                        events.increment();
                    }
                }
            } catch (IOException closed) {
                // The round is over.
            }
        }

        /** Until nothing comes any more for a moment. */
        void awaitQuiet() throws InterruptedException {
            long before;
            do {
                before = events.sum();
                threads.getFirst().join(Duration.ofMillis(300));
            } while (events.sum() > before);
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
