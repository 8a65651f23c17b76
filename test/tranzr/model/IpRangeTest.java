package tranzr.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IpRangeTest {

    @Test
    void whoIsBoundToNoRangeMayComeFromAnywhere() {
        InetAddress here = InetAddress.ofLiteral("10.1.2.3");
        assertTrue(IpRange.admit(java.util.List.of(), here));
        assertTrue(IpRange.admit(java.util.List.of(IpRange.parse("192.0.2.1"), IpRange.parse("10.0.0.0/8")), here));
        assertFalse(IpRange.admit(java.util.List.of(IpRange.parse("192.0.2.1")), here));
    }

    @Test
    void theTextOfARangeIsCanonicalAndCanBeParsedAgain() {
        Map<String, String> canonical = Map.ofEntries(Map.entry("10.0.0.0/8", "10.0.0.0/8"), Map.entry("10.0.0.1", "10.0.0.1"),
                Map.entry("10.0.0.1/32", "10.0.0.1"), Map.entry("0.0.0.0/0", "0.0.0.0/0"), Map.entry("255.255.255.255", "255.255.255.255"),
                Map.entry("::1/128", "::1"), Map.entry("::/0", "::/0"), Map.entry("2001:DB8:0:0:0::/32", "2001:db8::/32"),
                Map.entry("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), Map.entry("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
                Map.entry("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), Map.entry("1:0:0:0:0:0:0:0", "1::"),
                Map.entry("::ffff:10.1.2.3", "10.1.2.3"), Map.entry("::ffff:10.0.0.0/104", "10.0.0.0/8"), Map.entry("::ffff:0:0/96", "0.0.0.0/0"));
        canonical.forEach((text, expected) -> {
            assertEquals(expected, IpRange.parse(text).toString());
            assertEquals(IpRange.parse(text), IpRange.parse(expected));
        });
    }

    @Test
    void aRangeHoldsTheAddressesThatShareItsBitsAndNoOthers() {
        Map<String, List<String>> within = Map.of("10.0.0.0/8", List.of("10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"),
                "192.168.4.0/22", List.of("192.168.4.0", "192.168.7.255"), "192.168.1.7", List.of("192.168.1.7"),
                "0.0.0.0/0", List.of("0.0.0.0", "255.255.255.255", "127.0.0.1"), "::1/128", List.of("::1"),
                "2001:db8::/33", List.of("2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"), "::/0", List.of("::1", "fe80::1"));
        Map<String, List<String>> outside = Map.of("10.0.0.0/8", List.of("9.255.255.255", "11.0.0.0", "::a00:1", "::1"),
                "192.168.4.0/22", List.of("192.168.3.255", "192.168.8.0"), "192.168.1.7", List.of("192.168.1.6", "192.168.1.8"),
                "0.0.0.0/0", List.of("::1", "::"), "::1/128", List.of("::", "::2", "127.0.0.1"),
                "2001:db8::/33", List.of("2001:db8:8000::", "2001:db7::"), "::/0", List.of("127.0.0.1", "::ffff:127.0.0.1"));
        within.forEach((range, addresses) -> addresses.forEach(
                address -> assertTrue(IpRange.parse(range).contains(InetAddress.ofLiteral(address)), range + " holds " + address)));
        outside.forEach((range, addresses) -> addresses.forEach(
                address -> assertFalse(IpRange.parse(range).contains(InetAddress.ofLiteral(address)), range + " does not hold " + address)));
    }

    @Test
    void everyPrefixDividesExactlyBehindItsLastBit() throws Exception {
        for (int length : new int[] { 4, 16 }) {
            for (int prefix = 1; prefix <= length * 8; prefix++) {
                byte[] first = new byte[length];
                first[0] = 0x20;
                IpRange range = prefix < 3 ? new IpRange(InetAddress.getByAddress(new byte[length]), prefix)
                        : new IpRange(InetAddress.getByAddress(first), prefix);
                byte[] neighbour = range.network().getAddress();
                neighbour[(prefix - 1) / 8] ^= (byte) (0x80 >> (prefix - 1) % 8);
                assertFalse(range.contains(InetAddress.getByAddress(neighbour)), range.toString());
                byte[] last = range.network().getAddress();
                last[length - 1] |= (byte) (prefix == length * 8 ? 0 : 1);
                assertTrue(range.contains(InetAddress.getByAddress(last)), range.toString());
            }
        }
    }

    @Test
    void aMappedAddressInAnObjectOfIpv6AndAScopeMakeNoDifference() throws Exception {
        byte[] mapped = InetAddress.ofLiteral("::").getAddress();
        mapped[10] = -1;
        mapped[11] = -1;
        mapped[12] = 10;
        assertTrue(IpRange.parse("10.0.0.0/24").contains(Inet6Address.getByAddress("mapped", mapped, 0)));
        assertEquals(IpRange.parse("10.0.0.0"), IpRange.of(Inet6Address.getByAddress("mapped", mapped, 0)));
        byte[] local = InetAddress.ofLiteral("fe80::7").getAddress();
        assertTrue(IpRange.parse("fe80::/10").contains(Inet6Address.getByAddress("local", local, 3)));
        assertEquals("fe80::7", IpRange.of(Inet6Address.getByAddress("local", local, 3)).toString());
    }

    @Test
    void whatIsNoRangeIsRefusedAndSaysWhy() {
        for (String bad : List.of("10.0.0.1/8", "2001:db8::1/32", "::ffff:10.0.0.1/104", "128.0.0.0/0")) {
            assertTrue(refusal(bad).contains("bits set beyond"), bad);
        }
        assertTrue(refusal("10.9.0.1/8").endsWith("the range is 10.0.0.0/8"));
        for (String bad : List.of("10.0.0.0/33", "::/129", "10.0.0.0/128", "::ffff:10.0.0.0/8")) {
            assertTrue(refusal(bad).contains("prefix"), bad);
        }
        for (String bad : List.of("", "/", "/8", "10", "10/8", "10.0/16", "10.0.0", "10.0.0.0.", ".10.0.0.0", "10.0.0.256", "010.0.0.1", "0x0a.0.0.1", "10.0.0.0/",
                "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0.0 /8", " 10.0.0.0", "10.0.0.0/255.0.0.0", "10.0.0.0/1000", "10.0.0.0-10.0.0.9", "localhost",
                "fe80::1%eth0", "[::1]", "::1::", ":", ":::", "1:2:3:4:5:6:7:8:9", "12345::", "١٠.0.0.0", "*", "f".repeat(100_000))) {
            assertTrue(refusal(bad).contains("is not an IP address"), bad);
        }
        assertThrows(IllegalArgumentException.class, () -> new IpRange(InetAddress.ofLiteral("10.0.0.0"), -1));
    }

    private static String refusal(String text) {
        return assertThrows(IllegalArgumentException.class, () -> IpRange.parse(text), text).getMessage();
    }
}
