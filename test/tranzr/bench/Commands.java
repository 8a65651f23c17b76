package tranzr.bench;

import static tranzr.bench.Setting.MIB;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import tranzr.e2e.ClientProcess;
import tranzr.e2e.ServerProcess;
import tranzr.e2e.Shell;
import tranzr.fault.CuttingProxy;
import tranzr.fault.Network;
import tranzr.fault.Network.Cuts;

/** {@code tranzr send} and {@code tranzr receive}, start and end of the process included, beside curl with the same server. */
final class Commands {

    private static final long SEED = 20261121;
    private static final int FILES = 10_000;
    /** So many are sent one by one, and the rest is taken to go as fast. */
    private static final int SAMPLE = 500;
    private static final int FILE_BYTES = 4096;
    private static final Duration ROUND_TRIP = Duration.ofMillis(100);
    private static final int WINDOW = 64 << 10;
    private static final long CUT_EVERY = 20_000_000;

    private final Setting setting;
    private int used;

    Commands(Setting setting) {
        this.setting = setting;
    }

    /** Someone who remembers nothing. */
    private ClientProcess.User stranger() {
        return ClientProcess.User.of(setting.directory().resolve("state").resolve(Integer.toString(used++)));
    }

    private static double timed(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (double) (System.nanoTime() - start) / Setting.NANOS_PER_SECOND;
    }

    private double send(Path file, String url) {
        return timed(() -> stranger().run("send", file.toString(), "--server", url).expect(0));
    }

    private double receive(String id, Path target, String url) throws IOException {
        Files.deleteIfExists(target);
        return timed(() -> stranger().run("receive", id, "--output", target.toString(), "--server", url).expect(0));
    }

    private double fetchByCurl(String url, Path target) throws IOException {
        Files.deleteIfExists(target);
        return setting.curl("-o", target.toString(), url);
    }

    /** Looks that all is there, and removes it, so that the next round does not find it there. */
    private static void clear(LeanClient api, long bytes, int files) throws IOException {
        int found = 0;
        for (String list = files(api); list.contains("\"file_id\""); list = files(api)) {
            for (String entry : list.split("\"file_id\"")) {
                if (!entry.startsWith(":")) {
                    continue;
                }
                if (!entry.contains("\"file_size\":" + bytes)) {
                    throw new IllegalStateException("not what was sent: " + entry);
                }
                api.request("DELETE", "/files/" + entry.split("\"")[1]).expectSuccess();
                found++;
            }
        }
        if (found != files) {
            throw new IllegalStateException(found + " files arrived");
        }
    }

    private static String files(LeanClient api) throws IOException {
        return api.request("GET", "/files?limit=1000").expectSuccess().body();
    }

    /** One large file to the server on the same machine. */
    void send() throws Exception {
        long bytes = setting.size(2048L * MIB);
        Path source = setting.source(bytes);
        double mebibytes = (double) bytes / MIB;
        try (ServerProcess server = setting.server("send"); LeanClient api = new LeanClient(server.port())) {
            Setting.Pair pair = setting.beside(3, () -> {
                double seconds = send(source, server.url());
                clear(api, bytes, 1);
                return mebibytes / seconds;
            }, () -> {
                String id = Setting.begin(api, bytes, 8 * MIB);
                double seconds = setting.curl("-T", source.toString(), server.url() + "/upload/" + id);
                clear(api, bytes, 1);
                return mebibytes / seconds;
            });
            setting.table().rate("send of " + Streams.size(bytes) + ", by curl -T", "MiB/s", pair, "0.95");
        }
        Setting.remove(setting.directory().resolve("send"));
    }

    /** One large file from there; curl alone, and curl with what the command does beside: verifying, and making it durable. */
    void receive() throws Exception {
        long bytes = setting.size(2048L * MIB);
        Path source = setting.source(bytes);
        double mebibytes = (double) bytes / MIB;
        Path target = setting.directory().resolve("received");
        try (ServerProcess server = setting.server("receive"); LeanClient api = new LeanClient(server.port())) {
            String id = Setting.begin(api, bytes, 8 * MIB);
            setting.curl("-T", source.toString(), server.url() + "/upload/" + id);
            String url = server.url() + "/download/" + id;
            setting.table().rate("receive of " + Streams.size(bytes) + ", by curl -O", "MiB/s",
                    setting.beside(3, () -> mebibytes / receive(id, target, server.url()), () -> mebibytes / fetchByCurl(url, target)), "0.95");
            setting.table().rate("the same, by curl -O, sync and sha256sum", "MiB/s",
                    setting.beside(1, () -> mebibytes / receive(id, target, server.url()), () -> mebibytes / (fetchByCurl(url, target) + timed(() -> check(target)))), "");
        }
        Files.deleteIfExists(target);
        Setting.remove(setting.directory().resolve("receive"));
    }

    private void check(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Shell.run(setting.directory(), "sha256sum", file.toString()).expectSuccess();
    }

