package tranzr.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import tranzr.e2e.ServerProcess;

/** What normal users feel while thousands of connections do nothing, or next to nothing. */
final class Crowd {

    private static final int SMALL = 64 * 1024;
    private static final int USERS = 4;
    private static final String SLOW_HEAD = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ";
    private static final String SLOW_BODY = "PUT /slow HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n";

    private final Setting setting;

    Crowd(Setting setting) {
        this.setting = setting;
    }

    /** 10,000 idle connections (half of them silent, half kept open after a request) and 1,000 that drip a byte a second. */
    void idle() throws Exception {
        try (ServerProcess server = setting.server("crowd", "--max-connections-per-address", "none")) {
            String path;
            try (LeanClient client = new LeanClient(server.port())) {
                client.put("/small.bin", Setting.noise(SMALL)).expectSuccess();
                path = "/download/" + client.request("GET", "/files?limit=1").expectSuccess().field("file_id");
            }
            measure(server, path, "warming up", false);
            measure(server, path, "alone", true);
            Memory memory = new Memory(setting);
            double rssBefore = Memory.rss(server.pid());
            double heapBefore = memory.liveHeapKib(server.pid());
            List<Socket> idle = new ArrayList<>();
            List<Socket> slow = Collections.synchronizedList(new ArrayList<>());
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger ended = new AtomicInteger();
            long begin = System.nanoTime();
            try {
                open(server, setting.count(10_000), idle);
                for (int i = 0; i < setting.count(1000); i++) {
                    slow.add(connect(server, i % 2 == 0 ? SLOW_HEAD : SLOW_BODY));
                }
                Thread dripping = Thread.ofVirtual().start(() -> drip(slow, over, ended));
                double heap = memory.liveHeapKib(server.pid()) - heapBefore;
                measure(server, path, "in the crowd", true);
                setting.table().figure("time since the first of them came (30 s end them)", (System.nanoTime() - begin) / 1e9, "s", "below 30 s");
                int left = stillOpen(idle);
                over.set(true);
                dripping.join();
                setting.table().figure("idle connections, of " + setting.count(10_000) + " wanted", left, "", "all");
                setting.table().figure("slow connections, of " + setting.count(1000) + " wanted", slow.size() - ended.get(), "", "all");
                setting.table().figure("RSS before them", rssBefore, "MB", "");
                setting.table().figure("RSS with them", Memory.rss(server.pid()), "MB", "");
                setting.table().figure("live heap, of each of them", heap / (idle.size() + slow.size()), "KiB", "");
            } finally {
                over.set(true);
                for (Socket socket : idle) {
                    socket.close();
                }
                for (Socket socket : slow) {
                    socket.close();
                }
            }
        }
        Setting.remove(setting.directory().resolve("crowd"));
    }

    private static Socket connect(ServerProcess server, String first) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()), 20_000);
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(first.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** As many as the system lets us have. */
    private static void open(ServerProcess server, int wanted, List<Socket> idle) {
        try {
            for (int i = 0; i < wanted; i++) {
                boolean silent = i % 2 == 0;
                Socket socket = connect(server, silent ? "" : "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
                idle.add(socket);
                if (!silent && socket.getInputStream().read(new byte[8192]) < 0) {
                    throw new IOException("refused");
                }
            }
        } catch (IOException e) {
            System.err.println("bench: only " + idle.size() + " idle connections could be opened: " + e.getMessage());
        }
    }

    private static int stillOpen(List<Socket> sockets) throws IOException {
        int open = 0;
        for (Socket socket : sockets) {
            socket.setSoTimeout(1);
            try {
                while (socket.getInputStream().read(new byte[8192]) > 0) {
                    continue; // the rest of an answer
                }
            } catch (java.net.SocketTimeoutException e) {
                open++;
            }
        }
        return open;
    }

    private static void drip(List<Socket> sockets, AtomicBoolean over, AtomicInteger ended) {
        while (!over.get()) {
            ended.set(0);
            for (Socket socket : sockets) {
                try {
                    socket.getOutputStream().write('x');
                } catch (IOException e) {
                    ended.incrementAndGet();
                }
            }
            LockSupport.parkNanos(Setting.NANOS_PER_SECOND);
        }
    }

    private void measure(ServerProcess server, String path, String when, boolean shown) throws Exception {
        byte[] body = Setting.noise(SMALL);
        int each = setting.count(400);
        AtomicInteger names = new AtomicInteger();
        String run = when.replace(' ', '-');
        double[] uploads = times(server, each, client -> client.put("/" + run + names.incrementAndGet(), body).expectSuccess());
        double[] downloads = times(server, each, client -> client.request("GET", path).expectSuccess());
        if (shown) {
            show("uploads of 64 KiB", when, uploads);
            show("downloads of 64 KiB", when, downloads);
        }
    }

    private void show(String what, String when, double[] sorted) {
        setting.table().figure(what + ", " + when + ", p50", sorted[sorted.length / 2], "ms", "");
        setting.table().figure(what + ", " + when + ", p99", sorted[sorted.length * 99 / 100], "ms", "");
    }

    @FunctionalInterface
    private interface Call {
        void run(LeanClient client) throws IOException;
    }

    /** In milliseconds, the shortest first. */
    private static double[] times(ServerProcess server, int each, Call call) throws Exception {
        double[] millis = new double[USERS * each];
        Setting.together(USERS, user -> {
            try (LeanClient client = new LeanClient(server.port())) {
                for (int i = 0; i < each; i++) {
                    long start = System.nanoTime();
                    call.run(client);
                    millis[user * each + i] = (System.nanoTime() - start) / 1e6;
                }
            }
        });
        java.util.Arrays.sort(millis);
        return millis;
    }
}
