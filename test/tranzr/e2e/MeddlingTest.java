package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tranzr.e2e.TwoEnds.MIB;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.client.Download;
import tranzr.client.Priority;
import tranzr.client.TransferException;
import tranzr.client.TransferException.Kind;
import tranzr.client.TranzrClient;
import tranzr.client.Tuning;
import tranzr.client.Upload;
import tranzr.fault.Middle;
import tranzr.fault.Middle.Act;
import tranzr.fault.Middle.Request;
import tranzr.fault.Network;

/** Transfers through something that loses answers, repeats requests, damages bytes and answers in the server's place. */
@Tag(TestMain.ASIDE)
class MeddlingTest {

    private static final long SEED = 5;
    private static final int SIZE = 10 * MIB + 17;

    @TempDir
    Path folder;

    private final AtomicInteger meddled = new AtomicInteger();

    /** Does this to the first so many requests of a kind. */
    private Middle first(int count, Predicate<Request> kind, Act act) {
        return request -> kind.test(request) && meddled.incrementAndGet() <= count ? act : Act.PASS;
    }

    private TwoEnds ends(Middle middle) throws IOException {
        TwoEnds ends = TwoEnds.of(Files.createTempDirectory(folder, "ends"), Network.CLEAN, SEED);
        ends.proxy.middle(middle);
        return ends;
    }

    private static Tuning chunks(int size) {
        return new Tuning(size, true, 4, Priority.NORMAL, 10, Duration.ofSeconds(30), Duration.ofMinutes(1), 0);
    }

    /** For as long as a second, when nothing goes. */
    private static Tuning impatient() {
        return new Tuning(MIB, true, 4, Priority.NORMAL, 3, Duration.ofSeconds(5), Duration.ofSeconds(1), 0);
    }

    private static Upload.Result send(TwoEnds ends, Path file, Tuning tuning) throws TransferException {
        try (TranzrClient client = ends.client()) {
            return TwoEnds.finish(client.upload(file).tuning(tuning).build());
        }
    }

    private static Download.Result receive(TwoEnds ends, String id, Path target, Tuning tuning) throws TransferException {
        try (TranzrClient client = ends.client()) {
            return TwoEnds.finish(client.download(UUID.fromString(id)).to(target).tuning(tuning).build());
        }
    }

    /** Sends and receives a file, and looks that it is the same on the other side. */
    private void assertThereAndBack(Middle middle, Tuning tuning) throws Exception {
        try (TwoEnds ends = ends(middle)) {
            Path file = ends.file("file.bin", SIZE, SEED);
            String id = send(ends, file, tuning).fileId().toString();
            ends.assertStored(id, file);
            assertEquals(1, ends.http.get("/files?limit=100").expect(200).jsonList().size(), "something was left at the server");
            Path target = ends.folder.resolve("back.bin");
            receive(ends, id, target, tuning);
            TwoEnds.assertSame(file, target);
        }
        assertTrue(meddled.get() > 0, "nothing was meddled with");
    }

    private static boolean isStart(Request request) {
        return request.target().startsWith("/upload/start");
    }

    private static boolean isMerge(Request request) {
        return request.target().startsWith("/upload/merge/");
    }

    @Test
    void answersThatAreLostAfterTheServerCommittedCostARetry() throws Exception {
        assertThereAndBack(first(3, Request::isRange, Act.DROP_ANSWER), chunks(MIB));
    }

    @Test
    void theLostAnswerOfAMergeIsFoundOut() throws Exception {
        assertThereAndBack(first(2, MeddlingTest::isMerge, Act.DROP_ANSWER), Tuning.STANDARD);
    }

    @Test
    void theLostAnswerOfAStartLeadsToOneFile() throws Exception {
        try (TwoEnds ends = ends(first(1, MeddlingTest::isStart, Act.DROP_ANSWER))) {
            Path file = ends.file("file.bin", SIZE, SEED);
            ends.assertStored(send(ends, file, Tuning.STANDARD).fileId().toString(), file);
            List<?> completed = ends.http.get("/files?limit=100").expect(200).jsonList();
            assertEquals(1, completed.stream().filter(entry -> entry.toString().contains("completed")).count(), completed.toString());
        }
    }

