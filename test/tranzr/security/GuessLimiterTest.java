package tranzr.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class GuessLimiterTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void five_wrong_passwords_of_a_link_are_free_then_the_wait_doubles_up_to_15_minutes() {
        assertEquals(Duration.ZERO, GuessLimiter.linkWait(0, null, NOW));
        assertEquals(Duration.ZERO, GuessLimiter.linkWait(4, NOW, NOW));
        assertEquals(Duration.ofSeconds(1), GuessLimiter.linkWait(5, NOW, NOW));
        assertEquals(Duration.ofSeconds(2), GuessLimiter.linkWait(6, NOW, NOW));
        assertEquals(Duration.ofSeconds(512), GuessLimiter.linkWait(14, NOW, NOW));
        assertEquals(Duration.ofMinutes(15), GuessLimiter.linkWait(15, NOW, NOW));
        assertEquals(Duration.ofMinutes(15), GuessLimiter.linkWait(Integer.MAX_VALUE, NOW, NOW));
    }

    @Test
    void a_links_wait_passes_with_time_and_never_grows_when_the_clock_jumps_back() {
        assertEquals(Duration.ofSeconds(3), GuessLimiter.linkWait(7, NOW, NOW.plusSeconds(1)));
        assertEquals(Duration.ZERO, GuessLimiter.linkWait(7, NOW, NOW.plusSeconds(4)));
        assertEquals(Duration.ofSeconds(4), GuessLimiter.linkWait(7, NOW, NOW.minusSeconds(86_400)));
    }

    @Test
    void an_address_may_fail_twenty_times_at_once_and_then_once_each_45_seconds() throws Exception {
        GuessLimiter limiter = new GuessLimiter();
        InetAddress address = InetAddress.getByName("192.0.2.1");
        for (int i = 0; i < 20; i++) {
            assertEquals(Duration.ZERO, limiter.addressWait(address, NOW), "after " + i);
            limiter.failed(address, NOW);
        }
        assertEquals(Duration.ofSeconds(45), limiter.addressWait(address, NOW));
        assertEquals(Duration.ofSeconds(1), limiter.addressWait(address, NOW.plusSeconds(44)));
        assertEquals(Duration.ZERO, limiter.addressWait(address, NOW.plusSeconds(45)));
        assertEquals(Duration.ZERO, limiter.addressWait(InetAddress.getByName("192.0.2.2"), NOW));
    }

    @Test
    void failures_beyond_the_limit_and_a_clock_that_jumps_back_make_nobody_wait_longer_than_15_minutes() throws Exception {
        GuessLimiter limiter = new GuessLimiter();
        InetAddress address = InetAddress.getByName("192.0.2.1");
        for (int i = 0; i < 1000; i++) {
            limiter.failed(address, NOW);
        }
        assertEquals(Duration.ofSeconds(45), limiter.addressWait(address, NOW));
        assertEquals(Duration.ofMinutes(15), limiter.addressWait(address, NOW.minusSeconds(86_400)));
        limiter.failed(address, NOW.minusSeconds(86_400));
        assertEquals(Duration.ofSeconds(45), limiter.addressWait(address, NOW.minusSeconds(86_400)));
    }

    @Test
    void addresses_of_one_ipv6_network_count_together_and_others_do_not() throws Exception {
        GuessLimiter limiter = new GuessLimiter();
        for (int i = 0; i < 20; i++) {
            limiter.failed(InetAddress.getByName("2001:db8:1:2::" + i), NOW);
        }
        assertEquals(Duration.ofSeconds(45), limiter.addressWait(InetAddress.getByName("2001:db8:1:2:ffff::1"), NOW));
        assertEquals(Duration.ZERO, limiter.addressWait(InetAddress.getByName("2001:db8:1:3::1"), NOW));
    }

    @Test
    void only_so_many_addresses_are_remembered_and_the_longest_quiet_one_is_forgotten_first() throws Exception {
        GuessLimiter limiter = new GuessLimiter();
        InetAddress first = numbered(0);
        InetAddress busy = numbered(1);
        for (int i = 0; i < 20; i++) {
            limiter.failed(first, NOW);
            limiter.failed(busy, NOW);
        }
        for (int i = 2; i < GuessLimiter.MAX_ADDRESSES; i++) {
            limiter.failed(numbered(i), NOW);
        }
        limiter.failed(busy, NOW);
        assertTrue(limiter.addressWait(first, NOW).isPositive());
        limiter.failed(numbered(GuessLimiter.MAX_ADDRESSES), NOW);
        assertEquals(GuessLimiter.MAX_ADDRESSES, limiter.size());
        assertEquals(Duration.ZERO, limiter.addressWait(first, NOW));
        assertTrue(limiter.addressWait(busy, NOW).isPositive());
    }

    private static InetAddress numbered(int n) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] { 10, (byte) (n >> 16), (byte) (n >> 8), (byte) n });
    }
}
