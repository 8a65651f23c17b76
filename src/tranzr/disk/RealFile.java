package tranzr.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of {@link RealDisk}. */
final class RealFile implements DiskFile {
    private static final System.Logger LOG = System.getLogger(RealFile.class.getName());

    /** {@code O_DIRECT} and its like; null where the runtime has no such option. */
    private static final OpenOption DIRECT = directOption();

    private final Path path;
    private final FileChannel channel;
    /** Null while there is no need of it, and where there are no direct writes. */
    private FileChannel direct;
    private volatile boolean directRefused;
    /** Whether one was taken: from then on a failure is one of the disk. */
    private volatile boolean directProven;

    RealFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** By its name: it is in the module {@code jdk.unsupported}, which a runtime made by {@code jlink} may be without. */
    private static OpenOption directOption() {
        try {
            Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
            return (OpenOption) options.getField("DIRECT").get(null);
        } catch (ReflectiveOperationException | ClassCastException e) {
            LOG.log(System.Logger.Level.DEBUG, "no direct writes: {0}", e);
            return null;
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int n = channel.read(target, position + total);
            if (n < 0) {
                break;
            }
            total += n;
        }
        return total;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        long at = position;
        try {
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        } catch (IOException e) {
            throw SpaceErrors.recognise(path, source.remaining(), e);
        }
    }

    @Override
    public void writePast(ByteBuffer source, long position) throws IOException {
        int end = source.limit();
        int whole = source.remaining() / ALIGNMENT * ALIGNMENT;
        FileChannel past = whole > 0 && position % ALIGNMENT == 0 && source.isDirect() && source.alignmentOffset(source.position(), ALIGNMENT) == 0 ? direct() : null;
        long at = position;
        if (past != null) {
            source.limit(source.position() + whole);
            try {
                while (source.hasRemaining()) {
                    at += past.write(source, at);
                    directProven = true;
                }
            } catch (IOException e) {
                refuse(source.remaining(), e);
            } finally {
                source.limit(end);
            }
        }
        // What is left is no whole block, or was not taken.
        write(source, at);
    }

    /** For writes past the page cache; null where the file system has none, or does not let this file have them. */
    private synchronized FileChannel direct() {
        if (direct == null && !directRefused && DIRECT != null) {
            try {
                direct = FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS, DIRECT);
            } catch (IOException | UnsupportedOperationException e) {
                directRefused = true;
                LOG.log(System.Logger.Level.DEBUG, "no direct writes to {0}: {1}", path, e);
            }
        }
        return direct;
    }

    /** Some file systems open a file for direct writes and refuse the first of them, or want them to lie at larger multiples: then there are none. */
    private void refuse(long remaining, IOException e) throws IOException {
        IOException recognised = SpaceErrors.recognise(path, remaining, e);
        if (directProven || recognised instanceof NoSpaceException) {
            throw recognised;
        }
        LOG.log(System.Logger.Level.DEBUG, "no direct writes to {0}: {1}", path, e);
        endWritingPast();
        directRefused = true;
    }

    @Override
    public synchronized void endWritingPast() throws IOException {
        FileChannel closing = direct;
        direct = null;
        if (closing != null) {
            closing.close();
        }
    }

    @Override
    public void force(boolean metadata) throws IOException {
        try {
            channel.force(metadata); // delayed allocation can find the disk or the quota full only here
        } catch (IOException e) {
            throw SpaceErrors.recognise(path, 0, e);
        }
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            endWritingPast();
        }
    }
}
