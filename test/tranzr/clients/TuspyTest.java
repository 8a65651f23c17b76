package tranzr.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.Http;
import tranzr.fault.CuttingProxy;
import tranzr.fault.Network;

/** {@code tuspy}, as Debian packages it, with its SHA-1 of every chunk. */
@Tag(TestMain.ASIDE)
class TuspyTest extends OtherClients {

    private static final int SIZE = 2 * MIB + 777;

    private static String python;

    @BeforeAll
    static void start(@TempDir Path folder) {
        python = Others.needTuspy();
        startServer(folder.resolve("data"));
    }

    private static List<String> run(String url, Path file, String options) {
        String script = Path.of(System.getProperty("tranzr.root"), "test", "tranzr", "clients", "tuspy.py").toString();
        try (Program client = Program.start(List.of(python, script, url, file.toString(), options))) {
            return client.expect(0);
        }
    }

    private List<String> sent(String options) throws Exception {
        byte[] bytes = Http.bytes(SIZE, options.hashCode());
        List<String> lines = run(tus(), file("python.bin", bytes), options);
        assertStored(bytes, idOf(told(lines, "done ")));
        return lines.subList(0, lines.size() - 1);
    }

    @Test
    void sendsChunksWithTheirChecksums() throws Exception {
        assertEquals(List.of("sent 204 " + MIB, "sent 204 " + 2 * MIB, "sent 204 " + SIZE), sent("{\"checksum\": true, \"chunk_size\": " + MIB + "}"));
    }

    @Test
    void sendsAFileAtOnceWithItsChecksum() throws Exception {
        assertEquals(List.of("sent 204 " + SIZE), sent("{\"checksum\": true}"));
    }

    @Test
    void sendsWithoutChecksums() throws Exception {
        assertEquals(List.of("sent 204 " + SIZE), sent("{}"));
    }

    @Test
    void sendsByAsyncio() throws Exception {
        assertEquals(List.of("sent 204 " + MIB, "sent 204 " + 2 * MIB, "sent 204 " + SIZE), sent("{\"asyncio\": true, \"checksum\": true, \"chunk_size\": " + MIB + "}"));
    }

    @Test
    void goesOnWhereAnEarlierRunStopped() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 2);
        Path file = file("twice.bin", bytes);
        String options = "\"checksum\": true, \"chunk_size\": 500000, \"remember\": \"" + folder.resolve("urls.json") + "\"}";
        run(tus(), file, "{\"stop_at\": 1000000, " + options);
        List<String> lines = run(tus(), file, "{" + options);
        assertEquals(List.of("goes on at 1000000", "sent 204 1500000", "sent 204 2000000", "sent 204 " + SIZE), lines.subList(0, 4));
        assertStored(bytes, idOf(told(lines, "done ")));
    }

    @Test
    void namesTheFile() throws Exception {
        List<String> lines = run(tus(), file("plain", Http.bytes(10, 1)), "{\"metadata\": {\"filename\": \"Zeugnis für Ä.txt\"}}");
        assertEquals("Zeugnis für Ä.txt", http.get("/files/" + idOf(told(lines, "done "))).expect(200).field("filename"));
    }

    @Test
    void goesOnAfterAConnectionWasCut() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 7);
        Network cut = Network.CLEAN.cuts((connection, random) -> connection == 2 ? new Network.Cut(300_000, Long.MAX_VALUE, Network.End.RESET) : Network.Cut.NEVER);
        try (CuttingProxy proxy = CuttingProxy.before(server::port, cut, 1)) {
            List<String> lines = run(proxy.url() + "/tus/", file("cut.bin", bytes), "{\"checksum\": true, \"retries\": 3, \"chunk_size\": " + MIB + "}");
            assertEquals("sent 204 " + SIZE, lines.get(lines.size() - 2), lines.toString());
            assertTrue(proxy.broken() > 0);
            assertStored(bytes, idOf(told(lines, "done ")));
        }
    }
}
