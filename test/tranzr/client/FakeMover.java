package tranzr.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tranzr.model.ByteRange;
import tranzr.model.RangeSet;

/** The other side, in memory: remembers which bytes were moved, and fails as it is told. */
class FakeMover implements Mover {

    /** What a move does before it counts as done. */
    @FunctionalInterface
    interface Deed {
        /** @return how many of the bytes come through; all of them, or the move fails after those */
        long of(ByteRange range, Attempt attempt) throws IOException, RefusedException, TransferException;
    }

    final AtomicInteger atWork = new AtomicInteger();
    final AtomicInteger mostAtWork = new AtomicInteger();
    final AtomicInteger asked = new AtomicInteger();
    final AtomicInteger probed = new AtomicInteger();
    final List<ByteRange> moves = new ArrayList<>();
    private final Deed deed;
    private RangeSet there = RangeSet.EMPTY;

    FakeMover(Deed deed) {
        this.deed = deed;
    }

    @Override
    public void move(ByteRange range, Attempt attempt) throws IOException, RefusedException, TransferException {
        mostAtWork.accumulateAndGet(atWork.incrementAndGet(), Math::max);
        try {
            synchronized (this) {
                moves.add(range);
            }
            long through = deed.of(range, attempt);
            attempt.passed(through);
            synchronized (this) {
                there = there.plus(new ByteRange(range.start(), range.start() + through), 0);
            }
            if (through < range.length()) {
                throw new IOException("broken off after " + through);
            }
        } finally {
            atWork.decrementAndGet();
        }
    }

    @Override
    public synchronized List<ByteRange> missing(ByteRange within) throws IOException, RefusedException, TransferException {
        asked.incrementAndGet();
        return there.missing(within);
    }

    @Override
    public void probe() throws IOException, RefusedException {
        probed.incrementAndGet();
    }

    synchronized RangeSet there() {
        return there;
    }
}
