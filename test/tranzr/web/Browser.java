package tranzr.web;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import tranzr.e2e.Shell;

/**
 * A Chromium without a screen, driven by WebDriver (W3C Recommendation; its sections are named below). What goes wrong in its pages, a violation of their policy, an
 * error of a script, a box that pops up, is kept until {@link #complaints} asks. {@code http://127.0.0.1} is a secure context, any other name over HTTP is none:
 * every name below {@code .test} leads to 127.0.0.1, and no other leads anywhere. Used by one thread.
 */
public final class Browser implements AutoCloseable {

    /** How long an element is waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Section 12.1: the name under which an element's reference goes over the wire. */
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
    private static final String VIOLATION = "policy violated: ";
    private static final Set<String> PASSING = Set.of("no such element", "stale element reference", "element not interactable", "element click intercepted");
    /** Told on the console, which outlives the document. */
    private static final String WATCH = "addEventListener('securitypolicyviolation', e => console.error('" + VIOLATION
            + "' + e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ':' + e.lineNumber + ' ' + e.sample), true);";

    private final Driver driver;
    private final Path folder;
    private final List<String> seen = new ArrayList<>();

    private Browser(Path folder, List<String> arguments) {
        this.folder = folder;
        List<String> all = new ArrayList<>(List.of("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--window-size=1200,900", "--user-data-dir=" + folder.resolve("profile"),
                "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", "--lang=en-GB"));
        all.addAll(arguments);
        driver = new Driver(folder.resolve("tmp"), Map.of("browserName", "chrome", "acceptInsecureCerts", true, "unhandledPromptBehavior", "dismiss and notify",
                "goog:loggingPrefs", Map.of("browser", "ALL"),
                "goog:chromeOptions", Map.of("binary", Shell.pathOf("chromium").toString(), "args", all)));
        prepare();
    }

    private void prepare() {
        try {
            Files.createDirectories(downloads());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cdp("Browser.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", downloads().toString()));
        cdp("Page.enable", Map.of());
        cdp("Page.addScriptToEvaluateOnNewDocument", Map.of("source", WATCH));
    }

    /**
     * Starts one; the calling test is skipped, loudly, where there is none to start.
     *
     * @param folder gets the profile and the downloads; a second browser in the same folder, after the first, has the first one's storage
     */
    public static Browser start(Path folder, String... arguments) {
        Assumptions.assumeTrue(Shell.has("chromium") && Shell.has("chromedriver"), "chromium and chromedriver are not installed");
        return new Browser(folder.toAbsolutePath(), List.of(arguments));
    }

    // --- pages ----------------------------------------------------------------------------------

    /** Goes to the address, and waits until its document is loaded. */
    public void open(String url) {
        guarded(() -> driver.post("/url", Map.of("url", url)));
    }

    public void reload() {
        guarded(() -> driver.post("/refresh", Map.of()));
    }

    public void back() {
        guarded(() -> driver.post("/back", Map.of()));
    }

    public String url() {
        return (String) guarded(() -> driver.get("/url"));
    }

    public String title() {
        return (String) guarded(() -> driver.get("/title"));
    }

    /** Opens a tab beside the others and goes on in it. @return its handle */
    public String newTab() {
        String handle = (String) ((Map<?, ?>) driver.post("/window/new", Map.of("type", "tab"))).get("handle");
        switchTo(handle);
        prepare();
        return handle;
    }

    /** Closes this tab and goes on in the first of the others. */
    public void closeTab() {
        List<?> left = (List<?>) driver.delete("/window");
        switchTo((String) left.getFirst());
    }

    public String tab() {
        return (String) driver.get("/window");
    }

    public void switchTo(String handle) {
        driver.post("/window", Map.of("handle", handle));
    }

    // --- elements -------------------------------------------------------------------------------

    /** How many there are, seen or not. */
    public int count(String css) {
        return ((List<?>) guarded(() -> driver.post("/elements", Map.of("using", "css selector", "value", css)))).size();
    }

    /** Whether there is one, and a person would see it. */
    public boolean sees(String css) {
        return Boolean.TRUE.equals(script("return [...document.querySelectorAll(arguments[0])].some(e => e.checkVisibility({visibilityProperty: true}))", css));
    }

    /** Waits until it is there and seen. */
    public void await(String css) {
        until("to see " + css, () -> sees(css));
    }

    public void click(String css) {
        awaitStill(css);
        onElement(css, element -> driver.post(element + "/click", Map.of()));
    }

    /** A click meets what is there when it comes: rows that get their real height as they are scrolled into view move what is below them. Gives up waiting for what never stands still. */
    private void awaitStill(String css) {
        Object[] last = new Object[1];
        int[] asked = new int[1];
        until("to find " + css, () -> {
            Object place = script("const e = document.querySelector(arguments[0]); if (!e) return null; let r = e.getBoundingClientRect();"
                    + "if (r.top < 0 || r.bottom > innerHeight) { e.scrollIntoView({block: 'center', behavior: 'instant'}); r = e.getBoundingClientRect(); }"
                    + "return [scrollY, r.top, r.left, r.width].join()", css);
            boolean still = place != null && (place.equals(last[0]) || ++asked[0] > 50);
            last[0] = place;
            return still;
        });
    }

