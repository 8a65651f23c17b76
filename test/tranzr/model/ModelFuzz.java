package tranzr.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;

/** Values as people write them. */
public final class ModelFuzz {

    private ModelFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("time-span", "tranzr.model.TimeSpan").seeds("7d", "1h30m", "250ms", "1w2d3h4m5s6ms", "0s").words("w", "d", "h", "m", "s", "ms", "999999999").latin(ModelFuzz::timeSpan),
                Target.of("byte-size", "tranzr.model.ByteSize").seeds("8MiB", "33.5MB", "512 K", "1048576", "7.999EiB").words("K", "MiB", "EB", ".", " ", "B", "0.000000000000000001")
                        .latin(ModelFuzz::byteSize),
                Target.of("file-name", "tranzr.model.FileName").seeds("a.txt", "folder/b.txt", "CON", "aux.tar.gz", "x. . ", "größe", "..\\a", "a:b", "😀.png", "nul .txt")
                        .words("..", "/", "\\", ".", " ", "con", "COM1", ":", "\u202e", "\u200b", "\ufeff", "\u2028").text(ModelFuzz::fileName),
                Target.of("digest", "tranzr.model.Digest").seeds("ab".repeat(32), Digest.sha256(new byte[0]).base64()).words("=", "0", "/", "-").latin(ModelFuzz::digest),
                Target.of("ip-range", "tranzr.model.IpRange").seeds("10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::ffff:10.0.0.1", "::ffff:10.0.0.0/104", "::/0", "0.0.0.0/0", "fe80::1%1")
                        .words("/", ":", "::", ".", "0", "255", "128", "ffff", "%", "1:").latin(ModelFuzz::ipRange));
    }

    /** The message follows the quoted text, so it must not be empty. */
    private static void refusal(IllegalArgumentException e) {
        Expect.that(e.getMessage() != null && !e.getMessage().isBlank(), "a refusal without words");
    }

    private static void ipRange(String text) {
        try {
            IpRange range = IpRange.parse(text);
            Expect.that(range.contains(range.network()), "a range without its own first address: " + text);
            Expect.same(range, IpRange.parse(range.toString()), "again");
        } catch (IllegalArgumentException e) {
            refusal(e);
        }
    }

    private static void timeSpan(String text) {
        try {
            Duration span = TimeSpan.parse(text);
            Expect.that(!span.isNegative() && span.compareTo(TimeSpan.MAX) <= 0, "out of bounds: " + span);
            Expect.same(span, TimeSpan.parse(TimeSpan.format(span)), "again");
        } catch (IllegalArgumentException e) {
            refusal(e);
        }
    }

    private static void byteSize(String text) {
        try {
            long size = ByteSize.parse(text);
            Expect.that(size >= 0, "negative: " + size);
            Expect.same(size, ByteSize.parse(ByteSize.format(size)), "again");
        } catch (IllegalArgumentException e) {
            refusal(e);
        }
    }

    private static void fileName(String name) {
        if (FileName.objection(name).isPresent()) {
            Expect.that(!FileName.objection(name).get().isBlank(), "an objection without words");
            return;
        }
        Expect.that(new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(name), "half a character passed");
        Expect.that(name.codePoints().noneMatch(c -> c < ' ' || c >= 0x7f && c < 0xa0), "a control character passed");
        String saved = FileName.forDownload(name);
        Expect.that(!saved.isEmpty() && !saved.equals(".") && !saved.equals(".."), "no name: " + saved);
        Expect.that(saved.chars().noneMatch(c -> "\\/:*?\"<>|".indexOf(c) >= 0), "a sign that some systems mind: " + saved);
        Expect.that(!saved.endsWith(".") && !saved.endsWith(" "), "an end that some systems cut off: " + saved);
        Expect.that(!saved.matches("(?i)(con|prn|aux|nul|com[1-9]|lpt[1-9])\\s*(\\..*)?"), "a device: " + saved);
        Expect.same(saved, FileName.forDownload(saved), "made safe again");
        Expect.same(java.util.Optional.empty(), FileName.objection(saved).filter(why -> !why.contains("longer")), "refused after it was made safe: " + saved);
        Expect.that(saved.getBytes(StandardCharsets.UTF_8).length <= FileName.MAX_SEGMENT_BYTES, "too long to be saved: " + saved.length());
    }

    private static void digest(String text) {
        try {
            Digest digest = Digest.ofHex(text);
            Expect.same(digest, Digest.ofHex(digest.hex()), "again");
            Expect.that(digest.hex().equalsIgnoreCase(text), "other digits");
        } catch (IllegalArgumentException e) {
            refusal(e);
        }
        try {
            Digest digest = Digest.ofBase64(text);
            Expect.same(digest, Digest.ofBase64(digest.base64()), "again");
        } catch (IllegalArgumentException e) {
            refusal(e);
        }
    }
}
