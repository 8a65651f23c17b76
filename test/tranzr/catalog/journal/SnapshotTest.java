package tranzr.catalog.journal;

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
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.catalog.Change;
import tranzr.catalog.Samples;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.RealDisk;
import tranzr.model.AccessToken;

/** Snapshots as files, and what a catalog makes of damaged and unfinished ones. */
final class SnapshotTest {

    private static final UUID STORE = UUID.fromString("11111111-2222-4333-8444-555555555555");

    @TempDir
    Path directory;

    private final Disk disk = new RealDisk();

    private JournalCatalog open() throws IOException {
        return JournalCatalog.open(disk, directory, STORE,
                new JournalCatalog.Options(1 << 13, Long.MAX_VALUE, failure -> { }, null), (id, offset, bytes) -> { }, () -> { });
    }

    private static Set<Object> everything(JournalCatalog catalog) {
        Set<Object> all = new HashSet<>(catalog.entities(AccessToken.class));
        catalog.forEachUpload(all::add);
        catalog.forEachShare(all::add);
        return all;
    }

    private static State randomState(int size) {
        State state = new State();
        for (long seed = 0; seed < size; seed++) {
            RandomChanges random = new RandomChanges(seed);
            state.put(random.upload());
            state.put(random.share());
            state.put(AccessToken.of(new UUID(1, seed), Samples.token("t" + seed), "name " + seed, Samples.at(seed)));
        }
        return state;
    }

    private static Set<Object> contents(State state) {
        Set<Object> all = new HashSet<>(state.entities());
        state.uploadRows().forEach(row -> all.add(row.upload()));
        state.shareRows().forEach(row -> all.add(row.share()));
        return all;
    }

    private void write(State state, long sequence) throws IOException {
        Snapshot.write(disk, directory, STORE, Image.of(state, sequence));
        disk.move(directory.resolve(Snapshot.TEMPORARY), Snapshot.file(directory, sequence));
    }

    @Test
    void aSnapshotOfManyBlocksReadsAsItWasWritten() throws Exception {
        State state = randomState(700);
        write(state, 42);
        Snapshot back = Snapshot.read(disk, directory, 42, STORE);
        assertTrue(back.bytes() > 3 * 65_536, "several blocks");
        assertEquals(disk.size(Snapshot.file(directory, 42)), back.bytes());
        assertEquals(contents(state), contents(back.state()));
        assertEquals(42, back.sequence());
    }

    @Test
    void anEmptySnapshotReadsAsEmpty() throws Exception {
        write(new State(), 7);
        assertEquals(Set.of(), contents(Snapshot.read(disk, directory, 7, STORE).state()));
    }

