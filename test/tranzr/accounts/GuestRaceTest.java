package tranzr.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.model.UploadRequest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.NewUpload;
import tranzr.transfer.TestBody;

/** Many guests of one upload request at the same moment, and guests whose request ends while they send. */
class GuestRaceTest {

    private static final String OPERATOR = "operator-token-0123456789";
    private static final String[] AS_OPERATOR = {"Authorization", "Bearer " + OPERATOR};

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder, OPERATOR, null);
        server.post("/rooms", "{\"name\": \"inbox\"}", AS_OPERATOR).expect(201);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Answer create(String json) {
        return server.post("/rooms/inbox/requests", json, AS_OPERATOR).expect(201);
    }

    private Answer told(Answer made) {
        return server.get("/requests/" + made.field("request_id"), AS_OPERATOR).expect(200);
    }

    private static List<Answer> together(int count, IntFunction<Answer> ask) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Answer>> tasks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                tasks.add(() -> ask.apply(number));
            }
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> future : threads.invokeAll(tasks)) {
                answers.add(future.get());
            }
            return answers;
        }
    }

    private static long count(List<Answer> answers, int status) {
        return answers.stream().filter(answer -> answer.status() == status).count();
    }

    @Test
    void aHundredGuestsAtALimitOfFiveFilesBringExactlyFive() throws Exception {
        Answer made = create("{\"max_files\": 5}");
        String link = "/r/" + made.field("token") + "/f";
        // Small ones are one commit, long ones several; both reserve before they are taken.
        List<Answer> answers = together(100, i -> server.put(link + i, new byte[i % 2 == 0 ? 10 : 200_000]));
        assertEquals(5, count(answers, 201));
        assertEquals(95, count(answers, 507));
        assertEquals("5", told(made).field("files"));
        assertEquals(5, server.get("/files?room=inbox", AS_OPERATOR).list().size());
    }

    @Test
    void aHundredGuestsNeverBringMoreBytesThanThereMayBe() throws Exception {
        Answer made = create("{\"max_bytes\": 10500}");
        String link = "/r/" + made.field("token") + "/f";
        List<Answer> answers = together(100, i -> i % 2 == 0 ? server.put(link + i, new byte[1000])
                : server.send("PUT", link + i, BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(new byte[1000]))));
        assertEquals(10, count(answers, 201));
        assertEquals(90, count(answers, 507));
        assertEquals("10000", told(made).field("bytes"));
        server.put(link, new byte[500]).expect(201);
        server.put(link, new byte[1]).expect(507);
    }

    @Test
    void startsCountFromTheBeginningAndGiveBackWhatIsAbortedOrExpires() throws Exception {
        Answer made = create("{\"max_files\": 5, \"max_bytes\": 5000, \"expires_in\": null}");
        String[] guest = {"Authorization", "Bearer " + made.field("token")};
        List<Answer> started = together(100, _ -> server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 1000}", guest));
        assertEquals(5, count(started, 201));
        assertEquals("5000", told(made).field("bytes"));
        List<String> ids = started.stream().filter(answer -> answer.status() == 201).map(answer -> answer.field("file_id")).toList();
        server.put("/upload/" + ids.get(0), new byte[1000], guest).expect(200);
        server.delete("/upload/" + ids.get(1), guest).expect(204);
        assertEquals("4", told(made).field("files"));
        server.pass(Duration.ofDays(8));
        server.cleanUp();
        assertEquals("1", told(made).field("files"));
        assertEquals("1000", told(made).field("bytes"));
        server.delete("/files/" + ids.get(0), AS_OPERATOR).expect(204);
        assertEquals("1", told(made).field("files"), "what came whole counts for good");
        // A body that is refused, or breaks before anything was kept, gives its place back too.
        server.put("/r/" + made.field("token") + "/f", new byte[100], "X-Chunk-SHA256", "0".repeat(64)).expect(422);
        server.put("/r/" + made.field("token") + "/f", new byte[4001]).expect(507);
        assertEquals("1", told(made).field("files"));
        List<Answer> again = together(20, _ -> server.put("/r/" + made.field("token") + "/f", new byte[1000]));
        assertEquals(4, count(again, 201));
    }

    /** A guest that sends the beginning of a long body. */
    private Socket sending(String path, String secret) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(("PUT " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000000\r\nAuthorization: Bearer " + secret + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(new byte[9 << 20]);
        return socket;
    }

    private static void expectEnd(Socket socket) {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("it is still open", e);
        } catch (IOException e) {
            return; // a reset is an end, too
        }
    }

    @Test
    void revocationEndsWhatGuestsAreSending() throws Exception {
        Answer made = create("");
        String secret = made.field("token");
        String[] guest = {"Authorization", "Bearer " + secret};
        String id = server.post("/upload/start", "{\"filename\": \"u\", \"file_size\": 50000000}", guest).expect(201).field("file_id");
        try (Socket byRoute = sending("/upload/" + id, secret); Socket byLink = sending("/r/" + secret + "/f", "none")) {
            server.delete("/requests/" + made.field("request_id"), AS_OPERATOR).expect(204);
            expectEnd(byRoute);
            expectEnd(byLink);
        }
        assertEquals("uploading", server.get("/upload/status/" + id, AS_OPERATOR).expect(200).field("status"));
    }

    @Test
    void aBodyThatIsOnItsWayWhenTheLinkExpiresMayEnd() throws Exception {
        Answer made = create("{\"expires_in\": \"1h\"}");
        String secret = made.field("token");
        try (Socket socket = sending("/r/" + secret + "/f", "none")) {
            tranzr.e2e.Http.await("the upload begins", () -> !told(made).field("files").equals("0"));
            server.pass(Duration.ofHours(2));
            server.endExpired();
            socket.getOutputStream().write(new byte[50_000_000 - (9 << 20)]);
            assertEquals("HTTP/1.1 201", new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII));
        }
        server.get("/r/" + secret).expect(410, "request_closed");
    }

    @Test
    void whatIsSentWhileTheLinkIsRevokedComesWholeOrNotAtAll() throws Exception {
        for (int round = 0; round < 10; round++) {
            Answer made = create("");
            String link = "/r/" + made.field("token") + "/f";
            List<Answer> answers = together(20, i -> i == 10 ? server.delete("/requests/" + made.field("request_id"), AS_OPERATOR) : tryPut(link));
            assertEquals(204, answers.get(10).status());
            answers.stream().filter(answer -> answer.status() != 204).forEach(answer -> assertTrue(List.of(0, 201, 410).contains(answer.status()), answer.toString()));
            server.put(link, new byte[10]).expect(410);
        }
    }

    /** The connection of a revoked guest may end without an answer. */
    private Answer tryPut(String link) {
        try {
            return server.put(link, new byte[10]);
        } catch (AssertionError e) {
            return new Answer(0, Map.of(), new byte[0]);
        }
    }

    @Test
    void aGuestWhoWasLetInBeforeTheRevocationBeginsNothingAfterIt() {
        Answer made = create("");
        UploadRequest request = server.engine().core().catalog().entities(UploadRequest.class).getFirst();
        var uploads = server.engine().uploads(new Caller.Guest(request));
        server.delete("/requests/" + made.field("request_id"), AS_OPERATOR).expect(204);
        Failure failure = assertThrows(FailureException.class, () -> uploads.receive(new NewUpload(uploads.newId(), "f", 3, 3, 0, -1, null, null),
                new TestBody(new byte[3]), DigestClaim.NONE, null, List.of())).failure();
        assertEquals(new Failure.RequestClosed(), failure);
    }
}
