package tranzr.webhook;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressesTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
            "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
            "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
            "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "100::1", "2001::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::",
            "2002:c0a8:101::1", "3fff::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "4000::1", "5f00::1"})
    void whatIsNotPublicIsKnown(String text) {
        assertFalse(PublicAddresses.contains(InetAddress.ofLiteral(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "169.253.0.1", "198.20.0.1", "223.255.255.255",
            "2606:4700::1111", "2001:4860:4860::8888", "2a00::1", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"})
    void whatIsPublicIsKnown(String text) {
        assertTrue(PublicAddresses.contains(InetAddress.ofLiteral(text)));
    }

    /** As a look-up may give it; the literal is turned into IPv4 at once. */
    @Test
    void anIpv4AddressMappedByHandIsJudgedAsThatAddress() throws UnknownHostException {
        byte[] mapped = HexFormat.of().parseHex("00000000000000000000ffff0a000001");
        assertFalse(PublicAddresses.contains(InetAddress.getByAddress(mapped)));
        assertFalse(PublicAddresses.contains(java.net.Inet6Address.getByAddress("h", mapped, 1)));
    }
}
