package tranzr.web;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tranzr.e2e.Http;
import tranzr.e2e.ServerProcess;

/** Takes pictures of all pages, of the built jar. Without arguments the small ones of the README; with a folder, each page light, dark and narrow, to be looked at. */
public final class Screenshots {

    private static final String TOKEN = "a-token-for-pictures-0123456789";
    private static final int WIDTH = 900;
    private static final int HEIGHT = 640;
    private static final int LONG = 1250;
    private static final int PHONE_WIDTH = 390;
    private static final int PHONE_HEIGHT = 844;

    /** What is shown: a page, and what is done there before the picture is taken. */
    private record Shot(String name, String path, Runnable before) {
    }

    private final Browser browser;
    private final ServerProcess server;
    private final Http http;
    private final Path[] files;
    /** The paths of an upload request and of a share link. */
    private String guest;
    private String link;

    private Screenshots(Browser browser, ServerProcess server, Http http, Path[] files) {
        this.files = files;
        this.browser = browser;
        this.server = server;
        this.http = http;
    }

    /** @param args a folder, or nothing */
    public static void main(String[] args) throws IOException {
        Path scratch = Files.createTempDirectory("tranzr-screenshots");
        ServerProcess.Launch launch = ServerProcess.Launch.on(scratch.resolve("data")).environment(Map.of("TRANZR_TOKEN", TOKEN));
        try (ServerProcess server = ServerProcess.start(launch); Http http = new Http(server); Browser browser = Browser.start(scratch)) {
            Screenshots shots = new Screenshots(browser, server, http, files(scratch));
            if (args.length > 0) {
                shots.all(Path.of(args[0]));
            } else {
                shots.forReadme(Path.of(System.getProperty("tranzr.root"), "docs", "images"));
            }
        }
    }

    private List<Shot> shots() {
        List<Shot> shots = new ArrayList<>();
        shots.add(new Shot("send", "/", () -> send(4 << 20, () -> browser.until("to be under way", () -> browser.text().matches("(?s).*Uploading · [3-9]\\d %.*")))));
        shots.add(new Shot("send-empty", "/", this::empty));
        shots.add(new Shot("send-ready", "/", () -> {
            empty();
            browser.files("#files", files);
            browser.await("#send");
        }));
        shots.add(new Shot("send-done", "/", () -> send(-1, () -> browser.until("for the link", () -> browser.sees(".result")))));
        shots.add(new Shot("login", "/login", () -> browser.await("#token")));
        shots.add(new Shot("login-refused", "/login", () -> {
            browser.type("#token", "nonsense");
            browser.click("#enter");
            browser.untilText("#token-problem", "opens nothing");
        }));
        shots.add(new Shot("account", "/account", () -> browser.await("#session-list > li + li")));
        shots.add(new Shot("account-second-factor", "/account", () -> {
            browser.click("#enrol");
            browser.await("canvas.qr");
        }));
        shots.add(new Shot("docs", "/docs", () -> browser.await("#swagger .opblock-tag-section")));
        shots.add(new Shot("docs-open", "/docs", () -> {
            browser.click("#operations-Uploads-startUpload .opblock-summary-control");
            browser.click("#operations-Uploads-startUpload .try-out button");
            browser.await("#swagger .execute");
        }));
        shots.add(new Shot("dashboard", "/dashboard", () -> browser.await("#files tr")));
        shots.add(new Shot("download", link, () -> browser.await("h1")));
        shots.add(new Shot("guest", guest, () -> browser.await("#pick")));
        shots.add(new Shot("guest-thanks", guest, () -> {
            browser.files("#files", files);
            browser.click("#send");
            browser.untilText("#parcels h2", "Thank you");
        }));
        return shots;
    }

    /** Nothing of an earlier picture is remembered. */
    private void empty() {
        browser.pace(-1);
        browser.await("#pick");
        browser.script("return new Promise(resolve => { const r = indexedDB.deleteDatabase('tranzr'); r.onsuccess = resolve; r.onerror = resolve; })");
        browser.open(server.url() + "/");
        browser.await("#pick");
    }

