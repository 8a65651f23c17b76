package tranzr.bench;

import static tranzr.bench.Setting.MIB;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tranzr.e2e.ServerProcess;

/** Large files, in and out, by curl on both sides. */
final class Streams {

    private final Setting setting;

    Streams(Setting setting) {
        this.setting = setting;
    }

    /** {@code curl -T} of large files, durable at the end, against nginx and a sync of its file. */
    void upload() throws Exception {
        try (ServerProcess server = setting.server("streams"); LeanClient api = new LeanClient(server.port())) {
            for (int streams : new int[] {1, 4}) {
                long bytes = setting.size(2048L * MIB) / streams;
                Path source = setting.source(bytes);
                double mebibytes = (double) bytes * streams / MIB;
                Setting.Pair pair = setting.compare(5, () -> mebibytes / ours(server, api, streams, bytes, source),
                        () -> mebibytes / theirs(streams, source));
                setting.table().rate(size(bytes) + " by curl -T, " + (streams == 1 ? "one stream" : streams + " streams") + ", durable", "MiB/s", pair,
                        streams == 1 ? "0.90" : "");
            }
        }
        Setting.remove(setting.directory().resolve("streams"));
    }

    private double ours(ServerProcess server, LeanClient api, int streams, long bytes, Path source) throws Exception {
        String[] ids = new String[streams];
        for (int i = 0; i < streams; i++) {
            ids[i] = Setting.begin(api, bytes, 8 * MIB);
        }
        double seconds = Setting.together(streams, i -> setting.curl("-T", source.toString(), server.url() + "/upload/" + ids[i]));
        for (String id : ids) {
            String status = api.request("GET", "/files/" + id).expectSuccess().field("status");
            if (!status.equals("completed")) {
                throw new IllegalStateException(id + " is " + status);
            }
            api.request("DELETE", "/files/" + id).expectSuccess();
        }
        return seconds;
    }

    private double theirs(int streams, Path source) throws Exception {
        double seconds = Setting.together(streams, i -> {
            setting.curl("-T", source.toString(), setting.nginx().url() + "/stream" + i);
            setting.nginx().sync("stream" + i);
        });
        for (int i = 0; i < streams; i++) {
            Files.delete(setting.nginx().file("stream" + i));
        }
        return seconds;
    }

    /** Chunks of 8 MiB, each hashed and durable before its answer, against one stream of as many bytes into nginx and a sync. */
    void chunks() throws Exception {
        long bytes = setting.size(1024L * MIB);
        Path source = setting.source(bytes);
        byte[] chunk = Setting.noise(8 * MIB);
        double mebibytes = (double) bytes / MIB;
        try (ServerProcess server = setting.server("chunks"); LeanClient api = new LeanClient(server.port())) {
            for (int connections : new int[] {1, 4}) {
                Setting.Pair pair = setting.compare(5, () -> {
                    String id = Setting.begin(api, bytes, chunk.length);
                    double seconds = chunks(server, id, connections, chunk, (int) (bytes / chunk.length));
                    api.post("/upload/merge/" + id, "").expectSuccess();
                    api.request("DELETE", "/files/" + id).expectSuccess();
                    return mebibytes / seconds;
                }, () -> mebibytes / theirs(1, source));
                setting.table().rate("chunks of 8 MiB, " + connections + (connections == 1 ? " connection" : " connections")
                        + ", each durable", "MiB/s", pair, connections == 4 ? "1.00" : "");
            }
        }
        Setting.remove(setting.directory().resolve("chunks"));
    }

    /** Sends all chunks, in order over each connection. @return seconds */
    static double chunks(ServerProcess server, String id, int connections, byte[] chunk, int count) throws Exception {
        return Setting.together(connections, c -> {
            try (LeanClient client = new LeanClient(server.port())) {
                for (int i = c; i < count; i += connections) {
                    client.put("/uploads/" + id + "/chunks/" + i, chunk).expectSuccess();
                }
            }
        });
    }

    /** {@code curl} of a large file into nothing, against nginx with sendfile. */
    void download() throws Exception {
        long bytes = setting.size(2048L * MIB);
        Path source = setting.source(bytes);
        try (ServerProcess server = setting.server("download"); LeanClient api = new LeanClient(server.port())) {
            String id = Setting.begin(api, bytes, 8 * MIB);
            setting.curl("-T", source.toString(), server.url() + "/upload/" + id);
            if (setting.nginx() != null) {
                Files.createLink(setting.nginx().file("download"), source);
            }
            for (int streams : new int[] {1, 4}) {
                double mebibytes = (double) bytes * streams / MIB;
                Setting.Pair pair = setting.compare(5, () -> mebibytes / fetch(streams, server.url() + "/download/" + id),
                        () -> mebibytes / fetch(streams, setting.nginx().url() + "/download"));
                setting.table().rate("download of " + size(bytes) + " by curl, " + (streams == 1 ? "one stream" : streams + " streams"), "MiB/s", pair,
                        streams == 1 ? "0.90" : "");
            }
        } finally {
            deleteLink();
        }
        Setting.remove(setting.directory().resolve("download"));
    }

    private void deleteLink() throws IOException {
        if (setting.nginx() != null) {
            Files.deleteIfExists(setting.nginx().file("download"));
        }
    }

    private double fetch(int streams, String url) throws Exception {
        return Setting.together(streams, i -> setting.curl("-o", "/dev/null", url));
    }

    static String size(long bytes) {
        return bytes % (1024L * MIB) == 0 ? bytes / (1024L * MIB) + " GiB" : bytes / MIB + " MiB";
    }
}
