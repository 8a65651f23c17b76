package tranzr.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The disk of the machine, by {@link FileChannel}. A thread that is interrupted inside a call closes the file it was
 * using (that is how {@code FileChannel} works), so threads that come here are never interrupted.
 */
public final class RealDisk implements Disk {

    private static final System.Logger LOG = System.getLogger(RealDisk.class.getName());

    /**
     * Lock files held in this process. Needed beside the system's lock because POSIX drops a process's locks on a file as
     * soon as the process closes any descriptor of it: a refused second caller must not even open it.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    @Override
    public DiskFile open(Path file, Mode mode) throws IOException {
        try {
            return new RealFile(file, openChannel(file, mode));
        } catch (IOException e) {
            throw SpaceErrors.recognise(file, 0, e);
        }
    }

    private static FileChannel openChannel(Path file, Mode mode) throws IOException {
        return switch (mode) {
            case READ -> FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            case WRITE -> FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
            case CREATE -> FileChannel.open(file, Set.<OpenOption>of(StandardOpenOption.READ, StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS), mode(file, "rw-------"));
        };
    }

    private static FileAttribute<?>[] mode(Path path, String permissions) {
        return posix(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))}
                : new FileAttribute<?>[0];
    }

    private static boolean posix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, mode(directory, "rwx------"));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        } catch (IOException e) {
            throw SpaceErrors.recognise(directory, 0, e);
        }
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        requireDirectory(directory);
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    private static void requireDirectory(Path directory) throws IOException {
        if (!attributes(directory).isDirectory()) {
            throw new NotDirectoryException(directory.toString());
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
            return false; // As nearly always, and without the cost of an exception.
        }
        try {
            attributes(path);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public long size(Path file) throws IOException {
        BasicFileAttributes attributes = attributes(file);
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "Not a regular file");
        }
        return attributes.size();
    }

    @Override
    public boolean delete(Path file) throws IOException {
        return Files.deleteIfExists(file);
    }

    @Override
    public boolean link(Path file, Path name) throws IOException {
        attributes(file);
        try {
            Files.createLink(name, file);
            return true;
        } catch (NoSuchFileException | FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | IOException e) {
            // Why is told in words only, in the language of the system. Nothing is lost: whoever links can do without.
            LOG.log(System.Logger.Level.DEBUG, "no second name for {0}: {1}", file, e.getMessage());
            return false;
        }
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw SpaceErrors.recognise(to, 0, e);
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (!posix(directory)) {
            return; // Windows cannot open a directory; NTFS journals its names itself
        }
        requireDirectory(directory);
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            channel.force(true);
        } catch (IOException e) {
            throw SpaceErrors.recognise(directory, 0, e);
        }
    }

    @Override
    public long usableSpace(Path path) throws IOException {
        long bytes = path.toFile().getUsableSpace(); // one system call; but 0 is also its answer to any failure
        return bytes > 0 ? bytes : Files.getFileStore(path).getUsableSpace();
    }

    @Override
    public long totalSpace(Path path) throws IOException {
        long bytes = path.toFile().getTotalSpace();
        return bytes > 0 ? bytes : Files.getFileStore(path).getTotalSpace();
    }

    @Override
    public Closeable lock(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path key = absolute.getParent().toRealPath().resolve(absolute.getFileName());
        if (!HELD.add(key)) {
            throw new LockedException(file + " is locked by another instance in this process");
        }
        try {
            return new HeldLock(key, lockedChannel(file));
        } catch (IOException | RuntimeException e) {
            HELD.remove(key);
            throw e;
        }
    }

    private static FileChannel lockedChannel(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, Set.<OpenOption>of(StandardOpenOption.WRITE, StandardOpenOption.CREATE,
                LinkOption.NOFOLLOW_LINKS), mode(file, "rw-------"));
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            throw new LockedException(file + " is locked by other code in this process");
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new LockedException(file + " is locked by another process");
        }
        return channel;
    }

    private record HeldLock(Path key, FileChannel channel, AtomicBoolean closed) implements Closeable {

        HeldLock(Path key, FileChannel channel) {
            this(key, channel, new AtomicBoolean());
        }

        @Override
        public void close() throws IOException {
            if (closed.compareAndSet(false, true)) {
                try {
                    channel.close(); // and with it the lock
                } finally {
                    HELD.remove(key);
                }
            }
        }
    }
}
