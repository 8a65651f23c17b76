package tranzr.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class AddressKeyTest {

    @Test
    void everyAddressOfVersionFourStandsForItself() {
        assertEquals(key("192.0.2.1"), key("192.0.2.1"));
        assertNotEquals(key("192.0.2.1"), key("192.0.2.2"));
    }

    @Test
    void addressesOfVersionSixCountByTheirFirstHalf() {
        assertEquals(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assertNotEquals(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assertEquals(key("fe80::1"), key("fe80::1%0"));
    }

    @Test
    void versionFourWrittenAsVersionSixIsVersionFour() {
        assertEquals(key("192.0.2.1"), key("::ffff:192.0.2.1"));
    }

    @Test
    void theTwoVersionsNeverMeet() {
        assertNotEquals(key("0.0.0.1"), new AddressKey(true, 1));
        assertNotEquals(key("0.0.0.0"), key("::"));
    }

    private static AddressKey key(String literal) {
        return AddressKey.of(InetAddress.ofLiteral(literal));
    }
}