    /** Many small files in a folder. */
    void folder() throws Exception {
        int count = setting.count(FILES);
        int sample = Math.min(SAMPLE, count);
        Path folder = setting.directory().resolve("folder");
        byte[] noise = Setting.noise(FILE_BYTES + count);
        for (int i = 0; i < count; i++) {
            Path file = folder.resolve("%02d".formatted(i % 100)).resolve(i + ".bin");
            Files.createDirectories(file.getParent());
            Files.write(file, java.util.Arrays.copyOfRange(noise, i, i + FILE_BYTES));
        }
        try (ServerProcess server = setting.server("many"); LeanClient api = new LeanClient(server.port())) {
            Setting.Pair pair = setting.beside(1, () -> {
                double seconds = send(folder, server.url());
                clear(api, FILE_BYTES, count);
                return count / seconds;
            }, () -> {
                double seconds = timed(() -> {
                    for (int i = 0; i < sample; i++) {
                        setting.curl("-o", "/dev/null", "-T", folder.resolve("%02d".formatted(i % 100)).resolve(i + ".bin").toString(), server.url() + "/");
                    }
                });
                clear(api, FILE_BYTES, sample);
                return sample / seconds;
            });
            setting.table().rate("send of " + count + " files of 4 KiB, by curl one by one (" + sample + ")", "/s", pair, "5.00");
        }
        Setting.remove(folder);
        Setting.remove(setting.directory().resolve("many"));
    }

    /** A far server behind a small window. */
    void far() throws Exception {
        long bytes = setting.size(16L * MIB);
        Path source = setting.source(bytes);
        double kibibytes = (double) bytes / 1024;
        Path target = setting.directory().resolve("received");
        Network network = Network.CLEAN.delay(ROUND_TRIP).window(WINDOW);
        try (ServerProcess server = setting.server("far"); LeanClient api = new LeanClient(server.port()); CuttingProxy proxy = CuttingProxy.before(server::port, network, SEED)) {
            Setting.Pair up = setting.beside(1, () -> {
                double seconds = send(source, proxy.url());
                clear(api, bytes, 1);
                return kibibytes / seconds;
            }, () -> {
                String id = Setting.begin(api, bytes, 8 * MIB);
                double seconds = setting.curl("-T", source.toString(), proxy.url() + "/upload/" + id);
                clear(api, bytes, 1);
                return kibibytes / seconds;
            });
            setting.table().rate("send of " + Streams.size(bytes) + ", 100 ms, windows of 64 KiB, by curl", "KiB/s", up, "4.00");
            String id = Setting.begin(api, bytes, 8 * MIB);
            setting.curl("-T", source.toString(), server.url() + "/upload/" + id);
            Setting.Pair down = setting.beside(1, () -> kibibytes / receive(id, target, proxy.url()), () -> kibibytes / fetchByCurl(proxy.url() + "/download/" + id, target));
            setting.table().rate("receive of the same, by curl", "KiB/s", down, "4.00");
        }
        Files.deleteIfExists(target);
        Setting.remove(setting.directory().resolve("far"));
    }

    /** 1 GiB through a proxy that ends a connection every 20 MB, beside the same proxy that does not; and what was sent twice. */
    void cut() throws Exception {
        long bytes = setting.size(1024L * MIB);
        Path source = setting.source(bytes);
        double mebibytes = (double) bytes / MIB;
        Path target = setting.directory().resolve("received");
        try (ServerProcess server = setting.server("cut"); LeanClient api = new LeanClient(server.port());
                CuttingProxy cutting = CuttingProxy.before(server::port, Network.CLEAN.cuts(Cuts.every(CUT_EVERY)), SEED);
                CuttingProxy clean = CuttingProxy.before(server::port, Network.CLEAN, SEED)) {
            int[] rounds = new int[1];
            Setting.Pair up = setting.beside(1, () -> {
                rounds[0]++;
                double seconds = send(source, cutting.url());
                clear(api, bytes, 1);
                return mebibytes / seconds;
            }, () -> {
                double seconds = send(source, clean.url());
                clear(api, bytes, 1);
                return mebibytes / seconds;
            });
            tell("send of " + Streams.size(bytes) + ", cut every 20 MB, by the same uncut", up, (double) cutting.bytesUp() / rounds[0] / bytes, cutting.broken() / rounds[0]);
            String id = Setting.begin(api, bytes, 8 * MIB);
            setting.curl("-T", source.toString(), server.url() + "/upload/" + id);
            int before = cutting.broken();
            long bytesBefore = cutting.bytesDown();
            rounds[0] = 0;
            Setting.Pair down = setting.beside(1, () -> {
                rounds[0]++;
                return mebibytes / receive(id, target, cutting.url());
            }, () -> mebibytes / receive(id, target, clean.url()));
            tell("receive of it, cut every 20 MB, by the same uncut", down, (double) (cutting.bytesDown() - bytesBefore) / rounds[0] / bytes,
                    (cutting.broken() - before) / rounds[0]);
            if (Files.mismatch(source, target) >= 0) {
                throw new IllegalStateException("what came is not what was sent");
            }
        }
        Files.deleteIfExists(target);
        Setting.remove(setting.directory().resolve("cut"));
    }

    private void tell(String what, Setting.Pair pair, double share, int cuts) {
        setting.table().rate(what, "MiB/s", pair, "");
        setting.table().figure(String.format(Locale.ROOT, "bytes beyond the file's size, %d connections cut", cuts), (share - 1) * 100, "%", "below 5 %");
    }
}
