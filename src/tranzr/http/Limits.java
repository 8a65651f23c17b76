package tranzr.http;

import java.time.Duration;

/**
 * What a listener bears with before it ends a connection. Only time that is spent waiting for the client counts; never what a handler, the disk or a
 * {@link Pace} takes.
 *
 * @param stall how long a body may bring no byte, or take none
 * @param headTime how long the request line and the fields may take together, from the first byte to the last
 * @param minRate the least bytes a second that a body has to move on average; 0 for no such rule
 * @param patience how far a body may fall behind {@code minRate}: so long a wait with nothing moving at all. Whoever keeps to the rate never meets it
 * @param maxConnections open at once, of all clients together
 * @param maxConnectionsPerAddress of one IPv4 address or one IPv6 network of 64 bits; trusted proxies are exempt
 */
public record Limits(Duration stall, Duration headTime, long minRate, Duration patience, int maxConnections, int maxConnectionsPerAddress) {

    private static final Duration HEAD_TIME = Duration.ofSeconds(30);
    private static final int MAX_CONNECTIONS = 4000;
    private static final long MAX_MIN_RATE = 1 << 30;
    private static final int MOST_CONNECTIONS = 1 << 24;

    public Limits {
        for (Duration time : new Duration[] {stall, headTime, patience}) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("a time that a client is given must be positive: " + time);
            }
        }
        if (minRate < 0 || minRate > MAX_MIN_RATE || maxConnections < 1 || maxConnections > MOST_CONNECTIONS || maxConnectionsPerAddress < 1) {
            throw new IllegalArgumentException("a limit is negative or too large, or leaves no connection");
        }
    }

    /** Ends only what stalls; a head takes as long at most, and 30 s. */
    static Limits stallingAfter(Duration stall) {
        return new Limits(stall, stall.compareTo(HEAD_TIME) < 0 ? stall : HEAD_TIME, 0, stall, MAX_CONNECTIONS, MAX_CONNECTIONS);
    }
}
