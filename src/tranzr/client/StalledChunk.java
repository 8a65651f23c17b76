package tranzr.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tranzr.model.ByteRange;

/**
 * A chunk whose body stops half-way: whether the server has the first half already shows whether something on the way collects requests before it hands them on. The request is
 * then broken off, as a bad network would.
 */
final class StalledChunk {

    private static final int LOOKS = 15;
    private static final long PAUSE_MILLIS = 100;
    /** Long enough that it is we who end it. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Http http;
    private final UUID id;
    private final byte[] content;
    private final int length;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Runnable stop = () -> { };

    /** @param length of the chunk, the first of its upload */
    StalledChunk(Http http, UUID id, byte[] content, int length) {
        this.http = http;
        this.id = id;
        this.content = content;
        this.length = length;
    }

    /** Null when the request did not even get half-way. */
    Boolean arrives() throws IOException, RefusedException {
        Thread sender = Thread.ofVirtual().start(this::send);
        try {
            if (!reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                return null;
            }
            boolean there = looksArrived();
            ended.countDown();
            stop.run();
            sender.join();
            // A server that tells only of what it has synced tells of it now, when the connection is gone; what was collected on the way is gone with it.
            return there || looksArrived();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            ended.countDown();
            stop.run();
        }
    }

    private boolean looksArrived() throws IOException, RefusedException, InterruptedException {
        for (int i = 0; i < LOOKS; i++) {
            if (http.call("GET", "/upload/status/" + id, null).body().get("bytes_received") instanceof Number bytes && bytes.longValue() > 0) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return false;
    }

    private void send() {
        try {
            http.put("/uploads/" + id + "/chunks/0", Map.of(), this::read, new ByteRange(0, length), new Attempt() {
                @Override
                public void passed(long bytes) {
                }

                @Override
                public Duration patience() {
                    return PATIENCE;
                }

                @Override
                public Duration answerWithin() {
                    return PATIENCE;
                }

                @Override
                public void onStop(Runnable action) {
                    stop = action;
                }
            });
        } catch (IOException | RefusedException e) {
            reached.countDown(); // it was to break; whether anything arrived is looked at elsewhere
        }
    }

    private void read(long position, ByteBuffer into) throws IOException {
        if (position >= length / 2) {
            reached.countDown();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new StoppedException();
        }
        into.put(content, (int) position, into.remaining());
    }
}
