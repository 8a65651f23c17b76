package tranzr.client;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;

/**
 * The partial file of a download, beside its target: what has come lies at its place in it already. It is locked while it is open, and for its owner only until it is done. Safe for
 * several threads, which write to places that do not overlap.
 */
final class PartFile implements AutoCloseable {

    /** Blocks of nothing but zeros in a file of unknown origin are taken for holes. */
    private static final int BLOCK = 64 << 10;
    /** So many zeros at the end of a block make it doubtful, in bytes. */
    private static final int TAIL = 8;
    private static final int ATTEMPTS = 5;

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private Pieces pieces;
    private long arrived;
    private boolean closed;

    private PartFile(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
        this.pieces = new Pieces(size);
    }

    /**
     * Opens it, or makes it.
     *
     * @param size of the whole
     * @throws TransferException {@link TransferException.Kind#IN_USE} when another process has it, {@link TransferException.Kind#INPUT} when something else lies there
     */
    static PartFile open(Path path, long size) throws IOException, TransferException {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownerOnly = posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))} : new FileAttribute<?>[0];
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new TransferException(TransferException.Kind.INPUT, "'" + path + "' is in the way: it is no plain file");
            }
            FileChannel channel = FileChannel.open(path, options, ownerOnly);
            try {
                Object before = keyOf(path);
                if (!isLocked(channel)) {
                    throw new TransferException(TransferException.Kind.IN_USE, "another process is fetching into '" + path + "'");
                }
                // Whoever had it until now may just have given it its final name.
                if (before != null && Objects.equals(before, keyOf(path))) {
                    PartFile file = new PartFile(path, channel, size);
                    channel = null;
                    return file;
                }
            } finally {
                if (channel != null) {
                    channel.close();
                }
            }
        }
        throw new TransferException(TransferException.Kind.IN_USE, "another process is fetching into '" + path + "'");
    }

    private static boolean isLocked(FileChannel channel) {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            return true; // a file system without locks
        }
    }

    /** Something that is there wherever the path is; null when nothing is there. */
    private static Object keyOf(Path path) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.fileKey() == null ? "" : attributes.fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    Path path() {
        return path;
    }

    /** Takes these for being there. */
    synchronized void restore(Pieces known) throws IOException {
        pieces = known.end() <= channel.size() ? known : new Pieces(size);
    }

    /** How many bytes of the disk it has, as far as its length tells. */
    long length() throws IOException {
        return channel.size();
    }

    /** Nothing is there any more. */
    synchronized void clear() throws IOException {
        pieces = new Pieces(size);
        channel.truncate(0);
    }

    /** Has the file its full length at once, so that a file system which cannot hold it says so now. */
    void allocate() throws IOException {
        if (channel.size() > size) {
            channel.truncate(size);
        } else if (channel.size() < size) {
            channel.write(ByteBuffer.allocate(1), size - 1);
        }
    }

    /** Where bytes of unknown origin end that are already in a file, tried block by block. */
    @FunctionalInterface
    interface Look {
        void at(long done) throws TransferException;
    }

    /**
     * Takes what lies in the file for the beginning of what is wanted, without knowing: only the digest of the whole can tell. Holes, and blocks beside them or with zeros at their end, which may be written in
     * part, are left out.
     *
     * @return what was taken, ascending
     */
    List<ByteRange> guess(Look look) throws IOException, TransferException {
        long length = Math.min(channel.size(), size);
        List<ByteRange> taken = new ArrayList<>();
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        ByteBuffer held = ByteBuffer.allocate(BLOCK);
        boolean afterHole = false;
        boolean holding = false;
        for (long at = 0; at < length; at += BLOCK) {
            int count = (int) Math.min(BLOCK, length - at);
            read(at, block.clear().limit(count));
            boolean hole = isZero(block.flip());
            // One block late, since a hole after it makes it doubtful; so is what ends the file before its time.
            if (holding && !hole) {
                take(at - BLOCK, held, taken);
            }
            holding = !hole && !afterHole && (count == BLOCK || at + count == size) && !endsInZeros(block);
            afterHole = hole;
            ByteBuffer swap = held;
            held = block;
            block = swap;
            look.at(at);
        }
        if (holding) {
            take((length - 1) / BLOCK * BLOCK, held, taken);
        }
        return taken;
    }

    private synchronized void take(long at, ByteBuffer bytes, List<ByteRange> taken) {
        ByteRange range = new ByteRange(at, at + bytes.remaining());
        addPiece(range, Crc32c.of(bytes));
        if (!taken.isEmpty() && taken.getLast().end() == at) {
            taken.set(taken.size() - 1, new ByteRange(taken.getLast().start(), range.end()));
        } else {
            taken.add(range);
        }
    }

    /** As a block does in whose middle the writing broke off, next to one of another range. */
    private static boolean endsInZeros(ByteBuffer bytes) {
        return isZero(bytes.duplicate().position(Math.max(bytes.position(), bytes.limit() - TAIL)));
    }

    private static boolean isZero(ByteBuffer bytes) {
        for (int at = bytes.position(); at < bytes.limit(); at++) {
            if (bytes.get(at) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Puts bytes that were not there to their place. */
    void write(long position, ByteBuffer bytes) throws LocalException {
        long at = position;
        while (bytes.hasRemaining()) {
            int count = (int) Math.min(bytes.remaining(), pieceEnd(at) - at);
            ByteBuffer part = bytes.slice(bytes.position(), count);
            int crc = Crc32c.of(part);
            try {
                while (part.hasRemaining()) {
                    channel.write(part, at + part.position());
                }
            } catch (IOException e) {
                throw new LocalException(e);
            }
            bytes.position(bytes.position() + count);
            addPiece(new ByteRange(at, at + count), crc);
            at += count;
        }
    }

    private synchronized long pieceEnd(long at) {
        return pieces.segmentEnd(at);
    }

    private synchronized void addPiece(ByteRange range, int crc) {
        pieces.add(range, crc);
        arrived += range.length();
        notifyAll();
    }

    /** Fills the buffer. @throws EOFException when the file is shorter */
    void read(long position, ByteBuffer into) throws IOException {
        for (long at = position; into.hasRemaining();) {
            int count = channel.read(into, at);
            if (count < 0) {
                throw new EOFException("'" + path + "' has become shorter");
            }
            at += count;
        }
    }

    /** What is not there yet. */
    synchronized List<ByteRange> missing(ByteRange within) {
        return pieces.missing(within);
    }

    synchronized long total() {
        return pieces.total();
    }

    /** How many bytes this process has put there, ever more. */
    synchronized long arrived() {
        return arrived;
    }

    synchronized Pieces snapshot() {
        return pieces.copy();
    }

    synchronized void drop(ByteRange range) {
        pieces.drop(range);
        notifyAll();
    }

    /** Where the segment of this byte ends. */
    long segmentEnd(long offset) {
        return pieceEnd(offset);
    }

    /** Whether these bytes, a whole segment of those that are there, have this checksum; when not, they are there no longer. */
    synchronized boolean confirm(ByteRange segment, int crc) {
        boolean right = pieces.proves(segment, crc);
        if (!right) {
            drop(segment);
        }
        return right;
    }

    /** Waits until the byte at this place is there. @return the end of what is there without a gap, or -1 when the file was closed */
    synchronized long await(long position) throws InterruptedException {
        while (!closed && pieces.contiguousEnd(position) == position) {
            wait();
        }
        return closed ? -1 : pieces.contiguousEnd(position);
    }

    /** Makes durable what was written before. */
    void force() throws IOException {
        channel.force(false);
    }

    /** The same with all that the file system keeps of it. */
    void forceAll() throws IOException {
        channel.force(true);
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** From now on {@link #await} waits. */
    synchronized void accompany() {
        closed = false;
    }

    /** Wakes whoever waits here. */
    synchronized void release() {
        closed = true;
        notifyAll();
    }

    @Override
    public void close() throws IOException {
        release();
        channel.close();
    }
}
