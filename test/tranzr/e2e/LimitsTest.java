package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http.Answer;

/** The limits of the built jar as they are set on its command line. */
class LimitsTest {

    private static final String JSON = "{\"filename\":\"a\",\"file_size\":123456789}";

    @Test
    void theRateOfRequestsIsKept(@TempDir Path folder) {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "--request-rate", "1/h burst 30"); Http http = new Http(server)) {
            int passed = 0;
            Answer last = http.get("/files");
            for (; last.status() == 200 && passed <= 30; last = http.get("/files")) {
                passed++;
            }
            // What asked whether it has started counts too.
            assertTrue(passed > 20 && passed <= 30, "passed " + passed);
            int wait = Integer.parseInt(last.expect(429, "too_many_requests").header("Retry-After"));
            assertTrue(wait > 3000 && wait <= 3600, "wait " + wait);
        }
    }

    @Test
    void aFullDiskIsAnsweredBeforeBytesAreSent(@TempDir Path folder) throws Exception {
        // Nothing is ever free beside such a reserve.
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "--reserve", "1EiB")) {
            for (String target : new String[] {"/new.bin", "/upload/start"}) {
                try (RawConnection connection = new RawConnection(server)) {
                    boolean start = target.equals("/upload/start");
                    connection.head((start ? "POST " : "PUT ") + target + " HTTP/1.1", "Host: localhost", "Connection: close",
                            start ? "Content-Length: " + JSON.length() : "Content-Length: 1000000", start ? "X: y" : "Expect: 100-continue");
                    String answer = start ? connection.send(JSON).readAnswer(20_000) : connection.readAnswer(20_000);
                    assertEquals("HTTP/1.1 507", answer.substring(0, 12), answer);
                    assertTrue(answer.contains("no_space"), answer);
                }
            }
            try (RawConnection connection = new RawConnection(server)) {
                connection.head("PUT /new.bin HTTP/1.1", "Host: localhost", "Content-Length: 1000000");
                String answer = connection.readAnswer(20_000);
                assertTrue(answer.startsWith("HTTP/1.1 507") && answer.contains("no_space"), "before any byte of the body: " + answer);
            }
        }
    }
}
