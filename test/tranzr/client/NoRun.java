package tranzr.client;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tranzr.model.ByteRange;

/** An engine that moves one range after the other, each once, and tries nothing again. */
final class NoRun implements RangeRun {

    volatile boolean stopped;
    final AtomicInteger states = new AtomicInteger();

    @Override
    public void run(Mover mover, List<ByteRange> missing) throws TransferException {
        for (ByteRange range : missing) {
            once(() -> {
                mover.move(range, Attempt.FREE);
                return null;
            });
        }
    }

    @Override
    public void run(Mover mover, Ranges next) throws TransferException {
        for (ByteRange range = next.next(1 << 20); !range.isEmpty(); range = next.next(1 << 20)) {
            run(mover, List.of(range));
        }
    }

    @Override
    public <T> T once(Call<T> call) throws TransferException {
        checkStopped();
        try {
            return call.call();
        } catch (RefusedException e) {
            throw new TransferException(TransferException.Kind.REFUSED, e.getMessage(), e);
        } catch (IOException e) {
            throw new TransferException(TransferException.Kind.UNREACHABLE, e.getMessage(), e);
        }
    }

    @Override
    public Attempt attempt(long bytes) {
        return Attempt.FREE;
    }

    @Override
    public void total(long total, long alreadyDone) {
        states.incrementAndGet();
    }

    @Override
    public void state(Progress.State state, String note) {
        states.incrementAndGet();
    }

    @Override
    public void checkStopped() throws TransferException {
        if (stopped) {
            throw new TransferException(TransferException.Kind.PAUSED, "stopped");
        }
    }
}
