package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tranzr.access.Caller;
import tranzr.catalog.journal.JournalCatalog;
import tranzr.fault.CrashDisk;
import tranzr.fault.Fate;
import tranzr.fault.FaultPlan;
import tranzr.fault.FaultPlan.Fault;
import tranzr.fault.Quiet;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Quota;
import tranzr.model.Upload;
import tranzr.security.CountedPassword;
import tranzr.storage.StoredObject;
import tranzr.storage.local.LocalStorage;

/** Bodies that are written while more of them comes: whatever fails, what the catalog says is there is there, and the upload goes on to the right hash. */
class WriteBehindTest {

    private static final Path JOURNAL = CrashDisk.ROOT.resolve("journal");
    private static final Path FILES = CrashDisk.ROOT.resolve("store");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final EngineSettings SETTINGS = new EngineSettings(Duration.ofDays(7), Duration.ofDays(1), 1L << 40, 1 << 20, 0, Duration.ofMinutes(10),
            Duration.ofDays(7), Duration.ofHours(24), Quota.NONE);
    /** The body begins where no block does, and in its middle are bytes that are there already. */
    private static final int START = 1000;
    private static final ByteRange THERE = new ByteRange((1 << 20) + 100, (1 << 20) + 70_000);
    private static final byte[] BYTES = EngineFixture.random((3 << 20) + 777, 7);

    /** An engine over a disk in memory. */
    private record World(LocalStorage storage, JournalCatalog catalog, Engine engine) implements AutoCloseable {

        static World on(CrashDisk disk) throws IOException {
            LocalStorage storage = LocalStorage.open(disk, FILES, () -> NOW);
            JournalCatalog catalog = JournalCatalog.open(disk, JOURNAL, new UUID(1, 2), new JournalCatalog.Options(1 << 20, 64 << 20, _ -> { }, null), (id, offset, bytes) -> {
                try (StoredObject object = EngineFixture.openOrCreate(storage, id)) {
                    object.write(offset, bytes);
                }
            }, storage::sync);
            return new World(storage, catalog, Engine.open(catalog, storage, SETTINGS, () -> NOW, new Random(3), new CountedPassword(10).passwords(), _ -> { }));
        }

        Uploads uploads() {
            return engine.uploads(Caller.SYSTEM);
        }

        UUID begin() {
            UUID id = uploads().start(new NewUpload(uploads().newId(), "file.bin", BYTES.length, BYTES.length, 1 << 20, -1, null, null)).id();
            write(id, BYTES, new ByteRange(0, START));
            write(id, BYTES, THERE);
            return id;
        }

        void write(UUID id, byte[] bytes, ByteRange range) {
            uploads().writeRange(id, range.start(), -1, -1, new TestBody(Arrays.copyOfRange(bytes, (int) range.start(), (int) range.end())), DigestClaim.NONE);
        }

        /** What the catalog says is there is there. */
        void check(UUID id, byte[] bytes) throws IOException {
            Upload upload = uploads().get(id);
            assertTrue(upload.ranges().contiguousEnd(0) >= START, () -> upload.ranges().toString());
            try (StoredObject object = storage.openToRead(upload.object())) {
                for (long at = 0; at < BYTES.length;) {
                    long end = upload.ranges().contiguousEnd(at);
                    if (end > at) {
                        byte[] stored = new byte[(int) (end - at)];
                        object.read(at, ByteBuffer.wrap(stored));
                        assertArrayEquals(Arrays.copyOfRange(bytes, (int) at, (int) end), stored, "from " + at);
                    }
                    at = Math.max(end, Math.min(BYTES.length, upload.ranges().nextStart(at)));
                }
            }
        }

        void goOnToTheEnd(UUID id) throws IOException {
            check(id, BYTES);
            goOnWith(id, BYTES);
        }

        /** What was not kept comes as other bytes: nothing of those that were lost may be left in what is hashed. */
        void goOnOtherwise(UUID id) throws IOException {
            check(id, BYTES);
            byte[] other = BYTES.clone();
            for (ByteRange missing : uploads().get(id).ranges().missing(new ByteRange(0, BYTES.length))) {
                for (int i = (int) missing.start(); i < missing.end(); i++) {
                    other[i] ^= 1;
                }
            }
            goOnWith(id, other);
        }

        private void goOnWith(UUID id, byte[] bytes) throws IOException {
            write(id, bytes, new ByteRange(uploads().get(id).ranges().contiguousEnd(0), bytes.length));
            assertEquals(Digest.sha256(bytes), complete(id, Digest.sha256(bytes)).sha256());
            check(id, bytes);
        }

