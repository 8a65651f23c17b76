package tranzr.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http;
import tranzr.e2e.ServerProcess;

/** One built jar for all tests of a class, which is given files by clients of other makers and then has to give them back. */
abstract class OtherClients {

    static final int KIB = 1 << 10;
    static final int MIB = 1 << 20;

    static ServerProcess server;
    static Http http;

    @TempDir
    Path folder;

    /** Called by each class once it knows that its client is there. */
    static void startServer(Path data) {
        server = ServerProcess.start(data);
        http = new Http(server);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            http.close();
            server.close();
            server = null;
        }
    }

    /** Where tus begins. */
    static String tus() {
        return server.url() + "/tus/";
    }

    /** Writes a file of noise. */
    Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    /** The last part of the address, which is the upload's and the file's id. */
    static String idOf(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    /** The line that begins so, without its beginning. */
    static String told(List<String> lines, String beginning) {
        return lines.stream().filter(line -> line.startsWith(beginning)).map(line -> line.substring(beginning.length())).findFirst()
                .orElseThrow(() -> new AssertionError("never said " + beginning + ", but:\n" + String.join("\n", lines)));
    }

    /** The file is complete, and what is fetched is what was sent. */
    static void assertStored(byte[] sent, String id) {
        assertEquals("completed", http.get("/files/" + id).expect(200).field("status"));
        assertEquals(Http.sha256(sent), http.get("/files/" + id).expect(200).field("file_hash"));
        assertArrayEquals(sent, http.get("/download/" + id).expect(200).body());
    }
}
