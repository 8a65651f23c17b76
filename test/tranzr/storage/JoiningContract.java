package tranzr.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import tranzr.model.Crc32c;

/** What a provider of {@link Storage} does that is able to join objects, beside all else. */
public abstract class JoiningContract extends StorageContract {

    private final UUID to = new UUID(77, 1);

    @BeforeEach
    void onlyWhereObjectsAreJoined() {
        Assumptions.assumeTrue(storage instanceof Joining);
    }

    private Joining joining() {
        return (Joining) storage;
    }

    /** An object of these bytes as an upload leaves it that is whole: not sealed, and perhaps not forced either. */
    private Joining.Part part(long number, byte[] bytes, boolean forced) throws IOException {
        UUID part = new UUID(number, 5);
        try (StoredObject object = storage.create(part)) {
            object.write(0, ByteBuffer.wrap(bytes));
            if (forced) {
                object.force();
            }
        }
        return new Joining.Part(part, bytes.length);
    }

    /** Joins parts of these lengths to {@link #to}, not sealed. @return the bytes */
    private byte[] joined(int... lengths) throws IOException {
        List<Joining.Part> parts = new ArrayList<>();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (int length : lengths) {
            byte[] bytes = randomBytes(length + parts.size());
            bytes = Arrays.copyOf(bytes, length);
            parts.add(part(parts.size() + 1, bytes, parts.size() % 2 == 0));
            whole.writeBytes(bytes);
        }
        assertTrue(joining().join(parts, to));
        return whole.toByteArray();
    }

    private void seal(UUID object, byte[] bytes) throws IOException {
        try (StoredObject open = storage.open(object)) {
            noteSums(open, bytes);
            open.force();
            open.seal(bytes.length);
        }
    }

    private void assertHolds(byte[] bytes, UUID object) throws IOException {
        assertArrayEquals(bytes, load(storage, object, bytes.length, Crc32c.of(bytes, 0, bytes.length)));
    }

    @Test
    void theBytesOfAllPartsFollowEachOtherAndStayWhenTheyGo() throws IOException {
        int number = 0;
        for (int[] lengths : new int[][] {{1}, {3, 1, 2}, {BLOCK}, {BLOCK, 1}, {BLOCK - 1, 2, BLOCK + 3}, {5, 3 * BLOCK, 7, 1, 1, 1, 1, 1, 1, 2 * BLOCK}}) {
            byte[] bytes = joined(lengths);
            assertEquals(OptionalLong.of(bytes.length), storage.size(to));
            seal(to, bytes);
            assertHolds(bytes, to);
            for (int i = 1; i <= lengths.length; i++) {
                if (i % 3 == 0) {
                    storage.quarantine(new UUID(i, 5));
                } else {
                    storage.delete(new UUID(i, 5));
                }
            }
            storage.purgeQuarantine(now.plusSeconds(10));
            assertEquals(List.of(to), storage.list(), "case " + number);
            assertHolds(bytes, to);
            reopen();
            assertHolds(bytes, to);
            assertTrue(storage.delete(to), "case " + number++);
            assertEquals(List.of(), storage.list());
        }
    }

    @Test
    void whatIsJoinedIsReadAtAnyPlaceAndTakesNoBytes() throws IOException {
        byte[] bytes = joined(1000, 1, 70, BLOCK, 300);
        try (StoredObject reader = storage.openToRead(to); StoredObject writer = storage.open(to)) {
            for (int at : new int[] {0, 999, 1000, 1001, 1070, 1071, 1072, bytes.length - 1, bytes.length, bytes.length + 50}) {
                for (int length : new int[] {1, 72, 2000, bytes.length}) {
                    ByteBuffer target = ByteBuffer.allocate(length);
                    int expected = Math.clamp(bytes.length - at, 0, length);
                    assertEquals(expected, reader.read(at, target));
                    assertEquals(expected, target.position());
                    assertTrue(expected == 0 || Arrays.equals(bytes, at, at + expected, target.array(), 0, expected), at + " " + length);
                }
            }
            assertEquals(bytes.length, writer.size());
            assertThrows(IllegalStateException.class, () -> writer.write(0, ByteBuffer.allocate(1)));
            assertThrows(IllegalStateException.class, () -> writer.seal(bytes.length - 1));
            assertThrows(IllegalStateException.class, () -> writer.seal(bytes.length + 1));
            assertThrows(SumsMissingException.class, () -> writer.seal(bytes.length));
        }
        seal(to, bytes);
        assertHolds(bytes, to);
    }

