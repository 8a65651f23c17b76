package tranzr.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.fault.CrashDisk;
import tranzr.fault.Quiet;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;

/** Segments of the journal, damaged in any way, and frames whose checksums are right although nobody wrote them so. */
public final class JournalFuzz {

    private static final UUID STORE = new UUID(7, 8);
    private static final Path FOLDER = CrashDisk.ROOT.resolve("journal");
    private static final int SEGMENT = 2048;
    private static final int SEALED = 4;
    private static final int RECORDS = 12;
    private static final Path FIRST = Segment.file(FOLDER, 1);
    private static final Path SECOND = Segment.file(FOLDER, SEALED + 1);
    private static final List<byte[]> WRITTEN = write();

    private JournalFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("journal-segment", "tranzr.journal.JournalScan", "tranzr.journal.SegmentReader", "tranzr.journal.Segment", "tranzr.journal.Recovery")
                        .seeds(List.of(WRITTEN.get(0), WRITTEN.get(1), used(WRITTEN.get(1)))).words("\u0000\u0000\u0000\u0011", "\u0000\u0000\u0000\u0000", "TRZRJRNL", "\u00ff").inputs(3_000).bytes(JournalFuzz::segment),
                Target.of("journal-frames", "tranzr.journal.SegmentReader", "tranzr.journal.Frame").seeds("\u0001\u0000\u0001\u0003abc\u0001\u0001\u0001\u0002de\u0001\u0000\u00ff\u0008"
                        + "\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0002", "\u0001\u0000\u0001\u0000", "\u0000\u0005\u0002\u0001x\u0002\u0000\u0001\u0000")
                        .words("\u0001\u0000\u0001\u0001x", "\u00ff", "\u0000").inputs(3_000).bytes(JournalFuzz::frames));
    }

    /** The same segment in a file that was one before, full of older records. */
    private static byte[] used(byte[] segment) {
        ByteBuffer bytes = ByteBuffer.allocate(SEGMENT).position(Segment.Header.BYTES);
        for (int i = 0; bytes.remaining() > 100; i++) {
            Frame.put(bytes, Frame.bytesOf(STORE), 1 + i % SEALED, 0, (byte) 1, payload(1 + i % SEALED));
        }
        int end = segment.length;
        while (segment[end - 1] == 0) {
            end--;
        }
        bytes.put(0, segment, 0, end).putInt(end, 0);
        bytes.put(0, new Segment.Header(Segment.Header.REUSED, SEGMENT, STORE, SEALED + 1).encode(), 0, Segment.Header.BYTES);
        return bytes.array();
    }

    private static List<byte[]> write() {
        CrashDisk disk = new CrashDisk();
        try (Journal journal = open(disk, new ArrayList<>())) {
            for (int i = 1; i <= RECORDS; i++) {
                journal.await(journal.append((byte) 1, payload(i), false));
                if (i == SEALED) {
                    journal.rotate();
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return List.of(read(disk, FIRST), read(disk, SECOND));
    }

    private static ByteBuffer payload(int number) {
        return ByteBuffer.wrap(("record " + number + " " + "x".repeat(number * 3)).getBytes(StandardCharsets.US_ASCII));
    }

    private static String told(ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static List<String> expected() {
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= RECORDS; i++) {
            expected.add(told(payload(i)));
        }
        return expected;
    }

    private static Journal open(Disk disk, List<String> replayed) throws IOException {
        return Journal.open(disk, FOLDER, STORE, new Journal.Options(SEGMENT, e -> { }), 0, (sequence, type, payload) -> replayed.add(told(payload)));
    }

    private static byte[] read(Disk disk, Path path) {
        try {
            return WholeFile.read(disk, path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static CrashDisk disk(byte[] first, byte[] second) throws IOException {
        CrashDisk disk = new CrashDisk();
        disk.createDirectory(FOLDER);
        for (Path path : List.of(FIRST, SECOND)) {
            try (DiskFile file = disk.open(path, Disk.Mode.CREATE)) {
                file.write(ByteBuffer.wrap(path == FIRST ? first : second), 0);
            }
        }
        return disk;
    }

    /** Whatever became of a segment, what is read are records that were written, in order; none is lost from the sealed one without a word. */
    private static void segment(byte[] input) throws IOException {
        List<String> expected = expected();
        Quiet.during("tranzr.journal", () -> {
            List<String> scanned = new ArrayList<>();
            try {
                JournalScan.read(disk(WRITTEN.get(0), input), FOLDER, (file, offset, sequence, type, payload) -> {
                    Expect.same(expected.get((int) sequence - 1), told(payload), "record " + sequence);
                    scanned.add("" + sequence);
                }, problem -> { });
                Expect.that(scanned.size() >= SEALED, "records of the good segment are missing: " + scanned);
            } catch (IOException e) {
                Expect.that(e.getMessage() != null, "a refusal without words");
            }
            List<String> tail = replayed(disk(WRITTEN.get(0), input));
            Expect.that(tail == null || tail.size() >= SEALED && tail.equals(expected.subList(0, tail.size())), "replayed " + tail);
            List<String> sealed = replayed(disk(input, WRITTEN.get(1)));
            Expect.that(sealed == null || sealed.equals(expected), "replayed " + sealed);
        });
    }

    /** @return null when it is refused */
    private static List<String> replayed(CrashDisk disk) {
        List<String> replayed = new ArrayList<>();
        try (Journal journal = open(disk, replayed)) {
            journal.await(journal.append((byte) 1, payload(1), false));
        } catch (IOException e) {
            Expect.that(e.getMessage() != null, "a refusal without words");
            return null;
        }
        List<String> again = new ArrayList<>();
        try {
            open(disk, again).close();
            Expect.that(again.size() == replayed.size() + 1 && again.subList(0, replayed.size()).equals(replayed), "after going on: " + again);
        } catch (IOException e) {
            throw new AssertionError("what was mended cannot be opened", e);
        }
        return replayed;
    }

    /** Four bytes make a frame: how far its number is from the one before, its group, its type, its length; then its payload. */
    private static void frames(byte[] input) throws IOException {
        frames(input, Segment.Header.BLANK);
        frames(input, Segment.Header.REUSED);
    }

    private static void frames(byte[] input, int version) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(input);
        ByteBuffer segment = ByteBuffer.allocate(SEGMENT);
        segment.put(new Segment.Header(version, SEGMENT, STORE, SEALED + 1).encode());
        long sequence = SEALED;
        while (in.remaining() >= 4 && segment.remaining() > 400) {
            sequence += in.get();
            int back = in.get();
            byte type = in.get();
            byte[] payload = new byte[Math.min(in.get() & 0xff, in.remaining())];
            in.get(payload);
            Frame.put(segment, Frame.bytesOf(STORE), sequence, back, type, ByteBuffer.wrap(payload));
        }
        Quiet.during("tranzr.journal", () -> {
            long[] next = {SEALED + 1};
            try {
                JournalScan.read(disk(WRITTEN.get(0), segment.array()), FOLDER, (file, offset, number, type, payload) -> {
                    Expect.that(number <= SEALED || number >= next[0], "record " + number + " comes again");
                    next[0] = Math.max(next[0], number + 1);
                }, problem -> { });
            } catch (IOException e) {
                Expect.that(e.getMessage() != null, "a refusal without words");
            }
            List<String> tail = replayed(disk(WRITTEN.get(0), segment.array()));
            Expect.that(tail == null || tail.size() >= SEALED, "replayed " + tail);
        });
    }
}
