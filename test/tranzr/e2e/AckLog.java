package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import tranzr.e2e.Http.Answer;

/**
 * A client that works on several connections until the server is gone and notes each 2xx; afterwards it asks the server for all of it.
 * What was not answered may be there or not.
 */
final class AckLog {

    private static final int CHUNK = 64 * 1024;
    private static final int CHUNKS = 12;

    private record Upload(byte[] bytes, Set<Integer> chunks) {
    }

    /** Acknowledged since the last {@link #verify}. */
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, byte[]> verified = new ConcurrentHashMap<>();
    private final Map<String, Upload> uploads = new ConcurrentHashMap<>();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private final Set<String> usedUp = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answers = new AtomicInteger();
    private Http http;
    private volatile boolean over;

    AckLog(Http http) {
        this.http = http;
    }

    /** The same log, asked of another server process. */
    AckLog with(Http http) {
        this.http = http;
        return this;
    }

    int answered() {
        return answers.get();
    }

    int filesAcknowledged() {
        return files.size() + verified.size();
    }

    /**
     * Works until a request finds no server or is refused by a failed one.
     *
     * @param after how many answers from now {@code then} runs, on the thread that got the last of them
     */
    void workUntilItEnds(long seed, int connections, int after, Runnable then) throws Exception {
        over = false;
        int moment = answers.get() + after;
        Runnable onAnswer = () -> {
            if (answers.incrementAndGet() == moment) {
                over = true;
                then.run();
            }
        };
        RealServer.together(IntStream.range(0, connections).<Callable<Void>>mapToObj(i -> () -> {
            work(new Random(seed * 31 + i), onAnswer);
            return null;
        }).toList());
    }

    private void work(Random random, Runnable onAnswer) {
        try {
            while (!over) {
                switch (random.nextInt(4)) {
                    case 0 -> uploadInChunks(random, onAnswer);
                    case 1 -> shareAndUseUp(putWhole(random, onAnswer), onAnswer);
                    case 2 -> remove(putWhole(random, onAnswer), onAnswer);
                    default -> putWhole(random, onAnswer);
                }
            }
        } catch (IOException gone) {
            // Its answer, if there was one, is lost: nothing to note.
        } finally {
            over = true;
        }
    }

    /** A 2xx that came before the end was announced counts; anything else ends the work. */
    private Answer acknowledged(Answer answer, Runnable onAnswer, Consumer<Answer> note) throws IOException {
        if (over) {
            throw new IOException("too late to count");
        }
        if (answer.status() == 503) {
            throw new IOException("its disk failed: " + answer);
        }
        assertTrue(answer.status() >= 200 && answer.status() < 300, answer.toString());
        note.accept(answer);
        onAnswer.run();
        return answer;
    }

    private String putWhole(Random random, Runnable onAnswer) throws IOException {
        byte[] bytes = Http.bytes(length(random), random.nextLong());
        Answer answer = http.trySend("PUT", "/file" + random.nextInt(1000), BodyPublishers.ofByteArray(bytes));
        return acknowledged(answer, onAnswer, done -> files.put(done.header("X-File-Id"), bytes)).header("X-File-Id");
    }

    /** Of small ones, which are one commit, of larger ones, and now and then of one that is written past the cache. */
    private static int length(Random random) {
        int most = switch (random.nextInt(16)) {
            case 0 -> 4 << 20;
            case 1, 2, 3, 4 -> 400_000;
            default -> 70_000;
        };
        return random.nextInt(most);
    }

    private void remove(String id, Runnable onAnswer) throws IOException {
        files.remove(id);
        acknowledged(http.trySend("DELETE", "/files/" + id, BodyPublishers.noBody()), onAnswer, done -> deleted.add(id));
    }

    private void shareAndUseUp(String id, Runnable onAnswer) throws IOException {
        Answer share = http.trySend("POST", "/share/create/" + id, BodyPublishers.ofString("{\"protected\": false, \"max_downloads\": 1}"),
                "Content-Type", "application/json");
        String token = acknowledged(share, onAnswer, done -> { }).field("token");
        Answer got = http.trySend("GET", "/s/" + token, BodyPublishers.noBody(), "User-Agent", "first");
        acknowledged(got, onAnswer, done -> usedUp.add(token));
    }

    private void uploadInChunks(Random random, Runnable onAnswer) throws IOException {
        byte[] bytes = Http.bytes(CHUNK * (CHUNKS - 1) + 1 + random.nextInt(CHUNK), random.nextLong());
        Answer started = http.trySend("POST", "/upload/start", BodyPublishers.ofString("{\"filename\": \"chunks\", \"file_size\": "
                + bytes.length + ", \"chunk_size\": " + CHUNK + "}"), "Content-Type", "application/json");
        Set<Integer> chunks = ConcurrentHashMap.newKeySet();
        String id = acknowledged(started, onAnswer, done -> uploads.put(done.field("file_id"), new Upload(bytes, chunks))).field("file_id");
        for (int i : random.ints(0, CHUNKS).distinct().limit(CHUNKS).toArray()) {
            Answer answer = http.trySend("PUT", "/uploads/" + id + "/chunks/" + i,
                    BodyPublishers.ofByteArray(Http.part(bytes, (long) i * CHUNK, (i + 1L) * CHUNK)));
            acknowledged(answer, onAnswer, done -> chunks.add(i));
        }
        Answer merged = http.trySend("POST", "/upload/merge/" + id, BodyPublishers.noBody());
        if (merged.status() != 202) {
            acknowledged(merged, onAnswer, done -> files.put(id, bytes));
            uploads.remove(id);
        }
    }

    /** Asks for everything that was acknowledged since the last time, and brings what was begun to its end. */
    void verify() {
        files.forEach(this::verifyFile);
        deleted.forEach(id -> http.get("/download/" + id).expect(404));
        usedUp.forEach(token -> http.get("/s/" + token, "User-Agent", "second").expect(410, "download_limit_reached"));
        uploads.forEach((id, upload) -> finish(id, upload));
        uploads.clear();
        usedUp.clear();
        verified.putAll(files);
        files.clear();
    }

    /** Asks once more for all files that were ever acknowledged. */
    void verifyAll() {
        verify();
        verified.forEach(this::verifyFile);
    }

    private void verifyFile(String id, byte[] bytes) {
        assertArrayEquals(bytes, http.get("/download/" + id).expect(200).body(), id);
    }

    private void finish(String id, Upload upload) {
        Answer status = http.status(id);
        if (!"completed".equals(status.field("status"))) {
            List<?> there = (List<?>) status.json().get("uploaded_chunks");
            assertTrue(there.containsAll(upload.chunks()), id + " has " + there + " but acknowledged " + upload.chunks());
            for (Object missing : (List<?>) status.json().get("missing_chunks")) {
                int i = ((Number) missing).intValue();
                http.chunk(id, i, Http.part(upload.bytes(), (long) i * CHUNK, (i + 1L) * CHUNK)).expect(200);
            }
        }
        Http.await("the end of merging " + id, () -> http.post("/upload/merge/" + id).status() != 202);
        assertEquals(Http.sha256(upload.bytes()), http.post("/upload/merge/" + id).expect(200).field("file_hash"));
        verifyFile(id, upload.bytes());
        files.put(id, upload.bytes());
    }
}
