package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** As embedded in another program, which does not open the JDK's server to us. */
class ClosedServerTest {

    /** The other program. */
    static final class Embedding {
        public static void main(String[] arguments) throws Exception {
            try (HttpListener listener = TestServer.OPENED.start(request -> Response.text(200, new String(request.body().readAllBytes())))) {
                System.out.print(RawClient.exchange(listener.address(), "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello").text());
            }
        }
    }

    @Test
    void withoutTheInternalsItSaysSoAndWorks() throws Exception {
        Process java = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-ea", "-Xmx64m", "-cp",
                System.getProperty("java.class.path"), Embedding.class.getName()).start();
        String output = new String(java.getInputStream().readAllBytes());
        String log = new String(java.getErrorStream().readAllBytes());
        assertTrue(java.waitFor(30, TimeUnit.SECONDS));
        assertEquals("hello", output, log);
        assertTrue(log.contains("--add-opens jdk.httpserver/sun.net.httpserver"), log);
    }

    @Test
    void theInternalsAreAsExpectedInThisJdk() {
        assertTrue(OpenedServer.find().isPresent());
    }
}