    /** Types into the field, after what it holds, by key events. */
    public void type(String css, String text) {
        onElement(css, element -> driver.post(element + "/value", Map.of("text", text)));
    }

    public void clear(String css) {
        onElement(css, element -> driver.post(element + "/clear", Map.of()));
    }

    /** Chooses files, as by the dialog that only a person can use. The field may be hidden. */
    public void files(String css, Path... files) {
        type(css, String.join("\n", Arrays.stream(files).map(file -> file.toAbsolutePath().toString()).toList()));
    }

    /** The text that a person sees there. */
    public String text(String css) {
        return (String) onElement(css, element -> driver.get(element + "/text"));
    }

    /** All that a person sees on the page. */
    public String text() {
        return text("body");
    }

    /** Of a field what it holds, of any other element its property; null when it has none. */
    public Object property(String css, String name) {
        return onElement(css, element -> driver.get(element + "/property/" + name));
    }

    /** The role that a screen reader tells (WAI-ARIA, Core-AAM). */
    public String role(String css) {
        return (String) onElement(css, element -> driver.get(element + "/computedrole"));
    }

    /** The name that a screen reader tells (accname). */
    public String label(String css) {
        return (String) onElement(css, element -> driver.get(element + "/computedlabel"));
    }

    private interface Step {
        Object on(String element);
    }

    private Object onElement(String css, Step step) {
        Object[] result = new Object[1];
        Object[] last = {"no such element"};
        until("to act on " + css + ": ", () -> last[0], PATIENCE, () -> {
            try {
                Map<?, ?> found = (Map<?, ?>) guarded(() -> driver.post("/element", Map.of("using", "css selector", "value", css)));
                result[0] = guarded(() -> step.on("/element/" + found.get(ELEMENT)));
                return true;
            } catch (Driver.RefusedException e) {
                if (!PASSING.contains(e.code)) {
                    throw e;
                }
                last[0] = e.getMessage();
                return false;
            }
        });
        return result[0];
    }

    // --- keys -----------------------------------------------------------------------------------

    /** Presses and releases each key, wherever the focus is. @param keys characters, and those of {@link Keys} */
    public void keys(String... keys) {
        List<Map<String, Object>> actions = new ArrayList<>();
        String.join("", keys).codePoints().mapToObj(Character::toString).forEach(key -> {
            actions.add(Map.of("type", "keyDown", "value", key));
            actions.add(Map.of("type", "keyUp", "value", key));
        });
        act(actions);
    }

    /** Presses all of them together. */
    public void chord(String... keys) {
        List<Map<String, Object>> actions = new ArrayList<>();
        for (String key : keys) {
            actions.add(Map.of("type", "keyDown", "value", key));
        }
        for (String key : Arrays.asList(keys).reversed()) {
            actions.add(Map.of("type", "keyUp", "value", key));
        }
        act(actions);
    }

    private void act(List<Map<String, Object>> actions) {
        guarded(() -> driver.post("/actions", Map.of("actions", List.of(Map.of("type", "key", "id", "keyboard", "actions", actions)))));
    }

    /** The element that has the focus: its name and id, such as {@code input#token}. */
    public String focused() {
        return (String) script("const e = document.activeElement; return e.localName + (e.id ? '#' + e.id : '')");
    }

    // --- what surrounds the page ----------------------------------------------------------------

