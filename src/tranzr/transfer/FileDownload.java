package tranzr.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import tranzr.model.ByteRange;
import tranzr.model.Upload;
import tranzr.storage.CorruptObjectException;
import tranzr.storage.StoredObject;

/** A file opened for reading; every block is verified before a byte of it goes out. Used by one thread at a time. */
final class FileDownload implements LinkDownload {

    private static final System.Logger LOG = System.getLogger(FileDownload.class.getName());

    private final Upload file;
    private final StoredObject object;
    private final Ended ended;
    private final AtomicBoolean done = new AtomicBoolean();
    private volatile boolean cancelled;
    private volatile long sent;
    private ByteBuffer buffer;
    private long buffered = -1;

    /** @param object null for an empty file */
    FileDownload(Upload file, StoredObject object, Ended ended) {
        this.file = file;
        this.object = object;
        this.ended = ended;
    }

    static FailureException corrupt(Upload file, IOException e) {
        LOG.log(System.Logger.Level.ERROR, "the stored bytes of " + file.id() + " are damaged: " + e.getMessage());
        return new FailureException(new Failure.Corrupt(file.id()));
    }

    @Override
    public void check(ByteRange range) {
        try {
            if (!range.isEmpty()) {
                load(range.start() / StoredObject.BLOCK);
            }
        } catch (CorruptObjectException e) {
            throw corrupt(file, e);
        } catch (IOException e) {
            throw new FailureException(new Failure.Unavailable("the file cannot be read"));
        }
    }

    private void load(long block) throws IOException {
        if (buffered == block) {
            return;
        }
        if (buffer == null) {
            buffer = ByteBuffer.allocate((int) Math.min(StoredObject.BLOCK, file.length()));
        }
        buffered = -1;
        buffer.clear();
        object.readBlock(block, file.length(), file.ranges().crc(0), buffer);
        buffered = block;
    }

    @Override
    public void writeTo(OutputStream out, ByteRange range) throws IOException {
        long at = range.start();
        while (at < range.end()) {
            if (cancelled) {
                throw new IOException("the share was revoked");
            }
            long block = at / StoredObject.BLOCK;
            try {
                load(block);
            } catch (CorruptObjectException e) {
                corrupt(file, e);
                throw e;
            }
            int from = (int) (at % StoredObject.BLOCK);
            int length = (int) Math.min(buffer.limit() - from, range.end() - at);
            out.write(buffer.array(), from, length);
            at += length;
            sent += length;
        }
    }

    @Override
    public long sent() {
        return sent;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public void end(boolean whole) {
        if (!done.compareAndSet(false, true)) {
            return;
        }
        try {
            if (object != null) {
                object.close();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "closing " + file.id() + ": " + e.getMessage());
        } finally {
            ended.tell(whole);
        }
    }
}
