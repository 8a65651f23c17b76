package tranzr.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import tranzr.e2e.Http;
import tranzr.e2e.ServerProcess;

/** What normal users wait while others send wrong passwords, each of which costs the server a seventh of a second of a processor. */
final class Flood {

    private static final int FLOODING = 200;
    private static final int USERS = 4;
    private static final int SMALL = 64 * 1024;
    private static final int LINKS = 20;

    private final Setting setting;

    Flood(Setting setting) {
        this.setting = setting;
    }

    /** Uploads and downloads of 64 KiB by four users, without and with 200 threads that guess from ever new addresses. */
    void passwords() throws Exception {
        try (ServerProcess server = setting.server("flood", "--trusted-proxy", "127.0.0.1")) {
            List<String> links = links(server);
            users(server, setting.count(800)); // warms up
            report("alone", users(server, setting.count(2400)));
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong guesses = new AtomicLong();
            AtomicLong checked = new AtomicLong();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> flood = new ArrayList<>();
                for (int i = 0; i < FLOODING; i++) {
                    int number = i;
                    flood.add(threads.submit(() -> {
                        guess(server.port(), number, links, over, guesses, checked);
                        return null;
                    }));
                }
                long begin = System.nanoTime();
                try {
                    report("under flood", users(server, setting.count(2400)));
                } finally {
                    over.set(true);
                }
                double seconds = (System.nanoTime() - begin) / 1e9;
                for (Future<?> each : flood) {
                    each.get();
                }
                setting.table().figure("  guesses of " + FLOODING + " threads meanwhile", guesses.get() / seconds, "/s", "");
                setting.table().figure("  of them hashed, the others turned away", checked.get() / seconds, "/s", "");
            }
        }
        Setting.remove(setting.directory().resolve("flood"));
    }

    private static List<String> links(ServerProcess server) throws IOException {
        List<String> links = new ArrayList<>();
        try (LeanClient owner = new LeanClient(server.port(), Http.tokenTold(server))) {
            String file = Setting.begin(owner, SMALL, SMALL);
            owner.put("/upload/" + file, Setting.noise(SMALL)).expectSuccess();
            for (int i = 0; i < LINKS; i++) {
                links.add(owner.post("/share/create/" + file, "{\"password\": \"right\"}").expectSuccess().field("token"));
            }
        }
        return links;
    }

    private static void guess(int port, int number, List<String> links, AtomicBoolean over, AtomicLong guesses, AtomicLong checked) throws IOException {
        try (LeanClient client = new LeanClient(port)) {
            for (int n = 0; !over.get(); n++) {
                String link = n % 2 == 0 ? "none" + number + "-" + n : links.get((number + n) % links.size());
                String address = "X-Forwarded-For: 10." + number + "." + (n >> 8) % 256 + "." + n % 256 + "\r\n";
                int status = client.request("GET", "/s/" + link + "?password=wrong" + n, address).status();
                guesses.incrementAndGet();
                if (status == 401 || status == 404) {
                    checked.incrementAndGet();
                } else if (status != 429 && status != 503) {
                    throw new IllegalStateException("a guess was answered with " + status);
                }
            }
        }
    }

    /** @return nanoseconds of each upload and each download, sorted */
    private static List<List<Long>> users(ServerProcess server, int requests) throws Exception {
        List<Long> up = Collections.synchronizedList(new ArrayList<>());
        List<Long> down = Collections.synchronizedList(new ArrayList<>());
        byte[] body = Setting.noise(SMALL);
        Setting.together(USERS, user -> {
            try (LeanClient client = new LeanClient(server.port(), Http.tokenTold(server))) {
                for (int i = user; i < requests; i += USERS) {
                    long begin = System.nanoTime();
                    String id = client.put("/user" + i + "?max_days=1", body).expectSuccess().body();
                    long stored = System.nanoTime();
                    String link = id.strip().replaceFirst("^https?://[^/]+", "");
                    client.request("GET", link).expectSuccess();
                    up.add(stored - begin);
                    down.add(System.nanoTime() - stored);
                }
            }
        });
        return List.of(up.stream().sorted().toList(), down.stream().sorted().toList());
    }

    private void report(String when, List<List<Long>> times) {
        for (int kind = 0; kind < 2; kind++) {
            List<Long> sorted = times.get(kind);
            String what = (kind == 0 ? "uploads" : "downloads") + " of 64 KiB, " + USERS + " users, " + when;
            setting.table().figure(what + ", p50", sorted.get(sorted.size() / 2) / 1e6, "ms", "");
            setting.table().figure(what + ", p99", sorted.get(sorted.size() * 99 / 100) / 1e6, "ms", "");
        }
    }
}
