package tranzr.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Who counts as one address where addresses are limited: an IPv4 address, or the 64 bits of an IPv6 prefix, which one household or machine has for
 * itself (RFC 6177, 2) and in which it may change its address as it likes. An IPv4 address written as IPv6 ({@code ::ffff:192.0.2.1}) is the IPv4 address.
 *
 * @param six whether it is IPv6
 * @param bits the address of IPv4, or the first half of that of IPv6
 */
public record AddressKey(boolean six, long bits) {

    public static AddressKey of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet6Address ? new AddressKey(true, bytes.getLong()) : new AddressKey(false, bytes.getInt());
    }
}
