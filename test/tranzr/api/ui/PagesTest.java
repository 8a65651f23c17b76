package tranzr.api.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** The documents of the pages. */
class PagesTest {

    private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"#]*)\"");
    private static final Pattern IMPORT = Pattern.compile("(?m)^(?:import|export)\\b[^;]*?\\bfrom '\\./([^']+)'|^import '\\./([^']+)'");
    private static final int FIRST_PAGE_LIMIT = 60 * 1024;

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static Path sources() {
        return Path.of(System.getProperty("tranzr.root"), "src", "tranzr", "api", "ui", "static");
    }

    private static Map<String, String> documents() {
        Map<String, String> documents = new TreeMap<>();
        try (Stream<Path> files = Files.list(sources())) {
            for (Path file : files.filter(path -> path.toString().endsWith(".html")).toList()) {
                documents.put(file.getFileName().toString(), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return documents;
    }

    @Test
    void everyDocumentTellsLanguageTitleAndWhereItsContentIs() {
        assertTrue(documents().size() >= 4, documents().keySet().toString());
        documents().forEach((name, text) -> {
            assertTrue(text.startsWith("<!DOCTYPE html>\n<html lang=\"en\">"), name);
            for (String needed : List.of("<meta charset=\"utf-8\">", "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">", "<title>", "<main id=\"main\"")) {
                assertTrue(text.contains(needed), name + " lacks " + needed);
            }
            if (name.equals("pdf.html")) {
                // Lies within a page, which has all of this, and is put there by its script.
                return;
            }
            assertTrue(text.contains("class=\"skip\" href=\"#main\""), name);
            // The page of a link works without script, and its head comes with what it tells.
            if (!name.equals("share.html")) {
                assertTrue(text.contains("<noscript>"), name + " says nothing to who has no script");
                assertEquals(1, Pattern.compile("<h1\\b").matcher(text).results().count(), name);
            }
        });
    }

    @Test
    void documentsReferToWhatThereIsAndToNothingElsewhere() {
        documents().forEach((name, text) -> {
            Matcher reference = REFERENCE.matcher(text);
            while (reference.find()) {
                String target = reference.group(1);
                if (target.startsWith("{{ui}}/")) {
                    assertTrue(Assets.FILES.contains(target.substring("{{ui}}/".length())), name + " refers to " + target);
                } else {
                    assertTrue(target.isEmpty() || target.equals("data:,") || target.startsWith("{{root}}"), name + " refers to " + target);
                }
            }
        });
    }

    @Test
    void scriptsImportWhatThereIs() throws IOException {
        for (String file : Assets.FILES) {
            if (file.endsWith(".js") && !file.startsWith("vendor/")) {
                assertTrue(Assets.FILES.containsAll(imports(file)), file + " imports " + imports(file));
            }
        }
        assertTrue(imports("account.js").containsAll(List.of("base.js", "vendor/qr-creator.js")), imports("account.js").toString());
    }

    private static Set<String> imports(String file) throws IOException {
        Set<String> found = new LinkedHashSet<>();
        if (!file.startsWith("vendor/")) {
            IMPORT.matcher(Files.readString(sources().resolve(file))).results().forEach(match -> found.add(match.group(1) == null ? match.group(2) : match.group(1)));
        }
        return found;
    }

    /** What a browser waits for: the document, its styles, and its modules with what they import. What comes later is asked for when it is needed. */
    @Test
    void theFirstPageIsLight() throws IOException {
        Map<String, Integer> sizes = new TreeMap<>();
        Deque<String> open = new ArrayDeque<>();
        Answer page = server.get("/", "Accept", "text/html", "Accept-Encoding", "gzip").expect(200);
        sizes.put("/", page.body().length);
        Matcher reference = Pattern.compile("\\{\\{ui}}/([^\"]+)\"").matcher(documents().get("send.html"));
        while (reference.find()) {
            open.add(reference.group(1));
        }
        while (!open.isEmpty()) {
            String file = open.poll();
            if (!sizes.containsKey(file)) {
                sizes.put(file, server.get("/ui/" + new Assets().version() + "/" + file, "Accept-Encoding", "gzip").expect(200).body().length);
                if (file.endsWith(".js")) {
                    open.addAll(imports(file));
                }
            }
        }
        int sum = sizes.values().stream().mapToInt(Integer::intValue).sum();
        assertTrue(sizes.size() >= 4 && sum < FIRST_PAGE_LIMIT, sum + " bytes: " + sizes);
    }

    @Test
    void thePolicyOfEveryPageForbidsInlineScriptsAndOtherSites() throws IOException {
        for (String name : documents().keySet()) {
            String path = switch (name) {
                case "send.html" -> "/";
                case "login.html" -> "/login";
                case "account.html" -> "/account";
                case "docs.html" -> "/docs";
                default -> null;
            };
            if (path != null) {
                Answer page = server.get(path, "Accept", "text/html").expect(200);
                assertPolicy(page, name);
                assertEquals("same-origin", page.header("Cross-Origin-Opener-Policy"), name);
                assertFalse(page.text().contains("{{"), name);
                assertTrue(page.text().contains("./ui/" + new Assets().version() + "/"), name);
            }
        }
    }

    @Test
    void theFrameOfPdfsHasNoOriginAndNoNetwork() {
        Answer frame = server.get("/pdf-viewer", "Accept", "text/html").expect(200);
        String policy = frame.header("Content-Security-Policy");
        assertTrue(policy.startsWith("sandbox allow-scripts; default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; style-src 'self'; "), policy);
        assertTrue(policy.endsWith("frame-ancestors 'self'"), policy);
        for (String never : List.of("allow-same-origin", "connect-src", "'unsafe", "http", "*", "allow-popups", "allow-top")) {
            assertFalse(policy.contains(never), policy);
        }
        String link = server.get("/s/unknown", "Accept", "text/html").expect(404).header("Content-Security-Policy");
        assertTrue(link.contains("frame-src 'self'") && link.contains("frame-ancestors 'none'"), link);
        assertFalse(server.get("/login").expect(200).header("Content-Security-Policy").contains("frame-src"));
    }

    private static void assertPolicy(Answer page, String name) {
        String policy = page.header("Content-Security-Policy");
        assertFalse(policy.contains("unsafe") || policy.contains("*") || policy.contains("http"), name + ": " + policy);
        for (String needed : List.of("default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'")) {
            assertTrue(policy.contains(needed), name + ": " + policy);
        }
        assertEquals("nosniff", page.header("X-Content-Type-Options"), name);
        assertEquals("no-cache", page.header("Cache-Control"), name);
    }

    @Test
    void theSamePageIsPackedForWhoeverCanUnpackItAndCurlGetsItsHelp() {
        assertEquals("gzip", server.get("/login", "Accept-Encoding", "gzip").expect(200).header("Content-Encoding"));
        assertTrue(server.get("/").expect(200).text().contains("curl"));
        assertTrue(server.get("/").header("Content-Type").startsWith("text/plain"));
        assertTrue(server.get("/", "Accept", "text/html,*/*;q=0.8").expect(200).header("Vary").contains("Accept"));
    }
}
