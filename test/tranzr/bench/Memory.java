package tranzr.bench;

import static tranzr.bench.Setting.MIB;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tranzr.e2e.ServerProcess;
import tranzr.e2e.Shell;

/** What it holds in memory under load; by Linux's own account. */
final class Memory {

    private static final List<String> SMALL_HEAP = List.of("-Xmx32m", "-XX:+UseSerialGC");

    private final Setting setting;

    Memory(Setting setting) {
        this.setting = setting;
    }

    /** 64 uploads of 64 MiB at the same time with a heap of 32 MiB. */
    void uploads() throws Exception {
        int uploads = 64;
        long bytes = setting.size(64L * MIB);
        byte[] block = Setting.noise(MIB);
        try (ServerProcess server = setting.server("memory", SMALL_HEAP); LeanClient api = new LeanClient(server.port())) {
            String[] ids = new String[uploads];
            for (int i = 0; i < uploads; i++) {
                ids[i] = Setting.begin(api, bytes, 8 * MIB);
            }
            Setting.together(uploads, i -> {
                try (LeanClient client = new LeanClient(server.port())) {
                    client.putRepeated("/upload/" + ids[i], block, bytes, "").expectSuccess();
                }
            });
            for (String id : ids) {
                if (!api.request("GET", "/files/" + id).expectSuccess().field("status").equals("completed")) {
                    throw new IllegalStateException(id + " is not completed");
                }
            }
            setting.table().figure("peak RSS, -Xmx32m, 64 uploads of " + Streams.size(bytes) + " at once", peakRss(server.pid()), "MB", "below 100 MB");
        }
        Setting.remove(setting.directory().resolve("memory"));
    }

    /** 2,560 separate ranges in a small and in a huge byte space: live heap. */
    void sparse() throws Exception {
        int ranges = setting.count(2560);
        byte[] block = Setting.noise(4096);
        for (long spacing : new long[] {64 * 1024, 8L * MIB}) {
            try (ServerProcess server = setting.server("sparse", SMALL_HEAP); LeanClient client = new LeanClient(server.port())) {
                long size = spacing * ranges;
                String id = Setting.begin(client, size, 64L * 1024);
                for (long i = 0; i < ranges; i++) {
                    long first = i * spacing;
                    String range = "Content-Range: bytes " + first + "-" + (first + block.length - 1) + "/" + size + "\r\n";
                    client.putRepeated("/upload/" + id, block, block.length, range).expectSuccess();
                }
                setting.table().figure("live heap, " + ranges + " ranges in " + Streams.size(size), liveHeapKib(server.pid()), "KiB", "the same");
            }
            Setting.remove(setting.directory().resolve("sparse"));
        }
    }

    /** In units of 10^6 bytes; NaN where there is no /proc. */
    private static double peakRss(long pid) throws IOException {
        return statusOf(pid, "VmHWM:");
    }

    /** Now, as {@link #peakRss}. */
    static double rss(long pid) throws IOException {
        return statusOf(pid, "VmRSS:");
    }

    private static double statusOf(long pid, String name) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.exists(status)) {
            return Double.NaN;
        }
        return Files.readAllLines(status).stream().filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024 / 1e6).findFirst().orElse(Double.NaN);
    }

    /** After a full collection. */
    double liveHeapKib(long pid) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String histogram = Shell.run(setting.directory(), jcmd, Long.toString(pid), "GC.class_histogram").expectSuccess().output();
        String total = histogram.lines().filter(line -> line.startsWith("Total")).findFirst().orElseThrow();
        return Double.parseDouble(total.strip().split("\\s+")[2]) / 1024;
    }
}