    @Test
    void onlyTheBeginningOfAPartIsTaken() throws IOException {
        byte[] bytes = randomBytes(5000);
        Joining.Part long1 = part(1, bytes, true);
        assertTrue(joining().join(List.of(new Joining.Part(long1.id(), 40), long1, new Joining.Part(long1.id(), 3)), to));
        ByteBuffer all = ByteBuffer.allocate(6000);
        try (StoredObject reader = storage.openToRead(to)) {
            assertEquals(5043, reader.read(0, all));
        }
        assertEquals(Arrays.mismatch(bytes, 0, 40, all.array(), 0, 40), -1);
        assertEquals(Arrays.mismatch(bytes, 0, 5000, all.array(), 40, 5040), -1);
        assertEquals(Arrays.mismatch(bytes, 0, 3, all.array(), 5040, 5043), -1);
    }

    @Test
    void joinedObjectsAreJoinedAndCopiedLikeOthers() throws IOException {
        byte[] bytes = joined(100, 200_000, 300_000);
        seal(to, bytes);
        UUID second = new UUID(77, 2);
        UUID copy = new UUID(77, 3);
        assertTrue(joining().join(List.of(new Joining.Part(to, 150), new Joining.Part(to, bytes.length), part(9, bytes, false)), second));
        assertTrue(!(storage instanceof ServerSideCopy copies) || copies.copy(to, copy, bytes.length));
        for (UUID gone : List.of(to, new UUID(1, 5), new UUID(2, 5), new UUID(3, 5), new UUID(9, 5))) {
            assertTrue(storage.delete(gone));
        }
        reopen();
        byte[] doubled = new byte[150 + 2 * bytes.length];
        System.arraycopy(bytes, 0, doubled, 0, 150);
        System.arraycopy(bytes, 0, doubled, 150, bytes.length);
        System.arraycopy(bytes, 0, doubled, 150 + bytes.length, bytes.length);
        seal(second, doubled);
        assertHolds(doubled, second);
        if (storage instanceof ServerSideCopy) {
            assertHolds(bytes, copy);
        }
    }

    @Test
    void whatCannotBeJoinedLeavesNothing() throws IOException {
        Joining.Part good = part(1, randomBytes(100), true);
        assertThrows(NoSuchFileException.class, () -> joining().join(List.of(good, new Joining.Part(new UUID(8, 8), 1)), to));
        assertThrows(NoSuchFileException.class, () -> joining().join(List.of(good, new Joining.Part(good.id(), 101)), to));
        assertThrows(IllegalArgumentException.class, () -> joining().join(List.of(), to));
        assertThrows(IllegalArgumentException.class, () -> new Joining.Part(to, 0));
        assertFalse(joining().join(java.util.Collections.nCopies(Joining.MOST + 1, good), to));
        assertEquals(List.of(good.id()), storage.list());
        assertTrue(joining().join(java.util.Collections.nCopies(Joining.MOST, good), to));
        assertFalse(joining().join(List.of(new Joining.Part(to, 100L * Joining.MOST), good), new UUID(77, 2)));
        assertThrows(FileAlreadyExistsException.class, () -> joining().join(List.of(good), to));
        assertThrows(FileAlreadyExistsException.class, () -> joining().join(List.of(good), good.id()));
        assertThrows(FileAlreadyExistsException.class, () -> storage.create(to));
        assertEquals(Set.of(good.id(), to), Set.copyOf(storage.list()));
    }

    @Test
    void readersOfAJoinedObjectThatIsDeletedReadOnToTheEnd() throws IOException {
        byte[] bytes = joined(BLOCK, 100, 2 * BLOCK, 5, 6, 7, 8, 9, 10, 11);
        seal(to, bytes);
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        try (StoredObject reader = storage.openToRead(to); StoredObject fresh = storage.openToRead(to)) {
            reader.readBlock(0, bytes.length, 0, block);
            assertTrue(storage.delete(to));
            for (int i = 1; i <= 10; i++) {
                assertTrue(storage.delete(new UUID(i, 5)));
            }
            assertEquals(List.of(), storage.list());
            assertThrows(NoSuchFileException.class, () -> storage.openToRead(to));
            store(storage, to, randomBytes(10));
            for (StoredObject each : List.of(fresh, reader)) {
                each.readBlock(3, bytes.length, 0, block);
                assertEquals(ByteBuffer.wrap(bytes, 3 * BLOCK, bytes.length - 3 * BLOCK), block);
                each.readBlock(1, bytes.length, 0, block);
                assertEquals(ByteBuffer.wrap(bytes, BLOCK, BLOCK), block);
            }
        }
        assertHolds(randomBytes(10), to);
    }

    @Test
    void aJoinedObjectIsSetAsideAsOne() throws IOException {
        byte[] bytes = joined(BLOCK, 100, 2 * BLOCK);
        seal(to, bytes);
        storage.quarantine(to);
        assertEquals(OptionalLong.empty(), storage.size(to));
        assertFalse(storage.list().contains(to));
        assertFalse(storage.delete(to));
        assertEquals(0, storage.purgeQuarantine(now));
        now = now.plusSeconds(60);
        assertEquals(1, storage.purgeQuarantine(now));
        assertEquals(0, storage.purgeQuarantine(now));
    }
}
