package tranzr.api.ui;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** What the pages are made of, as browsers get it. */
class AssetsTest {

    @TempDir
    Path folder;
    private ServedEngine server;
    private String root;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder);
        root = "/ui/" + new Assets().version() + "/";
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void theListHoldsWhatLiesThereAndNothingElse() throws IOException {
        Path source = Path.of(System.getProperty("tranzr.root"), "src", "tranzr", "api", "ui", "static");
        try (Stream<Path> files = Files.list(source)) {
            Set<String> there = files.map(file -> file.getFileName().toString()).filter(name -> !name.endsWith(".html")).collect(Collectors.toCollection(TreeSet::new));
            assertEquals(there, Assets.FILES.stream().filter(file -> !file.startsWith("vendor/")).collect(Collectors.toCollection(TreeSet::new)));
        }
        assertEquals(Assets.FILES.size(), Set.copyOf(Assets.FILES).size());
    }

    @Test
    void everyFileIsTheSamePackedAndPlain() throws IOException {
        for (String file : Assets.FILES) {
            Answer plain = server.get(root + file).expect(200);
            assertTrue(plain.body().length > 0, file);
            assertNull(plain.header("Content-Encoding"), file);
            Answer packed = server.get(root + file, "Accept-Encoding", "br, gzip").expect(200);
            assertEquals("gzip", packed.header("Content-Encoding"), file);
            assertTrue(packed.header("Vary").contains("Accept-Encoding"), file);
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
                assertArrayEquals(plain.body(), in.readAllBytes(), file);
            }
            assertEquals("nosniff", plain.header("X-Content-Type-Options"), file);
            assertTrue(file.endsWith(".js") == plain.header("Content-Type").startsWith("text/javascript"), file + " is " + plain.header("Content-Type"));
        }
        assertNull(server.get(root + "app.css", "Accept-Encoding", "gzip;q=0, br").expect(200).header("Content-Encoding"));
    }

    @Test
    void theirAddressNamesTheirContentsAndIsKeptForEver() {
        Answer current = server.get(root + "app.css").expect(200);
        assertTrue(current.header("Cache-Control").contains("immutable"));
        assertNotNull(current.header("ETag"));
        Answer unchanged = server.get(root + "app.css", "If-None-Match", current.header("ETag")).expect(304);
        assertEquals(0, unchanged.body().length);
        assertEquals(current.header("ETag"), unchanged.header("ETag"));
        Answer older = server.get("/ui/000000000000/app.css").expect(200);
        assertEquals("no-cache", older.header("Cache-Control"), "another release's address must not keep this one's contents");
        assertArrayEquals(current.body(), older.body());
    }

    @Test
    void nothingElseIsHandedOut() {
        for (String path : List.of("Assets.class", "..%2fAssets.class", "%2e%2e%2fPages.class", "send.html", "app.css%00.js", "APP.CSS", ".", "static",
                "vendor/Assets.class", "vendor/..%2fAssets.class", "vendor/qr-creator.js.map")) {
            assertEquals(4, server.get(root + path).status() / 100, path);
        }
        server.get(root + "nothing.js").expect(404, "not_found");
    }
}
