package tranzr.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.catalog.journal.JournalCatalog;
import tranzr.model.AccessToken;
import tranzr.model.Room;
import tranzr.model.Usage;
import tranzr.model.Upload;

/**
 * Commits, makes snapshots, closes and is killed, and at every change of the disk looks at what a power cut then could
 * leave: exactly the commits that were acknowledged, and perhaps the one under way, each whole. Bytes that travelled in
 * the journal are handed back unless the storage was synced after they were written to it.
 * <p>What to expect comes from a second catalog, on a disk that never fails, which is asked first.
 */
public final class CatalogScenario implements CrashScenario {

    private static final UUID STORE = new UUID(0x4321, 0x8765);
    private static final Path FOLDER = CrashDisk.ROOT.resolve("catalog");
    private static final int STEPS = 24;
    private static final int CHOICES = 4;
    /** One of so many states is looked at further: the power is cut again while it recovers. */
    private static final int AGAIN = 40;

    private final boolean forces;

    public CatalogScenario() {
        this(true);
    }

    private CatalogScenario(boolean forces) {
        this.forces = forces;
    }

    /** The same on a disk that ignores every force: it has to find loss. */
    public static CatalogScenario control() {
        return new CatalogScenario(false);
    }

    @Override
    public String name() {
        return forces ? "catalog" : "catalog without force";
    }

    @Override
    public long run(long seed) throws IOException {
        Run run = new Run(seed);
        CrashDisk disk = new CrashDisk();
        if (!forces) {
            disk.ignoringForce();
        }
        try {
            Quiet.during("tranzr", () -> run.live(disk));
        } catch (AssertionError e) {
            throw run.found == null ? e : run.found;
        }
        return run.states;
    }

    static Set<Object> contents(JournalCatalog catalog) {
        Set<Object> all = new HashSet<Object>(catalog.entities(AccessToken.class));
        all.addAll(catalog.entities(Room.class));
        CatalogChanges.scopes().stream().filter(scope -> !catalog.usage(scope).equals(Usage.NONE))
                .forEach(scope -> all.add(Map.entry(scope, catalog.usage(scope))));
        catalog.forEachUpload(all::add);
        catalog.forEachShare(all::add);
        return all;
    }

    static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** What was asked of the catalog, and what a storage beside it holds of the bytes. */
    private static final class Expected {
        Set<Object> acknowledged = Set.of();
        /** With the commit under way; null when there is none. */
        Set<Object> attempted;
        /** Every range whose bytes travelled in the journal. */
        final Map<String, Change.RangeStored> carried = new HashMap<>();
        /** Written to the storage in this life of the process. */
        final Set<String> written = new HashSet<>();
        /** Durable in the storage. */
        final Set<String> synced = new HashSet<>();

        Expected copy() {
            Expected copy = new Expected();
            copy.acknowledged = acknowledged;
            copy.attempted = attempted;
            copy.carried.putAll(carried);
            copy.written.addAll(written);
            copy.synced.addAll(synced);
            return copy;
        }

        void redo(UUID id, long offset, ByteBuffer bytes) {
            Change.RangeStored range = carried.get(key(id, offset));
            byte[] is = new byte[bytes.remaining()];
            bytes.get(is);
            check(range != null && Arrays.equals(range.bytes(), is), "other bytes for " + key(id, offset));
            written.add(key(id, offset));
        }

        static String key(UUID id, long offset) {
            return id + "@" + offset;
        }

        /** Compares what a catalog shows after opening; from then on it is promised. */
        void compare(JournalCatalog catalog) {
            Set<Object> found = contents(catalog);
            check(found.equals(acknowledged) || found.equals(attempted), "found " + found + ", acknowledged " + acknowledged
                    + ", attempted " + attempted);
            carried.forEach((key, range) -> {
                Upload upload = catalog.upload(range.id()).orElse(null);
                check(upload == null || !upload.ranges().contains(range.range()) || written.contains(key)
                        || synced.contains(key), "the bytes of " + key + " are lost");
            });
            acknowledged = found;
            attempted = null;
        }
    }

    private static final class Run {
        private final Random random;
        private final CatalogChanges changes;
        private final int segmentBytes;
        private final long snapshotAfterBytes;
        private long states;
        /** What was found first; the code that was being looked at may have made something else of it on the way. */
        private AssertionError found;

