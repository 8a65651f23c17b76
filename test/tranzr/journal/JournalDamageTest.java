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
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.fault.CrashDisk;
import tranzr.fault.Quiet;

/** What replay and the scan say of a journal that is not as it was written. */
final class JournalDamageTest {

    private static final UUID STORE = new UUID(7, 8);
    private static final Path FOLDER = CrashDisk.ROOT.resolve("journal");
    private static final int SEGMENT = 1024;
    /** Frames of the records 1, 2 and 3, sealed; 4 and 5 in the second segment. */
    private static final int PAYLOAD = 20;
    private static final int FRAME = Frame.OVERHEAD + PAYLOAD;
    private static final int FRAMES = Segment.Header.BYTES;

    private CrashDisk disk;

    @BeforeEach
    void write() throws IOException {
        disk = new CrashDisk();
        try (Journal journal = open(new ArrayList<>())) {
            for (int i = 1; i <= 5; i++) {
                journal.await(journal.append((byte) i, payload(i), false));
                if (i == 3) {
                    journal.rotate();
                }
            }
        }
    }

    private static ByteBuffer payload(int i) {
        return ByteBuffer.wrap(("payload of record " + i + "....").getBytes(), 0, PAYLOAD);
    }

    private Journal open(List<String> replayed) throws IOException {
        return Journal.open(disk, FOLDER, STORE, new Journal.Options(SEGMENT, e -> { }, null), 0, (sequence, type, payload) -> {
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            replayed.add(sequence + " " + type + " " + new String(bytes));
        });
    }

