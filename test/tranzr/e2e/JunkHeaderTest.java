package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Junk in every field that anything here reads, or that a proxy may send: it is refused or not looked at, and ends nothing. */
class JunkHeaderTest {

    private static final List<String> FIELDS = List.of("Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect", "TE", "Upgrade", "Range", "If-Range", "If-Match",
            "If-None-Match", "If-Modified-Since", "Content-Range", "Content-Type", "Content-Disposition", "Content-Encoding", "Repr-Digest", "Content-Digest", "Digest",
            "Want-Repr-Digest", "Authorization", "Cookie", "Origin", "Sec-Fetch-Site", "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Request-Id",
            "Accept", "Accept-Encoding", "User-Agent", "Referer", "Access-Control-Request-Method", "Access-Control-Request-Headers", "X-Share-Password",
            "X-Content-SHA256", "Upload-Length", "Upload-Offset", "Upload-Metadata", "Tus-Resumable", "X-Max-Downloads", "X-Expires");

    private static final List<String> JUNK = List.of("", ",", ";", "=", "\"", "\"\\", "%", "%zz", "\u00ff\u00fe", "\u0001", "a\u0000b", "0", "-1", "+1", "1e9", "99999999999999999999",
            "bytes", "bytes=", "bytes=-", "bytes=0-,", "bytes=9-1,1-", "bytes 0-0/", "bytes 5-1/3", "bytes */*", "[", "[::", "::1", "a:b:c", "for=", "for=\"[\";proto=,", "unknown",
            "Bearer", "Bearer ", "Basic =", "Basic !!!!", "Basic Og==", "sha-256=::", "sha-256=:AA", "sha-256=:AA==:, sha-256=:AA==:", "multipart/form-data",
            "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\\", "attachment; filename*=UTF-8''%ff", ";;;=\"", "null", "*", "https://[", "chunked, chunked",
            "GET, HEAD", "100-continue, x", "a".repeat(8000), ",".repeat(8000), "a=b;".repeat(2000), "q=0.5,".repeat(1000));

    private static final String TOKEN = "a-token-long-enough";

    private static ServerProcess server;
    private static Http http;

    @BeforeAll
    static void startServer(@TempDir Path folder) {
        server = ServerProcess.start(ServerProcess.Launch.on(folder.resolve("data"), "--trusted-proxy", "127.0.0.1", "--cors-origin", "https://a.example", "--stall", "20s")
                .environment(Map.of("TRANZR_TOKEN", TOKEN)));
        http = new Http(server);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            http.close();
            server.close();
        }
    }

    @Test
    void junkInAnyFieldIsNeverAnErrorOfTheServerNorItsEnd() throws Exception {
        String id = http.put("/f", new byte[100], "Authorization", "Bearer " + TOKEN).expect(201).header("X-File-Id");
        List<String> requests = List.of("GET /download/" + id, "PUT /junk", "POST /", "OPTIONS /files");
        List<Callable<String>> tries = new ArrayList<>();
        for (String field : FIELDS) {
            tries.add(() -> {
                StringBuilder wrong = new StringBuilder();
                for (String junk : JUNK) {
                    String request = requests.get((field + junk).length() % requests.size());
                    String status = statusOf(request + " HTTP/1.1\r\n" + (field.equals("Host") ? "" : "Host: localhost\r\n")
                            + (field.equals("Authorization") ? "" : "Authorization: Bearer " + TOKEN + "\r\n") + field + ": " + junk + "\r\n"
                            + (request.startsWith("P") && !field.startsWith("Content-L") && !field.startsWith("Transfer") ? "Content-Length: 3\r\n\r\nabc" : "\r\n"));
                    // RFC 9112, section 6.1: 501 for a transfer coding that is not known.
                    if (!status.matches(field.equals("Transfer-Encoding") ? "[234][0-9][0-9]|501" : "[234][0-9][0-9]")) {
                        wrong.append(request).append(' ').append(field).append(": ").append(junk.substring(0, Math.min(40, junk.length()))).append(" -> ").append(status).append('\n');
                    }
                }
                return wrong.toString();
            });
        }
        assertEquals("", String.join("", RealServer.together(tries)));
        assertTrue(http.get("/health").expect(200).text().contains("ok"));
        assertFalse(server.output().contains("incident"), server.output());
    }

    /** Of the one answer to a request after which nothing more comes. */
    private static String statusOf(String request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", server.port()), 20_000);
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readNBytes(40), StandardCharsets.ISO_8859_1);
            return answer.startsWith("HTTP/1.1 ") ? answer.substring(9, 12) : "'" + answer + "'";
        }
    }
}
