package tranzr.storage.local;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.model.Crc32c;
import tranzr.storage.CorruptObjectException;
import tranzr.storage.StoredObject;
import tranzr.storage.SumsMissingException;

/**
 * The sums of one object's blocks, in a file of their own: a header, then the CRC-32C of block 0, 1, 2, and so on, four
 * bytes each. All numbers are big-endian.
 * <pre>
 *  0  4  magic "TZBS"
 *  4  4  format version, 1
 *  8  4  bytes a block
 * 12 16  id of the object
 * 28  4  CRC-32C of the 28 bytes before
 * 32     the sums
 * </pre>
 * One page of sums is in memory at a time, whatever the length of the object: it is written when another page is needed,
 * and at the end. Safe for several threads.
 */
final class BlockSums implements Closeable {

    static final int HEADER = 32;
    /** Sums a page: 4 KiB, for 256 MiB of the object. */
    static final int PAGE = 1024;

    private static final int MAGIC = 0x545A4253;
    private static final int VERSION = 1;

    private final Disk disk;
    private final StorePaths paths;
    private final Path path;
    private final UUID id;
    private final boolean writable;
    /** Null while not opened, which may mean that there is none. */
    private DiskFile file;
    private boolean headerValid;
    private int[] page;
    /** Which page that is; -1 for none. */
    private long pageNumber = -1;
    /** How many sums of the page are known. */
    private int known;
    private boolean dirty;
    private boolean closed;

    /** @param isNew whether the object was just created, so that what a file of sums may hold is not of it */
    BlockSums(Disk disk, StorePaths paths, UUID id, boolean writable, boolean isNew) {
        this.disk = disk;
        this.paths = paths;
        this.path = paths.sums(id);
        this.id = id;
        this.writable = writable;
        if (isNew) {
            page = new int[PAGE];
            pageNumber = 0;
        }
    }

    /** Notes the sum of a block; touches the disk only when the block lies in another page than the one before. */
    synchronized void put(long block, int crc) throws IOException {
        if (block < 0) {
            throw new IllegalArgumentException("block " + block);
        }
        load(block / PAGE);
        int at = (int) (block % PAGE);
        page[at] = crc;
        known = Math.max(known, at + 1);
        dirty = true;
    }

    /** @throws CorruptObjectException when there is no such sum, or the file does not belong to the object */
    synchronized int get(long block) throws IOException {
        load(block / PAGE);
        int at = (int) (block % PAGE);
        if (at >= known) {
            throw new CorruptObjectException(id, block, file == null ? "there are no block sums" : "it has no block sum");
        }
        return page[at];
    }

    /**
     * Writes what was noted, and cuts the file to the sums of the first {@code blocks} blocks.
     *
     * @throws SumsMissingException when the last of them was never noted
     */
    synchronized void finish(long blocks) throws IOException {
        flush();
        long end = HEADER + blocks * Integer.BYTES;
        long size = openFile() && headerValid ? file.size() : 0;
        if (size < end) {
            throw new SumsMissingException(id, "only " + Math.max(0, (size - HEADER) / Integer.BYTES) + " of " + blocks
                    + " were noted");
        }
        file.truncate(end);
    }

    /** Makes a {@linkplain #finish finished} file durable; its name is for the caller to force. */
    synchronized void force() throws IOException {
        if (!openFile()) {
            throw new NoSuchFileException(path.toString());
        }
        file.force(true);
    }

    /** Forgets sums that were noted and not written: an object of one block needs none. */
    synchronized void discard() {
        dirty = false;
    }

    /**
     * Writes what was noted so that the next who opens the object finds it.
     *
     * @throws NoSuchFileException when the object was deleted before it had a file of sums
     */
    synchronized void flush() throws IOException {
        if (!dirty) {
            return;
        }
        if (!openFile()) {
            if (!disk.exists(paths.data(id)) && !disk.exists(paths.joined(id))) {
                throw new NoSuchFileException(paths.data(id).toString());
            }
            file = disk.open(path, Disk.Mode.CREATE);
            headerValid = false;
        }
        if (!headerValid) {
            file.write(header(), 0);
            headerValid = true;
        }
        ByteBuffer bytes = ByteBuffer.allocate(known * Integer.BYTES);
        bytes.asIntBuffer().put(page, 0, known);
        file.write(bytes, position(pageNumber));
        dirty = false;
    }

    /** Opens the file when it is there, so that a reader goes on when the object is deleted. */
    synchronized void openNow() throws IOException {
        openFile();
    }

    /** Closes the file without writing anything. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        DiskFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }

    private void load(long number) throws IOException {
        if (number == pageNumber) {
            return;
        }
        flush();
        if (page == null) {
            page = new int[PAGE];
        }
        Arrays.fill(page, 0);
        pageNumber = -1;
        known = 0;
        if (openFile()) {
            if (headerValid) {
                ByteBuffer bytes = ByteBuffer.allocate(PAGE * Integer.BYTES);
                known = file.read(bytes, position(number)) / Integer.BYTES;
                bytes.flip();
                bytes.asIntBuffer().get(page, 0, known);
            } else if (!writable) {
                throw new CorruptObjectException(id, number * PAGE, "the header of its block sums is damaged");
            }
        }
        pageNumber = number;
    }

    private static long position(long number) {
        return HEADER + number * PAGE * Integer.BYTES;
    }

    /** Opens the file when it is there. @return whether it is open now */
    private boolean openFile() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (file != null) {
            return true;
        }
        DiskFile opened;
        try {
            opened = disk.open(path, writable ? Disk.Mode.WRITE : Disk.Mode.READ);
        } catch (NoSuchFileException _) {
            return false;
        }
        try {
            headerValid = checkHeader(opened);
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        file = opened;
        return true;
    }

    /** @return whether the header is whole and of this object */
    private boolean checkHeader(DiskFile opened) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        if (opened.read(header, 0) < HEADER) {
            return false;
        }
        header.flip();
        int version = header.getInt(4);
        if (header.getInt(0) != MAGIC || Crc32c.of(header.array(), 0, HEADER - 4) != header.getInt(HEADER - 4)) {
            return false;
        }
        if (version > VERSION) {
            throw new IOException(path + ": block sums of format version " + version + ", which is newer than this program's "
                    + VERSION);
        }
        return header.equals(header());
    }

    private ByteBuffer header() {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        header.putInt(MAGIC).putInt(VERSION).putInt(StoredObject.BLOCK);
        header.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        header.putInt(Crc32c.of(header.array(), 0, HEADER - 4));
        return header.flip();
    }
}
