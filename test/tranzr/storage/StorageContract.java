package tranzr.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.model.Crc32c;

/** What every provider of {@link Storage} does. */
public abstract class StorageContract {

    protected static final int BLOCK = StoredObject.BLOCK;

    protected final UUID id = new UUID(0x1234_4000L, 0x8000_0000_0000_0001L);
    protected Instant now = Instant.parse("2026-01-31T12:00:00.5Z");
    protected Storage storage;

    /** Opens the one store of this test, for the first time or again; its clock shows {@link #now}. */
    protected abstract Storage openStorage() throws IOException;

    @BeforeEach
    void openFirst() throws IOException {
        storage = openStorage();
    }

    @AfterEach
    void closeLast() throws IOException {
        storage.close();
    }

    protected void reopen() throws IOException {
        storage.close();
        storage = openStorage();
    }

    protected static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Makes an object of these bytes with its sums, durable and sealed. */
    protected static void store(Storage storage, UUID id, byte[] bytes) throws IOException {
        try (StoredObject object = storage.create(id)) {
            object.write(0, ByteBuffer.wrap(bytes));
            object.force();
            noteSums(object, bytes);
            object.seal(bytes.length);
        }
    }

    protected static void noteSums(StoredObject object, byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; at += BLOCK) {
            object.putSum(at / BLOCK, Crc32c.of(bytes, at, Math.min(BLOCK, bytes.length - at)));
        }
    }

    /** Reads the whole object by verified blocks. */
    protected static byte[] load(Storage storage, UUID id, long length, int crc) throws IOException {
        ByteBuffer whole = ByteBuffer.allocate((int) length);
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        try (StoredObject object = storage.openToRead(id)) {
            for (long index = 0; whole.hasRemaining(); index++) {
                object.readBlock(index, length, crc, block);
                whole.put(block);
            }
        }
        return whole.array();
    }

    private static int crc(byte[] bytes) {
        return Crc32c.of(bytes, 0, bytes.length);
    }

    private static byte[] read(StoredObject object, long offset, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        int read = object.read(offset, target);
        assertEquals(read, target.position());
        return Arrays.copyOf(target.array(), read);
    }

    @Test
    void objectsOfEveryLengthComeBackBlockByBlock() throws IOException {
        int n = 0;
        for (int length : new int[] {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 5 * BLOCK + 77}) {
            UUID each = new UUID(n++, 1);
            byte[] bytes = randomBytes(length);
            store(storage, each, bytes);
            assertArrayEquals(bytes, load(storage, each, length, crc(bytes)), "length " + length);
        }
        reopen();
        byte[] last = randomBytes(5 * BLOCK + 77);
        assertArrayEquals(last, load(storage, new UUID(n - 1, 1), last.length, crc(last)));
    }

    /** Runs where the storage is able to copy. */
    private interface CopyTest {
        void run(ServerSideCopy copies) throws IOException;
    }

    private void whereCopiesAreMade(CopyTest test) throws IOException {
        if (storage instanceof ServerSideCopy copies) {
            test.run(copies);
        }
    }

    @Test
    void aCopyLivesOnWithoutItsSourceAndTheOtherWayRound() throws IOException {
        whereCopiesAreMade(first -> {
            for (int length : new int[] {0, 1, BLOCK, BLOCK + 1, 5 * BLOCK + 77}) {
                byte[] bytes = randomBytes(length);
                List<UUID> ids = List.of(new UUID(length, 1), new UUID(length, 2), new UUID(length, 3));
                store(storage, ids.get(0), bytes);
                assertTrue(((ServerSideCopy) storage).copy(ids.get(0), ids.get(1), length));
                assertTrue(((ServerSideCopy) storage).copy(ids.get(1), ids.get(2), length));
                assertTrue(storage.delete(ids.get(0)));
                storage.quarantine(ids.get(2));
                assertEquals(OptionalLong.empty(), storage.size(ids.get(0)));
                assertArrayEquals(bytes, load(storage, ids.get(1), length, crc(bytes)), "length " + length);
                reopen();
                assertArrayEquals(bytes, load(storage, ids.get(1), length, crc(bytes)), "length " + length);
                storage.purgeQuarantine(now.plusSeconds(10));
                assertArrayEquals(bytes, load(storage, ids.get(1), length, crc(bytes)), "length " + length);
            }
        });
    }

    @Test
    void whatCannotBeCopiedLeavesNothing() throws IOException {
        whereCopiesAreMade(copies -> {
            byte[] bytes = randomBytes(2 * BLOCK + 5);
            UUID to = new UUID(9, 9);
            assertFalse(copies.copy(id, to, 5));
            try (StoredObject object = storage.create(id)) {
                object.write(0, ByteBuffer.wrap(bytes));
                object.force();
            }
            assertFalse(copies.copy(id, to, bytes.length + 1));
            assertFalse(copies.copy(id, to, bytes.length), "without sums");
            assertEquals(List.of(id), storage.list());
            storage.delete(id);
            store(storage, id, bytes);
            store(storage, to, randomBytes(10));
            assertThrows(FileAlreadyExistsException.class, () -> copies.copy(id, to, bytes.length));
            assertArrayEquals(randomBytes(10), load(storage, to, 10, crc(randomBytes(10))));
        });
    }

    @Test
    void anIdIsTakenOnce() throws IOException {
        storage.create(id).close();
        assertThrows(FileAlreadyExistsException.class, () -> storage.create(id));
    }

    @Test
    void whatIsMissingIsReportedAsMissing() throws IOException {
        assertThrows(NoSuchFileException.class, () -> storage.open(id));
        assertThrows(NoSuchFileException.class, () -> storage.openToRead(id));
        assertEquals(OptionalLong.empty(), storage.size(id));
        assertFalse(storage.delete(id));
        storage.quarantine(id);
        assertEquals(List.of(), storage.list());
    }

    @Test
    void bytesAreWrittenAtTheirOwnOffsetsInAnyOrder() throws IOException {
        byte[] bytes = randomBytes(10_000);
        try (StoredObject object = storage.create(id)) {
            object.write(6_000, ByteBuffer.wrap(bytes, 6_000, 4_000));
            object.write(0, ByteBuffer.wrap(bytes, 0, 6_000));
            assertEquals(10_000, object.size());
            assertArrayEquals(bytes, read(object, 0, 20_000));
            assertArrayEquals(Arrays.copyOfRange(bytes, 5_990, 6_010), read(object, 5_990, 20));
            assertEquals(0, read(object, 10_000, 1).length);
            assertThrows(IllegalArgumentException.class, () -> object.write(-1, ByteBuffer.allocate(1)));
        }
        assertEquals(OptionalLong.of(10_000), storage.size(id));
    }

    @Test
    void aClosedObjectIsContinuedWithItsNotedSums() throws IOException {
        byte[] bytes = randomBytes(4 * BLOCK);
        try (StoredObject object = storage.create(id)) {
            object.write(0, ByteBuffer.wrap(bytes, 0, 2 * BLOCK));
            object.putSum(0, Crc32c.of(bytes, 0, BLOCK));
            object.putSum(1, Crc32c.of(bytes, BLOCK, BLOCK));
            object.force();
        }
        try (StoredObject object = storage.open(id)) {
            object.write(2 * BLOCK, ByteBuffer.wrap(bytes, 2 * BLOCK, 2 * BLOCK));
            object.putSum(2, Crc32c.of(bytes, 2 * BLOCK, BLOCK));
            object.putSum(3, Crc32c.of(bytes, 3 * BLOCK, BLOCK));
            object.force();
            object.seal(bytes.length);
        }
        assertArrayEquals(bytes, load(storage, id, bytes.length, 0));
    }

    @Test
    void theLastSumNotedForABlockCounts() throws IOException {
        byte[] bytes = randomBytes(2 * BLOCK);
        try (StoredObject object = storage.create(id)) {
            object.write(0, ByteBuffer.wrap(bytes));
            object.putSum(0, 4711);
            object.putSum(1, 4712);
            noteSums(object, bytes);
            object.seal(bytes.length);
            object.seal(bytes.length);
        }
        assertArrayEquals(bytes, load(storage, id, bytes.length, 0));
    }

    @Test
    void bytesOtherThanThoseWhoseSumWasNotedAreReportedWithTheirBlock() throws IOException {
        byte[] bytes = randomBytes(3 * BLOCK);
        try (StoredObject object = storage.create(id)) {
            object.write(0, ByteBuffer.wrap(bytes));
            noteSums(object, bytes);
            object.putSum(1, 4711);
            object.seal(bytes.length);
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            object.readBlock(0, bytes.length, 0, block);
            CorruptObjectException bad = assertThrows(CorruptObjectException.class,
                    () -> object.readBlock(1, bytes.length, 0, block));
            assertTrue(bad.getMessage().contains("block 1"), bad.getMessage());
            object.readBlock(2, bytes.length, 0, block);
        }
    }

    @Test
    void anObjectOfOneBlockIsCheckedByTheSumOfTheWhole() throws IOException {
        byte[] bytes = randomBytes(1000);
        store(storage, id, bytes);
        assertArrayEquals(bytes, load(storage, id, 1000, crc(bytes)));
        assertThrows(CorruptObjectException.class, () -> load(storage, id, 1000, crc(bytes) + 1));
        assertThrows(CorruptObjectException.class, () -> load(storage, id, 1001, crc(bytes)));
        assertThrows(CorruptObjectException.class, () -> load(storage, id, 999, crc(bytes)));
    }

    @Test
    void blocksOutsideTheObjectAreRefused() throws IOException {
        store(storage, id, randomBytes(BLOCK));
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        try (StoredObject object = storage.openToRead(id)) {
            assertThrows(IndexOutOfBoundsException.class, () -> object.readBlock(1, BLOCK, 0, block));
            assertThrows(IndexOutOfBoundsException.class, () -> object.readBlock(-1, BLOCK, 0, block));
            assertThrows(IndexOutOfBoundsException.class, () -> object.readBlock(0, 0, 0, block));
        }
    }

    @Test
    void sealingCutsWhatReachesPastTheEnd() throws IOException {
        byte[] bytes = randomBytes(3 * BLOCK);
        try (StoredObject object = storage.create(id)) {
            object.write(0, ByteBuffer.wrap(bytes));
            noteSums(object, bytes);
            object.putSum(1, Crc32c.of(bytes, BLOCK, 10));
            object.seal(BLOCK + 10);
            assertEquals(BLOCK + 10, object.size());
        }
        assertArrayEquals(Arrays.copyOf(bytes, BLOCK + 10), load(storage, id, BLOCK + 10, 0));
    }

    @Test
    void anObjectThatIsNotWholeIsNotSealed() throws IOException {
        byte[] bytes = randomBytes(2 * BLOCK);
        try (StoredObject object = storage.create(id)) {
            object.write(0, ByteBuffer.wrap(bytes));
            object.putSum(0, Crc32c.of(bytes, 0, BLOCK));
            assertThrows(SumsMissingException.class, () -> object.seal(bytes.length));
            assertThrows(IllegalStateException.class, () -> object.seal(bytes.length + 1));
            noteSums(object, bytes);
            object.seal(bytes.length);
        }
    }

    @Test
    void anObjectOpenedToReadIsNotWritten() throws IOException {
        store(storage, id, randomBytes(10));
        try (StoredObject object = storage.openToRead(id)) {
            assertThrows(IllegalStateException.class, () -> object.write(0, ByteBuffer.allocate(1)));
            assertThrows(IllegalStateException.class, object::force);
            assertThrows(IllegalStateException.class, () -> object.putSum(0, 1));
            assertThrows(IllegalStateException.class, () -> object.seal(1));
        }
        assertEquals(OptionalLong.of(10), storage.size(id));
    }

    @Test
    void aClosedObjectIsNotUsed() throws IOException {
        StoredObject object = storage.create(id);
        object.close();
        object.close();
        assertThrows(IOException.class, () -> object.write(0, ByteBuffer.allocate(1)));
        assertThrows(IOException.class, object::force);
        assertThrows(IOException.class, () -> object.read(0, ByteBuffer.allocate(1)));
        storage.open(id).close();
    }

    @Test
    void readersOfADeletedObjectReadOnToTheEnd() throws IOException {
        byte[] bytes = randomBytes(3 * BLOCK);
        store(storage, id, bytes);
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        try (StoredObject reader = storage.openToRead(id); StoredObject fresh = storage.openToRead(id)) {
            reader.readBlock(0, bytes.length, 0, block);
            assertTrue(storage.delete(id));
            assertEquals(List.of(), storage.list());
            for (StoredObject each : List.of(reader, fresh)) {
                each.readBlock(2, bytes.length, 0, block);
                assertEquals(ByteBuffer.wrap(bytes, 2 * BLOCK, BLOCK), block);
            }
        }
        assertFalse(storage.delete(id));
        assertThrows(NoSuchFileException.class, () -> storage.openToRead(id));
    }

    @Test
    void aWriterOfADeletedObjectLeavesNothingBehind() throws IOException {
        byte[] bytes = randomBytes(2 * BLOCK);
        try (StoredObject writer = storage.create(id)) {
            writer.write(0, ByteBuffer.wrap(bytes));
            noteSums(writer, bytes);
            storage.delete(id);
            writer.write(0, ByteBuffer.wrap(bytes));
        }
        assertEquals(List.of(), storage.list());
        storage.sync();
    }

    @Test
    void allObjectsAreListed() throws IOException {
        Set<UUID> ids = Set.of(new UUID(1, 1), new UUID(2, 2), new UUID(-3, -3));
        for (UUID each : ids) {
            store(storage, each, randomBytes(2 * BLOCK));
        }
        assertEquals(3, storage.list().size());
        assertEquals(ids, Set.copyOf(storage.list()));
        reopen();
        assertEquals(ids, Set.copyOf(storage.list()));
    }

    @Test
    void whatWasSetAsideIsGoneFromTheStoreAndPurgedWhenItsTimeHasCome() throws IOException {
        UUID other = new UUID(7, 7);
        store(storage, id, randomBytes(2 * BLOCK));
        store(storage, other, randomBytes(10));
        Instant first = now;
        storage.quarantine(id);
        now = now.plusSeconds(3600);
        storage.quarantine(other);
        assertEquals(List.of(), storage.list());
        assertEquals(OptionalLong.empty(), storage.size(id));
        reopen();
        assertEquals(0, storage.purgeQuarantine(first), "what was set aside at that very moment stays");
        assertEquals(1, storage.purgeQuarantine(first.plusSeconds(1)));
        assertEquals(0, storage.purgeQuarantine(first.plusSeconds(1)));
        assertEquals(1, storage.purgeQuarantine(now.plusSeconds(1)));
    }

    @Test
    void scratchSpaceHoldsBytesAndIsNoObject() throws IOException {
        byte[] bytes = randomBytes(5000);
        try (StoredObject one = storage.scratch(); StoredObject two = storage.scratch()) {
            one.write(0, ByteBuffer.wrap(bytes));
            two.write(100, ByteBuffer.wrap(bytes));
            assertArrayEquals(bytes, read(one, 0, 6000));
            assertEquals(5000, one.size());
            assertEquals(5100, two.size());
            assertEquals(List.of(), storage.list());
            assertThrows(UnsupportedOperationException.class, one::force);
        }
    }

    @Test
    void syncTakesOpenClosedAndDeletedObjects() throws IOException {
        StoredObject open = storage.create(new UUID(1, 1));
        open.write(0, ByteBuffer.wrap(randomBytes(100)));
        StoredObject closed = storage.create(new UUID(2, 2));
        closed.write(0, ByteBuffer.wrap(randomBytes(100)));
        closed.close();
        storage.create(new UUID(3, 3)).close();
        storage.delete(new UUID(3, 3));
        storage.sync();
        storage.sync();
        open.close();
    }

    @Test
    void severalThreadsWriteOneObject() throws Exception {
        byte[] bytes = randomBytes(8 * BLOCK);
        try (StoredObject object = storage.create(id); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> parts = new ArrayList<>();
            for (int part = 0; part < 8; part++) {
                int at = part * BLOCK;
                parts.add(threads.submit(() -> {
                    for (int from = at; from < at + BLOCK; from += BLOCK / 4) {
                        object.write(from, ByteBuffer.wrap(bytes, from, BLOCK / 4));
                    }
                    object.force();
                    return null;
                }));
            }
            for (Future<?> part : parts) {
                part.get();
            }
            noteSums(object, bytes);
            object.seal(bytes.length);
        }
        assertArrayEquals(bytes, load(storage, id, bytes.length, 0));
    }

    @Test
    void aClosedStoreRefusesAllCalls() throws IOException {
        storage.close();
        assertThrows(IOException.class, () -> storage.create(id));
        assertThrows(IOException.class, storage::list);
        assertThrows(IOException.class, storage::sync);
    }

    @Test
    void freeSpaceIsKnown() throws IOException {
        assertTrue(storage.freeSpace() > 0);
    }
}
