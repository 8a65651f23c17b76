package tranzr.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.journal.CorruptJournalException;
import tranzr.journal.Journal;

/**
 * Appends, rotates, drops, closes and is killed, and at every change of the disk looks at what a power cut then could
 * leave: every record that was awaited is there, in order, unchanged, none twice, none missing between others, and the
 * journal goes on, through further power cuts while it recovers.
 */
public final class JournalScenario implements CrashScenario {

    private static final UUID STORE = new UUID(0x1234, 0x5678);
    private static final Path FOLDER = CrashDisk.ROOT.resolve("journal");
    private static final int STEPS = 16;
    /** Segments that are used up and dropped first: the two that are made ahead, and some more. */
    private static final int CHURNED = 4;
    private static final int CHOICES = 5;
    /** One of so many states is looked at further: the power is cut again while it, or a killed process, recovers. */
    private static final int AGAIN = 25;

    /** Where the header of a segment has the number of its format, and the one of a file that was a segment before. */
    private static final int VERSION_AT = 8;
    private static final int REUSED = 2;

    private final boolean forces;
    private long reused;

    public JournalScenario() {
        this(true);
    }

    private JournalScenario(boolean forces) {
        this.forces = forces;
    }

    /** The same on a disk that ignores every force: it has to find loss. */
    public static JournalScenario control() {
        return new JournalScenario(false);
    }

    /** How many power cuts so far met a journal that wrote to a file that was a segment before. */
    public long reused() {
        return reused;
    }

    @Override
    public String name() {
        return forces ? "journal" : "journal without force";
    }

    @Override
    public long run(long seed) throws IOException {
        Run run = new Run(seed);
        CrashDisk disk = new CrashDisk();
        if (!forces) {
            disk.ignoringForce();
        }
        try {
            Quiet.during("tranzr.journal", () -> run.live(disk));
        } catch (AssertionError e) {
            throw run.found == null ? e : run.found;
        }
        reused += run.reused;
        return run.states;
    }

    /** What was asked of the journal. */
    private static final class Expected {
        /** Record n is the n-1st of these. */
        final List<byte[]> records = new ArrayList<>();
        /** The last record that was awaited. */
        long awaited;
        /** Records up to here may have been dropped. */
        long dropped;

        Expected copy() {
            Expected copy = new Expected();
            copy.records.addAll(records);
            copy.awaited = awaited;
            copy.dropped = dropped;
            return copy;
        }
    }

    private static final class Run {
        private final Random random;
        private final int segmentBytes;
        /** Of all payloads in bytes, so that remains of one life lie where the next one writes; negative for any size. */
        private final int evenSize;
        /** Lives long, and drops what it can, so that it comes to write to files that were segments before. */
        private final boolean churning;
        private long states;
        private long reused;
        /** What was found first; the journal that was being looked at may have made something else of it on the way. */
        private AssertionError found;

        Run(long seed) {
            random = new Random(seed);
            segmentBytes = 1024 << random.nextInt(4);
            evenSize = random.nextInt(3) == 0 ? random.nextInt(300) : -1;
            churning = random.nextBoolean();
        }