    @Test
    void theLostAnswerOfASmallFileLeadsToOneFile() throws Exception {
        try (TwoEnds ends = ends(first(1, Request::isRange, Act.DROP_ANSWER))) {
            Path file = ends.file("small.txt", 1234, SEED);
            ends.assertStored(send(ends, file, Tuning.STANDARD).fileId().toString(), file);
            assertEquals(1, ends.http.get("/files?limit=100").expect(200).jsonList().size());
            assertTrue(meddled.get() > 0, "no answer was lost");
        }
    }

    @Test
    void requestsThatComeTwiceDoNoHarm() throws Exception {
        assertThereAndBack(first(8, request -> request.isRange() || isMerge(request), Act.TWICE), chunks(MIB));
    }

    @Test
    void damagedBytesOnTheWayThereAreSentAgain() throws Exception {
        assertThereAndBack(first(3, Request::isRange, new Act.FlipRequest(54_321)), chunks(MIB));
    }

    @Test
    void damagedBytesOnTheWayBackAreFetchedAgain() throws Exception {
        try (TwoEnds ends = ends(first(2, Request::isDownload, new Act.FlipAnswer(54_321)))) {
            Path file = ends.file("file.bin", SIZE, SEED);
            String id = ends.store(file);
            Path target = ends.folder.resolve("back.bin");
            receive(ends, id, target, Tuning.STANDARD);
            TwoEnds.assertSame(file, target);
        }
        assertTrue(meddled.get() >= 2);
    }

    @Test
    void bytesThatAreDamagedEachTimeNeverGetTheFilesName() throws Exception {
        try (TwoEnds ends = ends(request -> request.isDownload() ? new Act.FlipAnswer(0) : Act.PASS)) {
            Path file = ends.file("file.bin", MIB, SEED);
            String id = ends.store(file);
            Path target = ends.folder.resolve("back.bin");
            assertEquals(Kind.VERIFICATION, assertThrows(TransferException.class, () -> receive(ends, id, target, Tuning.STANDARD)).kind());
            assertTrue(Files.notExists(target), "a damaged file has the name of the whole one");
        }
    }

    @Test
    void bytesThatAreDamagedEachTimeOnTheWayThereNeverBecomeAFile() throws Exception {
        try (TwoEnds ends = ends(request -> request.isRange() ? new Act.FlipRequest(99) : Act.PASS)) {
            Path file = ends.file("file.bin", MIB, SEED);
            assertThrows(TransferException.class, () -> send(ends, file, impatient()));
            assertTrue(ends.http.get("/files?limit=100").expect(200).jsonList().stream().noneMatch(entry -> entry.toString().contains("completed")), "it became visible");
        }
    }

    @Test
    void aBusyServerIsAskedAgainWhenItWants() throws Exception {
        for (int status : new int[] {429, 503}) {
            meddled.set(0);
            assertThereAndBack(first(3, request -> true, new Act.Answer(status, List.of("Retry-After: 1", "Content-Type: application/problem+json"), "{}")), Tuning.STANDARD);
            meddled.set(0);
            assertThereAndBack(first(2, Request::isRange, new Act.Answer(status, List.of("Retry-After: 1"), "")), Tuning.STANDARD);
        }
    }

    @Test
    void errorPagesOfAProxyAreNotTakenForTheServersWord() throws Exception {
        String page = "<html><head><title>502 Bad Gateway</title></head><body>" + "nginx ".repeat(100) + "</body></html>";
        assertThereAndBack(request -> {
            int number = meddled.incrementAndGet();
            return number % 3 != 1 || number > 20 ? Act.PASS : new Act.Answer(number % 2 == 0 ? 504 : 502, List.of("Content-Type: text/html"), page);
        }, chunks(2 * MIB));
    }

    @Test
    void aPortalThatAnswersEverythingWithAPageIsNotTakenForTheServer() throws Exception {
        Act portal = new Act.Answer(200, List.of("Content-Type: text/html"), "<html><body>Please log in to this hotel</body></html>");
        try (TwoEnds ends = ends(request -> portal)) {
            Path file = ends.file("file.bin", MIB, SEED);
            assertTrue(assertThrows(TransferException.class, () -> send(ends, file, impatient())).kind().isResumable());
            Path target = ends.folder.resolve("back.bin");
            assertThrows(TransferException.class, () -> receive(ends, UUID.randomUUID().toString(), target, impatient()));
            assertTrue(Files.notExists(target));
        }
    }
}
