package tranzr.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.zip.CRC32C;
import tranzr.model.ByteRange;
import tranzr.model.Digest;

/**
 * SHA-256 of a partial file's beginning, on a thread of its own behind the bytes as they come, out of the page cache. Each segment is held against the checksums taken when its bytes came: one
 * that does not agree is forgotten, to be fetched again, and is not part of the digest.
 */
final class PrefixHash implements AutoCloseable {

    private static final int BUFFER = 128 << 10;

    private final PartFile file;
    private final long size;
    private final Thread thread;
    private MessageDigest digest = Digest.newSha256();
    private long hashed;
    private long damaged;
    private IOException failure;
    private Digest result;
    private boolean ended;

    private PrefixHash(PartFile file, long size) {
        this.file = file;
        this.size = size;
        // No virtual thread: it would hold one of the few carriers for as long as there is something to hash.
        this.thread = Thread.ofPlatform().daemon().name("tranzr-hash").unstarted(this::run);
    }

    static PrefixHash start(PartFile file, long size) {
        PrefixHash hash = new PrefixHash(file, size);
        file.accompany();
        hash.thread.start();
        return hash;
    }

    private void run() {
        try {
            hash();
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            fail(new IOException(e));
        } catch (RuntimeException | Error e) {
            fail(new IOException("hashing failed: " + e, e));
            throw e;
        } finally {
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }
    }

    private synchronized void fail(IOException e) {
        failure = e;
    }

    private void hash() throws IOException, InterruptedException {
        byte[] bytes = new byte[BUFFER];
        ByteBuffer direct = ByteBuffer.allocateDirect(BUFFER);
        CRC32C crc = new CRC32C();
        MessageDigest before = null;
        long at = 0;
        long segment = 0;
        while (at < size) {
            if (at == segment) {
                before = copy(digest);
                crc.reset();
            }
            long end = file.await(at);
            if (end < 0) {
                return;
            }
            long segmentEnd = file.segmentEnd(at);
            int count = (int) Math.min(BUFFER, Math.min(end, segmentEnd) - at);
            file.read(at, direct.clear().limit(count));
            direct.flip().get(bytes, 0, count);
            Digest.update(digest, bytes, 0, count);
            crc.update(bytes, 0, count);
            at += count;
            if (at == segmentEnd) {
                if (file.confirm(new ByteRange(segment, at), (int) crc.getValue())) {
                    segment = at;
                } else {
                    digest = before;
                    at = segment;
                    count(segmentEnd - segment);
                }
            }
            reached(at);
        }
        synchronized (this) {
            result = Digest.of(digest.digest());
        }
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e); // that of the JDK can be
        }
    }

    private synchronized void reached(long at) {
        hashed = at;
        notifyAll();
    }

    private synchronized void count(long bytes) {
        damaged += bytes;
    }

    /** How many bytes are in the digest so far. */
    synchronized long hashed() {
        return hashed;
    }

    /** How many bytes were found to be others than those that came. */
    synchronized long damaged() {
        return damaged;
    }

    /**
     * Waits for a moment.
     *
     * @return the digest of the whole, when there is one
     * @throws LocalException when the file cannot be read
     */
    synchronized Optional<Digest> await(long millis) throws LocalException, InterruptedException {
        if (!ended) {
            wait(millis);
        }
        if (failure != null) {
            throw new LocalException(failure);
        }
        return Optional.ofNullable(result);
    }

    /** Ends it; returns when it does not touch the file any more. */
    @Override
    public void close() {
        file.release();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
