package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.Http.Answer;

/** Resumable uploads of the IETF draft, with the server as people run it. */
@Tag(TestMain.ASIDE)
class ResumableUploadsTest {

    /** Progress is told every 8 MiB, of what was durable by then: by the third time there is something to tell. */
    private static final int SIZE = 32 << 20;

    @TempDir
    Path folder;

    private static String field(String head, String name) {
        Matcher field = Pattern.compile("(?im)^" + name + ": *(\\S+)").matcher(head);
        assertTrue(field.find(), name + " is missing in " + head);
        return field.group(1);
    }

    /** What was told as progress is durable, the address still holds, and the link that was promised comes with the file. */
    @Test
    void anUploadGoesOnAfterAKillOfTheServerFromWhereItSaid() throws Exception {
        byte[] file = Http.bytes(SIZE, 5);
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"))) {
            String location;
            long told;
            try (RawConnection connection = new RawConnection(server)) {
                connection.head("PUT /film.mkv HTTP/1.1", "Host: localhost", "Upload-Draft-Interop-Version: 8", "Upload-Complete: ?1", "Content-Length: " + SIZE);
                String first = connection.readHead();
                assertTrue(first.startsWith("HTTP/1.1 104 Upload Resumption Supported\r\n"), first);
                location = field(first, "Location");
                connection.send(Http.part(file, 0, SIZE - 1));
                told = Long.parseLong(field(connection.readHead(), "Upload-Offset"));
                server.kill();
            }
            server.restart();
            try (Http http = new Http(server)) {
                Answer stands = http.send("HEAD", location, BodyPublishers.noBody()).expect(204);
                int offset = Integer.parseInt(stands.header("Upload-Offset"));
                assertTrue(told > 0 && offset >= told, offset + " after " + told);
                assertEquals("?0", stands.header("Upload-Complete"));
                Answer done = http.send("PATCH", location, BodyPublishers.ofByteArray(Http.part(file, offset, SIZE)), "Content-Type", "application/partial-upload", "Upload-Offset",
                        Integer.toString(offset), "Upload-Complete", "?1").expect(201);
                assertEquals(Http.sha256(file), done.header("X-Content-SHA256"));
                String link = done.text().strip();
                assertTrue(link.endsWith("/film.mkv"), link);
                assertArrayEquals(file, http.get(link.substring(link.indexOf("/s/"))).expect(200).body());
            }
        }
    }

    @Test
    void curlGetsItsLinkAfterTheInterimAnswers() throws IOException, InterruptedException {
        assumeTrue(Shell.has("curl"), "curl is not installed");
        Path local = Files.write(folder.resolve("a.bin"), Http.bytes(20 << 20, 6));
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server)) {
            String output = Shell.run(folder, "curl", "-sSi", "--fail-with-body", "-T", local.toString(), "-H", "Upload-Complete: ?1", "-H", "Upload-Draft-Interop-Version: 8", server.url() + "/")
                    .expectSuccess().output();
            assertTrue(output.contains("HTTP/1.1 104 Upload Resumption Supported") && output.contains("HTTP/1.1 201 "), output);
            String link = output.substring(output.indexOf("/s/")).strip();
            assertArrayEquals(Files.readAllBytes(local), http.get(link).expect(200).body());
        }
    }
}
