package tranzr.client;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** The body of an answer on its way into a {@link Sink}, on threads of the {@code HttpClient}'s executor: nothing more is read while the sink, or the pace, takes its time. */
final class Inflow implements HttpResponse.BodySubscriber<byte[]> {

    private static final byte[] NONE = {};

    private final Sink sink;
    private final Attempt attempt;
    private final CompletableFuture<byte[]> done = new CompletableFuture<>();
    private Flow.Subscription subscription;
    private long position;
    private volatile long moved = System.nanoTime();
    private volatile boolean busy;

    Inflow(Sink sink, Attempt attempt) {
        this.sink = sink;
        this.attempt = attempt;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (done.isDone()) {
            return;
        }
        busy = true;
        try {
            for (ByteBuffer bytes : buffers) {
                int length = bytes.remaining();
                attempt.passed(length);
                sink.write(position, bytes);
                position += length;
            }
        } catch (IOException | RuntimeException e) {
            subscription.cancel();
            done.completeExceptionally(new LocalFailure(e));
            return;
        } finally {
            moved = System.nanoTime();
            busy = false;
        }
        subscription.request(1);
    }

    @Override
    public void onError(Throwable why) {
        done.completeExceptionally(why);
    }

    @Override
    public void onComplete() {
        done.complete(NONE);
    }

    /** When bytes last came, by {@link System#nanoTime}; now while those that came are being dealt with. */
    long moved() {
        return busy ? System.nanoTime() : moved;
    }

    /** What happened on this side. */
    static final class LocalFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LocalFailure(Exception cause) {
            super(cause);
        }
    }
}
