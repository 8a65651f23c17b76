package tranzr.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.disk.RealDisk;
import tranzr.model.Crc32c;
import tranzr.storage.local.LocalStorage;

class LocalStorageTest extends JoiningContract {

    /** The sums' header, and one sum, in bytes. */
    private static final int HEADER = 32;
    private static final int SUM = 4;

    @TempDir
    Path temp;

    @Override
    protected Storage openStorage() throws IOException {
        return LocalStorage.open(new RealDisk(), temp.resolve("store"), () -> now);
    }

    private Path data() {
        return temp.resolve("store/files/" + id + ".data");
    }

    private Path sums() {
        return temp.resolve("store/files/" + id + ".sums");
    }

    private List<String> names(String directory) throws IOException {
        try (Stream<Path> entries = Files.list(temp.resolve("store").resolve(directory))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) offset] ^= 0x10;
        Files.write(file, bytes);
    }

    private void assertEveryReadFails(int length) {
        assertThrows(CorruptObjectException.class, () -> load(storage, id, length, 0));
    }

    @Test
    void aFlippedBitInTheDataIsSeenInItsBlockOnly() throws IOException {
        byte[] bytes = randomBytes(3 * BLOCK + 500);
        store(storage, id, bytes);
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (long at : new long[] {0, BLOCK - 1, BLOCK, 2 * BLOCK + 17, 3 * BLOCK, 3 * BLOCK + 499}) {
            flip(data(), at);
            try (StoredObject object = storage.openToRead(id)) {
                for (int index = 0; index < 4; index++) {
                    int each = index;
                    if (index == at / BLOCK) {
                        assertThrows(CorruptObjectException.class, () -> object.readBlock(each, bytes.length, 0, block));
                    } else {
                        object.readBlock(index, bytes.length, 0, block);
                    }
                }
            }
            flip(data(), at);
        }
        assertArrayEquals(bytes, load(storage, id, bytes.length, 0));
    }

    @Test
    void aFlippedBitAnywhereInTheSumsIsSeen() throws IOException {
        byte[] bytes = randomBytes(3 * BLOCK);
        store(storage, id, bytes);
        assertEquals(HEADER + 3 * SUM, Files.size(sums()));
        for (int at = 0; at < HEADER + 3 * SUM; at++) {
            flip(sums(), at);
            assertEveryReadFails(bytes.length);
            flip(sums(), at);
        }
        assertArrayEquals(bytes, load(storage, id, bytes.length, 0));
    }

    @Test
    void swappedBlocksAreSeen() throws IOException {
        byte[] bytes = randomBytes(3 * BLOCK);
        store(storage, id, bytes);
        byte[] swapped = bytes.clone();
        System.arraycopy(bytes, 0, swapped, BLOCK, BLOCK);
        System.arraycopy(bytes, BLOCK, swapped, 0, BLOCK);
        Files.write(data(), swapped);
        assertEveryReadFails(bytes.length);
    }

    @Test
    void truncationAndAbsenceAreSeen() throws IOException {
        byte[] bytes = randomBytes(2 * BLOCK);
        store(storage, id, bytes);
        byte[] sums = Files.readAllBytes(sums());
        Files.write(data(), Arrays.copyOf(bytes, bytes.length - 1));
        assertEveryReadFails(bytes.length);
        Files.write(data(), bytes);
        for (int length : new int[] {sums.length - 1, HEADER + SUM, HEADER, HEADER - 1, 0}) {
            Files.write(sums(), Arrays.copyOf(sums, length));
            assertEveryReadFails(bytes.length);
        }
        Files.delete(sums());
        assertEveryReadFails(bytes.length);
    }

    @Test
    void theSumsOfAnotherObjectAreRefused() throws IOException {
        byte[] bytes = randomBytes(2 * BLOCK);
        store(storage, id, bytes);
        UUID other = new UUID(5, 5);
        store(storage, other, bytes);
        Files.copy(temp.resolve("store/files/" + other + ".sums"), sums(), StandardCopyOption.REPLACE_EXISTING);
        assertEveryReadFails(bytes.length);
    }

    @Test
    void sumsOfANewerFormatAreNeitherReadNorOverwritten() throws IOException {
        byte[] bytes = randomBytes(2 * BLOCK);
        store(storage, id, bytes);
        byte[] sums = Files.readAllBytes(sums());
        ByteBuffer.wrap(sums).putInt(4, 2).putInt(28, 0);
        ByteBuffer.wrap(sums).putInt(28, Crc32c.of(sums, 0, 28));
        Files.write(sums(), sums);
        IOException refused = assertThrows(IOException.class, () -> load(storage, id, bytes.length, 0));
        assertTrue(refused.getMessage().contains("version 2"), refused.getMessage());
        try (StoredObject object = storage.open(id)) {
            assertThrows(IOException.class, () -> object.putSum(0, 1));
        }
        assertArrayEquals(sums, Files.readAllBytes(sums()));
    }

    @Test
    void sumsOfMoreBlocksThanAPageHoldsAreKept() throws IOException {
        int blocks = 2 * 1024 + 5;
        long length = (long) blocks * BLOCK;
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
        int[] sums = new int[blocks];
        try (StoredObject object = storage.create(id)) {
            for (int index = 0; index < blocks; index++) {
                object.write((long) index * BLOCK + 7, ByteBuffer.allocate(4).putInt(index).flip());
                sums[index] = Crc32c.of(bytes.putInt(7, index).clear());
            }
            object.write(length - 1, ByteBuffer.allocate(1));
            for (int index = 0; index < blocks; index++) {
                object.putSum(index, sums[index]);
            }
            object.putSum(3, sums[3]);
            object.seal(length);
        }
        try (StoredObject object = storage.openToRead(id)) {
            for (int index : new int[] {0, 1023, 1024, 2047, 2048, blocks - 1, 5}) {
                object.readBlock(index, length, 0, bytes);
                assertEquals(index, bytes.getInt(7));
            }
        }
    }

    @Test
    void theFormatOfSumsIsThatOfTheDocumentedExample() throws IOException {
        UUID documented = UUID.fromString("3f2b8a52-6c1d-4e0f-9a77-0123456789ab");
        byte[] bytes = ("a".repeat(BLOCK) + "hello").getBytes(StandardCharsets.US_ASCII);
        store(storage, documented, bytes);
        assertEquals("545a4253" + "00000001" + "00040000" + "3f2b8a526c1d4e0f9a770123456789ab" + "8c32d8cb" + "dfbe30e0"
                + "9a71bb4c", HexFormat.of().formatHex(Files.readAllBytes(temp.resolve("store/files/" + documented + ".sums"))));
    }

    @Test
    void anObjectOfOneBlockHasNoFileOfSums() throws IOException {
        store(storage, id, randomBytes(BLOCK));
        assertEquals(List.of(id + ".data"), names("files"));
    }

    @Test
    void deletionTakesTheSumsToo() throws IOException {
        store(storage, id, randomBytes(2 * BLOCK));
        assertEquals(List.of(id + ".data", id + ".sums"), names("files"));
        storage.delete(id);
        assertEquals(List.of(), names("files"));
    }

    @Test
    void whatABrokenOffDeletionLeftIsListedAndCanBeDeletedOrSetAside() throws IOException {
        store(storage, id, randomBytes(2 * BLOCK));
        Files.delete(data());
        assertEquals(List.of(id), storage.list());
        assertFalse(storage.size(id).isPresent());
        storage.quarantine(id);
        assertEquals(List.of(), storage.list());
        assertEquals(List.of("20260131T120001Z-" + id + ".sums"), names("quarantine"));
    }

    @Test
    void filesOfOthersAreLeftAlone() throws IOException {
        Files.writeString(temp.resolve("store/files/note.txt"), "mine");
        Files.writeString(temp.resolve("store/quarantine/note.data"), "mine");
        Files.writeString(temp.resolve("store/quarantine/99999999T999999Z-" + id + ".data"), "mine");
        assertEquals(List.of(), storage.list());
        assertEquals(0, storage.purgeQuarantine(now.plusSeconds(1_000_000_000)));
        reopen();
        assertEquals(List.of("note.txt"), names("files"));
        assertEquals(2, names("quarantine").size());
    }

    @Test
    void scratchSpaceIsFreedOnCloseAndAtTheNextStart() throws IOException {
        StoredObject forgotten = storage.scratch();
        StoredObject closed = storage.scratch();
        assertEquals(2, names("scratch").size());
        closed.close();
        assertEquals(1, names("scratch").size());
        reopen();
        assertEquals(List.of(), names("scratch"));
        forgotten.close();
    }
}
