package tranzr.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.TestMain;
import tranzr.e2e.Http;
import tranzr.fault.CuttingProxy;
import tranzr.fault.Network;

/**
 * {@code tus-js-client} in its two modes for Resumable Uploads for HTTP, interop versions 5 and 6. Where a file is sent by several requests it is given to the client as a
 * buffer: of a stream that reads a file it never says that a request is the last, unless it is the only one.
 */
@Tag(TestMain.ASIDE)
class TusJsIetfTest extends OtherClients {

    private static final int SIZE = 3 * MIB + 12_345;
    private static final String BUFFER = ", \"source\": \"buffer\"";

    @BeforeAll
    static void start(@TempDir Path folder) {
        Others.needNode();
        startServer(folder.resolve("data"));
    }

    private static String door(String server) {
        return server + "/files/upload";
    }

    private static List<String> send(String url, Path file, String protocol, String options) {
        try (Program client = TusJsClientTest.begin(url, file, options(protocol, options))) {
            return client.expect(0);
        }
    }

    private static String options(String protocol, String options) {
        return "{\"protocol\": \"" + protocol + "\"" + options + "}";
    }

    /** Sends noise and looks that it is there. @return the requests, without the status that tells how far a complete one went */
    private List<String> sent(String protocol, String options) throws Exception {
        byte[] bytes = Http.bytes(SIZE, options.hashCode());
        List<String> lines = send(door(server.url()), file("plain.bin", bytes), protocol, options);
        assertStored(bytes, idOf(told(lines, "done ")));
        return lines.stream().filter(line -> line.matches("(POST|PATCH|HEAD) .*")).map(line -> line.replaceFirst(" 2\\d\\d", "")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ietf-draft-03", "ietf-draft-05"})
    void sendsAFile(String protocol) throws Exception {
        assertEquals(List.of("POST", "PATCH " + SIZE), sent(protocol, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ietf-draft-03", "ietf-draft-05"})
    void sendsAFileInTheRequestThatCreatesIt(String protocol) throws Exception {
        assertEquals(List.of("POST " + SIZE), sent(protocol, ", \"uploadDataDuringCreation\": true"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ietf-draft-03", "ietf-draft-05"})
    void sendsChunks(String protocol) throws Exception {
        String chunks = ", \"chunkSize\": " + MIB + BUFFER;
        assertEquals(List.of("POST", "PATCH " + MIB, "PATCH " + 2 * MIB, "PATCH " + 3 * MIB, "PATCH " + SIZE), sent(protocol, chunks));
        assertEquals(List.of("POST " + MIB, "PATCH " + 2 * MIB, "PATCH " + 3 * MIB, "PATCH " + SIZE), sent(protocol, ", \"uploadDataDuringCreation\": true" + chunks));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ietf-draft-03", "ietf-draft-05"})
    void sendsWhatNobodyKnowsTheLengthOf(String protocol) throws Exception {
        assertEquals(List.of("POST", "PATCH " + 2 * MIB, "PATCH " + SIZE),
                sent(protocol, ", \"source\": \"stream\", \"uploadLengthDeferred\": true, \"chunkSize\": " + 2 * MIB));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ietf-draft-03", "ietf-draft-05"})
    void takesAnUploadBack(String protocol) throws Exception {
        List<String> lines = send(door(server.url()), file("unwanted.bin", Http.bytes(SIZE, 2)), protocol, ", \"chunkSize\": " + MIB + ", \"giveUpAfter\": 3");
        assertTrue(lines.contains("DELETE 204"), lines.toString());
        http.get("/files/" + idOf(told(lines, "taken back "))).expect(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ietf-draft-03", "ietf-draft-05"})
    void goesOnAfterTheClientWasKilled(String protocol) throws Exception {
        byte[] bytes = Http.bytes(SIZE, 3);
        Path file = file("resumed.bin", bytes);
        String remembered = ", \"chunkSize\": " + MIB + BUFFER + ", \"remember\": \"" + folder.resolve("urls.json") + "\"";
        try (Program first = TusJsClientTest.begin(door(server.url()), file, options(protocol, ", \"holdAfter\": 3" + remembered))) {
            first.awaitLine("holding").kill();
        }
        List<String> lines = send(door(server.url()), file, protocol, ", \"resume\": true" + remembered);
        assertEquals("remembered 1", lines.getFirst());
        assertEquals(List.of("HEAD 204 " + 2 * MIB), lines.stream().filter(line -> line.startsWith("HEAD ")).toList());
        assertEquals(0, lines.stream().filter(line -> line.startsWith("POST ")).count(), lines.toString());
        assertStored(bytes, idOf(told(lines, "done ")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ietf-draft-03", "ietf-draft-05"})
    void goesOnOverANetworkThatBreaksWithNextToNothingSentTwice(String protocol) throws Exception {
        byte[] bytes = Http.bytes(2 * SIZE, 6);
        Path file = file("cut.bin", bytes);
        String patient = BUFFER + ", \"retryDelays\": [0, 0, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100]";
        try (CuttingProxy proxy = CuttingProxy.before(server::port, TusJsClientTest.EIGHT_CUTS, 1)) {
            List<String> lines = send(door(proxy.url()), file, protocol, patient);
            assertEquals(1, lines.stream().filter(line -> line.startsWith("POST ")).count(), lines.toString());
            assertTrue(proxy.broken() >= 8, () -> proxy.broken() + " " + lines);
            assertTrue(proxy.bytesUp() < bytes.length * 5L / 4, () -> proxy.bytesUp() + " " + lines);
            assertStored(bytes, idOf(told(lines, "done ")));
        }
    }
}
