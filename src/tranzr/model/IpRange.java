package tranzr.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Addresses that share their first bits (CIDR, RFC 4632): {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address alone. IPv4 addresses mapped into
 * IPv6 ({@code ::ffff:10.0.0.1}, RFC 4291, section 2.5.5.2) are the IPv4 addresses that they stand for, here and in {@link #contains}; apart from them no
 * IPv6 range holds an IPv4 address, {@code ::/0} neither.
 *
 * @param network the first address, with no bit set beyond the prefix; never mapped, never with a scope
 * @param prefix the number of leading bits that count: 0 to 32, or 0 to 128 for IPv6
 */
public record IpRange(InetAddress network, int prefix) {

    private static final Pattern GRAMMAR = Pattern.compile("([0-9A-Fa-f:.]{2,45})(?:/(0|[1-9][0-9]{0,2}))?");
    private static final Pattern IPV4 = Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})(?:\\.(?!$)|$)){4}");
    private static final int MAPPED_BITS = 96;

    /** @throws IllegalArgumentException with a message that follows the range's text, such as "has bits set beyond its prefix of 8 bits" */
    public IpRange {
        network = plain(network.getAddress());
        byte[] bytes = network.getAddress();
        if (prefix < 0 || prefix > bytes.length * 8) {
            throw new IllegalArgumentException("has a prefix that is not from 0 to " + bytes.length * 8 + " bits");
        }
        if (!Arrays.equals(bytes, masked(bytes, prefix))) {
            throw new IllegalArgumentException("has bits set beyond its prefix of " + prefix + " bits; the range is "
                    + text(plain(masked(bytes, prefix)).getAddress()) + "/" + prefix);
        }
    }

    /** The range of one address; its scope, if any, does not count. */
    public static IpRange of(InetAddress address) {
        InetAddress plain = plain(address.getAddress());
        return new IpRange(plain, plain.getAddress().length * 8);
    }

    /**
     * An address, perhaps with {@code /} and the number of bits. IPv4 only as four decimal numbers without leading zeros. No names, no scopes.
     *
     * @throws IllegalArgumentException for anything else, with a message that follows the quoted text
     */
    public static IpRange parse(String text) {
        Matcher matcher = GRAMMAR.matcher(text);
        if (!matcher.matches()) {
            throw notARange();
        }
        String literal = matcher.group(1);
        boolean ipv6 = literal.indexOf(':') >= 0;
        if (!ipv6 && !IPV4.matcher(literal).matches()) {
            throw notARange();
        }
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException e) {
            throw notARange();
        }
        if (matcher.group(2) == null) {
            return of(address);
        }
        boolean mapped = ipv6 && address.getAddress().length == 4;
        int prefix = Integer.parseInt(matcher.group(2));
        if (mapped && prefix < MAPPED_BITS) {
            throw new IllegalArgumentException("is an IPv4 address within IPv6, whose prefix is from 96 to 128 bits");
        }
        return new IpRange(address, mapped ? prefix - MAPPED_BITS : prefix);
    }

    /** Whether somebody bound to these ranges may come from there; to none means from anywhere. */
    public static boolean admit(Collection<IpRange> ranges, InetAddress address) {
        return ranges.isEmpty() || ranges.stream().anyMatch(range -> range.contains(address));
    }

    /** Whether an address lies within; its scope, if any, does not count. */
    public boolean contains(InetAddress address) {
        byte[] bytes = plain(address.getAddress()).getAddress();
        return bytes.length == network.getAddress().length && Arrays.equals(masked(bytes, prefix), network.getAddress());
    }

    /** The canonical form, which {@link #parse} understands: RFC 5952 for IPv6, and no prefix where it is one address. */
    @Override
    public String toString() {
        byte[] bytes = network.getAddress();
        return text(bytes) + (prefix == bytes.length * 8 ? "" : "/" + prefix);
    }

    private static IllegalArgumentException notARange() {
        return new IllegalArgumentException("is not an IP address or a range of them such as 10.0.0.0/8 or 2001:db8::/32");
    }

    /** Without name and scope, and as IPv4 where it is mapped. */
    private static InetAddress plain(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("is no address of 4 or 16 bytes", e);
        }
    }

    private static byte[] masked(byte[] bytes, int prefix) {
        byte[] result = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            int bits = Math.clamp(prefix - i * 8L, 0, 8);
            result[i] = (byte) (bytes[i] & 0xff00 >> bits);
        }
        return result;
    }

    private static String text(byte[] bytes) {
        return bytes.length == 4 ? (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + "." + (bytes[3] & 0xff) : ipv6(bytes);
    }

    /** Lower case, no leading zeros, and {@code ::} for the first of the longest runs of two or more zero groups (RFC 5952, section 4). */
    private static String ipv6(byte[] bytes) {
        int runAt = -1;
        int runLength = 1;
        for (int at = 0; at < 8; at++) {
            int end = at;
            while (end < 8 && bytes[2 * end] == 0 && bytes[2 * end + 1] == 0) {
                end++;
            }
            if (end - at > runLength) {
                runAt = at;
                runLength = end - at;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < 8; at++) {
            if (at == runAt) {
                text.append("::");
                at += runLength - 1;
            } else {
                String group = HexFormat.of().formatHex(bytes, 2 * at, 2 * at + 2).replaceFirst("^0{1,3}", "");
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":").append(group);
            }
        }
        return text.toString();
    }
}