    @Test
    void anyFlippedBitAndAnyMissingEndIsNoticed() throws Exception {
        write(randomState(3), 42);
        Path file = Snapshot.file(directory, 42);
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            Files.write(file, damaged);
            assertThrows(BadRecordException.class, () -> Snapshot.read(disk, directory, 42, STORE), "byte " + at);
        }
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThrows(BadRecordException.class, () -> Snapshot.read(disk, directory, 42, STORE), "length " + length);
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertThrows(BadRecordException.class, () -> Snapshot.read(disk, directory, 42, STORE));
        Files.write(file, whole);
        Snapshot.read(disk, directory, 42, STORE);
    }

    @Test
    void swappedBlocksAndAMissingBlockAreNoticed() throws Exception {
        write(randomState(700), 42);
        Path file = Snapshot.file(directory, 42);
        ByteBuffer whole = ByteBuffer.wrap(Files.readAllBytes(file));
        int first = Snapshot.HEADER_BYTES;
        int second = first + Snapshot.BLOCK_HEADER_BYTES + whole.getInt(first);
        int third = second + Snapshot.BLOCK_HEADER_BYTES + whole.getInt(second);
        byte[] a = part(whole, first, second);
        byte[] b = part(whole, second, third);
        byte[] rest = part(whole, third, whole.capacity());
        Files.write(file, join(part(whole, 0, first), b, a, rest));
        assertThrows(BadRecordException.class, () -> Snapshot.read(disk, directory, 42, STORE));
        Files.write(file, join(part(whole, 0, first), a, rest));
        assertThrows(BadRecordException.class, () -> Snapshot.read(disk, directory, 42, STORE));
    }

    private static byte[] part(ByteBuffer whole, int from, int to) {
        byte[] part = new byte[to - from];
        whole.get(from, part);
        return part;
    }

    private static byte[] join(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(1 << 24);
        for (byte[] part : parts) {
            all.put(part);
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    @Test
    void aSnapshotOfANewerVersionIsRefusedAndLeftAlone() throws Exception {
        try (JournalCatalog catalog = open()) {
            catalog.commit(Samples.file(1));
            catalog.compact();
        }
        Path file = Snapshot.file(directory, 1);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        bytes.putInt(8, Snapshot.VERSION + 1);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, Snapshot.HEADER_BYTES - 4);
        bytes.putInt(Snapshot.HEADER_BYTES - 4, (int) crc.getValue());
        Files.write(file, bytes.array());
        IOException refusal = assertThrows(IOException.class, this::open);
        assertTrue(refusal.getMessage().contains("format 3"), refusal.getMessage());
        assertTrue(Files.exists(file));
    }

    @Test
    void aDamagedNewestSnapshotLosesNothingAndIsKeptAside() throws Exception {
        Set<Object> before;
        try (JournalCatalog catalog = open()) {
            for (int i = 0; i < 150; i++) {
                catalog.commit(Samples.file(i));
                if (i % 50 == 25) {
                    catalog.compact();
                }
            }
            catalog.commit(new Change.UploadRemoved(Samples.id(3)), new Change.ShareCreated(Samples.share("a", 149, 1)));
            before = everything(catalog);
        }
        assertEquals(List.of(126L, 76L), Snapshot.list(disk, directory));
        flip(Snapshot.file(directory, 126), 100);
        try (JournalCatalog catalog = open()) {
            assertEquals(before, everything(catalog));
            assertTrue(Files.exists(directory.resolve(Snapshot.file(directory, 126).getFileName() + ".damaged")));
            catalog.commit(Samples.file(1000));
            catalog.compact();
            before = everything(catalog);
        }
        assertEquals(List.of(152L, 76L), Snapshot.list(disk, directory));
        flip(Snapshot.file(directory, 152), 50);
        try (JournalCatalog catalog = open()) {
            assertEquals(before, everything(catalog));
        }
    }

    @Test
    void theFirstSnapshotDamagedLosesNothing() throws Exception {
        Set<Object> before;
        try (JournalCatalog catalog = open()) {
            for (int i = 0; i < 100; i++) {
                catalog.commit(Samples.file(i));
            }
            catalog.compact();
            catalog.commit(Samples.file(100));
            before = everything(catalog);
        }
        flip(Snapshot.file(directory, 100), 5_000);
        try (JournalCatalog catalog = open()) {
            assertEquals(before, everything(catalog));
        }
    }

    @Test
    void aSecondDamagedSnapshotIsARefusalNotALoss() throws Exception {
        try (JournalCatalog catalog = open()) {
            for (int i = 0; i < 150; i++) {
                catalog.commit(Samples.file(i));
                if (i % 50 == 49) {
                    catalog.compact();
                }
            }
        }
        for (long sequence : Snapshot.list(disk, directory)) {
            flip(Snapshot.file(directory, sequence), 1_000);
        }
        IOException refusal = assertThrows(IOException.class, this::open);
        assertTrue(refusal.getMessage().contains("is due"), refusal.getMessage());
    }

    private void flip(Path file, int at) throws IOException {
        try (DiskFile open = disk.open(file, Disk.Mode.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            open.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 4)).rewind();
            open.write(one, at);
        }
    }

    @Test
    void anUnfinishedSnapshotIsThrownAway() throws Exception {
        try (JournalCatalog catalog = open()) {
            catalog.commit(Samples.file(1));
        }
        Path temporary = directory.resolve(Snapshot.TEMPORARY);
        Files.write(temporary, new byte[1000]);
        try (JournalCatalog catalog = open()) {
            assertEquals(1, everything(catalog).size());
            assertFalse(Files.exists(temporary));
            Files.write(temporary, new byte[1000]);
            catalog.compact();
            assertEquals(List.of(1L), Snapshot.list(disk, directory));
        }
    }

    @Test
    void theJournalIsDroppedAsFarAsTheSnapshotBeforeTheNewestReaches() throws Exception {
        try (JournalCatalog catalog = open()) {
            List<Change> many = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                many.add(Samples.created(i, 10));
            }
            for (int round = 0; round < 10; round++) {
                catalog.commit(many.stream().map(c -> ((Change.UploadCreated) c).upload())
                        .<Change>map(u -> catalog.upload(u.id()).isEmpty() ? new Change.UploadCreated(u)
                                : new Change.UploadRemoved(u.id())).toList());
                for (int i = 0; i < 20; i++) {
                    catalog.commit(Samples.created(1000 + 20 * round + i, 10));
                }
                catalog.compact();
            }
            long segments = disk.list(directory).stream().filter(name -> name.endsWith(".seg")).count();
            assertTrue(segments <= 5, segments + " segments");
        }
    }

    /** The worked example of {@code docs/storage.md}. */
    @Test
    void theWorkedExampleReadsAsDocumented() throws Exception {
        State state = new State();
        state.put(AccessToken.of(new UUID(1, 1), Samples.token("x"), "admin", Samples.T0));
        write(state, 258);
        String hex = """
                5452414e5a534e50 00000002 11111111222243338444555555555555 0000000000000102 694828b2
                00000062 174f1258
                04 01 00000000000000010000000000000001 f3ebdcc302 cad6b9950d
                16999750b8726bcadd7e440759a74913a53a76df4f9646d76cf5d861816c21b9 06 61646d696e 7f 00
                ffffffffffffffff7f ffffffffffffffff7f ffffffffffffffff7f 00 00 00
                00000004 a9168509
                0f 00 00 01
                """.replaceAll("\\s", "");
        String got = HexFormat.of().formatHex(Files.readAllBytes(Snapshot.file(directory, 258)));
        assertEquals(hex, got);
    }

    /** As the first version wrote it: a token had a name only, and nothing was counted. */
    @Test
    void aSnapshotOfTheFirstVersionIsRead() throws Exception {
        String hex = """
                5452414e5a534e50 00000001 11111111222243338444555555555555 0000000000000102 1b157415
                00000031 8438dfeb
                03 16999750b8726bcadd7e440759a74913a53a76df4f9646d76cf5d861816c21b9 06 61646d696e f3ebdcc302 cad6b9950d
                00000004 a9168509
                0f 00 00 01
                """.replaceAll("\\s", "");
        Files.write(Snapshot.file(directory, 258), HexFormat.of().parseHex(hex));
        State state = Snapshot.read(disk, directory, 258, STORE).state();
        AccessToken admin = AccessToken.of(AccessToken.idOf(Samples.token("x")), Samples.token("x"), "admin", Samples.T0);
        assertEquals(admin, state.bySecret(Samples.token("x")));
    }
}
