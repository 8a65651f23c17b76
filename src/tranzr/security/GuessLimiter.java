package tranzr.security;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;

/**
 * Slows down the guessing of passwords: per link (5 wrong ones are free, then a wait that doubles from 1 s to 15 min) and per address (20 in
 * 15 min, IPv6 by /64). Bounded memory. The link's own count is kept by the caller, so that it survives a restart. Safe for several threads.
 */
public final class GuessLimiter {

    public GuessLimiter() {
    }

    /** How long a link with so many wrong passwords in a row has to wait since the last of them; zero when it need not. */
    public static Duration linkWait(int failures, Instant lastFailure, Instant now) {
        throw new UnsupportedOperationException();
    }

    /** How long this address has to wait; zero when it need not. */
    public Duration addressWait(InetAddress address, Instant now) {
        throw new UnsupportedOperationException();
    }

    /** Notes a wrong password from this address. */
    public void failed(InetAddress address, Instant now) {
        throw new UnsupportedOperationException();
    }
}
