package tranzr.events;

import java.util.Arrays;

/**
 * How fast bytes pass, over the last five seconds or, before there are so many, since the first of them. Times are nanoseconds since any origin that do not run backwards.
 * Guarded by its owner.
 */
final class SpeedWindow {

    private static final long SECOND = 1_000_000_000L;
    private static final long STEP = SECOND / 4;
    private static final int STEPS = 20;
    /** Less would make a first burst look like a fast line. */
    private static final long SHORTEST = SECOND / 2;

    private final long[] bytes = new long[STEPS];
    private final long begun;
    private long step;

    SpeedWindow(long now) {
        begun = now;
        step = Math.floorDiv(now, STEP);
    }

    void passed(long count, long now) {
        advance(now);
        bytes[slot(step)] += count;
    }

    /** Bytes a second; 0 when nothing has passed within the window. */
    double at(long now) {
        advance(now);
        long sum = Arrays.stream(bytes).sum();
        // What is left of the oldest step is not known, so the window is the whole steps before this one and what this one has of its own.
        long window = Math.min(now - begun, (STEPS - 1) * STEP + Math.floorMod(now, STEP));
        return sum * (double) SECOND / Math.max(window, SHORTEST);
    }

    private void advance(long now) {
        long current = Math.floorDiv(now, STEP);
        for (long empty = Math.max(step + 1, current - STEPS + 1); empty <= current; empty++) {
            bytes[slot(empty)] = 0;
        }
        step = Math.max(step, current);
    }

    private static int slot(long step) {
        return (int) Math.floorMod(step, (long) STEPS);
    }
}
