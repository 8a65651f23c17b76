package tranzr.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.disk.RealDisk;

/** The journal on the real disk, with its threads. */
final class JournalTest {

    private static final UUID STORE = new UUID(1, 2);
    private static final int SEGMENT = 16 << 10;

    @TempDir
    Path parent;

    private final List<String> replayed = new ArrayList<>();

    private Path folder() {
        return parent.resolve("journal");
    }

    private Journal open(int segmentBytes, long after) throws IOException {
        replayed.clear();
        return Journal.open(new RealDisk(), folder(), STORE, new Journal.Options(segmentBytes, e -> { }), after,
                (sequence, type, payload) -> replayed.add(sequence + ":" + type + ":" + payload.remaining() + ":"
                        + Arrays.hashCode(bytes(payload))));
    }

    private static byte[] bytes(ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.duplicate().get(bytes);
        return bytes;
    }

    private static long append(Journal journal, int type, byte[] payload) throws IOException {
        long sequence = journal.append((byte) type, ByteBuffer.wrap(payload), false);
        journal.await(sequence);
        return sequence;
    }

    private static String expected(long sequence, int type, byte[] payload) {
        return sequence + ":" + type + ":" + payload.length + ":" + Arrays.hashCode(payload);
    }

    private List<String> names(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(f -> f.getFileName().toString()).filter(n -> n.endsWith(suffix)).sorted().toList();
        }
    }

    @Test
    void recordsOfAllSizesComeBackInOrderOverManySegments() throws IOException {
        Random random = new Random(5);
        List<String> written = new ArrayList<>();
        try (Journal journal = open(SEGMENT, 0)) {
            for (int i = 0; i < 60; i++) {
                byte[] payload = new byte[i % 7 == 0 ? 0 : random.nextInt(9000)];
                random.nextBytes(payload);
                written.add(expected(append(journal, i % 100, payload), i % 100, payload));
            }
            assertEquals(60, journal.lastSequence());
        }
        try (Journal journal = open(SEGMENT, 0)) {
            assertEquals(written, replayed);
            assertEquals(60, journal.lastSequence());
            written.add(expected(append(journal, 1, new byte[3]), 1, new byte[3]));
        }
        open(SEGMENT, 40).close();
        assertEquals(written.subList(40, 61), replayed);
        assertTrue(names(".seg").size() > 10);
    }

    @Test
    void theLongestPayloadFitsAndALongerOneIsRefused() throws IOException {
        byte[] longest = new byte[Journal.MAX_PAYLOAD];
        Arrays.fill(longest, (byte) 9);
        try (Journal journal = open(4 << 20, 0)) {
            for (int i = 0; i < 5; i++) {
                append(journal, 1, longest);
            }
            assertThrows(IllegalArgumentException.class, () -> append(journal, 1, new byte[Journal.MAX_PAYLOAD + 1]));
            assertThrows(IllegalArgumentException.class, () -> append(journal, 255, new byte[1]));
            assertThrows(IllegalArgumentException.class, () -> journal.await(6));
        }
        open(4 << 20, 0).close();
        assertEquals(5, replayed.size());
        assertEquals(expected(5, 1, longest), replayed.getLast());
    }

    @Test
    void manyCallersAtOnceLoseNothingAndShareForces() throws Exception {
        int callers = 8;
        int each = 200;
        Set<Long> sequences = new HashSet<>();
        try (Journal journal = open(256 << 10, 0); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<List<Long>>> all = new ArrayList<>();
            for (int c = 0; c < callers; c++) {
                byte[] payload = new byte[c * 400];
                all.add(threads.submit(() -> {
                    start.await();
                    List<Long> mine = new ArrayList<>();
                    for (int i = 0; i < each; i++) {
                        mine.add(append(journal, 2, payload));
                    }
                    return mine;
                }));
            }
            start.countDown();
            for (Future<List<Long>> caller : all) {
                List<Long> mine = caller.get();
                assertEquals(mine.stream().sorted().toList(), mine);
                sequences.addAll(mine);
            }
        }
        assertEquals(callers * each, sequences.size());
        open(256 << 10, 0).close();
        assertEquals(callers * each, replayed.size());
    }

    @Test
    void aBurstBeyondTheQueuesBoundIsTakenInOrder() throws IOException {
        byte[] payload = new byte[512 << 10];
        try (Journal journal = open(16 << 20, 0)) {
            for (int i = 0; i < 40; i++) {
                journal.append((byte) 1, ByteBuffer.wrap(payload), false);
            }
        }
        open(16 << 20, 0).close();
        assertEquals(40, replayed.size());
    }

    @Test
    void rotatingSealsAndDroppingDeletesOnlyWhatIsOld() throws IOException {
        try (Journal journal = open(SEGMENT, 0)) {
            assertEquals(0, journal.rotate());
            append(journal, 1, new byte[100]);
            append(journal, 1, new byte[100]);
            long full = journal.liveBytes();
            assertEquals(2, journal.rotate());
            assertEquals(2, journal.rotate());
            append(journal, 1, new byte[100]);
            assertTrue(journal.liveBytes() > full);
            journal.dropUpTo(1);
            assertEquals(2, names(".seg").size());
            journal.dropUpTo(3);
            assertEquals(List.of("0000000000000000003.seg"), names(".seg"));
            assertTrue(journal.liveBytes() < full);
        }
        assertThrows(CorruptJournalException.class, () -> open(SEGMENT, 0));
        assertThrows(CorruptJournalException.class, () -> open(SEGMENT, 1));
        assertThrows(CorruptJournalException.class, () -> open(SEGMENT, 4));
        try (Journal journal = open(SEGMENT, 2)) {
            assertEquals(1, replayed.size());
            assertEquals(4, append(journal, 1, new byte[0]));
        }
    }

    @Test
    void nothingIsTakenAfterClosingAndNoThreadStays() throws IOException {
        Journal journal = open(SEGMENT, 0);
        append(journal, 1, new byte[1]);
        journal.close();
        journal.close();
        assertThrows(IOException.class, () -> append(journal, 1, new byte[1]));
        assertThrows(IOException.class, journal::rotate);
        assertFalse(Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().startsWith("tranzr-journal")));
    }

    @Test
    void anotherStoresJournalIsRefused() throws IOException {
        open(SEGMENT, 0).close();
        IOException refused = assertThrows(IOException.class, () -> Journal.open(new RealDisk(), folder(), new UUID(3, 4),
                new Journal.Options(SEGMENT, e -> { }), 0, (s, t, p) -> { }));
        assertTrue(refused.getMessage().contains("belongs to store"), refused.getMessage());
    }

    @Test
    void anotherSegmentSizeTakesEffectWithTheNextSegment() throws IOException {
        for (int size : new int[] {SEGMENT, 4 * SEGMENT, 2 * SEGMENT, SEGMENT}) {
            try (Journal journal = open(size, 0)) {
                append(journal, 1, new byte[size - 200]);
            }
        }
        open(SEGMENT, 0).close();
        assertEquals(4, replayed.size());
    }
}
