package tranzr.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file of the operator's to which lines are appended, and which the operator may rename or remove meanwhile: {@link #follow} then goes on in a new one under the old
 * name. Made with mode 0600 when missing. Nothing is forced. For one thread.
 */
public final class OperatorLog implements Closeable {

    private final Path file;
    private FileChannel channel;
    /** Null where the system has no such thing; then only a file that is gone is noticed. */
    private Object identity;

    private OperatorLog(Path file) {
        this.file = file;
    }

    public static OperatorLog open(Path file) throws IOException {
        OperatorLog log = new OperatorLog(file);
        log.open();
        return log;
    }

    private void open() throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.WRITE, StandardOpenOption.APPEND, StandardOpenOption.CREATE);
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] mode = posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
        channel = FileChannel.open(file, options, mode);
        identity = identity();
    }

    /** Appends all remaining bytes. */
    public void append(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Goes on in the file that has the name now, when that is another one or none. @return whether it was */
    public boolean follow() throws IOException {
        if (channel.isOpen() && identity != null && identity.equals(identity())) {
            return false;
        }
        if (channel.isOpen() && identity == null && Files.exists(file)) {
            return false;
        }
        channel.close();
        open();
        return true;
    }

    private Object identity() throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
