package tranzr.webhook;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import tranzr.model.IpRange;

/**
 * Tells addresses of the public internet from all others: this machine, its networks, those of a provider, and whatever is reserved (the IANA registries
 * of special-purpose addresses, RFC 6890). Forms of IPv6 that carry an IPv4 address are judged by that.
 */
final class PublicAddresses {

    private static final List<IpRange> NOT_PUBLIC = Stream.of(
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Within the global unicast addresses of IPv6: protocols (Teredo and ORCHID among them), documentation.
            "2001::/23", "2001:db8::/32", "3fff::/20").map(IpRange::parse).toList();
    private static final IpRange GLOBAL_UNICAST = IpRange.parse("2000::/3");
    /** RFC 3056, the IPv4 address in bytes 2 to 5. */
    private static final IpRange SIX_TO_FOUR = IpRange.parse("2002::/16");
    /** RFC 6052, the IPv4 address in bytes 12 to 15. */
    private static final IpRange NAT64 = IpRange.parse("64:ff9b::/96");

    private PublicAddresses() {
    }

    static boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (NAT64.contains(address)) {
            return contains(ipv4(bytes, 12));
        }
        if (SIX_TO_FOUR.contains(address)) {
            return contains(ipv4(bytes, 2));
        }
        boolean unicast = address instanceof Inet4Address || IpRange.of(address).network() instanceof Inet4Address || GLOBAL_UNICAST.contains(address);
        return unicast && NOT_PUBLIC.stream().noneMatch(range -> range.contains(address));
    }

    private static InetAddress ipv4(byte[] bytes, int at) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