    /** @param name {@code light} or {@code dark} */
    public void scheme(String name) {
        cdp("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", name))));
    }

    /** What is seen of the page, in CSS pixels. */
    public void size(int width, int height) {
        cdp("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
    }

    /** Takes the network away from the page, or gives it back. */
    public void offline(boolean offline) {
        network(offline, -1);
    }

    /** @param bytesPerSecond in each direction; -1 for all there is */
    public void pace(long bytesPerSecond) {
        network(false, bytesPerSecond);
    }

    private void network(boolean offline, long bytesPerSecond) {
        cdp("Network.enable", Map.of());
        cdp("Network.emulateNetworkConditions", Map.of("offline", offline, "latency", 0, "downloadThroughput", bytesPerSecond, "uploadThroughput", bytesPerSecond));
    }

    /** Where downloads go. */
    public Path downloads() {
        return folder.resolve("downloads");
    }

    public void forgetCookies() {
        driver.delete("/cookie");
    }

    /** A command of the Chrome DevTools Protocol to this tab. */
    public Map<?, ?> cdp(String method, Map<String, ?> parameters) {
        return (Map<?, ?>) guarded(() -> driver.post("/goog/cdp/execute", Map.of("cmd", method, "params", parameters)));
    }

    // --- scripts --------------------------------------------------------------------------------

    /** Runs the body of a function; a promise that it returns is waited for. @param arguments what JSON can hold; {@code arguments[0]} and so on there */
    public Object script(String body, Object... arguments) {
        return guarded(() -> driver.post("/execute/sync", Map.of("script", body, "args", List.of(arguments))));
    }

    /** The value of an expression, past the page's policy. A promise is waited for. */
    Object evaluate(String expression) {
        Map<?, ?> answer = cdp("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (answer.get("exceptionDetails") != null) {
            throw new AssertionError(answer.get("exceptionDetails"));
        }
        return ((Map<?, ?>) answer.get("result")).get("value");
    }

    static String json(Object value) {
        try {
            return JSON.std.asString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Does something within the frame: elements and scripts are those of its document meanwhile. */
    public void inFrame(String css, Runnable action) {
        onElement(css, element -> driver.post("/frame", Map.of("id", Map.of(ELEMENT, element.substring("/element/".length())))));
        try {
            action.run();
        } finally {
            driver.post("/frame/parent", Map.of());
        }
    }

    // --- waiting --------------------------------------------------------------------------------

    /** Asks again and again until it is so. @throws AssertionError with the page as it is then, after half a minute */
    public void until(String what, BooleanSupplier condition) {
        until(what, PATIENCE, condition);
    }

    /** As {@link #until(String, BooleanSupplier)}. @param patience before it gives up */
    public void until(String what, Duration patience, BooleanSupplier condition) {
        until(what, () -> "", patience, condition);
    }

    private void until(String what, Supplier<Object> why, Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain " + what + why.get() + "\n" + url() + ":\n" + script("return document.body.innerText") + "\n" + console());
            }
            try {
                never.await(20, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Waits until a person reads this there. */
    public void untilText(String css, String part) {
        until("to read '" + part + "' in " + css, () -> Boolean.TRUE.equals(
                script("return [...document.querySelectorAll(arguments[0])].some(e => e.innerText.includes(arguments[1]))", css, part)));
    }

    // --- what is wrong --------------------------------------------------------------------------

    /** All the console has had since it was last asked; requests that were refused are there as well. */
    public List<String> console() {
        return ((List<?>) guarded(() -> driver.post("/se/log", Map.of("type", "browser")))).stream().map(entry -> (Map<?, ?>) entry)
                .map(entry -> entry.get("level") + " " + entry.get("source") + " " + entry.get("message")).toList();
    }

    /** What no page may do: violations of its policy, errors of scripts, boxes that pop up. Each is told once. */
    public List<String> complaints() {
        // A box that is open is met by this, and by every other command.
        guarded(() -> driver.get("/title"));
        console().stream().filter(line -> line.contains(VIOLATION) || line.startsWith("SEVERE") && !line.startsWith("SEVERE network")).forEach(seen::add);
        List<String> all = List.copyOf(seen);
        seen.clear();
        return all;
    }

    /** @throws AssertionError unless there is nothing to complain of */
    public void assertQuiet() {
        Assertions.assertEquals(List.of(), complaints());
    }

    /** A box that pops up is dismissed by the driver, which tells of it by refusing the command (section 18). */
    private <T> T guarded(Supplier<T> command) {
        while (true) {
            try {
                return command.get();
            } catch (Driver.RefusedException e) {
                if (!e.code.equals("unexpected alert open")) {
                    throw e;
                }
                seen.add("alert: " + e.getMessage());
            }
        }
    }

    /** What axe-core finds wrong on the page as it is now. @param without selectors of parts that are not looked at */
    public List<Finding> axe(String... without) {
        return Axe.run(this, without);
    }

    /** @throws AssertionError when axe-core finds something that keeps somebody from using the page */
    public void assertAccessible(String... without) {
        List<Finding> serious = axe(without).stream().filter(Finding::isSerious).toList();
        Assertions.assertEquals(List.of(), serious, () -> url());
    }

    /** Every address from which the page has asked for something, the refused ones as well, and what came over the network for it, in bytes. */
    public Map<String, Long> requested() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        ((List<?>) script("return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(e => [e.name, e.transferSize])"))
                .forEach(pair -> sizes.merge((String) ((List<?>) pair).get(0), ((Number) ((List<?>) pair).get(1)).longValue(), Long::sum));
        return sizes;
    }

    /** What is seen of the page, as a PNG. */
    public void screenshot(Path file) {
        write(file, (String) driver.get("/screenshot"));
    }

    /** All of the page, as a PNG. @return the file */
    public Path fullScreenshot(Path file) {
        write(file, (String) cdp("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true)).get("data"));
        return file;
    }

    private static void write(Path file, String base64) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, Base64.getDecoder().decode(base64));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it and all its processes at once, as a crash does; its folder remains. */
    public void kill() {
        driver.kill();
    }

    @Override
    public void close() {
        driver.close();
    }
}
