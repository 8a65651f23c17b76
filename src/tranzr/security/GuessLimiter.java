package tranzr.security;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tranzr.model.AddressKey;

/**
 * Slows down the guessing of passwords: per link (5 wrong ones are free, then a wait that doubles from 1 s to 15 min) and per address (20 in
 * 15 min, IPv6 by /64). Bounded memory. The link's own count is kept by the caller, so that it survives a restart. Safe for several threads.
 * <p>Nobody is locked out for good: a clock that jumps back lengthens no wait beyond what the rule gives.
 */
public final class GuessLimiter {

    /** Wrong passwords of one link that cost no wait: the next try after them has to wait. */
    static final int FREE_PER_LINK = 5;
    /** Wrong passwords that one address may send at once; afterwards one each {@link #PER_FAILURE}. */
    static final int BURST_PER_ADDRESS = 20;
    /** Addresses that are remembered; beyond it those that failed longest ago are forgotten. */
    static final int MAX_ADDRESSES = 8192;

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
    private static final Duration PER_FAILURE = LONGEST_WAIT.dividedBy(BURST_PER_ADDRESS);

    /** When the debt of each address is paid, the one that failed longest ago first (GCRA's theoretical arrival time). Guarded by itself. */
    private final Map<AddressKey, Instant> paid = new LinkedHashMap<>(16, 0.75f, false) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AddressKey, Instant> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    public GuessLimiter() {
    }

    /** How long a link with so many wrong passwords in a row has to wait since the last of them; zero when it need not. */
    public static Duration linkWait(int failures, Instant lastFailure, Instant now) {
        if (failures < FREE_PER_LINK || lastFailure == null) {
            return Duration.ZERO;
        }
        int doublings = Math.min(failures - FREE_PER_LINK, 30);
        Duration whole = shorter(FIRST_WAIT.multipliedBy(1L << doublings), LONGEST_WAIT);
        return rest(lastFailure.plus(whole), now, whole);
    }

    /** How long this address has to wait; zero when it need not. */
    public Duration addressWait(InetAddress address, Instant now) {
        Instant debtPaid;
        synchronized (paid) {
            debtPaid = paid.get(AddressKey.of(address));
        }
        if (debtPaid == null) {
            return Duration.ZERO;
        }
        return rest(debtPaid.minus(PER_FAILURE.multipliedBy(BURST_PER_ADDRESS - 1L)), now, LONGEST_WAIT);
    }

    /** Notes a wrong password from this address. */
    public void failed(InetAddress address, Instant now) {
        AddressKey origin = AddressKey.of(address);
        synchronized (paid) {
            // Taken out and put back, so that it becomes the youngest.
            Instant debtPaid = paid.remove(origin);
            Instant latest = now.plus(LONGEST_WAIT);
            Instant next = (debtPaid == null || debtPaid.isBefore(now) ? now : debtPaid).plus(PER_FAILURE);
            paid.put(origin, next.isAfter(latest) ? latest : next);
        }
    }

    /** How many addresses are remembered. */
    int size() {
        synchronized (paid) {
            return paid.size();
        }
    }

    private static Duration rest(Instant until, Instant now, Duration most) {
        Duration left = Duration.between(now, until);
        return left.isPositive() ? shorter(left, most) : Duration.ZERO;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
