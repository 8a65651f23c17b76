package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;

/** Files on their way when nothing is wrong but that somebody stops them. */
class UploadTest extends UploadBase {

    @Test
    void filesOfAnySizeArriveAsTheyAre() throws Exception {
        int small = (int) FileUpload.SMALL;
        for (int length : List.of(0, 1, small, small + 1, 1 << 20, 3_000_007)) {
            for (Tuning tuning : List.of(FIXED, Tuning.STANDARD)) {
                Path file = file("a.bin", length);
                Upload.Result result = done(upload(client(), file, tuning));
                assertThere(result, Files.readAllBytes(file));
                assertEquals("a.bin", result.name());
                assertEquals(Digest.sha256(Files.readAllBytes(file)).hex(), result.sha256());
                Files.delete(file);
            }
        }
        assertEquals(List.of(), notices);
    }

    @Test
    void aSmallFileTakesTwoRequestsAndLeavesNothingBehind() throws Exception {
        Meddler[] meddler = new Meddler[1];
        done(upload(client(http -> meddler[0] = new Meddler(http)), file("a", 4096), Tuning.STANDARD));
        assertEquals(2, meddler[0].requests.size(), meddler[0].requests.toString());
        assertFalse(Files.exists(folder.resolve("sessions")), "something was written down");
    }

    @Test
    void aSessionIsThereBeforeTheFirstByteGoesAndFinishedAtTheEnd() throws Exception {
        List<Session> before = new CopyOnWriteArrayList<>();
        Path file = file("a", 1 << 20);
        Upload.Result result = done(upload(client(http -> new Meddler(http) {
            @Override
            void beforePut(ByteRange range) throws IOException {
                before.addAll(sessions.list());
            }
        }), file, FIXED));
        Session first = before.getFirst();
        assertEquals(result.fileId().toString(), first.remote());
        assertFalse(first.finished());
        Session last = sessions.list().getFirst();
        assertTrue(last.finished());
        assertEquals(result.sha256(), last.sha256());
        assertEquals(file.toRealPath(), last.path());
    }

    /** Leaves the upload after so many ranges. @return the ranges that were sent */
    private List<ByteRange> leaveAfter(int ranges, Path file, Tuning tuning) {
        CountDownLatch enough = new CountDownLatch(ranges);
        CountDownLatch left = new CountDownLatch(1);
        Meddler[] meddler = new Meddler[1];
        TranzrClient client = client(http -> meddler[0] = new Meddler(http) {
            @Override
            void beforePut(ByteRange range) throws StoppedException {
                if (enough.getCount() == 0) {
                    await(left);
                    throw new StoppedException();
                }
            }

            @Override
            void afterPut(ByteRange range) {
                enough.countDown();
            }
        });
        Upload upload = upload(client, file, tuning);
        upload.start();
        await(enough);
        Thread leaving = Thread.startVirtualThread(upload::leave);
        left.countDown();
        try {
            ended(upload);
            throw new AssertionError("it came through");
        } catch (TransferException e) {
            assertEquals(TransferException.Kind.PAUSED, e.kind());
        }
        join(leaving);
        return meddler[0].puts;
    }

