package tranzr.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.disk.NoSpaceException;
import tranzr.disk.RealDisk;
import tranzr.model.Crc32c;
import tranzr.storage.local.LocalStorage;

/** What is forced, when, for how many at once, and what follows when it fails. */
class LocalForceTest {

    private static final int BLOCK = StoredObject.BLOCK;
    private static final int DEADLINE_SECONDS = 20;

    @TempDir
    Path temp;

    private final WatchedDisk disk = new WatchedDisk(new RealDisk());
    private LocalStorage storage;

    @BeforeEach
    void open() throws IOException {
        storage = LocalStorage.open(disk, temp.resolve("store"), InstantSource.system());
        disk.calls.clear();
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private static UUID id(int n) {
        return new UUID(0, n);
    }

    private static ByteBuffer bytes(int length) {
        return ByteBuffer.wrap(StorageContract.randomBytes(length));
    }

    private void writeAndClose(UUID id) throws IOException {
        try (StoredObject object = storage.create(id)) {
            object.write(0, bytes(100));
        }
    }

    @Test
    void openingMakesTheNamesOfAnEarlierProcessDurable() throws IOException {
        storage.close();
        storage = LocalStorage.open(disk, temp.resolve("store"), InstantSource.system());
        assertTrue(disk.calls.containsAll(List.of("forceDirectory files", "forceDirectory store")), disk.calls.toString());
    }

    @Test
    void aSmallObjectCostsOneFileAndNoForce() throws IOException {
        try (StoredObject object = storage.create(id(1))) {
            object.write(0, bytes(BLOCK));
            object.putSum(0, 1);
            object.seal(BLOCK);
        }
        assertEquals(List.of("create " + id(1) + ".data", "write " + id(1) + ".data", "close " + id(1) + ".data"), disk.calls);
    }

    @Test
    void aNewNameIsForcedOnceAfterTheBytes() throws IOException {
        try (StoredObject object = storage.create(id(1))) {
            object.write(0, bytes(10));
            object.force();
            object.write(10, bytes(10));
            object.force();
        }
        assertEquals(List.of("force " + id(1) + ".data", "forceDirectory files", "force " + id(1) + ".data"),
                disk.calls.stream().filter(call -> call.startsWith("force")).toList());
        disk.calls.clear();
        try (StoredObject object = storage.open(id(1))) {
            object.write(20, bytes(10));
            object.force();
        }
        assertEquals(0, disk.count("forceDirectory"));
    }

    @Test
    void sealingForcesTheSumsAndTheirName() throws IOException {
        try (StoredObject object = storage.create(id(1))) {
            object.write(0, bytes(2 * BLOCK));
            object.force();
            disk.calls.clear();
            object.putSum(0, 1);
            object.putSum(1, 2);
            assertEquals(List.of(), disk.calls, "sums stay in memory until they fill a page");
            object.seal(2L * BLOCK);
            assertEquals(List.of("force " + id(1) + ".sums", "forceDirectory files"),
                    disk.calls.stream().filter(call -> call.startsWith("force")).toList());
        }
    }

    @Test
    void oneDirectoryForceServesAllWhoCameBeforeItStarted() throws Exception {
        CountDownLatch firstIsForcing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        disk.hook = call -> {
            if (call.equals("forceDirectory files")) {
                firstIsForcing.countDown();
                await(goOn);
            }
        };
        List<Thread> threads = new ArrayList<>();
        AtomicInteger forced = new AtomicInteger();
        for (int n = 0; n <= 10; n++) {
            UUID each = id(n);
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    createAndForce(each);
                    forced.incrementAndGet();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            await(firstIsForcing);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!threads.stream().allMatch(LocalForceTest::waits) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        goOn.countDown();
        for (Thread thread : threads) {
            assertTrue(thread.join(Duration.ofSeconds(DEADLINE_SECONDS)));
        }
        assertEquals(11, forced.get());
        assertEquals(2, disk.count("forceDirectory files"), "one for the first, one for all who came meanwhile");
    }

    private static boolean waits(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    private Void createAndForce(UUID id) throws IOException {
        try (StoredObject object = storage.create(id)) {
            object.force();
        }
        return null;
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void syncForcesWhatWasClosedWithoutAForceAndNothingElse() throws IOException {
        writeAndClose(id(1));
        writeAndClose(id(2));
        try (StoredObject forced = storage.create(id(3))) {
            forced.write(0, bytes(10));
            forced.force();
        }
        writeAndClose(id(4));
        storage.delete(id(4));
        disk.calls.clear();
        storage.sync();
        assertEquals(1, disk.count("force " + id(1)));
        assertEquals(1, disk.count("force " + id(2)));
        assertEquals(0, disk.count("force " + id(3)));
        assertEquals(0, disk.count("force " + id(4)));
        assertEquals("forceDirectory files", disk.calls.getLast());
        disk.calls.clear();
        storage.sync();
        assertEquals(List.of(), disk.calls);
    }

    @Test
    void aWriteDuringSyncIsForTheNextOne() throws IOException {
        try (StoredObject object = storage.create(id(1))) {
            object.write(0, bytes(10));
            disk.hook = call -> {
                if (call.startsWith("force " + id(1))) {
                    disk.hook = other -> { };
                    object.write(10, bytes(10));
                }
            };
            storage.sync();
            disk.calls.clear();
            storage.sync();
            assertEquals(1, disk.count("force " + id(1)));
        }
    }

    @Test
    void syncForcesManyObjects() throws IOException {
        for (int n = 0; n < 200; n++) {
            writeAndClose(id(n));
        }
        disk.calls.clear();
        storage.sync();
        assertEquals(200, disk.count("force 0"));
        assertEquals(1, disk.count("forceDirectory files"));
    }

    @Test
    void anObjectWhoseForceFailedIsNotUsedAgain() throws IOException {
        StoredObject object = storage.create(id(1));
        StoredObject second = storage.open(id(1));
        object.write(0, bytes(10));
        failOnce("force " + id(1), new IOException("EIO"));
        assertThrows(IOException.class, object::force);
        assertThrows(IOException.class, object::force);
        assertThrows(IOException.class, () -> object.write(0, bytes(1)));
        assertThrows(IOException.class, () -> object.read(0, bytes(1)));
        assertThrows(IOException.class, second::force, "another handle's force would succeed, though the bytes are lost");
        assertThrows(IOException.class, () -> storage.open(id(1)));
        assertThrows(IOException.class, storage::sync);
        object.close();
        second.close();
        createAndForce(id(2));
        storage.delete(id(1));
        storage.sync();
    }

    @Test
    void aForceThatFindsTheDiskFullIsNoBetter() throws IOException {
        StoredObject object = storage.create(id(1));
        object.write(0, bytes(10));
        failOnce("force " + id(1), new NoSpaceException("full", null));
        IOException failure = assertThrows(IOException.class, object::force);
        assertFalse(failure instanceof NoSpaceException, "which would mean that nothing was lost");
        assertThrows(IOException.class, object::force);
        object.close();
        assertThrows(IOException.class, () -> storage.open(id(1)));
    }

    @Test
    void afterAFailedDirectoryForceNoNewNameIsPromised() throws IOException {
        StoredObject object = storage.create(id(1));
        failOnce("forceDirectory files", new IOException("EIO"));
        assertThrows(IOException.class, object::force);
        assertThrows(IOException.class, () -> createAndForce(id(2)));
        assertThrows(IOException.class, storage::sync);
        object.close();
    }

    @Test
    void aFailedSyncIsNotFollowedByOneThatSucceeds() throws IOException {
        writeAndClose(id(1));
        writeAndClose(id(2));
        failOnce("force " + id(2), new IOException("EIO"));
        assertThrows(IOException.class, storage::sync);
        assertThrows(IOException.class, storage::sync);
    }

    @Test
    void aWriteToAFullDiskFailsAlone() throws IOException {
        try (StoredObject object = storage.create(id(1))) {
            object.write(0, bytes(10));
            failOnce("write " + id(1), new NoSpaceException("full", null));
            assertThrows(NoSpaceException.class, () -> object.write(10, bytes(10)));
            object.force();
            object.write(10, bytes(10));
            object.force();
            assertEquals(20, object.size());
        }
        storage.sync();
    }

    @Test
    void anyOtherFailedWriteSpoilsTheObject() throws IOException {
        StoredObject object = storage.create(id(1));
        failOnce("write " + id(1), new IOException("EIO"));
        assertThrows(IOException.class, () -> object.write(0, bytes(10)));
        assertThrows(IOException.class, object::force);
        assertThrows(IOException.class, () -> storage.open(id(1)));
        object.close();
    }

    @Test
    void aFullDiskAtSealingIsReportedAndSealingCanBeTriedAgain() throws IOException {
        byte[] bytes = StorageContract.randomBytes(2 * BLOCK);
        try (StoredObject object = storage.create(id(1))) {
            object.write(0, ByteBuffer.wrap(bytes));
            object.force();
            StorageContract.noteSums(object, bytes);
            failOnce("create " + id(1) + ".sums", new NoSpaceException("full", null));
            assertThrows(NoSpaceException.class, () -> object.seal(bytes.length));
            object.seal(bytes.length);
        }
        StorageContract.load(storage, id(1), bytes.length, 0);
    }

    @Test
    void sumsThatAFullDiskCouldNotKeepAreAskedForAgain() throws IOException {
        byte[] bytes = StorageContract.randomBytes(3 * BLOCK);
        try (StoredObject object = storage.create(id(1))) {
            object.write(0, ByteBuffer.wrap(bytes));
            object.putSum(0, Crc32c.of(bytes, 0, BLOCK));
            object.putSum(1, Crc32c.of(bytes, BLOCK, BLOCK));
            failOnce("create " + id(1) + ".sums", new NoSpaceException("full", null));
        }
        try (StoredObject object = storage.open(id(1))) {
            object.putSum(2, Crc32c.of(bytes, 2 * BLOCK, BLOCK));
            assertThrows(SumsMissingException.class, () -> object.seal(bytes.length));
            StorageContract.noteSums(object, bytes);
            object.seal(bytes.length);
        }
        StorageContract.load(storage, id(1), bytes.length, 0);
    }

    @Test
    void closingUnderAWriterSpoilsNothing() throws Exception {
        CountDownLatch inWrite = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        StoredObject object = storage.create(id(1));
        disk.hook = call -> {
            if (call.startsWith("write")) {
                inWrite.countDown();
                await(closed);
            }
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Throwable> write = threads.submit(() -> assertThrows(IOException.class, () -> object.write(0, bytes(1))));
            await(inWrite);
            object.close();
            closed.countDown();
            assertInstanceOf(ClosedChannelException.class, write.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
        }
        disk.hook = call -> { };
        try (StoredObject again = storage.open(id(1))) {
            again.write(0, bytes(1));
            again.force();
        }
        storage.sync();
        assertFalse(storage.list().isEmpty());
    }

    private void failOnce(String prefix, IOException failure) {
        disk.hook = call -> {
            if (call.startsWith(prefix)) {
                disk.hook = other -> { };
                throw failure;
            }
        };
    }
}
