package tranzr.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.Http;
import tranzr.e2e.ServerProcess;
import tranzr.fault.CuttingProxy;
import tranzr.fault.Network;

/** {@code tus-js-client} in Node, as it is published, in every way that it knows to send a file. */
@Tag(TestMain.ASIDE)
class TusJsClientTest extends OtherClients {

    /** The first eight connections let half a megabyte through, and end; not by a reset, which throws away what has arrived and is not read yet. */
    static final Network EIGHT_CUTS = Network.CLEAN.cuts((connection, random) -> new Network.Cut(connection < 8 ? 500_000 : Long.MAX_VALUE, Long.MAX_VALUE, Network.End.CLOSE));

    private static final int SIZE = 3 * MIB + 12_345;

    @BeforeAll
    static void start(@TempDir Path folder) {
        Others.needNode();
        startServer(folder.resolve("data"));
    }

    static Program begin(String url, Path file, String options) {
        return Program.start(Others.script("tus-js.js", url, file.toString(), options));
    }

    private static List<String> send(Path file, String options) {
        try (Program client = begin(tus(), file, options)) {
            return client.expect(0);
        }
    }

    /** Sends noise and looks that it is there. @return what the client told, without what only {@code done} tells */
    private List<String> sent(int size, String options) throws Exception {
        byte[] bytes = Http.bytes(size, size);
        List<String> lines = send(file("plain.bin", bytes), options);
        assertStored(bytes, idOf(told(lines, "done ")));
        return lines.stream().filter(line -> !line.matches("(done|took|X-\\S+) .*")).toList();
    }

    @Test
    void sendsAFileInOneRequest() throws Exception {
        assertEquals(List.of("POST 201", "PATCH 204 " + SIZE), sent(SIZE, "{}"));
    }

    @Test
    void sendsAnEmptyFile() throws Exception {
        assertEquals("POST 201", sent(0, "{}").getFirst().substring(0, 8));
    }

    @Test
    void sendsChunksOfAnySize() throws Exception {
        for (int chunk : new int[] {MIB, 700_001, SIZE, SIZE - 1}) {
            List<String> expected = new ArrayList<>(List.of("POST 201"));
            for (int at = chunk; at < SIZE; at += chunk) {
                expected.add("PATCH 204 " + at);
            }
            expected.add("PATCH 204 " + SIZE);
            assertEquals(expected, sent(SIZE, "{\"chunkSize\": " + chunk + "}"));
        }
    }

    @Test
    void sendsPartsInParallel() throws Exception {
        List<String> lines = sent(SIZE, "{\"parallelUploads\": 4, \"chunkSize\": 300000, \"metadata\": {\"filename\": \"whole.bin\"}}");
        assertEquals(5, lines.stream().filter("POST 201"::equals).count(), lines.toString());
        assertEquals("POST 201", lines.getLast(), lines.toString());
    }

    @Test
    void sendsWhatNobodyKnowsTheLengthOf() throws Exception {
        assertEquals(List.of("POST 201", "PATCH 204 " + MIB, "PATCH 204 " + 2 * MIB, "PATCH 204 " + 3 * MIB, "PATCH 204 " + SIZE),
                sent(SIZE, "{\"source\": \"stream\", \"uploadLengthDeferred\": true, \"chunkSize\": " + MIB + "}"));
    }

    @Test
    void sendsTheBeginningWithTheCreation() throws Exception {
        assertEquals(List.of("POST 201 " + SIZE), sent(SIZE, "{\"uploadDataDuringCreation\": true}"));
        assertEquals(List.of("POST 201 2000000", "PATCH 204 " + SIZE), sent(SIZE, "{\"uploadDataDuringCreation\": true, \"chunkSize\": 2000000}"));
        sent(SIZE, "{\"uploadDataDuringCreation\": true, \"parallelUploads\": 2}");
    }

    @Test
    void sendsByPostWherePatchIsForbidden() throws Exception {
        assertEquals(List.of("POST 201", "POST as PATCH 204 2000000", "POST as PATCH 204 " + SIZE), sent(SIZE, "{\"overridePatchMethod\": true, \"chunkSize\": 2000000}"));
    }

