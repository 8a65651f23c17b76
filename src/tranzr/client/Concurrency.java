package tranzr.client;

/**
 * How many chunks go at a time: one until the speed of the link is known, then {@link Tuning#parallel}, then more for as long as more brings more, and fewer where it brings
 * failures or where the link could not feed them. Times are nanoseconds since any origin, never going back. Guarded by its owner.
 */
final class Concurrency {

    private static final long SECOND = 1_000_000_000;
    /** After a change, what passes is not counted for so long: new connections have yet to get going. */
    static final long SETTLE = SECOND;
    /** How long is measured then. */
    static final long WINDOW = 2 * SECOND;
    /** Of what {@code n} more connections would bring at best, so much has to come for them to stay. */
    private static final double WORTH = 0.4;
    /** After more brought nothing, it is tried again after so long; then after twice that, and so on. */
    static final long HOLD = 30 * SECOND;
    private static final long LONGEST_HOLD = 600 * SECOND;
    /** After a failure for which fewer connections may be better, so long without another brings one of them back. */
    static final long CALM = 10 * SECOND;
    /** Failures this close to each other are one. */
    private static final long EVENT = 2 * SECOND;
    /** A link that takes longer than this for the smallest chunk on each connection has too many of them. */
    private static final long FED = 10 * SECOND;

    private final boolean adaptive;
    private final int usual;
    private final int most;
    private int level;
    private boolean started;
    /** What is aimed at without trying for more. */
    private int ground;

    private long windowFrom = Long.MIN_VALUE;
    private long movedFrom;
    private double base;
    /** What to fall back to when more brings nothing; 0 while nothing is tried. */
    private int before;
    private long nextTrial = Long.MIN_VALUE;
    private long hold = HOLD;
    private long failedAt = Long.MIN_VALUE;

    Concurrency(Tuning tuning) {
        this.adaptive = tuning.adaptive();
        this.usual = tuning.parallel();
        this.most = Math.max(usual, tuning.most());
        this.level = adaptive ? 1 : usual;
        this.ground = usual;
    }

    int level() {
        return level;
    }

    /** So many bytes of one chunk came through in this time. */
    void moved(long bytes, long nanos) {
        if (adaptive && !started && bytes > 0) {
            started = true;
            level = Math.min(usual, fed(bytes * (double) SECOND / Math.max(1, nanos)));
        }
    }

    /** Something failed without that a byte of it came through. */
    void failed(long now) {
        if (adaptive && (failedAt == Long.MIN_VALUE || now - failedAt >= EVENT)) {
            level = Math.max(1, level - 1);
        }
        disturbed(now);
    }

    /** The other side wants fewer at a time. @param others that it has let through */
    void refused(int others, long now) {
        level = Math.max(1, Math.min(level, others));
        disturbed(now);
    }

    /** Whatever was being tried is not worth it. */
    private void disturbed(long now) {
        if (before > 0) {
            level = Math.min(level, before);
            before = 0;
            waitLonger(now);
        }
        ground = Math.min(usual, Math.max(level, 1));
        failedAt = now;
        windowFrom = Long.MIN_VALUE;
    }

    /**
     * Called several times a second.
     *
     * @param moved bytes that have passed in all
     * @param busy whether as many are under way as may be
     */
    void tick(long now, long moved, boolean busy) {
        if (failedAt != Long.MIN_VALUE && now - failedAt >= CALM) {
            recover(now);
        }
        if (!adaptive || !started || !busy) {
            windowFrom = Long.MIN_VALUE;
            return;
        }
        if (windowFrom == Long.MIN_VALUE) {
            windowFrom = now + SETTLE;
            movedFrom = -1;
        }
        if (now < windowFrom) {
            return;
        }
        if (movedFrom < 0) {
            windowFrom = now;
            movedFrom = moved;
        }
        if (now - windowFrom >= WINDOW) {
            double perSecond = (moved - movedFrom) * (double) SECOND / (now - windowFrom);
            windowFrom = now;
            movedFrom = moved;
            int was = level;
            measured(perSecond, now);
            if (level != was) {
                windowFrom = Long.MIN_VALUE;
            }
        }
    }

    private void recover(long now) {
        if (level < usual) {
            level++;
            ground = level;
            failedAt = now;
            windowFrom = Long.MIN_VALUE;
        } else {
            failedAt = Long.MIN_VALUE;
        }
    }

    private void measured(double perSecond, long now) {
        if (perSecond <= 0) {
            return;
        }
        int fed = fed(perSecond);
        if (before > 0) {
            double ideal = level / (double) before - 1;
            if (perSecond < base * (1 + WORTH * ideal)) {
                level = before;
                before = 0;
                waitLonger(now);
                return;
            }
            before = 0;
            hold = HOLD;
        }
        if (fed < level) {
            level = fed;
        } else if (level < ground) {
            level = Math.min(ground, fed);
        } else if (level < most && fed > level && (nextTrial == Long.MIN_VALUE || now >= nextTrial)) {
            base = perSecond;
            before = level;
            level = Math.min(Math.min(most, fed), level + Math.max(1, level / 2));
        }
    }

    private void waitLonger(long now) {
        nextTrial = now + hold;
        hold = Math.min(2 * hold, LONGEST_HOLD);
    }

    private static int fed(double perSecond) {
        return (int) Math.clamp(perSecond * FED / SECOND / Tuning.MIN_CHUNK, 1, 1_000);
    }
}
