package tranzr.storage.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.UUID;
import tranzr.disk.DiskFile;
import tranzr.disk.NoSpaceException;
import tranzr.model.Crc32c;
import tranzr.storage.CorruptObjectException;
import tranzr.storage.StoredObject;
import tranzr.storage.SumsMissingException;

/**
 * One open object: its data file, and the sums of its blocks beside it. After a failed force, or any failed write but to a
 * full disk, the object is spoilt for every handle that writes: each refuses everything but {@link #close}.
 */
final class LocalObject implements StoredObject {

    private static final System.Logger LOG = System.getLogger(LocalObject.class.getName());

    private final UUID id;
    private final DiskFile file;
    private final BlockSums sums;
    private final boolean writable;
    private final Names names;
    private final Unsettled unsettled;
    private final SharedForce force;
    private volatile boolean closed;

    LocalObject(UUID id, DiskFile file, BlockSums sums, boolean writable, Names names, Unsettled unsettled) {
        this.id = id;
        this.file = file;
        this.sums = sums;
        this.writable = writable;
        this.names = names;
        this.unsettled = unsettled;
        // Shared so that no two run at once, for only one of them would be told of a failure; and one serves all who wait.
        // A new file once with all its metadata; then its bytes and length are all there is to keep.
        this.force = new SharedForce(() -> file.force(names.isPending(id)));
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        write(offset, () -> file.write(bytes, offset));
    }

    @Override
    public void writePast(long offset, ByteBuffer bytes) throws IOException {
        write(offset, () -> file.writePast(bytes, offset));
    }

    @Override
    public void endWritingPast() throws IOException {
        file.endWritingPast();
    }

    private void write(long offset, SharedForce.Action action) throws IOException {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset);
        }
        change(() -> {
            action.run();
            unsettled.written(id);
        });
    }

    @Override
    public void force() throws IOException {
        Unsettled.Mark mark = unsettled.mark(id);
        force(() -> {
            force.force();
            names.force(id);
        });
        unsettled.settled(mark);
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
        requireUsable();
        return file.read(target, offset);
    }

    @Override
    public void putSum(long index, int crc) throws IOException {
        change(() -> sums.put(index, crc));
        if (index == 0) {
            unsettled.sumsBegun(id);
        }
    }

    @Override
    public void seal(long length) throws IOException {
        if (length < 0) {
            throw new IllegalArgumentException("length " + length);
        }
        change(() -> {
            long size = file.size();
            if (size < length) {
                throw new IllegalStateException(id + ": " + size + " bytes of " + length + " are there");
            }
            if (size > length) {
                file.truncate(length);
            }
            if (length <= BLOCK) {
                sums.discard();
            } else {
                unsettled.requireSums(id);
                sums.finish(blocks(length));
            }
        });
        if (length > BLOCK) {
            force(() -> {
                sums.force();
                names.forceAll();
            });
        }
    }

    @Override
    public void readBlock(long index, long length, int wholeCrc, ByteBuffer block) throws IOException {
        if (index < 0 || index >= blocks(length)) {
            throw new IndexOutOfBoundsException("block " + index + " of " + blocks(length));
        }
        requireUsable();
        long offset = index * BLOCK;
        int bytes = (int) Math.min(BLOCK, length - offset);
        block.clear().limit(bytes);
        int read = file.read(block, offset);
        block.flip();
        if (read < bytes) {
            throw new CorruptObjectException(id, index, "the data end at byte " + (offset + read) + " of " + length);
        }
        int wanted = length <= BLOCK ? wholeCrc : sums.get(index);
        if (Crc32c.of(block) != wanted) {
            throw new CorruptObjectException(id, index, "the bytes do not have the sum that was noted for them");
        }
    }

    private static long blocks(long length) {
        return length / BLOCK + (length % BLOCK == 0 ? 0 : 1);
    }

    @Override
    public long size() throws IOException {
        requireUsable();
        return file.size();
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        try (file; sums) {
            if (writable && unsettled.isSound(id)) {
                flushSums();
            }
        } catch (IOException e) {
            if (writable) {
                unsettled.spoil(id, e);
            }
            throw e;
        } finally {
            closed = true;
        }
    }

    private void flushSums() throws IOException {
        try {
            sums.flush();
        } catch (NoSuchFileException _) {
            // Deleted while it was open: there is nothing to keep sums for.
        } catch (NoSpaceException e) {
            unsettled.sumsLost(id);
            LOG.log(System.Logger.Level.WARNING, "the disk is full: the block sums of {0} must be noted again", id);
        }
    }

    /** Runs a change of the files. A full disk has cost nothing that was taken before; any other failure may have. */
    private void change(SharedForce.Action action) throws IOException {
        requireWritable();
        try {
            action.run();
        } catch (ClosedChannelException | NoSuchFileException | NoSpaceException | SumsMissingException e) {
            throw e;
        } catch (IOException e) {
            unsettled.spoil(id, e);
            throw e;
        }
    }

    /** Runs a force. A full disk that is found only now has cost bytes that were taken before: a failure like any other. */
    private void force(SharedForce.Action action) throws IOException {
        requireWritable();
        try {
            unsettled.force(id, action);
        } catch (NoSpaceException e) {
            throw new IOException(id + ": bytes that were taken did not fit: " + e.getMessage(), e);
        }
        // Another handle's force may have failed before, and with it bytes that this one wrote.
        unsettled.requireSound(id);
    }

    private void requireWritable() throws IOException {
        if (!writable) {
            throw new IllegalStateException(id + " is open for reading only");
        }
        requireUsable();
    }

    private void requireUsable() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (writable) {
            unsettled.requireSound(id);
        }
    }
}
