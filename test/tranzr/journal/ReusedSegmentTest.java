package tranzr.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.fault.CrashDisk;
import tranzr.fault.Quiet;

/** Segments in files that were segments before: older records follow what is written, often exactly where the next one would lie. */
final class ReusedSegmentTest {

    private static final UUID STORE = new UUID(7, 8);
    private static final Path FOLDER = CrashDisk.ROOT.resolve("journal");
    private static final int SEGMENT = 1024;
    private static final int PAYLOAD = 21;
    private static final int FRAME = Frame.OVERHEAD + PAYLOAD;
    private static final int FRAMES = Segment.Header.BYTES;
    /** As many fill a segment. */
    private static final int FULL = (SEGMENT - FRAMES - Frame.FOOTER_BYTES) / FRAME;
    /** The first record of the last segment, and the last record, written by itself. */
    private static final int FIRST = 6 * FULL + 1;
    private static final int LAST = FIRST + 2;
    private static final Path TAIL = Segment.file(FOLDER, FIRST);
    private static final int END = FRAMES + 3 * FRAME;

    private CrashDisk disk;

    @BeforeEach
    void write() throws IOException {
        write(LAST);
    }

    private void write(int last) throws IOException {
        disk = new CrashDisk();
        try (Journal journal = open(0, new ArrayList<>())) {
            for (int i = 1; i < FIRST; i++) {
                append(journal, i);
                if (i % FULL == 0) {
                    journal.rotate();
                    journal.dropUpTo(i);
                }
            }
            for (int i = FIRST; i <= last; i++) {
                append(journal, i);
            }
        }
    }

    private static void append(Journal journal, int number) throws IOException {
        journal.await(journal.append((byte) 1, payload(number), false));
    }

    private static ByteBuffer payload(int i) {
        return ByteBuffer.wrap(text(i).getBytes());
    }

    private static String text(int i) {
        return "payload of %8d..".formatted(i);
    }

    private Journal open(long after, List<String> replayed) throws IOException {
        return Journal.open(disk, FOLDER, STORE, new Journal.Options(SEGMENT, e -> { }, null), after, (sequence, type, payload) -> {
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            replayed.add(new String(bytes));
        });
    }

    private static List<String> expected(int last) {
        return IntStream.rangeClosed(FIRST, last).mapToObj(ReusedSegmentTest::text).toList();
    }

    private byte[] read(Path file) throws IOException {
        return WholeFile.read(disk, file);
    }

    private void write(Path file, byte[] bytes) throws IOException {
        WholeFile.write(disk, file, bytes);
    }

    private List<JournalScan.Problem> problems() throws IOException {
        List<JournalScan.Problem> problems = new ArrayList<>();
        JournalScan.read(disk, FOLDER, (file, offset, sequence, type, payload) -> { }, problems::add);
        return problems;
    }

    private List<String> names(String part) throws IOException {
        return disk.list(FOLDER).stream().filter(name -> name.contains(part)).sorted().toList();
    }

    /** Opens, compares, goes on, and opens again. */
    private void holds(int last) throws IOException {
        List<String> replayed = new ArrayList<>();
        Quiet.during("tranzr.journal", () -> {
            try (Journal journal = open(FIRST - 1, replayed)) {
                append(journal, last + 1);
            }
        });
        assertEquals(expected(last), replayed);
        List<String> again = new ArrayList<>();
        open(FIRST - 1, again).close();
        assertEquals(expected(last + 1), again);
        assertEquals(List.of(), problems());
    }

    @Test
    void whatFollowsTheLastRecordAreOlderOnesAndNoRemains() throws IOException {
        byte[] bytes = read(TAIL);
        assertEquals(Segment.Header.REUSED, ByteBuffer.wrap(bytes).getInt(8));
        assertEquals(0, ByteBuffer.wrap(bytes).getInt(END));
        assertTrue(ByteBuffer.wrap(bytes).getLong(END + FRAME + 4) < FIRST, "no older record lies where one more would follow");
        assertTrue(ByteBuffer.wrap(bytes).getInt(END + FRAME) > 0);
        assertEquals(List.of(), problems());
        holds(LAST);
        assertEquals(List.of(), names(".torn"));
    }