    private void send(long pace, Runnable until) {
        empty();
        browser.pace(pace);
        browser.files("#files", files);
        browser.click("#send");
        until.run();
    }

    /** Of different contents each time, so that the server has none of them. */
    private static Path[] files(Path folder) throws IOException {
        Path[] files = {folder.resolve("Holiday in Norway.mp4"), folder.resolve("Report 2026.pdf"), folder.resolve("measurements.csv")};
        int[] sizes = {48 << 20, 3 << 20, 180_000};
        for (int i = 0; i < files.length; i++) {
            Files.write(files[i], Http.bytes(sizes[i], i));
        }
        return files;
    }

    /** Anna, who has all rights, logged in here and on two other machines; a guest's link, and one to files of hers. */
    private void prepare() throws IOException {
        String operator = "Bearer " + TOKEN;
        String token = posted("/tokens", "{\"name\": \"anna\", \"rights\": [\"upload\", \"list\", \"download\", \"share\", \"delete\", \"admin\"]}", operator).field("token");
        posted("/rooms", "{\"name\": \"conference\"}", operator);
        guest = "/r/" + posted("/rooms/conference/requests", "{\"title\": \"Your slides and photos\", \"max_files\": 20, \"max_bytes\": \"5GiB\", \"max_file_size\": \"1GiB\"}", operator).field("token");
        List<String> ids = new ArrayList<>();
        for (Path file : files) {
            ids.add("\"" + http.put("/" + file.getFileName().toString().replace(" ", "%20"), Files.readAllBytes(file), "Authorization", "Bearer " + token).expect(201).header("X-File-Id") + "\"");
        }
        String url = posted("/share/create", "{\"file_ids\": [" + String.join(", ", ids) + "], \"expire_minutes\": 10080, \"max_downloads\": 20, \"protected\": false}", "Bearer " + token).field("share_url");
        link = url.substring(server.url().length());
        for (String agent : List.of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1")) {
            http.send("POST", "/login", BodyPublishers.ofString("{\"token\": \"" + token + "\"}"), "User-Agent", agent).expect(200);
        }
        browser.open(server.url() + "/login?next=account");
        browser.type("#token", token);
        browser.click("#enter");
        browser.await("#session-list > li + li");
    }

    private Http.Answer posted(String path, String json, String as) {
        return http.send("POST", path, BodyPublishers.ofString(json), "Authorization", as).expect(201);
    }

    private void take(Shot shot) {
        browser.open(server.url() + shot.path());
        shot.before().run();
        // Whatever fades has faded.
        browser.script("document.getAnimations().forEach(a => a.finish()); document.activeElement.blur(); scrollTo(0, 0); return document.fonts.ready.then(() => true)");
    }

    /** Swagger's page is endless. */
    private void picture(Shot shot, Path file) {
        if (shot.name().startsWith("docs")) {
            browser.screenshot(file);
        } else {
            browser.fullScreenshot(file);
        }
    }

    private void forReadme(Path folder) throws IOException {
        browser.size(WIDTH, HEIGHT);
        prepare();
        for (Shot shot : shots()) {
            if (!shot.name().contains("-")) {
                browser.size(WIDTH, shot.name().equals("dashboard") ? LONG : HEIGHT);
                take(shot);
                Path file = folder.resolve(shot.name() + ".png");
                browser.screenshot(file);
                Palette.reduce(file);
            }
        }
    }

    private void all(Path folder) throws IOException {
        browser.size(WIDTH, HEIGHT);
        prepare();
        for (Shot shot : shots()) {
            for (String scheme : List.of("light", "dark")) {
                browser.scheme(scheme);
                browser.size(WIDTH, HEIGHT);
                take(shot);
                picture(shot, folder.resolve(shot.name() + "-" + scheme + ".png"));
            }
            browser.scheme("light");
            browser.size(PHONE_WIDTH, PHONE_HEIGHT);
            take(shot);
            picture(shot, folder.resolve(shot.name() + "-narrow.png"));
        }
        browser.complaints().forEach(System.out::println);
    }
}
