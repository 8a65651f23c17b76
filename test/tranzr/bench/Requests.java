package tranzr.bench;

import static tranzr.bench.Setting.MIB;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import tranzr.e2e.ServerProcess;

/** Many small files, and the calls whose time should not depend on sizes: merging and starting. */
final class Requests {

    private static final int SMALL = 64 * 1024;

    private final Setting setting;
    private final AtomicLong names = new AtomicLong();

    Requests(Setting setting) {
        this.setting = setting;
    }

    /** Files of 64 KiB by PUT, each durable and linked before its answer, against nginx, which syncs nothing. */
    void small() throws Exception {
        byte[] body = Setting.noise(SMALL);
        try (ServerProcess server = setting.server("small")) {
            for (int connections : new int[] {1, 8}) {
                int count = setting.count(connections == 1 ? 2000 : 4000);
                Setting.Pair pair = setting.compare(5, () -> count / put(server.port(), connections, count, body), () -> {
                    double rate = count / put(setting.nginx().port(), connections, count, body);
                    setting.nginx().clear();
                    return rate;
                });
                setting.table().rate("uploads of 64 KiB, " + connections + (connections == 1 ? " connection" : " connections")
                        + ", durable (nginx: not)", "/s", pair, connections == 1 ? "0.25 or 1000/s" : "0.70");
            }
        }
        Setting.remove(setting.directory().resolve("small"));
    }

    /** @return the seconds until {@code count} files are stored */
    private double put(int port, int connections, int count, byte[] body) throws Exception {
        return Setting.together(connections, c -> {
            try (LeanClient client = new LeanClient(port)) {
                for (int i = c; i < count; i += connections) {
                    client.put("/f" + names.incrementAndGet(), body).expectSuccess();
                }
            }
        });
    }

    /** The time of the merge call alone, after chunks that came in order. */
    void merge() throws Exception {
        byte[] chunk = Setting.noise(8 * MIB);
        long[] sizes = {64L * MIB, setting.size(4096L * MIB)};
        List<List<Double>> millis = List.of(new ArrayList<>(), new ArrayList<>());
        try (ServerProcess server = setting.server("merge"); LeanClient api = new LeanClient(server.port())) {
            for (int round = 0; round <= setting.rounds(3); round++) {
                for (int s = 0; s < sizes.length; s++) {
                    String id = Setting.begin(api, sizes[s], chunk.length);
                    Streams.chunks(server, id, 1, chunk, (int) (sizes[s] / chunk.length));
                    long start = System.nanoTime();
                    String status = api.post("/upload/merge/" + id, "").expectSuccess().field("status");
                    double took = (System.nanoTime() - start) / 1e6;
                    if (!status.equals("completed")) {
                        throw new IllegalStateException("the merge answered " + status);
                    }
                    if (round > 0) {
                        millis.get(s).add(took);
                    }
                    api.request("DELETE", "/files/" + id).expectSuccess();
                }
            }
        }
        setting.table().figure("merge of " + Streams.size(sizes[0]), Setting.median(millis.get(0)), "ms", "");
        setting.table().figure("merge of " + Streams.size(sizes[1]), Setting.median(millis.get(1)), "ms", "below 50 ms");
        Setting.remove(setting.directory().resolve("merge"));
    }

    /** From the start of the process to its first answer. */
    void start() throws Exception {
        List<Double> empty = new ArrayList<>();
        for (int round = 0; round <= setting.rounds(7); round++) {
            Path data = setting.directory().resolve("start");
            Setting.remove(data);
            double took = millisToFirstAnswer();
            if (round > 0) {
                empty.add(took);
            }
        }
        setting.table().figure("start to first answer, empty", Setting.median(empty), "ms", "below 300 ms");
        int files = setting.count(100_000);
        byte[] body = Setting.noise(16);
        try (ServerProcess server = setting.server("start")) {
            put(server.port(), 8, files, body);
            server.kill();
        }
        setting.table().figure("start to first answer, " + files + " files, after kill -9", millisToFirstAnswer(), "ms", "below 2000 ms");
        List<Double> full = new ArrayList<>();
        for (int round = 0; round < setting.rounds(5); round++) {
            full.add(millisToFirstAnswer());
        }
        setting.table().figure("start to first answer, " + files + " files", Setting.median(full), "ms", "below 2000 ms");
        Setting.remove(setting.directory().resolve("start"));
    }

    private double millisToFirstAnswer() throws Exception {
        long start = System.nanoTime();
        try (ServerProcess server = setting.server("start"); LeanClient client = new LeanClient(server.port())) {
            client.request("GET", "/files").expectSuccess();
            double took = (System.nanoTime() - start) / 1e6;
            server.terminate();
            return took;
        }
    }
}