    private static List<String> expected(int count) {
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            expected.add(i + " " + i + " " + new String(payload(i).array(), 0, PAYLOAD));
        }
        return expected;
    }

    private byte[] read(Path file) throws IOException {
        return WholeFile.read(disk, file);
    }

    private void write(Path file, byte[] bytes) throws IOException {
        WholeFile.write(disk, file, bytes);
    }

    private void flip(Path file, int offset, int bit) throws IOException {
        byte[] bytes = read(file);
        bytes[offset] ^= (byte) (1 << bit);
        write(file, bytes);
    }

    private static Path segment(long first) {
        return Segment.file(FOLDER, first);
    }

    @Test
    void anyFlippedBitOfASealedSegmentIsCorruptionAtItsFrame() throws IOException {
        byte[] whole = read(segment(1));
        int end = FRAMES + 3 * FRAME + Frame.FOOTER_BYTES;
        for (int at = 0; at < end; at++) {
            flip(segment(1), at, at % 8);
            long frame = at < FRAMES ? 0 : FRAMES + Math.min(3, (at - FRAMES) / FRAME) * FRAME;
            List<String> replayed = new ArrayList<>();
            CorruptJournalException found = assertThrows(CorruptJournalException.class, () -> open(replayed), "byte " + at);
            assertEquals(segment(1), found.file());
            assertEquals(frame, found.offset(), "byte " + at);
            assertEquals(expected((int) Math.max(0, (frame - FRAMES) / FRAME)), replayed);
            assertTrue(problems().stream().anyMatch(p -> p.file().equals(segment(1)) && !p.tornTail()), "byte " + at);
            write(segment(1), whole);
        }
        assertEquals(List.of(), problems());
    }

    @Test
    void aFlippedBitBeforeTheLastWriteIsCorruptionAndInItATornTail() throws IOException {
        byte[] whole = read(segment(4));
        for (int at = 0; at < FRAMES + FRAME; at++) {
            flip(segment(4), at, at % 8);
            int place = at;
            assertEquals(segment(4), assertThrows(CorruptJournalException.class, () -> open(new ArrayList<>()), "byte " + place)
                    .file());
            write(segment(4), whole);
        }
        for (int at = FRAMES + FRAME; at < FRAMES + 2 * FRAME; at++) {
            flip(segment(4), at, at % 8);
            assertEquals(List.of(true), problems().stream().map(JournalScan.Problem::tornTail).toList());
            byte[] damaged = read(segment(4));
            List<String> replayed = new ArrayList<>();
            Quiet.during("tranzr.journal", () -> {
                try (Journal journal = open(replayed)) {
                    assertEquals(4, journal.lastSequence());
                }
            });
            assertEquals(expected(4), replayed);
            assertEquals(List.of(), problems());
            keptAside(damaged, at);
            write(segment(4), whole);
        }
    }

    private void keptAside(byte[] damaged, int at) throws IOException {
        List<String> kept = disk.list(FOLDER).stream().filter(name -> name.contains(".torn")).toList();
        assertEquals(1, kept.size(), "byte " + at);
        byte[] tail = read(FOLDER.resolve(kept.getFirst()));
        assertEquals(ByteBuffer.wrap(damaged, FRAMES + FRAME, tail.length), ByteBuffer.wrap(tail));
        disk.delete(FOLDER.resolve(kept.getFirst()));
    }

    @Test
    void remainsBehindTheLastRecordAreATornTailTooHoweverTheyLook() throws IOException {
        byte[] whole = read(segment(4));
        whole[900] = 1;
        write(segment(4), whole);
        List<String> replayed = new ArrayList<>();
        Quiet.during("tranzr.journal", () -> open(replayed).close());
        assertEquals(expected(5), replayed);
    }

    @Test
    void aHoleInOneWriteIsATornTailAlthoughGoodRecordsFollow() throws IOException {
        try (Journal journal = open(new ArrayList<>())) {
            for (int i = 6; i <= 9; i++) {
                journal.append((byte) i, payload(i), false);
            }
        }
        byte[] whole = read(segment(4));
        Arrays.fill(whole, FRAMES + 3 * FRAME, FRAMES + 4 * FRAME, (byte) 0);
        write(segment(4), whole);
        List<String> replayed = new ArrayList<>();
        Quiet.during("tranzr.journal", () -> open(replayed).close());
        assertEquals(expected(6), replayed);
    }

    @Test
    void aMissingCutOffOrSwappedSegmentIsCorruption() throws IOException {
        byte[] first = read(segment(1));
        byte[] second = read(segment(4));
        write(segment(1), Arrays.copyOf(first, SEGMENT - 1));
        assertThrows(CorruptJournalException.class, () -> open(new ArrayList<>()));
        write(segment(1), second);
        write(segment(4), first);
        assertThrows(CorruptJournalException.class, () -> open(new ArrayList<>()));
        write(segment(1), first);
        write(segment(4), second);
        open(new ArrayList<>()).close();
        disk.delete(segment(1));
        assertThrows(CorruptJournalException.class, () -> open(new ArrayList<>()));
    }

    @Test
    void aSwappedPairOfRecordsIsCorruption() throws IOException {
        byte[] bytes = read(segment(1));
        byte[] two = Arrays.copyOfRange(bytes, FRAMES + FRAME, FRAMES + 2 * FRAME);
        System.arraycopy(bytes, FRAMES, bytes, FRAMES + FRAME, FRAME);
        System.arraycopy(two, 0, bytes, FRAMES, FRAME);
        write(segment(1), bytes);
        assertThrows(CorruptJournalException.class, () -> open(new ArrayList<>()));
    }

    @Test
    void aNewerFormatIsRefusedByItsNumberNotAsDamage() throws IOException {
        byte[] bytes = read(segment(4));
        bytes[11] = 3;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, FRAMES - 4);
        ByteBuffer.wrap(bytes).putInt(FRAMES - 4, (int) crc.getValue());
        write(segment(4), bytes);
        IOException refused = assertThrows(IOException.class, () -> open(new ArrayList<>()));
        assertFalse(refused instanceof CorruptJournalException);
        assertTrue(refused.getMessage().contains("format version 3"), refused.getMessage());
    }

    @Test
    void theScanGoesOnBehindDamageAndTellsWhatIsLeft() throws IOException {
        flip(segment(1), FRAMES + FRAME + 30, 0);
        List<Long> sequences = new ArrayList<>();
        List<JournalScan.Problem> problems = new ArrayList<>();
        JournalScan.Summary summary = JournalScan.read(disk, FOLDER,
                (file, offset, sequence, type, payload) -> sequences.add(sequence), problems::add);
        assertEquals(List.of(1L, 3L, 4L, 5L), sequences);
        assertEquals(List.of(new JournalScan.Problem(segment(1), FRAMES + FRAME, false, problems.getFirst().what())), problems);
        assertEquals(new JournalScan.Summary(STORE, 2, 4, 1, 5), summary);
    }

    private List<JournalScan.Problem> problems() throws IOException {
        List<JournalScan.Problem> problems = new ArrayList<>();
        JournalScan.read(disk, FOLDER, (file, offset, sequence, type, payload) -> { }, problems::add);
        return problems;
    }
}