        /** Once more when sums of blocks found no room before, as is told then. */
        private Upload complete(UUID id, Digest expected) {
            try {
                return uploads().complete(id, expected, Duration.ofMinutes(1)).upload();
            } catch (FailureException e) {
                assertTrue(e.failure() instanceof Failure.Unavailable && engine.core().unavailable() == null, e.failure()::toString);
                return uploads().complete(id, expected, Duration.ofMinutes(1)).upload();
            }
        }

        @Override
        public void close() throws IOException {
            engine.close();
            catalog.close();
            storage.close();
        }
    }

    @Test
    void itGoesOutInBlocks() throws IOException {
        CrashDisk disk = new CrashDisk();
        try (World world = World.on(disk)) {
            UUID id = world.begin();
            disk.plan(FaultPlan.none());
            world.write(id, BYTES, new ByteRange(START, BYTES.length));
            assertTrue(disk.calls(CrashDisk.Call.WRITE) < 20, disk.calls(CrashDisk.Call.WRITE) + " writes");
            world.goOnToTheEnd(id);
        }
    }

    @Test
    void whateverFailsNothingIsTakenForThereThatIsNot() throws IOException {
        Map<Fault, Integer> reached = new EnumMap<>(Fault.class);
        for (Fault fault : Fault.values()) {
            for (long nth = 1; reach(fault, nth); nth++) {
                reached.merge(fault, 1, Integer::sum);
            }
        }
        reached.forEach((fault, calls) -> assertTrue(calls > 15, fault + " at " + calls + " calls"));
        assertEquals(Fault.values().length, reached.size());
    }

    /** @return whether there were so many calls */
    private static boolean reach(Fault fault, long nth) throws IOException {
        try {
            boolean[] reached = new boolean[1];
            Quiet.during("tranzr", () -> reached[0] = run(fault, nth));
            return reached[0];
        } catch (AssertionError | FailureException e) {
            throw new AssertionError(fault + " at call " + nth + ": " + e, e);
        }
    }

    private static boolean run(Fault fault, long nth) throws IOException {
        CrashDisk disk = new CrashDisk();
        World world = World.on(disk);
        UUID id = world.begin();
        disk.plan(FaultPlan.once(nth, fault));
        boolean answered = false;
        try {
            world.write(id, BYTES, new ByteRange(START, BYTES.length));
            answered = true;
        } catch (FailureException e) {
            assertTrue(e.failure() instanceof Failure.NoSpace || e.failure() instanceof Failure.Unavailable, e.failure()::toString);
        }
        boolean reached = disk.calls() >= nth;
        for (CrashDisk after : new CrashDisk[] {disk.afterKill(), disk.afterCrash(Fate.random(new Random(nth), disk.operations()))}) {
            try (World next = World.on(after.plan(FaultPlan.none()))) {
                assertTrue(!answered || next.uploads().get(id).ranges().contiguousEnd(0) == BYTES.length, "what was answered is gone");
                next.goOnToTheEnd(id);
            }
        }
        if (fault == Fault.ENOSPC) {
            disk.plan(FaultPlan.none());
            if (world.engine().core().unavailable() == null) {
                world.goOnOtherwise(id); // In the same life: a write for which there was no room has cost nothing. Only a force without room is a failed disk.
            }
        }
        return reached;
    }

    @Test
    void aBodyThatBreaksLeavesWhatCameOfIt() throws IOException {
        try (World world = World.on(new CrashDisk())) {
            UUID id = world.begin();
            byte[] rest = Arrays.copyOfRange(BYTES, START, BYTES.length);
            FailureException broken = assertThrows(FailureException.class,
                    () -> world.uploads().writeRange(id, START, -1, -1, TestBody.breakingAt(rest, 2_345_678), DigestClaim.NONE));
            assertEquals(2_345_678 - THERE.length(), assertInstanceOf(Failure.BodyBroken.class, broken.failure()).kept());
            assertEquals(START + 2_345_678, world.uploads().get(id).ranges().contiguousEnd(0));
            world.goOnToTheEnd(id);
        }
    }

    @Test
    void bytesThatDifferFromThoseThatAreThereAreRefusedAndTheOthersStay() throws IOException {
        try (World world = World.on(new CrashDisk())) {
            UUID id = world.begin();
            byte[] other = Arrays.copyOfRange(BYTES, START, BYTES.length);
            other[(int) THERE.start() - START + 5] ^= 1;
            FailureException conflict = assertThrows(FailureException.class, () -> world.uploads().writeRange(id, START, -1, -1, new TestBody(other), DigestClaim.NONE));
            assertEquals(new Failure.ChunkConflict(THERE.start() + 5), conflict.failure());
            world.goOnToTheEnd(id);
        }
    }
}
