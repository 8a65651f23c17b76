package tranzr.client;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Keeps a body up to a length. Of a longer one it takes no more than the beginning, and the connection is closed. */
final class Collector implements HttpResponse.BodySubscriber<byte[]> {

    private final int most;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> done = new CompletableFuture<>();
    private Flow.Subscription subscription;

    /** @param most bytes; one more than that tells that there was more */
    Collector(int most) {
        this.most = most;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (done.isDone()) {
            return;
        }
        for (ByteBuffer bytes : buffers) {
            byte[] part = new byte[Math.min(bytes.remaining(), most + 1 - kept.size())];
            bytes.get(part);
            kept.writeBytes(part);
        }
        if (kept.size() > most) {
            subscription.cancel();
            done.complete(kept.toByteArray());
        }
    }

    @Override
    public void onError(Throwable why) {
        done.completeExceptionally(why);
    }

    @Override
    public void onComplete() {
        done.complete(kept.toByteArray());
    }
}
