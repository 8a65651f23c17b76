package tranzr.api.direct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.OneTimeToken;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** Files that are fetched by a signed address: for a while, or once. */
class SignedDownloadTest {

    private static final String OPERATOR = "operator-token-0123456789";
    private static final String[] ANY = {"Authorization", "Bearer " + OPERATOR};
    private static final byte[] FILE = ServedEngine.bytes(300_000, 1);

    @TempDir
    Path folder;
    private ServedEngine server;
    private String id;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder, OPERATOR, null);
        id = server.store(FILE, ANY);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private String sign(String terms) {
        return server.post("/download-url/" + id, terms, ANY).expect(201).field("url");
    }

    private int records() {
        return server.engine().core().catalog().entities(OneTimeToken.class).size();
    }

    @Test
    void anAddressForAWhileGivesTheFileWithoutATokenAsOftenAsWantedAndInRanges() {
        String url = sign("");
        assertTrue(url.startsWith(server.url() + "/direct/" + id + "/file.bin?"), url);
        Answer whole = server.get(url).expect(200);
        assertArrayEquals(FILE, whole.body());
        assertEquals("attachment; filename=\"file.bin\"", whole.header("Content-Disposition").split("; filename\\*")[0]);
        assertEquals("no-referrer", whole.header("Referrer-Policy"));
        assertArrayEquals(Arrays.copyOfRange(FILE, 100, 200), server.get(url, "Range", "bytes=100-199").expect(206).body());
        assertEquals("300000", server.send("HEAD", url, BodyPublishers.noBody()).expect(200).header("Content-Length"));
        server.get(url, "If-None-Match", whole.header("ETag")).expect(304);
        assertEquals(0, records());
    }

    @Test
    void anAddressThatIsGoodOnceGivesTheWholeFileOnce() {
        String url = sign("{\"one_time\": true}");
        // None of these brings a byte, and so none uses it up.
        assertEquals("none", server.send("HEAD", url, BodyPublishers.noBody()).expect(200).header("Accept-Ranges"));
        server.get(url, "If-None-Match", "*").expect(304);
        server.get(url, "If-Match", "\"other\"").expect(412);
        assertEquals(1, records());
        // A range would leave the rest out of reach, so that all of it comes (RFC 9110, section 14.2).
        Answer answer = server.get(url, "Range", "bytes=100-199").expect(200);
        assertArrayEquals(FILE, answer.body());
        assertEquals("none", answer.header("Accept-Ranges"));
        server.get(url).expect(403, "signature_invalid");
        assertEquals(403, server.send("HEAD", url, BodyPublishers.noBody()).status());
        assertEquals(0, records());
    }

    @Test
    void ofSixteenWhoAskAtTheSameMomentOneGetsIt() throws Exception {
        for (int round = 0; round < 3; round++) {
            String url = sign("{\"one_time\": true}");
            CyclicBarrier together = new CyclicBarrier(16);
            try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
                List<Future<Answer>> answers = new ArrayList<>();
                for (int i = 0; i < 16; i++) {
                    answers.add(threads.submit(() -> {
                        together.await();
                        return server.get(url);
                    }));
                }
                int served = 0;
                for (Future<Answer> each : answers) {
                    Answer answer = each.get();
                    served += answer.status() == 200 ? 1 : 0;
                    assertTrue(answer.status() == 200 ? Arrays.equals(FILE, answer.body()) : "signature_invalid".equals(answer.expect(403).field("code")), answer.status() + "");
                }
                assertEquals(1, served);
            }
        }
    }

    @Test
    void whatWasUsedStaysUsedAcrossARestartAndWhatWasNotStaysGood() throws IOException {
        String used = sign("{\"one_time\": true}");
        String unused = sign("{\"one_time\": true}");
        server.get(used).expect(200);
        server.close();
        server = new ServedEngine(folder, OPERATOR, null);
        server.get(used.substring(used.indexOf("/direct"))).expect(403, "signature_invalid");
        server.get(unused.substring(unused.indexOf("/direct"))).expect(200);
    }

    @Test
    void aBrokenDownloadUsesItUp() throws IOException {
        String url = sign("{\"one_time\": true}");
        try (Socket socket = new Socket(server.address().getAddress(), server.port())) {
            socket.getOutputStream().write(("GET " + url.substring(server.url().length()) + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertEquals("HTTP/1.1 200", new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII));
        }
        server.get(url).expect(403, "signature_invalid");
        assertEquals(0, records());
    }

    @Test
    void recordsOfAddressesThatNobodyUsedGoWithTheirTime() {
        sign("{\"one_time\": true, \"expires_in_seconds\": 60}");
        assertEquals(1, records());
        server.pass(Duration.ofSeconds(60));
        server.endExpired();
        assertEquals(0, records());
    }

    @Test
    void aUsedUpAddressOfAFileThatIsGoneIsRefusedLikeAnyOther() {
        String url = sign("{\"one_time\": true}");
        server.get(url).expect(200);
        server.delete("/files/" + id, ANY).expect(204);
        server.get(url).expect(403, "signature_invalid");
    }

    @Test
    void termsOutOfBoundsAreToldClearly() {
        for (String terms : List.of("{\"expires_in_seconds\": 0}", "{\"expires_in_seconds\": 604801}", "{\"expires_in_seconds\": 86401, \"one_time\": true}",
                "{\"expires_in_seconds\": \"x\"}", "{\"expires_in_seconds\": 1.5}", "{\"one_time\": \"yes\"}", "{\"expires_in_seconds\": 99999999999999999999}")) {
            server.post("/download-url/" + id, terms, ANY).expect(400, "invalid_value");
        }
        server.post("/download-url/" + id, "{\"expires_in_seconds\": 604800}", ANY).expect(201);
        server.post("/download-url/" + id, "{\"expires_in_seconds\": 86400, \"one_time\": true}", ANY).expect(201);
        server.post("/download-url/" + server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 5}", ANY).field("file_id"), "", ANY).expect(409, "not_completed");
        server.post("/download-url/00000000-0000-4000-8000-000000000000", "", ANY).expect(404, "not_found");
        assertNull(server.post("/download-url/" + id, "", ANY).header("Location"));
    }

    @Test
    void anyNameMakesAnAddressThatHolds() {
        for (String name : List.of("gr\\u00fc\\u00dfe \\ud83d\\ude00.txt", "a+b & c=d?.bin", "100%.txt", "folder/in it/x.bin", "1", "*")) {
            server.send("PATCH", "/files/" + id, BodyPublishers.ofString("{\"filename\": \"" + name + "\"}"), ANY).expect(200);
            assertArrayEquals(FILE, server.get(sign("")).expect(200).body(), name);
        }
    }
}
