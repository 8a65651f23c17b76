package tranzr.fault;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** A file apart from its names: what a power cut would leave, what programs see, and the changes between the two. */
final class FileNode {

    /**
     * A change that was not forced.
     *
     * @param sectors as they became; null for a truncation
     * @param end the length asked for, in bytes
     */
    private record Change(long operation, int first, byte[][] sectors, long end) {
    }

    private final Content durable;
    private final Content current;
    private final List<Change> pending = new ArrayList<>();

    FileNode() {
        this(new Content(), new Content());
    }

    private FileNode(Content durable, Content current) {
        this.durable = durable;
        this.current = current;
    }

    Content content() {
        return current;
    }

    /** @return sectors newly taken on the disk */
    int write(long operation, ByteBuffer source, long position) {
        if (!source.hasRemaining()) {
            return 0;
        }
        int before = current.allocated();
        long end = position + source.remaining();
        Change change = new Change(operation, (int) (position / Content.SECTOR), current.after(source, position), end);
        apply(change, current);
        pending.add(change);
        return current.allocated() - before;
    }

    /** @return sectors given back */
    int truncate(long operation, long length) {
        int before = current.allocated();
        if (length < current.length()) {
            current.truncate(length);
            pending.add(new Change(operation, 0, null, length));
        }
        return before - current.allocated();
    }

    private static void apply(Change change, Content to) {
        if (change.sectors == null) {
            to.truncate(change.end);
            return;
        }
        for (int i = 0; i < change.sectors.length; i++) {
            to.put(change.first + i, change.sectors[i]);
        }
        to.grow(change.end);
    }

    void force() {
        pending.forEach(change -> apply(change, durable));
        pending.clear();
    }

    /** A failed force: the pages count as clean from now on, and what was in them never reaches the disk. */
    void loseUnforced() {
        pending.clear();
    }

    /** The same file in another disk: nothing was cut, and what was not forced still is not. */
    FileNode afterKill() {
        FileNode copy = new FileNode(durable.fork(), current.fork());
        copy.pending.addAll(pending);
        return copy;
    }

    FileNode afterCrash(Fate fate) {
        Content left = durable.fork();
        if (!pending.isEmpty()) {
            BitSet lost = new BitSet();
            for (Change change : pending) {
                leave(change, left, fate, lost);
            }
            fillHoles(left, fate, lost);
        }
        return new FileNode(left, left.fork());
    }

    private static void leave(Change change, Content left, Fate fate, BitSet lost) {
        if (change.sectors == null) {
            if (fate.length(change.operation)) {
                left.truncate(change.end);
            }
            return;
        }
        for (int i = 0; i < change.sectors.length; i++) {
            int index = change.first + i;
            Fate.Sector kept = fate.sector(change.operation, i, change.sectors.length);
            if (kept == Fate.Sector.OLD) {
                lost.set(index);
                continue;
            }
            left.put(index, kept == Fate.Sector.NEW ? change.sectors[i] : torn(left.sector(index), change.sectors[i], fate));
            left.grow(Math.min(change.end, (long) (index + 1) * Content.SECTOR));
        }
        if (change.end > left.length() && fate.length(change.operation)) {
            left.grow(change.end);
        }
    }

    private static byte[] torn(byte[] before, byte[] after, Fate fate) {
        byte[] torn = before.clone();
        System.arraycopy(after, 0, torn, 0, fate.tear());
        return torn;
    }

    /** Below the file's length, but never written: what the disk holds there is anybody's guess. */
    private static void fillHoles(Content left, Fate fate, BitSet lost) {
        lost.stream().filter(index -> (long) index * Content.SECTOR < left.length() && left.isHole(index)).forEach(index -> {
            byte[] sector = new byte[Content.SECTOR];
            fate.fill(sector);
            int end = (int) Math.min(Content.SECTOR, left.length() - (long) index * Content.SECTOR);
            Arrays.fill(sector, end, Content.SECTOR, (byte) 0);
            left.put(index, sector);
        });
    }
}