    @Test
    void anEmptyOneHasNoRemainsEither() throws IOException {
        write(FIRST - 1);
        byte[] bytes = read(TAIL);
        assertEquals(Segment.Header.REUSED, ByteBuffer.wrap(bytes).getInt(8));
        assertTrue(ByteBuffer.wrap(bytes).getLong(FRAMES + 4) > 0);
        assertEquals(List.of(), problems());
        holds(FIRST - 1);
        assertEquals(List.of(), names(".torn"));
    }

    @Test
    void aFlippedBitIsCorruptionBeforeTheLastWriteAndATornTailInIt() throws IOException {
        byte[] whole = read(TAIL);
        for (int at = 0; at < END + Batch.END_BYTES; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            write(TAIL, flipped);
            int place = at;
            if (at < END - FRAME) {
                assertEquals(TAIL, assertThrows(CorruptJournalException.class, () -> open(FIRST - 1, new ArrayList<>()), "byte " + place).file());
                continue;
            }
            assertEquals(List.of(true), problems().stream().map(JournalScan.Problem::tornTail).toList(), "byte " + at);
            int last = at < END ? LAST - 1 : LAST;
            List<String> replayed = new ArrayList<>();
            Quiet.during("tranzr.journal", () -> open(FIRST - 1, replayed).close());
            assertEquals(expected(last), replayed, "byte " + at);
            int end = at < END ? END - FRAME : END;
            byte[] mended = read(TAIL);
            assertTrue(IntStream.range(end, SEGMENT).allMatch(i -> mended[i] == 0), "something is left behind byte " + at);
            String kept = names(".torn").getFirst();
            byte[] tail = read(FOLDER.resolve(kept));
            assertEquals(ByteBuffer.wrap(flipped, end, tail.length), ByteBuffer.wrap(tail));
            assertTrue(at >= END || at < END - FRAME + 4 || tail.length >= FRAME, "kept only " + tail.length);
            disk.delete(FOLDER.resolve(kept));
            write(TAIL, whole);
        }
    }

    @Test
    void aWriteThatIsThereInPartIsRemovedWithAllThatItLeft() throws IOException {
        try (Journal journal = open(FIRST - 1, new ArrayList<>())) {
            for (int i = LAST + 1; i <= LAST + 5; i++) {
                journal.append((byte) 1, payload(i), false);
            }
        }
        byte[] whole = read(TAIL);
        for (int missing = 0; missing < 5; missing++) {
            byte[] cut = whole.clone();
            // What lay there before: the end of the write before, and an older record.
            Arrays.fill(cut, END + missing * FRAME, END + (missing + 1) * FRAME, (byte) 0);
            Frame.put(ByteBuffer.wrap(cut).position(END + missing * FRAME), Frame.bytesOf(STORE), 3, 0, (byte) 1, payload(3));
            ByteBuffer.wrap(cut).putInt(END + missing * FRAME, missing % 2 == 0 ? 0 : FRAME - 4);
            write(TAIL, cut);
            holds(LAST + missing);
            byte[] mended = read(TAIL);
            int end = END + (missing + 1) * FRAME;
            assertTrue(missing == 4 || IntStream.range(end, SEGMENT).allMatch(i -> mended[i] == 0), "something is left behind record " + (LAST + missing + 1));
            write(TAIL, whole);
            names(".torn").forEach(name -> delete(FOLDER.resolve(name)));
        }
        holds(LAST + 5);
    }