    @Test
    void namesTheFileAndSharesIt() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 9);
        String id = idOf(told(send(file("named.bin", bytes), "{\"metadata\": {\"filename\": \"Grüße \uD83D\uDC22.bin\", \"filetype\": \"application/x-noise\"}, \"addRequestId\": true}"),
                "done "));
        assertEquals("Grüße \uD83D\uDC22.bin", http.get("/files/" + id).expect(200).field("filename"));
        assertStored(bytes, id);
    }

    @Test
    void takesAnUploadBack() throws Exception {
        List<String> lines = send(file("unwanted.bin", Http.bytes(SIZE, 2)), "{\"chunkSize\": " + MIB + ", \"giveUpAfter\": 3}");
        assertTrue(lines.contains("DELETE 204"), lines.toString());
        http.get("/files/" + idOf(told(lines, "taken back "))).expect(404);
    }

    @Test
    void goesOnAfterTheClientWasKilled() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 3);
        Path file = file("resumed.bin", bytes);
        String remembered = ", \"chunkSize\": " + MIB + ", \"remember\": \"" + folder.resolve("urls.json") + "\"}";
        try (Program first = begin(tus(), file, "{\"holdAfter\": 3" + remembered)) {
            first.awaitLine("holding").kill();
        }
        List<String> lines = send(file, "{\"resume\": true" + remembered);
        assertEquals(List.of("remembered 1", "HEAD 200 " + 2 * MIB, "PATCH 204 " + 3 * MIB, "PATCH 204 " + SIZE), lines.subList(0, 4));
        assertStored(bytes, idOf(told(lines, "done ")));
        // What is complete is not sent again.
        assertEquals(List.of("remembered 1", "HEAD 200 " + SIZE), send(file, "{\"resume\": true" + remembered).subList(0, 2));
    }

    @Test
    void goesOnWithPartsInParallelAfterTheClientWasKilled() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 4);
        Path file = file("parts.bin", bytes);
        String remembered = ", \"parallelUploads\": 3, \"chunkSize\": 300000, \"remember\": \"" + folder.resolve("urls.json") + "\"}";
        try (Program first = begin(tus(), file, "{\"holdAfter\": 9" + remembered)) {
            first.awaitLine("holding").kill();
        }
        List<String> lines = send(file, "{\"resume\": true" + remembered);
        assertEquals(3, lines.stream().filter(line -> line.startsWith("HEAD 200 ")).count(), lines.toString());
        assertEquals(1, lines.stream().filter("POST 201"::equals).count(), lines.toString());
        assertStored(bytes, idOf(told(lines, "done ")));
    }

    @Test
    void goesOnOverAServerThatIsKilledAndStartedAgain() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 5);
        Path file = file("killed.bin", bytes);
        try (ServerProcess killed = ServerProcess.start(folder.resolve("killed-data"));
                CuttingProxy proxy = CuttingProxy.before(killed::port, Network.CLEAN.rate(2L * MIB), 1);
                Program client = begin(proxy.url() + "/tus/", file, "{\"chunkSize\": 500000, \"retryDelays\": [0, 200, 400, 800, 1600, 3200, 6400]}")) {
            client.awaitLine("PATCH 204 1000000");
            killed.kill();
            killed.restart();
            List<String> lines = client.expect(0);
            assertTrue(lines.stream().anyMatch(line -> line.startsWith("HEAD 200 ") && !line.equals("HEAD 200 0")), lines.toString());
            assertEquals(1, lines.stream().filter("POST 201"::equals).count(), lines.toString());
            try (Http api = new Http(killed)) {
                assertEquals(Http.sha256(bytes), api.get("/files/" + idOf(told(lines, "done "))).expect(200).field("file_hash"));
            }
        }
    }

    @Test
    void goesOnOverANetworkThatBreaksWithNextToNothingSentTwice() throws Exception {
        byte[] bytes = Http.bytes(2 * SIZE, 6);
        Path file = file("cut.bin", bytes);
        try (CuttingProxy proxy = CuttingProxy.before(server::port, EIGHT_CUTS, 1);
                Program client = begin(proxy.url() + "/tus/", file, "{\"retryDelays\": [0, 0, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100]}")) {
            List<String> lines = client.expect(0);
            assertEquals(1, lines.stream().filter("POST 201"::equals).count(), lines.toString());
            assertTrue(proxy.broken() >= 8, () -> proxy.broken() + " " + lines);
            assertTrue(proxy.bytesUp() < bytes.length * 5L / 4, () -> proxy.bytesUp() + " " + lines);
            assertStored(bytes, idOf(told(lines, "done ")));
        }
    }
}
