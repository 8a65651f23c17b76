package tranzr.storage.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.fault.CrashDisk;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.model.Crc32c;
import tranzr.storage.CorruptObjectException;

/** Files of block sums, and the names of the store's files. */
public final class SumsFuzz {

    private static final UUID ID = new UUID(5, 6);
    private static final StorePaths PATHS = new StorePaths(CrashDisk.ROOT);
    private static final int SUMS = 1500;
    private static final byte[] GOOD = good(SUMS);

    private SumsFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("block-sums", "tranzr.storage.local.BlockSums").seeds(List.of(good(1), good(3), GOOD)).inputs(4_000).bytes(SumsFuzz::sums),
                Target.of("pieces", "tranzr.storage.local.Pieces").seeds(List.of(pieces(1), pieces(3, 400, 5), pieces(Long.MAX_VALUE - 1, 1))).bytes(SumsFuzz::pieces),
                Target.of("store-names", "tranzr.storage.local.StorePaths").seeds(ID + ".data", ID + ".sums", ID + ".join", StorePaths.quarantineStem(ID, Instant.EPOCH) + ".data")
                        .words(".data", ".sums", ".join", "-", "Z", "/", "..").text(SumsFuzz::names));
    }

    private static byte[] good(int sums) {
        try {
            CrashDisk disk = disk();
            disk.open(PATHS.data(ID), Disk.Mode.CREATE).close();
            try (BlockSums file = new BlockSums(disk, PATHS, ID, true, true)) {
                for (int i = 0; i < sums; i++) {
                    file.put(i, i * 7919);
                }
                file.flush();
            }
            try (DiskFile file = disk.open(PATHS.sums(ID), Disk.Mode.READ)) {
                ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
                file.read(bytes, 0);
                return bytes.array();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static CrashDisk disk() throws IOException {
        CrashDisk disk = new CrashDisk();
        disk.createDirectory(PATHS.files());
        return disk;
    }

    /** A sum is the one that stands there, or there is none; never one out of a file that is not the object's. */
    private static void sums(byte[] input) throws IOException {
        CrashDisk disk = disk();
        try (DiskFile file = disk.open(PATHS.sums(ID), Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(input), 0);
        }
        boolean ours = input.length >= BlockSums.HEADER && Arrays.equals(input, 0, BlockSums.HEADER, GOOD, 0, BlockSums.HEADER);
        try (BlockSums file = new BlockSums(disk, PATHS, ID, false, false)) {
            for (long block : new long[] {0, 2, 1023, 1024, SUMS - 1, 1L << 40, Integer.MAX_VALUE}) {
                try {
                    int sum = file.get(block);
                    Expect.that(ours, "a sum out of a file that is not its");
                    Expect.same(ByteBuffer.wrap(input).getInt(Math.toIntExact(BlockSums.HEADER + 4 * block)), sum, "the sum of block " + block);
                } catch (CorruptObjectException e) {
                    Expect.that(!ours || input.length < BlockSums.HEADER + 4 * (block + 1), "a sum that is there is not found");
                } catch (IOException e) {
                    Expect.that(!ours, "a good file cannot be read: " + e);
                }
            }
        }
    }

    private static byte[] pieces(long... lengths) {
        try {
            CrashDisk disk = disk();
            Pieces.of(ID, lengths).write(disk, PATHS.data(ID));
            try (DiskFile file = disk.open(PATHS.data(ID), Disk.Mode.READ)) {
                ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
                file.read(bytes, 0);
                return bytes.array();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What is read is written down the same again; with another sum at its end too, for that is what keeps nearly all of these out. */
    private static void pieces(byte[] input) throws IOException {
        piecesAsTheyAre(input);
        if (input.length >= Integer.BYTES) {
            int end = input.length - Integer.BYTES;
            byte[] summed = input.clone();
            ByteBuffer.wrap(summed).putInt(end, Crc32c.of(summed, 0, end));
            piecesAsTheyAre(summed);
        }
    }

    private static void piecesAsTheyAre(byte[] input) throws IOException {
        CrashDisk disk = disk();
        try (DiskFile file = disk.open(PATHS.data(ID), Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(input), 0);
        }
        Pieces pieces;
        try {
            pieces = Pieces.read(disk, PATHS.data(ID), ID);
        } catch (CorruptObjectException e) {
            return;
        } catch (IOException e) {
            Expect.that(e.getMessage().contains("newer"), "an unforeseen refusal: " + e);
            return;
        }
        long[] lengths = new long[pieces.count()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = pieces.length(i);
            Expect.that(lengths[i] > 0 && pieces.at(pieces.start(i)) == i && pieces.at(pieces.ends()[i] - 1) == i, "piece " + i + " is not where it is");
        }
        Expect.that(Arrays.equals(input, pieces(lengths)), "what was read is not what stands there");
    }

    private static void names(String name) {
        StorePaths.idOf(name).ifPresent(id -> Expect.that(name.equals(id + ".data") || name.equals(id + ".sums") || name.equals(id + ".join"), "another id: " + id));
        StorePaths.stemOf(name).flatMap(StorePaths::quarantinedAt).ifPresent(at ->
                Expect.that(name.matches("[+0-9TZ]+-[0-9a-f-]{36}\\.(data|sums|join)"), "no name of ours: " + name + " " + at));
    }
}
