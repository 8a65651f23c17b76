package tranzr.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The file boundary: everything the journal and the store do to a disk goes through here, with what makes a change
 * survive a power cut ({@link DiskFile#force}, {@link #forceDirectory}) explicit. {@link RealDisk} is the real one; the
 * tests have one in memory that crashes.
 * <p>Safe for use by several threads. A full disk is reported as {@link NoSpaceException}, any other failure as a plain
 * {@link IOException}. No symbolic link is followed as a last path element.
 */
public interface Disk {

    /** How to open a file. */
    enum Mode {
        /** An existing file, reading only. */
        READ,
        /** An existing file, reading and writing. */
        WRITE,
        /** A file that must not exist yet (mode 0600), reading and writing. Its name is durable only after {@link #forceDirectory}. */
        CREATE
    }

    /**
     * @throws java.nio.file.NoSuchFileException when it is to exist and does not
     * @throws java.nio.file.FileAlreadyExistsException when it is not to exist and does
     */
    DiskFile open(Path file, Mode mode) throws IOException;

    /** Makes a directory (mode 0700); its parent must exist. No error when it is there already. Not durable by itself. */
    void createDirectory(Path directory) throws IOException;

    /** The names in a directory, in no order. */
    List<String> list(Path directory) throws IOException;

    boolean exists(Path path) throws IOException;

    /** In bytes. @throws java.nio.file.NoSuchFileException when missing */
    long size(Path file) throws IOException;

    /** Unlinks a file, or removes an empty directory. @return false when there was none */
    boolean delete(Path file) throws IOException;

    /**
     * Gives a file a second name; its bytes go when it has lost both. Not durable before {@link #forceDirectory} of the directory of that name.
     *
     * @return false when it cannot be done: the file system has no such names, or the file has as many as it may have
     * @throws java.nio.file.NoSuchFileException when there is no such file
     * @throws java.nio.file.FileAlreadyExistsException when the second name is taken
     */
    boolean link(Path file, Path name) throws IOException;

    /** Renames atomically, replacing {@code to}. Not durable before {@link #forceDirectory}. */
    void move(Path from, Path to) throws IOException;

    /** Makes creations, renames and unlinks in a directory durable. */
    void forceDirectory(Path directory) throws IOException;

    /** Bytes that this process could still write to the file system holding {@code path}. */
    long usableSpace(Path path) throws IOException;

    /** What the file system holding {@code path} could hold in all, in bytes. */
    long totalSpace(Path path) throws IOException;

    /**
     * Locks a file (created if needed) against other processes and other callers in this one, until closed.
     *
     * @throws LockedException when somebody holds it
     */
    Closeable lock(Path file) throws IOException;
}