    private void delete(Path file) {
        try {
            disk.delete(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTailIsFilledToItsLastByte() throws IOException {
        for (int room = 0; room < 6; room++) {
            write();
            List<String> replayed = new ArrayList<>();
            try (Journal journal = open(FIRST - 1, replayed)) {
                int longest = SEGMENT - END - Frame.OVERHEAD - Frame.FOOTER_BYTES - room;
                journal.await(journal.append((byte) 1, ByteBuffer.allocate(longest), false));
            }
            assertEquals(List.of(), problems());
            try (Journal journal = open(FIRST - 1, new ArrayList<>())) {
                assertEquals(LAST + 1, journal.lastSequence());
                append(journal, LAST + 2);
            }
            assertEquals(1, names("%019d.seg".formatted(LAST + 2)).size());
            assertEquals(List.of(), problems());
        }
    }

    @Test
    void aBusyJournalWritesNoZerosAndMakesNoFilesOnceItHasEnough() throws IOException {
        try (Journal journal = open(FIRST - 1, new ArrayList<>())) {
            int number = LAST;
            for (int round = 0; round < 20; round++) {
                List<String> before = disk.list(FOLDER);
                long written = disk.calls(CrashDisk.Call.WRITE);
                for (int i = 0; i < FULL; i++) {
                    append(journal, ++number);
                }
                long rotated = journal.rotate();
                if (round > 1) {
                    // Each record and each footer, the header before its name and after: nothing else.
                    assertTrue(disk.calls(CrashDisk.Call.WRITE) - written <= FULL + 3, (disk.calls(CrashDisk.Call.WRITE) - written) + " writes");
                    assertEquals(before.size(), disk.list(FOLDER).size());
                }
                journal.dropUpTo(rotated);
            }
        }
    }

    @Test
    void onlySoManyFilesAreKept() throws IOException {
        try (Journal journal = open(FIRST - 1, new ArrayList<>())) {
            for (int i = LAST + 1; i < LAST + 30 * FULL; i++) {
                append(journal, i);
            }
            assertTrue(names(".seg").size() > 20);
            journal.dropUpTo(journal.lastSequence());
            assertEquals(1, names(".seg").size());
            assertEquals(6, names("spare-").size());
        }
    }

    @Test
    void manyLivesKeepNoMoreThanOne() throws IOException {
        try (Journal journal = open(FIRST - 1, new ArrayList<>())) {
            for (int i = LAST + 1; i < LAST + 30 * FULL; i++) {
                append(journal, i);
            }
        }
        long dropped = FIRST - 1;
        for (int life = 0; life < 5; life++) {
            try (Journal journal = open(dropped, new ArrayList<>())) {
                dropped += 5 * FULL;
                journal.dropUpTo(dropped);
                assertTrue(names("spare-").size() <= 6, names("spare-") + " in life " + life);
            }
        }
    }

    @Test
    void aSegmentThatSomebodyHasRemovedIsDroppedLikeAnyOther() throws IOException {
        try (Journal journal = open(FIRST - 1, new ArrayList<>())) {
            long first = journal.rotate();
            append(journal, LAST + 1);
            long second = journal.rotate();
            append(journal, LAST + 2);
            disk.delete(TAIL);
            journal.dropUpTo(first);
            journal.dropUpTo(second);
            assertEquals(List.of(Segment.file(FOLDER, LAST + 2).getFileName().toString()), names(".seg"));
        }
    }

    @Test
    void aFileOfAnEarlierLifeIsNotTrusted() throws IOException {
        try (Journal journal = open(FIRST - 1, new ArrayList<>())) {
            append(journal, LAST + 1);
            assertFalse(names("spare-").isEmpty());
        }
        // What a store was put back to may be older than a spare that was left where it is.
        for (String name : names("spare-")) {
            ByteBuffer bytes = ByteBuffer.allocate(SEGMENT);
            bytes.put(new Segment.Header(Segment.Header.REUSED, SEGMENT, STORE, LAST + 2).encode());
            for (int i = LAST + 2; bytes.remaining() > 2 * FRAME; i++) {
                Frame.put(bytes, Frame.bytesOf(STORE), i, 0, (byte) 1, payload(1));
            }
            write(FOLDER.resolve(name), bytes.array());
        }
        try (Journal journal = open(FIRST - 1, new ArrayList<>())) {
            journal.rotate();
            append(journal, LAST + 2);
        }
        List<String> replayed = new ArrayList<>();
        open(FIRST - 1, replayed).close();
        assertEquals(expected(LAST + 2), replayed);
        assertEquals(Segment.Header.BLANK, ByteBuffer.wrap(read(Segment.file(FOLDER, LAST + 2))).getInt(8));
    }
}
