package tranzr.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.RangeSet;

/**
 * The bytes between several connections, which bring them in no order, and one stream that wants them in order: a bounded window of memory that moves along the file. The stream is
 * written by a thread of its own, since nobody can tell how long its reader takes. Safe for several threads.
 */
final class StreamWindow {

    private static final int WRITE = 256 << 10;
    private static final int SHARES = 4;
    private static final long LOOK_MILLIS = 100;

    /** Memory for one part of the file. */
    private static final class Slot {
        final long start;
        final byte[] bytes;
        RangeSet there = RangeSet.EMPTY;

        Slot(ByteRange range) {
            this.start = range.start();
            this.bytes = new byte[(int) range.length()];
        }

        ByteRange range() {
            return new ByteRange(start, start + bytes.length);
        }
    }

    private final OutputStream out;
    private final long size;
    private final long width;
    private final MessageDigest digest = Digest.newSha256();
    private final TreeMap<Long, Slot> slots = new TreeMap<>();
    private final Deque<ByteRange> again = new ArrayDeque<>();
    private long opened;
    private long delivered;
    private IOException failure;
    private Thread writer;
    private boolean stopping;

    /** @param width most bytes of memory, at least 4 */
    StreamWindow(OutputStream out, long size, long width) {
        this.out = out;
        this.size = size;
        this.width = width;
    }

    /** Begins to write, once what an earlier round may still be writing has gone out; and hands out anew what was handed out and has not come. */
    synchronized void begin(RangeRun engine) throws TransferException {
        while (writer != null) {
            rest(engine);
        }
        stopping = false;
        again.clear();
        slots.values().forEach(slot -> again.addAll(slot.there.missing(slot.range())));
        // The reader may be slow for as long as it likes: a virtual thread would keep one of the few carriers waiting.
        writer = Thread.ofPlatform().daemon().name("tranzr-output").unstarted(this::write);
        writer.start();
    }

    /** Ends the writing after what is being written now; does not wait for that. */
    synchronized void end() {
        stopping = true;
        notifyAll();
    }

    /** The next part to be brought; waits for room. Empty when all was handed out. */
    synchronized ByteRange next(RangeRun engine, long atMost) throws TransferException {
        long most = Math.max(1, Math.min(atMost, width / SHARES));
        if (!again.isEmpty()) {
            ByteRange range = again.removeFirst();
            if (range.length() > most) {
                again.addFirst(new ByteRange(range.start() + most, range.end()));
            }
            return new ByteRange(range.start(), Math.min(range.end(), range.start() + most));
        }
        ByteRange range = new ByteRange(opened, Math.min(size, opened + most));
        while (range.end() - delivered > width) {
            check();
            rest(engine);
        }
        check();
        if (!range.isEmpty()) {
            slots.put(range.start(), new Slot(range));
            opened = range.end();
        }
        return range;
    }

    /** Takes bytes of a part that was handed out. */
    synchronized void put(long position, ByteBuffer bytes) throws IOException {
        for (long at = position; bytes.hasRemaining();) {
            Map.Entry<Long, Slot> entry = slots.floorEntry(at);
            Slot slot = entry == null ? null : entry.getValue();
            if (slot == null || at >= slot.range().end()) {
                throw new IOException("bytes came that nobody waits for");
            }
            int count = (int) Math.min(bytes.remaining(), slot.range().end() - at);
            bytes.get(slot.bytes, (int) (at - slot.start), count);
            for (ByteRange fresh : slot.there.missing(new ByteRange(at, at + count))) {
                slot.there = slot.there.plus(fresh, 0);
            }
            at += count;
        }
        notifyAll();
    }

    /** What has not come of what was handed out. */
    synchronized List<ByteRange> missing(ByteRange within) {
        List<ByteRange> missing = new ArrayList<>();
        for (Slot slot : slots.values()) {
            ByteRange range = slot.range();
            if (range.overlaps(within)) {
                missing.addAll(slot.there.missing(new ByteRange(Math.max(range.start(), within.start()), Math.min(range.end(), within.end()))));
            }
        }
        return missing;
    }

    /** Bytes that need not be fetched any more. */
    synchronized long done() {
        return delivered + slots.values().stream().mapToLong(slot -> slot.there.total() - Math.max(0, delivered - slot.start)).sum();
    }

    /** Waits until all has gone out. @return its digest */
    synchronized Digest finish(RangeRun engine) throws TransferException {
        while (delivered < size) {
            check();
            rest(engine);
        }
        check();
        return Digest.of(digest.digest());
    }

    private void check() throws TransferException {
        if (failure != null) {
            throw new TransferException(TransferException.Kind.LOCAL, "the output cannot be written: " + failure.getMessage(), failure);
        }
    }

    private void rest(RangeRun engine) throws TransferException {
        try {
            wait(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransferException(TransferException.Kind.PAUSED, "interrupted", e);
        }
        engine.checkStopped();
    }

    private void write() {
        try {
            while (true) {
                byte[] bytes;
                int from;
                int count;
                synchronized (this) {
                    while (!stopping && delivered < size && ready() == 0) {
                        wait();
                    }
                    if (stopping || delivered == size) {
                        break;
                    }
                    Slot slot = slots.floorEntry(delivered).getValue();
                    bytes = slot.bytes;
                    from = (int) (delivered - slot.start);
                    count = ready();
                }
                out.write(bytes, from, count);
                Digest.update(digest, bytes, from, count);
                written(count);
            }
            out.flush();
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            fail(new IOException("interrupted", e));
        } finally {
            synchronized (this) {
                writer = null;
                notifyAll();
            }
        }
    }

    /** How many bytes can be written now. */
    private int ready() {
        Map.Entry<Long, Slot> entry = slots.floorEntry(delivered);
        return entry == null ? 0 : (int) Math.min(WRITE, entry.getValue().there.contiguousEnd(delivered) - delivered);
    }

    private synchronized void written(int count) {
        delivered += count;
        Map.Entry<Long, Slot> first = slots.firstEntry();
        if (delivered >= first.getValue().range().end()) {
            slots.remove(first.getKey());
        }
        notifyAll();
    }

    private synchronized void fail(IOException e) {
        failure = e;
    }
}