        /** The first life, and those after a kill. */
        void live(CrashDisk first) throws IOException {
            CrashDisk disk = first;
            Expected expected = new Expected();
            Journal journal = watched(disk, expected, 0);
            for (int i = 0; churning && i < CHURNED; i++) {
                append(journal, expected);
                expected.awaited = journal.rotate();
                drop(journal, expected);
            }
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(churning ? 6 : 8)) {
                    case 0 -> expected.awaited = journal.rotate();
                    case 1 -> drop(journal, expected);
                    case 6 -> {
                        journal.close();
                        expected.awaited = expected.records.size();
                        journal = watched(disk, expected, 0);
                    }
                    case 7 -> {
                        disk = disk.afterKill();
                        journal = watched(disk, expected, 0);
                    }
                    default -> append(journal, expected);
                }
            }
            journal.close();
            expected.awaited = expected.records.size();
            crashes(disk, expected, 0);
        }

        private Journal watched(CrashDisk disk, Expected expected, int depth) throws IOException {
            disk.watch(() -> crashes(disk, expected, depth));
            return open(disk, expected);
        }

        /** Opens and compares; everything that came back is promised from then on. */
        private Journal open(CrashDisk disk, Expected expected) throws IOException {
            long[] last = {expected.dropped};
            Journal journal = Journal.open(disk, FOLDER, STORE, new Journal.Options(segmentBytes, e -> {
                throw new AssertionError("failed without a fault", e);
            }, null), expected.dropped, (sequence, type, payload) -> {
                check(sequence == last[0] + 1, "record " + sequence + " after " + last[0]);
                check(sequence <= expected.records.size(), "record " + sequence + " was never written");
                byte[] is = new byte[payload.remaining()];
                payload.get(is);
                check(Arrays.equals(expected.records.get((int) sequence - 1), is) && type == (byte) (sequence % 100),
                        "record " + sequence + " is another");
                last[0] = sequence;
            });
            check(last[0] >= expected.awaited, "record " + expected.awaited + " was awaited, the last is " + last[0]);
            check(journal.lastSequence() == last[0], "the last is " + last[0] + ", not " + journal.lastSequence());
            expected.records.subList((int) last[0], expected.records.size()).clear();
            expected.awaited = last[0];
            return journal;
        }

        private void append(Journal journal, Expected expected) throws IOException {
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                byte[] payload = new byte[size()];
                random.nextBytes(payload);
                expected.records.add(payload);
                long sequence = expected.records.size();
                check(journal.append((byte) (sequence % 100), ByteBuffer.wrap(payload), random.nextBoolean()) == sequence,
                        "not numbered " + sequence);
            }
            if (random.nextInt(5) > 0) {
                long sequence = expected.records.size() - random.nextInt(count);
                journal.await(sequence);
                expected.awaited = Math.max(expected.awaited, sequence);
            }
        }

        private int size() {
            return evenSize >= 0 ? evenSize : random.nextInt(6) == 0 ? random.nextInt(segmentBytes - 100) : random.nextInt(300);
        }

        private void drop(Journal journal, Expected expected) throws IOException {
            expected.dropped = Math.max(expected.dropped, expected.awaited - random.nextInt(5));
            journal.dropUpTo(expected.dropped);
        }

        /** Whether records go to a file that was a segment before. */
        private static boolean isReused(CrashDisk disk) throws IOException {
            String last = disk.exists(FOLDER) ? disk.list(FOLDER).stream().filter(name -> name.endsWith(".seg")).max(String::compareTo).orElse(null) : null;
            if (last == null) {
                return false;
            }
            ByteBuffer version = ByteBuffer.allocate(Integer.BYTES);
            try (DiskFile file = disk.open(FOLDER.resolve(last), Disk.Mode.READ)) {
                file.read(version, VERSION_AT);
            }
            return version.getInt(0) == REUSED;
        }

        private void crashes(CrashDisk disk, Expected expected, int depth) {
            int choices = depth == 0 ? CHOICES : 1;
            for (int i = 0; i < choices; i++) {
                states++;
                boolean again = depth < 2 && random.nextInt(AGAIN) == 0;
                boolean killed = again && random.nextBoolean();
                try {
                    CrashDisk left = killed ? disk.afterKill() : disk.afterCrash(Fate.random(random, disk.operations()));
                    reused += isReused(left) ? 1 : 0;
                    recover(left, expected.copy(), depth, again);
                } catch (CorruptJournalException e) {
                    throw found(new AssertionError("not a crash, but corruption: " + e.getMessage(), e));
                } catch (IOException e) {
                    throw found(new AssertionError("cannot recover: " + e.getMessage(), e));
                } catch (AssertionError e) {
                    throw found(e);
                }
            }
        }

        private AssertionError found(AssertionError error) {
            found = found == null ? error : found;
            return error;
        }

        private void recover(CrashDisk left, Expected expected, int depth, boolean again) throws IOException {
            Journal journal = again ? watched(left, expected, depth + 1) : open(left, expected);
            append(journal, expected);
            journal.close();
            expected.awaited = expected.records.size();
            open(left, expected).close();
        }

        private static void check(boolean holds, String what) {
            if (!holds) {
                throw new AssertionError(what);
            }
        }
    }
}
