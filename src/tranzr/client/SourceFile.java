package tranzr.client;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file that is sent, open and locked for reading. Several threads read it, none of which may be interrupted: that would close it for all.
 */
final class SourceFile implements Source, AutoCloseable {

    /**
     * By what it is seen that a file is not the same any more.
     *
     * @param size in bytes
     * @param modified as fine as the file system tells it
     * @param fileKey what the file system knows it by; null when it has no such thing
     */
    record Identity(long size, Instant modified, String fileKey) {

        /** Whether a session speaks of this file, as it is. */
        boolean fits(Session session) {
            return size == session.size() && modified.equals(session.modified())
                    && (fileKey == null || session.fileKey() == null || fileKey.equals(session.fileKey()));
        }
    }

    private static final Pattern INODE = Pattern.compile("\\(dev=[0-9a-f]+,(ino=\\d+)\\)");

    private final Path path;
    private final FileChannel channel;
    private final Identity identity;
    private volatile IOException failure;

    private SourceFile(Path path, FileChannel channel, Identity identity) {
        this.path = path;
        this.channel = channel;
        this.identity = identity;
    }

    /** @throws TransferException {@link TransferException.Kind#INPUT} for what is no file that can be read, {@link TransferException.Kind#IN_USE} when somebody writes to it under a lock */
    static SourceFile open(Path path) throws TransferException {
        FileChannel channel;
        Identity identity;
        try {
            // Before it is opened: to open a named pipe would wait for whoever writes to it.
            identity = identityOf(path);
            channel = FileChannel.open(path, StandardOpenOption.READ);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        SourceFile file = new SourceFile(path, channel, identity);
        try {
            file.lock();
            return file;
        } catch (TransferException e) {
            file.close();
            throw e;
        }
    }

    /** @throws TransferException {@link TransferException.Kind#INPUT} when it is no file, or none that can be read */
    static Identity look(Path path) throws TransferException {
        try {
            return identityOf(path);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static Identity identityOf(Path path) throws IOException, TransferException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new TransferException(TransferException.Kind.INPUT, path + " is " + (attributes.isDirectory() ? "a directory" : "no ordinary file"));
        }
        return new Identity(attributes.size(), attributes.lastModifiedTime().toInstant(), keyOf(attributes.fileKey()));
    }

    /** Without the number of the device: many of them are given out anew at each start of the system, after which the same file shall go on. */
    private static String keyOf(Object key) {
        if (key == null) {
            return null;
        }
        Matcher inode = INODE.matcher(key.toString());
        return inode.matches() ? inode.group(1) : key.toString();
    }

    private static TransferException unreadable(Path path, IOException e) {
        String why = switch (e) {
            case NoSuchFileException gone -> "there is no file " + path;
            case AccessDeniedException denied -> path + " may not be read";
            default -> path + " cannot be read: " + e.getMessage();
        };
        return new TransferException(TransferException.Kind.INPUT, why, e);
    }

    /** Where there are no locks it goes without; size, times and digests find a change all the same. */
    private void lock() throws TransferException {
        FileLock lock;
        try {
            lock = channel.tryLock(0, Long.MAX_VALUE, true);
        } catch (OverlappingFileLockException e) {
            return; // this process has it already, by another transfer
        } catch (IOException | UnsupportedOperationException e) {
            return;
        }
        if (lock == null) {
            throw new TransferException(TransferException.Kind.IN_USE, "another program has " + path + " locked and may be writing to it");
        }
    }

    Path path() {
        return path;
    }

    Identity identity() {
        return identity;
    }

    @Override
    public void read(long position, ByteBuffer into) throws IOException {
        try {
            for (long at = position; into.hasRemaining();) {
                int read = channel.read(into, at);
                if (read < 0) {
                    throw new EOFException(path + " has become shorter");
                }
                at += read;
            }
        } catch (EOFException e) {
            throw e;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /**
     * Looks whether it is still the file that was opened, under its name and behind it.
     *
     * @throws TransferException {@link TransferException.Kind#CHANGED} when it is not, {@link TransferException.Kind#LOCAL} when it could not be read
     */
    void check() throws TransferException {
        if (failure != null) {
            throw new TransferException(TransferException.Kind.LOCAL, path + " cannot be read: " + failure.getMessage(), failure);
        }
        try {
            // Replaced by another one, the file that is open is the old one and whole; but nobody wants that any more.
            if (identityOf(path).equals(identity) && channel.size() == identity.size()) {
                return;
            }
        } catch (IOException | TransferException e) {
            throw changed(path + " went away while it was sent");
        }
        throw changed(path + " was changed while it was sent");
    }

    static TransferException changed(String what) {
        return new TransferException(TransferException.Kind.CHANGED, what + "; nothing of it stays at the server, and the next attempt begins anew");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It was only read.
        }
    }
}
