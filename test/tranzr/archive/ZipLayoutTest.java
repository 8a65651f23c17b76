package tranzr.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.ByteRange;

class ZipLayoutTest {

    private static final Instant AT = Instant.parse("2026-03-04T05:06:08Z");
    private static final long GIB = 1L << 30;

    @TempDir
    Path folder;

    /** Contents in memory, and what was asked for. */
    private static final class Contents implements ZipLayout.Source {
        private final List<byte[]> members;
        private final List<Integer> summed = new ArrayList<>();

        Contents(List<byte[]> members) {
            this.members = members;
        }

        @Override
        public void content(int member, ByteRange range, OutputStream out) throws IOException {
            out.write(members.get(member), (int) range.start(), (int) range.length());
        }

        @Override
        public int crc(int member) {
            summed.add(member);
            CRC32 crc = new CRC32();
            crc.update(members.get(member));
            return (int) crc.getValue();
        }
    }

    private static ZipLayout layout(List<String> names, List<byte[]> members) {
        List<ZipLayout.Entry> entries = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            entries.add(new ZipLayout.Entry(names.get(i), members.get(i).length, AT));
        }
        return ZipLayout.of(entries);
    }

    private static byte[] write(ZipLayout layout, ByteRange range, ZipLayout.Source source) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        layout.write(out, range, source);
        return out.toByteArray();
    }

    private static List<byte[]> members() {
        Random random = new Random(4);
        return List.of(bytes(random, 1000), new byte[0], bytes(random, 1), bytes(random, 70_000));
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void whatIsWrittenIsAsLongAsAnnouncedAndReadByOthers() throws IOException {
        List<byte[]> members = members();
        ZipLayout layout = layout(List.of("a.bin", "empty", "folder/grüße 😀.txt", "folder/b.bin"), members);
        byte[] whole = write(layout, new ByteRange(0, layout.length()), new Contents(members));
        assertEquals(layout.length(), whole.length);
        Path file = Files.write(folder.resolve("a.zip"), whole);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertEquals(List.of("a.bin", "empty", "folder/grüße 😀.txt", "folder/b.bin"), zip.stream().map(ZipEntry::getName).toList());
            int member = 0;
            for (ZipEntry entry : zip.stream().toList()) {
                assertEquals(AT, entry.getLastModifiedTime().toInstant());
                assertArrayEquals(members.get(member++), zip.getInputStream(entry).readAllBytes());
            }
        }
    }

    @Test
    void anyRangeIsThatPartOfTheWholeAndAsksForNoMoreChecksumsThanStandInIt() throws IOException {
        List<byte[]> members = List.of(bytes(new Random(1), 40), new byte[0], bytes(new Random(2), 25));
        ZipLayout layout = layout(List.of("a", "b", "c"), members);
        byte[] whole = write(layout, new ByteRange(0, layout.length()), new Contents(members));
        for (int from = 0; from < whole.length; from++) {
            for (int to = from + 1; to <= whole.length; to++) {
                ByteRange range = new ByteRange(from, to);
                Contents contents = new Contents(members);
                assertArrayEquals(Arrays.copyOfRange(whole, from, to), write(layout, range, contents), range.toString());
                List<Integer> unseen = layout.unseen(range);
                assertTrue(contents.summed.containsAll(unseen), range + ": " + unseen + " of " + contents.summed);
            }
        }
        assertEquals(List.of(), layout.unseen(new ByteRange(0, whole.length)));
        assertEquals(List.of(2), layout.unseen(new ByteRange(whole.length - 1L - 22, whole.length)));
        assertEquals(List.of(), layout.unseen(new ByteRange(whole.length - 22L, whole.length)));
        assertEquals(List.of(0), layout.unseen(new ByteRange(80, whole.length)));
        Contents contents = new Contents(members);
        write(layout, new ByteRange(0, 60), contents);
        assertEquals(List.of(), contents.summed);
    }

    @Test
    void rangesOfTheArchiveAreRangesOfTheContentsOneBehindTheOther() {
        List<byte[]> members = List.of(new byte[100], new byte[0], new byte[50]);
        ZipLayout layout = layout(List.of("a", "b", "c"), members);
        assertEquals(new ByteRange(0, 150), layout.contentOf(new ByteRange(0, layout.length())));
        assertEquals(new ByteRange(0, 0), layout.contentOf(new ByteRange(0, 40)));
        assertEquals(new ByteRange(0, 1), layout.contentOf(new ByteRange(40, 41)));
        assertEquals(new ByteRange(100, 100), layout.contentOf(new ByteRange(141, 150)));
        assertEquals(new ByteRange(150, 150), layout.contentOf(new ByteRange(layout.length() - 5, layout.length())));
        long at = 0;
        for (long position = 0; position < layout.length(); position++) {
            ByteRange one = layout.contentOf(new ByteRange(position, position + 1));
            assertEquals(at, one.start());
            at = one.end();
        }
        assertEquals(150, at);
    }

    @Test
    void whatIsBeyondFourGibibytesIsSaidIn64BitsAndTheLengthIsStillExact() throws IOException {
        // The second does not fit, the third begins beyond; the fourth is as long as 32 bits can say without meaning "see elsewhere".
        List<ZipLayout.Entry> entries = List.of(new ZipLayout.Entry("a", 3, AT), new ZipLayout.Entry("b", 5 * GIB, AT), new ZipLayout.Entry("c", 7, AT),
                new ZipLayout.Entry("d", 0xFFFF_FFFEL, AT), new ZipLayout.Entry("e", 0xFFFF_FFFFL, AT));
        ZipLayout layout = ZipLayout.of(entries);
        long local = 30 + 1 + 9;
        long begin = 3 + local + 16;
        long end = begin + local + 20 + 5 * GIB + 24;
        long third = end + local + 7 + 16;
        long fourth = third + local + 0xFFFF_FFFEL + 16;
        long central = fourth + local + 20 + 0xFFFF_FFFFL + 24;
        long header = 46 + 1 + 9;
        long centralBytes = 5 * header + (4 + 16) + (4 + 8) + (4 + 8) + (4 + 16 + 8);
        assertEquals(central + centralBytes + 56 + 20 + 22, layout.length());

        Contents sums = new Contents(List.of(new byte[1], new byte[2], new byte[3], new byte[4], new byte[5]));
        ByteBuffer tail = ByteBuffer.wrap(write(layout, new ByteRange(central, layout.length()), sums)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0x02014B50, tail.getInt(0));
        assertEquals(3, tail.getInt(24));
        int second = (int) header;
        assertEquals(0xFFFF_FFFF, tail.getInt(second + 20));
        assertEquals(begin, tail.getInt(second + 42));
        assertEquals(5 * GIB, tail.getLong(second + 46 + 1 + 4));
        assertEquals(5 * GIB, tail.getLong(second + 46 + 1 + 12));
        int atThird = second + (int) header + 20;
        assertEquals(7, tail.getInt(atThird + 20));
        assertEquals(0xFFFF_FFFF, tail.getInt(atThird + 42));
        assertEquals(end, tail.getLong(atThird + 46 + 1 + 4));
        int atEnd = (int) centralBytes;
        assertEquals(0x06064B50, tail.getInt(atEnd));
        assertEquals(5, tail.getLong(atEnd + 32));
        assertEquals(centralBytes, tail.getLong(atEnd + 40));
        assertEquals(central, tail.getLong(atEnd + 48));
        assertEquals(0x07064B50, tail.getInt(atEnd + 56));
        assertEquals(central + centralBytes, tail.getLong(atEnd + 64));
        assertEquals(0x06054B50, tail.getInt(atEnd + 76));

        ByteBuffer descriptor = ByteBuffer.wrap(write(layout, new ByteRange(end - 24, end), sums)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0x08074B50, descriptor.getInt(0));
        assertEquals(5 * GIB, descriptor.getLong(8));
        assertEquals(5 * GIB, descriptor.getLong(16));
        assertEquals(new ByteRange(3 + GIB, 3 + 2 * GIB), layout.contentOf(new ByteRange(begin + local + 20 + GIB, begin + local + 20 + 2 * GIB)));
    }

    @Test
    void timesBeforeAndAfterWhatTheFormatKnowsAreTheNearestItDoes() throws IOException {
        for (String time : List.of("1970-01-01T00:00:00Z", "1960-01-01T00:00:00Z", "2107-12-31T23:59:59Z", "2400-01-01T00:00:00Z", "-1000-01-01T00:00:00Z")) {
            ZipLayout layout = ZipLayout.of(List.of(new ZipLayout.Entry("a", 0, Instant.parse(time))));
            Path file = Files.write(folder.resolve("a.zip"), write(layout, new ByteRange(0, layout.length()), new Contents(List.of(new byte[0]))));
            try (ZipFile zip = new ZipFile(file.toFile())) {
                assertEquals("a", zip.entries().nextElement().getName(), time);
            }
        }
    }

    @Test
    void noNameLeadsOutOfTheFolderItIsUnpackedInto() {
        List<String> hostile = List.of("../../etc/passwd", "..\\..\\windows\\x", "/absolute", "C:\\x", "C:y", "\\\\host\\share\\z", "a/../../b", "./c", "d/.", "e//f",
                "nul", "con.txt", "folder/aux", "ends. ", "stream:hidden", "tab\tline\nfeed\u0000", "right\u202Etxt.exe", "zero\u200Bwidth", "lone\uD800half", "..", ".", "/",
                "", "...", "x".repeat(400) + ".txt", "\u2028line", "\u0085next", "a\u0301.txt", "\u00E1.txt");
        List<String> names = ArchiveNames.of(hostile);
        assertEquals(hostile.size(), names.stream().map(name -> name.toLowerCase(java.util.Locale.ROOT)).distinct().count(), names.toString());
        for (String name : names) {
            assertFalse(name.startsWith("/") || name.endsWith("/") || name.contains("\\") || name.contains(":") || name.isBlank(), name);
            assertTrue(name.codePoints().noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || c == 0x2028), name);
            for (String segment : name.split("/", -1)) {
                assertFalse(segment.isBlank() || segment.equals(".") || segment.equals("..") || segment.endsWith(".") || segment.endsWith(" "), name);
                assertTrue(segment.getBytes(StandardCharsets.UTF_8).length <= 255, name);
                assertFalse(segment.matches("(?i)(con|nul|aux|prn|com\\d|lpt\\d)(\\..*)?"), name);
            }
            assertEquals(name, new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
            assertTrue(folder.resolve(name).normalize().startsWith(folder), name);
        }
        assertEquals(List.of("etc/passwd", "windows/x", "absolute", "C_/x", "C_y", "host/share/z", "a/b", "c"), names.subList(0, 8));
    }

    @Test
    void namesThatComeTwiceAreNumberedAlsoWhereOnlyTheCaseDiffers() {
        assertEquals(List.of("a.txt", "A (2).txt", "a (3).txt", "a (2) (2).txt", "b", "b (2)", ".hidden", ".hidden (2)", "x.tar.gz", "x.tar (2).gz"),
                ArchiveNames.of(List.of("a.txt", "A.txt", "a.txt", "a (2).txt", "b", "b", ".hidden", ".hidden", "x.tar.gz", "x.tar.gz")));
        assertEquals(List.of("f/x", "f/x (2)", "f (2)", "f (2)_y"), ArchiveNames.of(List.of("f/x", "f/x", "f", "f (2)/y")));
        List<String> long255 = ArchiveNames.of(List.of("ü".repeat(130), "ü".repeat(130)));
        assertTrue(long255.get(1).endsWith(" (2)") && long255.get(1).getBytes(StandardCharsets.UTF_8).length <= 255, long255.toString());
    }
}
