package tranzr.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import tranzr.model.ByteRange;

/**
 * A ZIP archive as it is laid out (APPNOTE 6.3.10): members stored one behind the other, each with a data descriptor behind it (section 4.3.9), so that nothing
 * but the CRC-32 of what has passed is needed to write it, its length is known beforehand, and the same members make the same bytes each time. With the
 * 64-bit forms where something does not fit into 32 bits (section 4.3.14 and 4.5.3). Any range of it can be written by itself. Memory does not depend on the members' lengths.
 */
public final class ZipLayout {

    /** To be raised when the same members make other bytes, so that nobody continues one archive with another. */
    public static final int FORMAT = 1;

    /**
     * @param name as it was sent; cleaned here
     * @param length in bytes
     */
    public record Entry(String name, long length, Instant modified) {
    }

    /** Where the bytes of the members come from. */
    public interface Source {

        /** Writes this range of the member's content. */
        void content(int member, ByteRange range, OutputStream out) throws IOException;

        /** The CRC-32 of the member's whole content; asked only when what has it in it is to be written. May take long. */
        int crc(int member) throws IOException;
    }

    private static final long LIMIT_32 = 0xFFFF_FFFFL;
    private static final int LIMIT_16 = 0xFFFF;
    private static final int VERSION = 20;
    private static final int VERSION_64 = 45;
    private static final int UNIX = 3 << 8;
    /** A regular file, to be read by all and written by its owner. */
    private static final int MODE = 0100644 << 16;
    /** A descriptor follows (bit 3); the name is UTF-8 (bit 11). */
    private static final int FLAGS = 1 << 3 | 1 << 11;
    private static final int LOCAL_BYTES = 30;
    private static final int CENTRAL_BYTES = 46;
    private static final int END_BYTES = 22;
    private static final int END_64_BYTES = 56 + 20;
    private static final int TIME_EXTRA_BYTES = 9;

    private final List<Entry> entries;
    private final List<byte[]> names = new ArrayList<>();
    /** Where each member's header begins. */
    private final long[] offsets;
    /** Where each member's content begins when the contents alone stand one behind the other; and where the last one ends. */
    private final long[] contents;
    private final long central;
    private final long centralEnd;
    private final long length;

    private ZipLayout(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        this.offsets = new long[entries.size()];
        this.contents = new long[entries.size() + 1];
        ArchiveNames.of(entries.stream().map(Entry::name).toList()).forEach(name -> names.add(name.getBytes(StandardCharsets.UTF_8)));
        long at = 0;
        for (int i = 0; i < entries.size(); i++) {
            offsets[i] = at;
            at = Math.addExact(at, Math.addExact(localBytes(i), Math.addExact(entries.get(i).length(), descriptorBytes(i))));
            contents[i + 1] = contents[i] + entries.get(i).length();
        }
        central = at;
        for (int i = 0; i < entries.size(); i++) {
            at += centralBytes(i);
        }
        centralEnd = at;
        length = Math.addExact(at, (isLong() ? END_64_BYTES : 0) + END_BYTES);
    }

    /** @param entries at most as many as fit into memory */
    public static ZipLayout of(List<Entry> entries) {
        return new ZipLayout(entries);
    }

    /** Of the whole archive, in bytes. */
    public long length() {
        return length;
    }

    /** The members' names in the archive, in their order. */
    public List<String> names() {
        return names.stream().map(name -> new String(name, StandardCharsets.UTF_8)).toList();
    }

    /** What of the members' contents, taken as standing one behind the other, a range of the archive brings; may be empty. */
    public ByteRange contentOf(ByteRange range) {
        return new ByteRange(contentBefore(range.start()), contentBefore(range.end()));
    }

    private long contentBefore(long position) {
        for (int i = 0; i < entries.size(); i++) {
            long begin = offsets[i] + localBytes(i);
            if (position < begin + entries.get(i).length()) {
                return contents[i] + Math.max(0, position - begin);
            }
        }
        return contents[entries.size()];
    }

    /** The members whose CRC-32 stands somewhere in this range of the archive, but whose content does not lie wholly within it. */
    public List<Integer> unseen(ByteRange range) {
        List<Integer> unseen = new ArrayList<>();
        long header = central;
        for (int i = 0; i < entries.size(); i++) {
            long begin = offsets[i] + localBytes(i);
            long descriptor = begin + entries.get(i).length();
            boolean needed = overlaps(range, descriptor, descriptor + descriptorBytes(i)) || overlaps(range, header, header + centralBytes(i));
            header += centralBytes(i);
            boolean whole = range.start() <= begin && descriptor <= range.end();
            if (needed && !whole && entries.get(i).length() > 0) {
                unseen.add(i);
            }
        }
        return unseen;
    }

    private static boolean overlaps(ByteRange range, long start, long end) {
        return range.start() < end && start < range.end();
    }

    /** Writes a range of the archive. */
    public void write(OutputStream out, ByteRange range, Source source) throws IOException {
        for (int i = 0; i < entries.size(); i++) {
            long begin = offsets[i] + localBytes(i);
            long descriptor = begin + entries.get(i).length();
            if (overlaps(range, offsets[i], begin)) {
                slice(out, range, offsets[i], local(i));
            }
            if (overlaps(range, begin, descriptor)) {
                source.content(i, new ByteRange(Math.max(0, range.start() - begin), Math.min(range.end(), descriptor) - begin), out);
            }
            if (overlaps(range, descriptor, descriptor + descriptorBytes(i))) {
                slice(out, range, descriptor, descriptor(i, source.crc(i)));
            }
        }
        long at = central;
        for (int i = 0; i < entries.size(); i++) {
            if (overlaps(range, at, at + centralBytes(i))) {
                slice(out, range, at, centralHeader(i, source.crc(i)));
            }
            at += centralBytes(i);
        }
        if (overlaps(range, centralEnd, length)) {
            slice(out, range, centralEnd, end());
        }
    }

