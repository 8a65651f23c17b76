package tranzr.client;

/**
 * How large the next chunk is, in bytes. A chunk should take some seconds: fewer, and its request and answer cost more than they bring; more, and a failure finds much of it under way.
 * So the size follows what the last chunk took, in powers of two times {@link Tuning#MIN_CHUNK}. Times are nanoseconds. Guarded by its owner.
 */
final class ChunkSizer {

    static final long SECOND = 1_000_000_000;
    /** What a chunk should take at most, as far as the last one tells. */
    static final long TARGET = 5 * SECOND;
    /** A chunk that took less makes the next one larger. */
    static final long TOO_SHORT = TARGET / 2;
    /** A chunk that took more makes the next one smaller. */
    static final long TOO_LONG = 2 * TARGET;
    /** The first chunk, while nobody knows the speed: soon through on fast links, and not for ever under way on slow ones. */
    static final long FIRST = 256 << 10;

    /** How much the size may change at once: by so many doublings. */
    private static final int STEP = 3;
    /** How many chunks have to come through after a failure, before the size grows again. */
    private static final int CALM = 3;
    /** Towards the end chunks get smaller so that no connection is left alone with a large one, but not below what takes this long. */
    private static final long LAST = SECOND / 4;
    /** A chunk is cut off when it takes so many times what it should, and longer than {@link #SLOW}. */
    private static final int SLOW_FACTOR = 8;
    private static final long SLOW = 60 * SECOND;

    private final long start;
    private final boolean adaptive;
    private long size;
    /** Of one connection, in bytes a second; 0 while it is unknown. */
    private double speed;
    private boolean failedOnce;
    private int calm;

    ChunkSizer(Tuning tuning) {
        this.adaptive = tuning.adaptive();
        this.start = adaptive ? tuning.chunkSize() / Tuning.MIN_CHUNK * Tuning.MIN_CHUNK : tuning.chunkSize();
        this.size = adaptive ? Math.min(start, FIRST) : start;
    }

    /** Of a chunk in the middle of a large file. */
    long size() {
        return size;
    }

    /** Of a chunk when so many bytes are left, for so many connections. */
    long size(long left, int connections) {
        if (!adaptive || speed == 0) {
            return size;
        }
        long share = Math.max(Math.ceilDiv(left, 2L * connections), (long) (speed * LAST / SECOND));
        return Math.min(size, Math.ceilDiv(share, Tuning.MIN_CHUNK) * Tuning.MIN_CHUNK);
    }

    /** How long a chunk of so many bytes may take before it is cut off; {@link Long#MAX_VALUE} while nobody can say. What came of it is kept. */
    long within(long bytes) {
        return speed == 0 ? Long.MAX_VALUE : Math.max(SLOW, (long) (SLOW_FACTOR * bytes / speed * SECOND));
    }

    /** So many bytes of one chunk came through in this time. */
    void moved(long bytes, long nanos) {
        boolean first = speed == 0;
        // The rest of a range says little about the speed: the way of the request there and of the answer back is most of it.
        if (!first && bytes < size / 4 && nanos < TOO_LONG || bytes == 0) {
            return;
        }
        speed = bytes * (double) SECOND / Math.max(nanos, 1);
        calm++;
        if (!adaptive) {
            return;
        }
        if (first) {
            size = Math.min(fitting(), Math.max(start, size));
        } else if (nanos * (size / (double) bytes) < TOO_SHORT && (!failedOnce || calm >= CALM)) {
            size = Math.max(size, Math.min(fitting(), size << (failedOnce ? 1 : STEP)));
            calm = 0;
        } else if (nanos > TOO_LONG) {
            size = Math.min(size, Math.max(fitting(), size >> STEP));
        }
        size = Math.clamp(size / Tuning.MIN_CHUNK * Tuning.MIN_CHUNK, Tuning.MIN_CHUNK, Tuning.MAX_CHUNK);
    }

    /** A chunk of so many bytes failed. Several that fail together halve the size once. */
    void failed(long bytes) {
        failedOnce = true;
        calm = 0;
        if (adaptive && bytes >= size && bytes < 2 * size) {
            size = Math.max(Tuning.MIN_CHUNK, Long.highestOneBit(size - 1));
        }
    }

    /** The largest size that takes no longer than it should. */
    private long fitting() {
        double bytes = speed * TARGET / SECOND;
        return bytes >= Tuning.MAX_CHUNK ? Tuning.MAX_CHUNK : Math.max(Tuning.MIN_CHUNK, Long.highestOneBit((long) bytes));
    }
}
