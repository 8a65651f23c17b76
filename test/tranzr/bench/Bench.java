package tranzr.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tranzr.e2e.Shell;

/**
 * Measures the built jar from outside, beside nginx where it is installed, and prints one table for one run. Ratios are worth something, absolute figures
 * little: machines differ, and this one may be busy.
 *
 * <p>Arguments: names of parts (all without), {@code quick} for small sizes, {@code --dir DIR} for where the data lies, {@code --jvm OPTION} for the measured
 * server.
 */
public final class Bench {

    @FunctionalInterface
    private interface Part {
        void run() throws Exception;
    }

    private Bench() {
    }

    public static void main(String[] args) throws Exception {
        Path root = Path.of(System.getProperty("tranzr.root"));
        Path directory = root.resolve("build").resolve("bench");
        boolean quick = false;
        List<String> jvm = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "quick" -> quick = true;
                case "--dir" -> directory = Path.of(args[++i]).resolve("tranzr-bench");
                case "--jvm" -> jvm.add(args[++i]);
                default -> names.add(args[i]);
            }
        }
        if (!Shell.has("curl")) {
            System.err.println("bench: curl is needed, and is not on the PATH");
            System.exit(2);
        }
        directory = directory.toAbsolutePath();
        Setting.remove(directory);
        Files.createDirectories(directory.resolve("nginx"));
        try (Nginx nginx = Nginx.isThere() ? Nginx.start(directory.resolve("nginx")) : null) {
            run(new Setting(directory, quick, jvm, nginx, new Table(System.out)), names);
        } finally {
            Setting.remove(directory);
        }
    }

    private static void run(Setting setting, List<String> names) throws Exception {
        Streams streams = new Streams(setting);
        Requests requests = new Requests(setting);
        Memory memory = new Memory(setting);
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("upload", streams::upload);
        parts.put("chunks", streams::chunks);
        parts.put("small", requests::small);
        parts.put("download", streams::download);
        parts.put("merge", requests::merge);
        parts.put("memory", memory::uploads);
        parts.put("sparse", memory::sparse);
        parts.put("idle", new Crowd(setting)::idle);
        parts.put("start", requests::start);
        Commands commands = new Commands(setting);
        parts.put("send", commands::send);
        parts.put("receive", commands::receive);
        parts.put("folder", commands::folder);
        parts.put("far", commands::far);
        parts.put("cut", commands::cut);
        TusBench tus = new TusBench(setting);
        parts.put("tus", tus::run);
        parts.put("browser", new BrowserSends(setting)::send);
        parts.put("events", new EventRates(setting)::events);
        parts.put("flood", new Flood(setting)::passwords);
        if (!parts.keySet().containsAll(names)) {
            System.err.println("bench: the parts are " + String.join(", ", parts.keySet()) + "; and 'quick', '--dir DIR', '--jvm OPTION'");
            System.exit(2);
        }
        setting.table().begin(Runtime.getRuntime().availableProcessors() + " processors, Java " + Runtime.version() + ", "
                + (setting.nginx() == null ? "no nginx here" : Shell.run(setting.directory(), "nginx", "-v").output().strip())
                + (setting.quick() ? ", QUICK: small sizes, one round" : ", medians of alternating rounds"),
                "data on " + Files.getFileStore(setting.directory()).type());
        for (Map.Entry<String, Part> part : parts.entrySet()) {
            if (names.isEmpty() || names.contains(part.getKey())) {
                part.getValue().run();
            }
        }
    }
}
