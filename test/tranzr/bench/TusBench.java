package tranzr.bench;

import static tranzr.bench.Setting.MIB;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import tranzr.clients.Others;
import tranzr.e2e.ServerProcess;
import tranzr.e2e.Shell;

/** Uploads by tus 1.0.0, beside the tus server of the protocol's authors, which neither hashes nor forces what it stores. */
final class TusBench {

    private static final int SMALL = 64 << 10;
    /** Rounds before those that are measured, for both: what is measured is a server that has been at work for a while. */
    private static final int WARMING = 8;
    private static final String VERSION = "Tus-Resumable: 1.0.0\r\n";
    private static final String TYPE = "Content-Type: application/offset+octet-stream";

    private final Setting setting;

    TusBench(Setting setting) {
        this.setting = setting;
    }

    void run() throws Exception {
        if (!Others.hasNode()) {
            System.err.println("bench: 'tus' needs node, and the packages of the lock file beside the tests; it is left out");
            return;
        }
        Path folder = setting.directory().resolve("tus");
        try (ServerProcess ours = setting.server("tus"); NodeTus theirs = NodeTus.start(setting.directory().resolve("tus-node"))) {
            String our = ours.url() + "/tus";
            large(our, theirs.url());
            small(our, theirs.url());
        }
        Setting.remove(folder);
        Setting.remove(setting.directory().resolve("tus-node"));
    }

    private void large(String ours, String theirs) throws Exception {
        long bytes = setting.size(1024L * MIB);
        Path source = setting.source(bytes);
        double mebibytes = (double) bytes / MIB;
        setting.table().rate(Streams.size(bytes) + " by tus-js-client, by the Node server", "MiB/s",
                beside(5, () -> mebibytes / byTusJs(ours, source), () -> mebibytes / byTusJs(theirs, source)), "1.20");
        setting.table().rate(Streams.size(bytes) + " by tus-js-client in chunks of 8 MiB, likewise", "MiB/s",
                beside(3, () -> mebibytes / byTusJs(ours, source, 8 * MIB), () -> mebibytes / byTusJs(theirs, source, 8 * MIB)), "");
        setting.table().rate(Streams.size(bytes) + " by curl -X PATCH, likewise", "MiB/s",
                beside(5, () -> mebibytes / byCurl(ours, source, bytes), () -> mebibytes / byCurl(theirs, source, bytes)), "1.20");
    }

    private void small(String ours, String theirs) throws Exception {
        byte[] body = Setting.noise(SMALL);
        int count = setting.count(1000);
        for (int warming = 0; warming < setting.rounds(WARMING); warming++) {
            create(ours, 1, count, body);
            create(theirs, 1, count, body);
        }
        for (int connections : new int[] {1, 8}) {
            setting.table().rate(count + " creations with 64 KiB each, " + connections + (connections == 1 ? " connection" : " connections") + ", likewise", "/s",
                    beside(5, () -> count / create(ours, connections, count, body), () -> count / create(theirs, connections, count, body)), "3.00");
        }
    }

    /** @return the seconds that the client took, without the start of its process */
    private double byTusJs(String endpoint, Path source) throws IOException {
        return byTusJs(endpoint, source, Long.MAX_VALUE);
    }

    private double byTusJs(String endpoint, Path source, long chunk) throws IOException {
        String options = chunk == Long.MAX_VALUE ? "{}" : "{\"chunkSize\": " + chunk + "}";
        List<String> lines = Shell.run(setting.directory(), Others.script("tus-js.js", endpoint, source.toString(), options)).expectSuccess().output().lines().toList();
        remove(told(lines, "done "));
        return Double.parseDouble(told(lines, "took ")) / 1000;
    }

    private static String told(List<String> lines, String beginning) {
        return lines.stream().filter(line -> line.startsWith(beginning)).findFirst().orElseThrow().substring(beginning.length());
    }

    private double byCurl(String endpoint, Path source, long bytes) throws IOException {
        String url;
        try (LeanClient client = new LeanClient(URI.create(endpoint).getPort())) {
            url = created(endpoint, client.send("POST", path(endpoint), new byte[0], VERSION + "Upload-Length: " + bytes + "\r\n"));
        }
        double seconds = setting.curl("-X", "PATCH", "-T", source.toString(), "-H", VERSION.strip(), "-H", "Upload-Offset: 0", "-H", TYPE, url);
        remove(url);
        return seconds;
    }

    /**
     * Nothing is removed before all is measured: a file system may search long for an inode that was not in use lately (ext4 without a journal does, for a minute), and
     * would then be what is measured.
     *
     * @return the seconds until all are created, each with all its bytes in the request that creates it
     */
    private static double create(String endpoint, int connections, int count, byte[] body) throws Exception {
        String head = VERSION + TYPE + "\r\nUpload-Length: " + body.length + "\r\n";
        return Setting.together(connections, c -> {
            try (LeanClient client = new LeanClient(URI.create(endpoint).getPort())) {
                for (int i = c; i < count; i += connections) {
                    client.send("POST", path(endpoint), body, head).expectSuccess();
                }
            }
        });
    }

    /** Some build the address from the Host field, which is not complete here. */
    private static String created(String endpoint, LeanClient.Answer answer) {
        return URI.create(endpoint).resolve(path(answer.expectSuccess().location())).toString();
    }

    private static void remove(String url) throws IOException {
        try (LeanClient client = new LeanClient(URI.create(url).getPort())) {
            client.request("DELETE", path(url), VERSION).expectSuccess();
        }
    }

    /** Each pays for its own: what one has left to the disk, and never forces, must not be on its way while the other forces. */
    private double alone(Setting.Measurement measurement) throws Exception {
        Shell.run(setting.directory(), "sync").expectSuccess();
        return measurement.run();
    }

    private Setting.Pair beside(int rounds, Setting.Measurement ours, Setting.Measurement theirs) throws Exception {
        return setting.beside(rounds, () -> alone(ours), () -> alone(theirs));
    }

    private static String path(String url) {
        return URI.create(url).getPath();
    }
}
