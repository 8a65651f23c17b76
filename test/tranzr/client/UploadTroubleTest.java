package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tranzr.model.ByteRange;
import tranzr.server.ServedEngine;

/** Files on their way when the file, the server or the network do not do what they should. */
class UploadTroubleTest extends UploadBase {

    private static final int CHUNK = (int) Tuning.MIN_CHUNK;
    private static final int LENGTH = 1 << 20;
    private static final Tuning IMPATIENT = new Tuning(CHUNK, false, 1, Priority.NORMAL, 2, Duration.ofSeconds(5), Duration.ZERO, 0);

    /** Does something once, when so many ranges were acknowledged. */
    private abstract static class After extends Meddler {
        private final int ranges;
        private final AtomicInteger seen = new AtomicInteger();

        After(int ranges, Http network) {
            super(network);
            this.ranges = ranges;
        }

        abstract void act() throws Exception;

        @Override
        void afterPut(ByteRange range) {
            if (seen.incrementAndGet() == ranges) {
                try {
                    act();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** Sends three ranges, and ends because the network is gone. */
    private Session interrupted(Path file) throws IOException {
        AtomicInteger tries = new AtomicInteger();
        TransferException e = fails(upload(client(http -> new Meddler(http) {
            @Override
            void beforePut(ByteRange range) throws IOException {
                if (tries.incrementAndGet() > 3) {
                    throw new IOException("the network is gone");
                }
            }

            @Override
            void before(String request) throws IOException {
                if (tries.get() > 3) {
                    throw new IOException("the network is gone");
                }
            }
        }), file, IMPATIENT));
        assertEquals(TransferException.Kind.UNREACHABLE, e.kind());
        assertTrue(e.kind().isResumable());
        Session session = sessions.list().getFirst();
        assertEquals(3 * CHUNK, session.done());
        return session;
    }

    private void plant(Object id, int at, byte[] bytes) {
        server.put("/upload/" + id + "?complete=false", bytes, "Content-Range", "bytes " + at + "-" + (at + bytes.length - 1) + "/" + LENGTH).expect(200);
    }

    @Test
    void aFileThatWasChangedBetweenAttemptsIsNotMixed() throws Exception {
        Path file = file("a", LENGTH);
        interrupted(file);
        byte[] other = ServedEngine.bytes(LENGTH, 99);
        Files.write(file, other);
        TransferException e = fails(upload(client(), file, FIXED));
        assertEquals(TransferException.Kind.CHANGED, e.kind());
        assertTrue(e.getMessage().contains("was changed since this upload of it began"), e.getMessage());
        assertEquals(0, there(), "the old one stays at the server");
        assertThere(done(upload(client(), file, FIXED)), other);
    }

    @Test
    void aFileThatBecameSmallBetweenAttemptsIsNotMixed() throws Exception {
        Path file = file("a", LENGTH);
        interrupted(file);
        Files.write(file, new byte[100]);
        assertEquals(TransferException.Kind.CHANGED, fails(upload(client(), file, FIXED)).kind());
        assertThere(done(upload(client(), file, FIXED)), new byte[100]);
        assertEquals(1, there());
    }

    @Test
    void aFileThatIsChangedWhileItIsSentIsNotMixed() throws Exception {
        for (int way = 0; way < 4; way++) {
            int how = way;
            Path file = file("a" + way, LENGTH);
            TransferException e = fails(upload(client(http -> new After(5, http) {
                @Override
                void act() throws Exception {
                    switch (how) {
                        case 0 -> Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);
                        case 1 -> Files.write(file, new byte[CHUNK]);
                        case 2 -> Files.delete(file);
                        default -> Files.move(Files.write(file.resolveSibling("new"), new byte[LENGTH]), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                    }
                }
            }), file, SMALL_CHUNKS));
            assertEquals(TransferException.Kind.CHANGED, e.kind(), e.getMessage());
            assertEquals(0, there());
            assertEquals(List.of(), sessions.list());
        }
    }

    @Test
    void aChangeBehindWhatWasSentNeverMakesAMixedFile() throws Exception {
        byte[] before = ServedEngine.bytes(LENGTH, LENGTH);
        byte[] after = ServedEngine.bytes(LENGTH, 3);
        Path file = file("a", LENGTH);
        java.nio.file.attribute.FileTime time = Files.getLastModifiedTime(file);
        try {
            Upload.Result result = done(upload(client(http -> new After(5, http) {
                @Override
                void act() throws Exception {
                    Files.write(file, after, StandardOpenOption.WRITE);
                    Files.setLastModifiedTime(file, time);
                }
            }), file, SMALL_CHUNKS));
            // Sent anew, with the content that it has now.
            assertThere(result, after);
            assertFalse(notices.isEmpty());
        } catch (TransferException e) {
            assertEquals(TransferException.Kind.CHANGED, e.kind());
            assertEquals(0, there());
        }
        assertNotEquals(before[0], after[0]);
    }

    @Test
    void bytesThatAreSpoiledOnTheWayAreSentAgain() throws Exception {
        Path file = file("a", LENGTH);
        AtomicInteger tries = new AtomicInteger();
        Upload.Result result = done(upload(client(http -> new Meddler(http) {
            @Override
            Source source(Source source, ByteRange range) {
                return tries.incrementAndGet() != 4 ? source : (position, into) -> {
                    int at = into.position();
                    source.read(position, into);
                    into.put(at, (byte) (into.get(at) ^ 1));
                };
            }
        }), file, SMALL_CHUNKS));
        assertThere(result, Files.readAllBytes(file));
        assertEquals(1 + LENGTH / CHUNK, tries.get());
        assertEquals(List.of(), notices);
    }

    @Test
    void anAnswerThatIsLostAfterTheCommitCostsNothingTwice() throws Exception {
        int other = 0; // content that the server has not yet
        for (String lost : List.of("POST /upload/start", "PUT", "POST /upload/merge")) {
            for (int length : List.of(1000 + ++other, LENGTH - other)) {
                Path file = file("a", length);
                AtomicInteger times = new AtomicInteger();
                Meddler[] meddler = new Meddler[1];
                Upload.Result result = done(upload(client(http -> meddler[0] = new Meddler(http) {
                    @Override
                    void after(String request, Answer answer) throws IOException {
                        if (request.startsWith(lost) && times.getAndIncrement() == 0) {
                            throw new IOException("the answer was lost");
                        }
                    }

                    @Override
                    void afterPut(ByteRange range) throws IOException {
                        after("PUT", null);
                    }
                }), file, SMALL_CHUNKS));
                assertThere(result, Files.readAllBytes(file));
                assertEquals(length, meddler[0].putBytes(), "bytes were sent again after the loss of " + lost);
                server.delete("/files/" + result.fileId()).expect(204); // The same bytes follow, which would not be sent at all.
                Files.delete(file);
                sessions.remove(SessionStore.key(Session.Kind.UPLOAD, meddler[0].server(), file, "a\n"));
            }
        }
    }

    @Test
    void aServerThatForgotTheUploadMeanwhileGetsItAnew() throws Exception {
        Path file = file("a", LENGTH);
        Session session = interrupted(file);
        server.delete("/upload/" + session.remote()).expect(204);
        assertThere(done(upload(client(), file, FIXED)), Files.readAllBytes(file));
        assertEquals(1, notices.size(), notices.toString());
        assertTrue(notices.getFirst().contains("begins anew"), notices.toString());
        assertEquals(1, there());
    }

    @Test
    void anUploadThatExpiresMeanwhileOrInTheMiddleBeginsAnew() throws Exception {
        Path file = file("a", LENGTH);
        interrupted(file);
        server.pass(Duration.ofDays(8));
        server.cleanUp();
        Upload.Result result = done(upload(client(http -> new After(5, http) {
            @Override
            void act() {
                server.pass(Duration.ofDays(8));
                server.cleanUp();
            }
        }), file, SMALL_CHUNKS));
        assertThere(result, Files.readAllBytes(file));
        assertEquals(2, notices.size(), notices.toString());
    }

    @Test
    void aServerThatForgetsAgainAndAgainIsNotTriedForever() throws Exception {
        Path file = file("a", LENGTH);
        TransferException e = fails(upload(client(http -> new Meddler(http) {
            @Override
            void beforePut(ByteRange range) throws RefusedException {
                throw new RefusedException(410, "upload_expired", "expired", null, Map.of());
            }
        }), file, FIXED));
        assertEquals("upload_expired", e.code());
        assertEquals(3, notices.size(), notices.toString());
    }

    @Test
    void aServerThatWasRestoredFromABackupGetsWhatItHasNot() throws Exception {
        Path file = file("a", LENGTH);
        byte[] bytes = Files.readAllBytes(file);
        Session session = interrupted(file);
        String older = server.begin(LENGTH, CHUNK);
        plant(older, 0, java.util.Arrays.copyOf(bytes, CHUNK));
        sessions.save(with(session, older));
        Meddler[] meddler = new Meddler[1];
        Upload.Result result = done(upload(client(http -> meddler[0] = new Meddler(http)), file, SMALL_CHUNKS));
        assertEquals(older, result.fileId().toString());
        assertThere(result, bytes);
        assertEquals(LENGTH - CHUNK, meddler[0].putBytes());
        assertTrue(notices.getFirst().contains("has less of this upload"), notices.toString());
    }

    @Test
    void aServerThatLosesAcknowledgedBytesInTheMiddleGetsThemAgain() throws Exception {
        Path file = file("a", LENGTH);
        byte[] bytes = Files.readAllBytes(file);
        String other = server.begin(LENGTH, CHUNK);
        plant(other, 0, java.util.Arrays.copyOf(bytes, 3 * CHUNK));
        // From the merge on, the upload is another one, which has less.
        boolean[] swapped = new boolean[1];
        TranzrClient client = client(http -> new Meddler(http) {
            private String id;

            @Override
            public Answer call(String method, String path, Map<String, ?> body) throws IOException, RefusedException {
                swapped[0] |= path.startsWith("/upload/merge/");
                Answer answer = super.call(method, swapped[0] ? path.replace(id, other) : path, body);
                id = id == null ? (String) answer.body().get("file_id") : id;
                return answer;
            }

            @Override
            public Answer put(String path, Map<String, String> headers, Source source, ByteRange range, Attempt attempt) throws IOException, RefusedException {
                return super.put(swapped[0] ? path.replace(id, other) : path, headers, source, range, attempt);
            }
        });
        done(upload(client, file, SMALL_CHUNKS));
        assertArrayEquals(bytes, server.get("/download/" + other).expect(200).body());
        assertTrue(notices.getFirst().contains("no longer has all that it had acknowledged"), notices.toString());
    }

    private static Session with(Session old, String remote) {
        return new Session(old.kind(), old.key(), old.server(), remote, old.path(), old.name(), old.size(), old.modified(), old.fileKey(), old.sha256(), old.done(),
                old.finished(), old.created(), old.updated(), old.more());
    }

    @Test
    void anUploadOfAnotherLengthIsNotGoneOnWith() throws Exception {
        Path file = file("a", LENGTH);
        sessions.save(with(interrupted(file), server.begin(LENGTH + 1, CHUNK)));
        assertThere(done(upload(client(), file, FIXED)), Files.readAllBytes(file));
        assertTrue(notices.getFirst().contains("another length"), notices.toString());
    }

    @Test
    void wrongBytesAtTheServerMakeItBeginAnew() throws Exception {
        Path file = file("a", LENGTH);
        String remote = interrupted(file).remote();
        plant(remote, 7 * CHUNK, new byte[100]); // found as a difference, when it is part of what is sent
        plant(remote, 9 * CHUNK, new byte[CHUNK]); // found by the digest of the whole only
        Upload.Result result = done(upload(client(), file, SMALL_CHUNKS));
        assertThere(result, Files.readAllBytes(file));
        assertNotEquals(remote, result.fileId().toString());
        assertEquals(1, notices.size(), notices.toString());
        assertTrue(notices.getFirst().contains("are not those of the file, which has not changed"), notices.toString());
        assertEquals(1, there());
    }

    @Test
    void bytesThatContradictThoseThatAreThereMakeItBeginAnew() throws Exception {
        Path file = file("a", LENGTH);
        String[] id = new String[1];
        Upload.Result result = done(upload(client(http -> new After(2, http) {
            @Override
            void act() {
                plant(id[0], 5 * CHUNK + 10, new byte[100]);
            }

            @Override
            void after(String request, Answer answer) {
                if (request.equals("POST /upload/start")) {
                    id[0] = (String) answer.body().get("file_id");
                }
            }
        }), file, SMALL_CHUNKS));
        assertThere(result, Files.readAllBytes(file));
        assertTrue(notices.getFirst().contains("begins anew"), notices.toString());
        assertEquals(1, there());
    }

    @Test
    void aServerThatSpoilsTheBytesTwiceIsNotBelieved() throws Exception {
        Path file = file("a", LENGTH);
        TransferException e = fails(upload(client(http -> new Meddler(http) {
            @Override
            void before(String request) throws RefusedException {
                if (request.startsWith("POST /upload/merge")) {
                    throw new RefusedException(422, "hash_mismatch", "other bytes", null, Map.of());
                }
            }
        }), file, FIXED));
        assertEquals(TransferException.Kind.VERIFICATION, e.kind());
        assertEquals(0, there());
    }

    @Test
    void aServerThatClaimsAnotherDigestIsNotBelieved() throws Exception {
        for (int length : List.of(1000, LENGTH)) {
            TransferException e = fails(upload(client(http -> new Meddler(http) {
                @Override
                public Answer call(String method, String path, Map<String, ?> body) throws IOException, RefusedException {
                    return lying(super.call(method, path, body));
                }

                @Override
                public Answer put(String path, Map<String, String> headers, Source source, ByteRange range, Attempt attempt) throws IOException, RefusedException {
                    return lying(super.put(path, headers, source, range, attempt));
                }

                private static Answer lying(Answer answer) {
                    if (answer.body().containsKey("file_hash")) {
                        Map<String, Object> body = new java.util.HashMap<>(answer.body());
                        body.put("file_hash", "0".repeat(64));
                        return new Answer(answer.status(), answer.headers(), body);
                    }
                    return answer;
                }
            }), file("a" + length, length), FIXED));
            assertEquals(TransferException.Kind.VERIFICATION, e.kind());
        }
    }

    @Test
    void aTokenThatExpiresInTheMiddleIsNoEndForGood() throws Exception {
        Path file = file("a", LENGTH);
        AtomicInteger tries = new AtomicInteger();
        TransferException e = fails(upload(client(http -> new Meddler(http) {
            @Override
            void beforePut(ByteRange range) throws RefusedException {
                if (tries.incrementAndGet() > 3) {
                    throw new RefusedException(401, "wrong_token", "wrong token", null, Map.of());
                }
            }
        }), file, SMALL_CHUNKS));
        assertTrue(e.kind().isResumable());
        assertEquals("wrong_token", e.code());
        assertTrue(e.getMessage().contains("with a new token the same command goes on"), e.getMessage());
        Meddler[] meddler = new Meddler[1];
        assertThere(done(upload(client(http -> meddler[0] = new Meddler(http)), file, SMALL_CHUNKS)), Files.readAllBytes(file));
        assertEquals(LENGTH - 3 * CHUNK, meddler[0].putBytes());
    }

    @Test
    void aFullDiskAtTheServerIsNoEndForGood() throws Exception {
        Path file = file("a", LENGTH);
        AtomicInteger tries = new AtomicInteger();
        TransferException e = fails(upload(client(http -> new Meddler(http) {
            @Override
            void beforePut(ByteRange range) throws RefusedException {
                if (tries.incrementAndGet() > 3) {
                    throw new RefusedException(507, "no_space", "no space", null, Map.of());
                }
            }
        }), file, IMPATIENT));
        assertTrue(e.kind().isResumable(), e.toString());
        assertEquals("no_space", e.code());
        assertThere(done(upload(client(), file, SMALL_CHUNKS)), Files.readAllBytes(file));
        assertEquals(1, there());
    }

    @Test
    void aRefusalThatStaysIsTheEnd() throws Exception {
        TransferException e = fails(client().upload(file("a", LENGTH)).room("nowhere").tuning(FIXED).build());
        assertEquals(TransferException.Kind.REFUSED, e.kind());
        assertEquals("room_not_found", e.code());
        assertEquals(List.of(), sessions.list());
    }
}
