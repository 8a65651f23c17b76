package tranzr.client;

import java.time.Duration;

/**
 * How a transfer goes about it.
 *
 * @param chunkSize of the first chunks, in bytes
 * @param adaptive whether chunk size and concurrency follow what the network does; otherwise they stay as given here
 * @param parallel chunks at a time, at least 1
 * @param most chunks at a time up to which an adaptive transfer goes, where more chunks bring more (long ways, small windows); at least {@code parallel}
 * @param priority at the server
 * @param maxRetries of one chunk, before the transfer takes a rest
 * @param timeout how long a request may stand still, without a byte or an answer
 * @param patience how long in all a transfer waits for a network or a server that is away, before it ends, resumable
 * @param bytesPerSecond most in all; 0 for no limit
 */
public record Tuning(long chunkSize, boolean adaptive, int parallel, int most, Priority priority, int maxRetries, Duration timeout, Duration patience, long bytesPerSecond) {

    /** Bounds of a chunk, in bytes. */
    public static final long MIN_CHUNK = 64 << 10;
    public static final long MAX_CHUNK = 64 << 20;

    public static final Tuning STANDARD = new Tuning(8 << 20, true, 4, 16, Priority.NORMAL, 10, Duration.ofSeconds(30), Duration.ofHours(1), 0);

    /** @throws IllegalArgumentException for what cannot be, with a message for a person */
    public Tuning {
        if (chunkSize < MIN_CHUNK || chunkSize > MAX_CHUNK) {
            throw new IllegalArgumentException("a chunk has 64KiB to 64MiB");
        }
        if (parallel < 1 || most < parallel || most > 64) {
            throw new IllegalArgumentException("1 to 64 chunks at a time");
        }
        if (maxRetries < 0 || maxRetries > 1000) {
            throw new IllegalArgumentException("0 to 1000 retries");
        }
        if (!timeout.isPositive() || patience.isNegative() || bytesPerSecond < 0) {
            throw new IllegalArgumentException("a time or a rate is not positive");
        }
    }

    /** One that never has more than {@code parallel} chunks at a time. */
    public Tuning(long chunkSize, boolean adaptive, int parallel, Priority priority, int maxRetries, Duration timeout, Duration patience, long bytesPerSecond) {
        this(chunkSize, adaptive, parallel, parallel, priority, maxRetries, timeout, patience, bytesPerSecond);
    }
}