    static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, java.util.concurrent.TimeUnit.SECONDS), "it does not come");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoeverComesLaterGoesOnWhereItWasLeft() throws Exception {
        Path file = file("a", 1 << 20);
        leaveAfter(5, file, SMALL_CHUNKS);
        Session session = sessions.list().getFirst();
        assertEquals(5 * Tuning.MIN_CHUNK, session.done());
        Meddler[] meddler = new Meddler[1];
        Upload.Result result = done(upload(client(http -> meddler[0] = new Meddler(http)), file, SMALL_CHUNKS));
        assertEquals(session.remote(), result.fileId().toString());
        assertEquals((1 << 20) - 5 * Tuning.MIN_CHUNK, meddler[0].putBytes());
        assertEquals(0, meddler[0].count("POST /upload/start"));
        assertThere(result, Files.readAllBytes(file));
        assertEquals(List.of(), notices);
        assertEquals(1, there());
    }

    @Test
    void aPauseEndsNothing() throws Exception {
        Path file = file("a", 1 << 20);
        CountDownLatch some = new CountDownLatch(3);
        Meddler[] meddler = new Meddler[1];
        Upload upload = upload(client(http -> meddler[0] = new Meddler(http) {
            @Override
            void afterPut(ByteRange range) {
                some.countDown();
            }
        }), file, SMALL_CHUNKS);
        upload.start();
        await(some);
        upload.pause();
        assertTrue(upload.progress().state() == Progress.State.PAUSED || upload.progress().state() == Progress.State.DONE);
        upload.resume();
        assertThere(ended(upload), Files.readAllBytes(file));
        assertTrue(meddler[0].putBytes() <= (1 << 20) + Tuning.MIN_CHUNK, meddler[0].putBytes() + " bytes were sent");
    }

    @Test
    void withoutAPlaceForSessionsItStillGoesOnAfterAPause() throws Exception {
        sessions = null;
        aPauseEndsNothing();
    }

    @Test
    void aPlaceForSessionsThatCannotBeWrittenIsSaidAndNoEnd() throws Exception {
        sessions = SessionStore.at(Files.writeString(folder.resolve("occupied"), "").resolve("sessions"));
        Path file = file("a", 1 << 20);
        assertThere(done(upload(client(), file, FIXED)), Files.readAllBytes(file));
        assertEquals(1, notices.size(), notices.toString());
        assertTrue(notices.getFirst().contains("only this process can resume it"), notices.toString());
    }

    @Test
    void cancellingLeavesNothing() throws Exception {
        CountDownLatch some = new CountDownLatch(3);
        Upload upload = upload(client(http -> new Meddler(http) {
            @Override
            void afterPut(ByteRange range) {
                some.countDown();
            }
        }), file("a", 4 << 20), SMALL_CHUNKS);
        upload.start();
        await(some);
        upload.cancel();
        try {
            ended(upload);
        } catch (TransferException e) {
            assertEquals(TransferException.Kind.CANCELLED, e.kind());
            assertEquals(0, there());
            assertEquals(List.of(), sessions.list());
        }
    }

    @Test
    void theSecondProcessHearsWhoHasTheFile() throws Exception {
        Path file = file("a", 1 << 20);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch heard = new CountDownLatch(1);
        Upload first = upload(client(http -> new Meddler(http) {
            @Override
            void beforePut(ByteRange range) {
                begun.countDown();
                await(heard);
            }
        }), file, SMALL_CHUNKS);
        first.start();
        await(begun);
        TransferException e = fails(upload(client(), file, SMALL_CHUNKS));
        assertEquals(TransferException.Kind.IN_USE, e.kind());
        assertTrue(e.getMessage().contains("this process is working on"), e.getMessage());
        Upload third = upload(client(), file, SMALL_CHUNKS);
        third.cancel();
        fails(third);
        heard.countDown();
        assertThere(ended(first), Files.readAllBytes(file));
    }

    @Test
    void theSameFileUnderAnotherNameIsAnotherTransfer() throws Exception {
        Path file = file("a", 1 << 20);
        leaveAfter(2, file, SMALL_CHUNKS);
        Upload.Result other = done(client().upload(file).name("folder/b").tuning(FIXED).build());
        assertEquals("folder/b", other.name());
        assertEquals(2, there());
        assertEquals("a", done(upload(client(), file, FIXED)).name());
        assertEquals(2, there());
    }

    @Test
    void aFileThatIsKnownIsNotHashedAgainUnlessAsked() throws Exception {
        Path file = file("a", 1 << 20);
        List<Map<String, ?>> starts = new CopyOnWriteArrayList<>();
        TranzrClient client = client(http -> new Meddler(http) {
            @Override
            public Answer call(String method, String path, Map<String, ?> body) throws IOException, RefusedException {
                if (path.equals("/upload/start")) {
                    starts.add(body);
                }
                return super.call(method, path, body);
            }
        });
        String sha256 = done(upload(client, file, FIXED)).sha256();
        done(upload(client, file, FIXED));
        done(client.upload(file).rehash(true).build());
        assertNull(starts.get(0).get("sha256"), "nobody could know it");
        assertEquals(sha256, starts.get(1).get("sha256"));
        assertNull(starts.get(2).get("sha256"), "it was to be taken anew");
        Files.write(file, ServedEngine.bytes(1 << 20, 5));
        done(upload(client, file, FIXED));
        assertNull(starts.get(3).get("sha256"), "it is another file");
        done(upload(client, file, FIXED));
        assertNull(starts.get(4).get("sha256"), "it was written a moment before it was sent: another change would have the same time");
    }

    @Test
    void namesOfAnyScriptArriveAndHostileOnesAreNotSent() throws Exception {
        Path file = file("\u540d\u524d \u00e9\u0301 \ud83d\ude80+%41.bin", 10);
        assertEquals(file.getFileName().toString(), done(upload(client(), file, FIXED)).name());
        Meddler[] meddler = new Meddler[1];
        TranzrClient client = client(http -> meddler[0] = new Meddler(http));
        for (String name : List.of("", "../a", "a/../b", "a//b", "a\nb", "a\u202eb", "x".repeat(256), "x/".repeat(600) + "x", "\ud800")) {
            TransferException e = fails(client.upload(file).name(name).build());
            assertEquals(TransferException.Kind.INPUT, e.kind(), name);
            assertTrue(e.getMessage().startsWith("the file name "), e.getMessage());
        }
        assertEquals(List.of(), meddler[0].requests);
    }

    @Test
    void whatIsNoFileIsRefusedBeforeAnythingIsSent() throws Exception {
        for (Path path : List.of(folder.resolve("none"), folder)) {
            assertEquals(TransferException.Kind.INPUT, fails(upload(client(), path, FIXED)).kind());
        }
        assertEquals(0, there());
    }
}
