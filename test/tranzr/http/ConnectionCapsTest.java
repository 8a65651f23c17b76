package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The count of connections, by itself. */
class ConnectionCapsTest {

    private static final BooleanSupplier OPEN = () -> true;

    private static ConnectionCaps caps(int all, int each, String... exempt) {
        List<String> names = List.of(exempt);
        return new ConnectionCaps(new Limits(Duration.ofSeconds(1), Duration.ofSeconds(1), 0, Duration.ofSeconds(1), all, each),
                address -> names.contains(address.getHostAddress()));
    }

    private static InetAddress ip(String text) {
        return InetAddress.ofLiteral(text);
    }

    @Test
    void eachAddressHasItsOwnShare() {
        ConnectionCaps caps = caps(100, 2);
        assertTrue(caps.admit(ip("10.0.0.1"), OPEN) && caps.admit(ip("10.0.0.1"), OPEN));
        assertFalse(caps.admit(ip("10.0.0.1"), OPEN));
        assertTrue(caps.admit(ip("10.0.0.2"), OPEN));
        caps.release(ip("10.0.0.1"), OPEN);
        assertTrue(caps.admit(ip("10.0.0.1"), OPEN));
        assertEquals(3, caps.total());
    }

    @Test
    void anIpv6NetworkOf64BitsIsOneAddress() {
        ConnectionCaps caps = caps(100, 2);
        assertTrue(caps.admit(ip("2001:db8:0:1::1"), OPEN) && caps.admit(ip("2001:db8:0:1:ffff::2"), OPEN));
        assertFalse(caps.admit(ip("2001:db8:0:1:8000::3"), OPEN));
        assertTrue(caps.admit(ip("2001:db8:0:2::1"), OPEN));
    }

    @Test
    void closedConnectionsMakeRoomAndLeaveNothingBehind() {
        ConnectionCaps caps = caps(1000, 100);
        List<AtomicBoolean> connections = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            AtomicBoolean open = new AtomicBoolean(true);
            connections.add(open);
            assertTrue(caps.admit(ip("10.0.0.1"), open::get));
        }
        assertFalse(caps.admit(ip("10.0.0.1"), OPEN));
        connections.get(50).set(false);
        assertTrue(caps.admit(ip("10.0.0.1"), OPEN));
        assertFalse(caps.admit(ip("10.0.0.1"), OPEN));
        connections.forEach(open -> open.set(false));
        caps.sweep();
        assertEquals(1, caps.total());
    }

    @Test
    void theTotalHoldsForTrustedProxiesToo() {
        ConnectionCaps caps = caps(3, 1, "10.0.0.9");
        for (int i = 0; i < 3; i++) {
            assertTrue(caps.admit(ip("10.0.0.9"), OPEN));
        }
        assertFalse(caps.admit(ip("10.0.0.9"), OPEN));
        assertFalse(caps.admit(ip("10.0.0.1"), OPEN));
    }
}
