package tranzr.bench;

import static tranzr.bench.Setting.MIB;
import static tranzr.bench.Setting.NANOS_PER_SECOND;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import tranzr.e2e.ServerProcess;
import tranzr.e2e.Shell;
import tranzr.web.Browser;

/** The page that sends, in a headless Chromium, beside {@code curl -T} to the same server. */
final class BrowserSends {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Setting setting;

    BrowserSends(Setting setting) {
        this.setting = setting;
    }

    /** A large file until its link is shown, and what the first page weighs. */
    void send() throws Exception {
        if (!Shell.has("chromium") || !Shell.has("chromedriver")) {
            System.err.println("bench: chromium and chromedriver are needed for 'browser', and are not installed");
            return;
        }
        long bytes = setting.size(1024L * MIB);
        Path source = setting.source(bytes);
        double mebibytes = (double) bytes / MIB;
        try (ServerProcess server = setting.server("browser"); LeanClient api = new LeanClient(server.port());
                Browser browser = Browser.start(setting.directory().resolve("chromium"))) {
            browser.cdp("Network.enable", Map.of());
            browser.open(server.url() + "/");
            browser.await("#pick");
            double weight = browser.requested().values().stream().mapToLong(Long::longValue).sum() / 1024.0;
            Setting.Pair pair = setting.beside(5, () -> mebibytes / page(browser, server, api, source), () -> mebibytes / curl(server, api, source));
            setting.table().rate(Streams.size(bytes) + " by the page, against curl -T", "MiB/s", pair, "0.50");
            setting.table().figure("the first page, gzip", weight, "KiB", "below 60 KiB");
        }
        Setting.remove(setting.directory().resolve("browser"));
        Setting.remove(setting.directory().resolve("chromium"));
    }

    private static double page(Browser browser, ServerProcess server, LeanClient api, Path source) throws Exception {
        browser.open(server.url() + "/");
        browser.await("#pick");
        browser.files("#files", source);
        browser.await("#send");
        long start = System.nanoTime();
        browser.click("#send");
        browser.until("for the link", PATIENCE, () -> browser.sees(".result"));
        double seconds = (double) (System.nanoTime() - start) / NANOS_PER_SECOND;
        forget(api);
        return seconds;
    }

    private double curl(ServerProcess server, LeanClient api, Path source) throws Exception {
        long start = System.nanoTime();
        setting.curl("-T", source.toString(), server.url() + "/by-curl");
        double seconds = (double) (System.nanoTime() - start) / NANOS_PER_SECOND;
        forget(api);
        return seconds;
    }

    /** So that no round finds the bytes of the one before. */
    private static void forget(LeanClient api) throws Exception {
        api.request("DELETE", "/files/" + api.request("GET", "/files?limit=1").expectSuccess().field("file_id")).expectSuccess();
    }
}
