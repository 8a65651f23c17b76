package tranzr.catalog.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tranzr.catalog.Change;
import tranzr.catalog.Samples;
import tranzr.journal.Journal;
import tranzr.model.ByteRange;
import tranzr.model.Priority;
import tranzr.model.Upload;

final class RecordCodecTest {

    private static byte[] bytes(List<Change> changes) {
        ByteBuffer record = RecordCodec.encode(changes);
        byte[] bytes = new byte[record.remaining()];
        record.get(bytes);
        return bytes;
    }

    private static List<Change> decode(byte[] bytes) throws BadRecordException {
        return RecordCodec.decode(ByteBuffer.wrap(bytes));
    }

    private static void assertSame(Change expected, Change got) {
        if (expected instanceof Change.RangeStored a && got instanceof Change.RangeStored b) {
            assertArrayEquals(a.bytes(), b.bytes());
            assertEquals(withoutBytes(a), withoutBytes(b));
        } else {
            assertEquals(expected, got);
        }
    }

    private static Change withoutBytes(Change.RangeStored c) {
        return new Change.RangeStored(c.id(), c.range(), c.crc(), null, c.at(), c.expires());
    }

    @Test
    void everyFieldOfEveryChangeSurvives() throws Exception {
        Set<Class<?>> seen = new HashSet<>();
        for (long seed = 0; seed < 2_000; seed++) {
            List<Change> changes = new RandomChanges(seed).commit(6);
            List<Change> back = decode(bytes(changes));
            assertEquals(changes.size(), back.size(), "seed " + seed);
            for (int i = 0; i < changes.size(); i++) {
                assertSame(changes.get(i), back.get(i));
                seen.add(changes.get(i).getClass());
            }
        }
        seen.addAll(Set.of(Change.Within.class, Change.Present.class)); // leave no record
        assertEquals(Set.of(Change.class.getPermittedSubclasses()), seen);
    }

    @Test
    void aRecordCutShortOrWithMoreBehindItIsRefused() throws Exception {
        for (long seed = 0; seed < 300; seed++) {
            byte[] record = bytes(List.of(new RandomChanges(seed).next()));
            int cut = record.length < 300 ? record.length : 300;
            for (int length = 0; length < cut; length++) {
                byte[] head = Arrays.copyOf(record, length);
                assertThrows(BadRecordException.class, () -> decode(head));
            }
            assertThrows(BadRecordException.class, () -> decode(Arrays.copyOf(record, record.length + 1)));
        }
    }

    @Test
    void noiseIsRefusedOrReadButNeverBreaksAnything() {
        Random random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            byte[] record = bytes(List.of(new RandomChanges(i % 200).next()));
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                record[random.nextInt(Math.min(record.length, 200))] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                decode(record);
            } catch (BadRecordException e) {
                assertTrue(e.getMessage() != null);
            }
        }
    }

    @Test
    void anUnknownChangeOrVersionIsNamed() {
        BadRecordException tag = assertThrows(BadRecordException.class, () -> decode(new byte[] {1, 1, 99, 0}));
        assertTrue(tag.getMessage().contains("unknown change 99"), tag.getMessage());
        BadRecordException version = assertThrows(BadRecordException.class, () -> decode(new byte[] {2, 0}));
        assertTrue(version.getMessage().contains("format 2"), version.getMessage());
    }

    @Test
    void aCommitTooLargeForARecordIsRefused() throws Exception {
        List<Change> most = Collections.nCopies(15, stored(65_536));
        assertEquals(15, decode(bytes(most)).size());
        assertThrows(IllegalArgumentException.class, () -> RecordCodec.encode(Collections.nCopies(16, stored(65_536))));
        assertThrows(IllegalArgumentException.class, () -> RecordCodec.encode(List.of(stored(Journal.MAX_PAYLOAD))));
        assertThrows(IllegalArgumentException.class,
                () -> RecordCodec.encode(Collections.nCopies(80_000, new Change.UploadRemoved(Samples.id(1)))));
    }

    private static Change stored(int length) {
        return new Change.RangeStored(Samples.id(1), new ByteRange(0, length), 1, new byte[length], Samples.T0, null);
    }

    @Test
    void whatCouldNotBeReadBackIsNotWritten() {
        Change wrongLength = new Change.RangeStored(Samples.id(1), new ByteRange(0, 5), 1, new byte[4], Samples.T0, null);
        assertThrows(IllegalArgumentException.class, () -> RecordCodec.encode(List.of(wrongLength)));
        Change noTime = new Change.UploadCompleted(Samples.id(1), Samples.digest("x"), null, null);
        assertThrows(NullPointerException.class, () -> RecordCodec.encode(List.of(noTime)));
        Change halfACharacter = new Change.ShareTermsChanged(Samples.digest("x"), null, 0, "\uD800");
        assertThrows(IllegalArgumentException.class, () -> RecordCodec.encode(List.of(halfACharacter)));
    }

    @Test
    void anUploadOfTheUsualPriorityIsWrittenAsItAlwaysWas() throws Exception {
        Upload usual = Samples.upload(1, 10);
        byte[] before = bytes(List.of(new Change.UploadCreated(usual)));
        // Version, count, tag, id and time; then the first byte of the body, with nothing but the state in it.
        int first = before.length - body(usual).length;
        assertEquals(usual.state().ordinal(), before[first]);
        for (Priority priority : Priority.values()) {
            Upload upload = new Upload(usual.id(), usual.filename(), usual.length(), usual.announced(), usual.chunkSize(), usual.totalChunks(), usual.state(),
                    usual.ranges(), usual.expected(), usual.sha256(), usual.deleteKey(), usual.created(), usual.updated(), usual.expires(), usual.access(), priority);
            byte[] record = bytes(List.of(new Change.UploadCreated(upload)));
            assertEquals(before.length + (priority == Priority.NORMAL ? 0 : 1), record.length);
            assertEquals(List.of(new Change.UploadCreated(upload)), decode(record));
        }
        byte[] unknown = Arrays.copyOf(before, before.length + 1);
        unknown[first] |= RowCodec.WITH_PRIORITY;
        unknown[before.length] = 3;
        assertTrue(assertThrows(BadRecordException.class, () -> decode(unknown)).getMessage().contains("unknown priority 3"));
    }

    private static byte[] body(Upload upload) {
        FieldWriter out = new FieldWriter(100);
        RowCodec.putUploadBody(out, upload);
        return out.toByteArray();
    }

    /** The worked example of {@code docs/storage.md}. */
    @Test
    void theWorkedExampleReadsAsDocumented() throws Exception {
        String hex = """
                01 02
                02 00000000000040000000000000000007 64 05 0a0b0c0d
                   f3ebdcc302 cad6b9950d 00 01 68656c6c6f
                06 00000000000040000000000000000008""".replaceAll("\\s", "");
        List<Change> changes = List.of(
                new Change.RangeStored(Samples.id(7), new ByteRange(100, 105), 0x0a0b0c0d, "hello".getBytes(), Samples.T0, null),
                new Change.UploadRemoved(Samples.id(8)));
        assertEquals(hex, HexFormat.of().formatHex(bytes(changes)));
    }
}