        Run(long seed) {
            random = new Random(seed);
            changes = new CatalogChanges(random);
            segmentBytes = 2048 << random.nextInt(3);
            snapshotAfterBytes = 300 + random.nextInt(3_000);
        }

        void live(CrashDisk first) throws IOException {
            CrashDisk disk = first;
            Expected expected = new Expected();
            JournalCatalog reference = open(new CrashDisk(), new Expected());
            JournalCatalog catalog = watched(disk, expected, 0);
            for (int step = 0; step < STEPS; step++) {
                int kind = random.nextInt(16);
                if (kind > 1) {
                    commit(catalog, reference, expected);
                    continue;
                }
                if (kind == 0) {
                    catalog.close();
                } else {
                    disk = disk.afterKill();
                }
                expected.written.clear();
                catalog = watched(disk, expected, 0);
                expected.compare(catalog);
            }
            catalog.close();
            crashes(disk, expected, 0);
        }

        private void commit(JournalCatalog catalog, JournalCatalog reference, Expected expected) throws IOException {
            List<Change> commit = changes.next(reference);
            try {
                reference.commit(commit);
            } catch (ConflictException e) {
                checkRefused(catalog, commit, e);
                return;
            }
            expected.attempted = contents(reference);
            for (Change change : commit) {
                if (change instanceof Change.RangeStored stored && stored.bytes() != null) {
                    String key = Expected.key(stored.id(), stored.range().start());
                    expected.carried.put(key, stored);
                    expected.written.add(key);
                }
            }
            try {
                catalog.commit(commit);
            } catch (ConflictException e) {
                throw new AssertionError("refused " + commit, e);
            }
            expected.acknowledged = expected.attempted;
            expected.attempted = null;
            check(contents(catalog).equals(expected.acknowledged), "shows something else than was committed");
        }

        private void checkRefused(JournalCatalog catalog, List<Change> commit, ConflictException expected) throws IOException {
            try {
                catalog.commit(commit);
            } catch (ConflictException e) {
                check(e.reason() == expected.reason(), "refused for another reason");
                return;
            }
            throw new AssertionError("took " + commit);
        }

        private JournalCatalog watched(CrashDisk disk, Expected expected, int depth) throws IOException {
            disk.watch(() -> crashes(disk, expected, depth));
            return open(disk, expected);
        }

        private JournalCatalog open(CrashDisk disk, Expected expected) throws IOException {
            return JournalCatalog.open(disk, FOLDER, STORE, new JournalCatalog.Options(segmentBytes, snapshotAfterBytes, e -> {
                throw new AssertionError("failed without a fault", e);
            }, null), expected::redo, () -> expected.synced.addAll(expected.written));
        }

        private void crashes(CrashDisk disk, Expected expected, int depth) {
            int choices = depth == 0 ? CHOICES : 1;
            for (int i = 0; i < choices; i++) {
                states++;
                Expected after = expected.copy();
                after.written.clear();
                try {
                    recover(disk.afterCrash(Fate.random(random, disk.operations())), after, depth);
                } catch (IOException e) {
                    throw found(new AssertionError("cannot recover", e));
                } catch (AssertionError e) {
                    throw found(e);
                }
            }
        }

        private AssertionError found(AssertionError error) {
            found = found == null ? error : found;
            return error;
        }

        private void recover(CrashDisk left, Expected expected, int depth) throws IOException {
            boolean again = depth < 2 && random.nextInt(AGAIN) == 0;
            JournalCatalog catalog = again ? watched(left, expected, depth + 1) : open(left, expected);
            expected.compare(catalog);
            if (random.nextInt(8) == 0) {
                commitMore(catalog, left, expected);
            }
            catalog.close();
            if (random.nextInt(4) == 0) {
                expected.written.clear();
                JournalCatalog reopened = open(left, expected);
                expected.compare(reopened);
                reopened.close();
            }
        }

        private void commitMore(JournalCatalog catalog, CrashDisk disk, Expected expected) throws IOException {
            Change.UploadCreated created = changes.create();
            try {
                JournalCatalog reference = open(disk.afterKill(), expected.copy());
                reference.commit(created);
                expected.attempted = contents(reference);
                catalog.commit(created);
            } catch (ConflictException e) {
                throw new AssertionError(e);
            }
            expected.acknowledged = expected.attempted;
            expected.attempted = null;
        }
    }
}