    /** Writes what of the bytes at {@code position} lies in the range. */
    private static void slice(OutputStream out, ByteRange range, long position, byte[] bytes) throws IOException {
        int from = (int) Math.max(0, range.start() - position);
        int to = (int) Math.min(bytes.length, range.end() - position);
        out.write(bytes, from, to - from);
    }

    /** Whether the member's length does not fit into 32 bits. */
    private boolean isLong(int member) {
        return entries.get(member).length() >= LIMIT_32;
    }

    /** Whether the end of the archive needs its long form. */
    private boolean isLong() {
        return central >= LIMIT_32 || centralEnd - central >= LIMIT_32 || entries.size() >= LIMIT_16;
    }

    private long localBytes(int member) {
        return LOCAL_BYTES + names.get(member).length + TIME_EXTRA_BYTES + (isLong(member) ? 20 : 0);
    }

    private long descriptorBytes(int member) {
        return isLong(member) ? 24 : 16;
    }

    private int centralExtra(int member) {
        int longs = (isLong(member) ? 16 : 0) + (offsets[member] >= LIMIT_32 ? 8 : 0);
        return longs == 0 ? 0 : 4 + longs;
    }

    private long centralBytes(int member) {
        return CENTRAL_BYTES + names.get(member).length + TIME_EXTRA_BYTES + centralExtra(member);
    }

    private static ByteBuffer bytes(long count) {
        return ByteBuffer.allocate((int) count).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] local(int member) {
        byte[] name = names.get(member);
        int length = isLong(member) ? -1 : 0;
        ByteBuffer out = bytes(localBytes(member)).putInt(0x04034B50).putShort((short) (isLong(member) ? VERSION_64 : VERSION)).putShort((short) FLAGS).putShort((short) 0);
        putDosTime(out, member).putInt(0).putInt(length).putInt(length).putShort((short) name.length)
                .putShort((short) (TIME_EXTRA_BYTES + (isLong(member) ? 20 : 0))).put(name);
        if (isLong(member)) {
            out.putShort((short) 1).putShort((short) 16).putLong(0).putLong(0);
        }
        return putTime(out, member).array();
    }

    private byte[] descriptor(int member, int crc) {
        long content = entries.get(member).length();
        ByteBuffer out = bytes(descriptorBytes(member)).putInt(0x08074B50).putInt(crc);
        return (isLong(member) ? out.putLong(content).putLong(content) : out.putInt((int) content).putInt((int) content)).array();
    }

    private byte[] centralHeader(int member, int crc) {
        byte[] name = names.get(member);
        long content = entries.get(member).length();
        boolean far = offsets[member] >= LIMIT_32;
        int version = isLong(member) || far ? VERSION_64 : VERSION;
        int shown = isLong(member) ? -1 : (int) content;
        ByteBuffer out = bytes(centralBytes(member)).putInt(0x02014B50).putShort((short) (UNIX | VERSION_64)).putShort((short) version).putShort((short) FLAGS)
                .putShort((short) 0);
        putDosTime(out, member).putInt(crc).putInt(shown).putInt(shown).putShort((short) name.length)
                .putShort((short) (TIME_EXTRA_BYTES + centralExtra(member))).putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(MODE)
                .putInt(far ? -1 : (int) offsets[member]).put(name);
        if (centralExtra(member) > 0) {
            out.putShort((short) 1).putShort((short) (centralExtra(member) - 4));
            if (isLong(member)) {
                out.putLong(content).putLong(content);
            }
            if (far) {
                out.putLong(offsets[member]);
            }
        }
        return putTime(out, member).array();
    }

    private byte[] end() {
        long size = centralEnd - central;
        ByteBuffer out = bytes(length - centralEnd);
        if (isLong()) {
            out.putInt(0x06064B50).putLong(44).putShort((short) (UNIX | VERSION_64)).putShort((short) VERSION_64).putInt(0).putInt(0)
                    .putLong(entries.size()).putLong(entries.size()).putLong(size).putLong(central);
            out.putInt(0x07064B50).putInt(0).putLong(centralEnd).putInt(1);
        }
        short count = (short) Math.min(entries.size(), LIMIT_16);
        return out.putInt(0x06054B50).putShort((short) 0).putShort((short) 0).putShort(count).putShort(count)
                .putInt((int) Math.min(size, LIMIT_32)).putInt((int) Math.min(central, LIMIT_32)).putShort((short) 0).array();
    }

    /** As MS-DOS has it, to two seconds, from 1980 on; in UTC, since nobody knows where it will be read. */
    private ByteBuffer putDosTime(ByteBuffer out, int member) {
        ZonedDateTime time = entries.get(member).modified().atZone(ZoneOffset.UTC);
        if (time.getYear() < 1980 || time.getYear() > 2107) {
            return out.putShort((short) 0).putShort((short) (1 << 5 | 1));
        }
        return out.putShort((short) (time.getHour() << 11 | time.getMinute() << 5 | time.getSecond() / 2))
                .putShort((short) (time.getYear() - 1980 << 9 | time.getMonthValue() << 5 | time.getDayOfMonth()));
    }

    /** The exact second, for those who know the extension (Info-ZIP, 0x5455); what does not fit is the nearest that does. */
    private ByteBuffer putTime(ByteBuffer out, int member) {
        long seconds = Math.clamp(entries.get(member).modified().getEpochSecond(), Integer.MIN_VALUE, Integer.MAX_VALUE);
        return out.putShort((short) 0x5455).putShort((short) 5).put((byte) 1).putInt((int) seconds);
    }
}
