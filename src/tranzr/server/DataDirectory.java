package tranzr.server;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.LockedException;
import tranzr.disk.Ownership;
import tranzr.model.Crc32c;
import tranzr.server.StartException.Kind;

/**
 * The layout of the data directory, and the one process that has it:
 * <pre>
 * lock       held by the process that uses the directory
 * store      text: what this is, format version, identity of the store, checksum
 * journal/   what the catalog writes
 * storage/   the bytes
 * audit/     who did what; made when a server first starts
 * </pre>
 * {@code store} is written last, atomically, when the rest is durable: without it there is no store yet, and whatever a crash left of making one is
 * made anew. With it, everything else must be there.
 */
public final class DataDirectory implements Closeable {

    /** The layout's version; a newer one is refused. */
    static final int FORMAT = 1;

    private static final String LOCK = "lock";
    private static final String STORE = "store";
    private static final String NEW_STORE = "store.tmp";
    private static final String JOURNAL = "journal";
    private static final String STORAGE = "storage";
    private static final String AUDIT = "audit";
    /** What may lie in a directory that is to become a store: what a crash leaves of making one, and what a fresh file system has at its top. */
    private static final Set<String> UNFINISHED = Set.of(LOCK, NEW_STORE, JOURNAL, STORAGE, "lost+found");

    private static final int MAX_STORE_BYTES = 4096;
    private static final String MAGIC = "tranzr data directory";
    private static final Pattern HEAD = Pattern.compile(MAGIC + "\nformat ([0-9]{1,9})\n.*", Pattern.DOTALL);
    private static final Pattern WHOLE = Pattern.compile("(" + MAGIC + "\nformat [0-9]+\nstore ([0-9a-f-]{36})\n)crc32c ([0-9a-f]{8})\n");

    private final Path root;
    private final UUID store;
    private final Closeable lock;

    private DataDirectory(Path root, UUID store, Closeable lock) {
        this.root = root;
        this.store = store;
        this.lock = lock;
    }

    /** Refuses a directory that others could change under us, or that a symbolic link could lead elsewhere. */
    static void requirePrivate(Path root) throws StartException {
        for (Path directory : List.of(root, root.resolve(JOURNAL), root.resolve(STORAGE), audit(root))) {
            try {
                String objection = Ownership.directoryObjection(directory).orElse(null);
                if (objection != null) {
                    throw new StartException(Kind.REFUSED, "the data directory is refused: " + directory + " " + objection);
                }
            } catch (IOException e) {
                throw new StartException(Kind.REFUSED, "cannot look at " + directory + ": " + Settings.reason(e), e);
            }
        }
    }

    /**
     * Locks the directory, making the store when there is none yet.
     *
     * @param ids gives the identity of a new store
     */
    static DataDirectory open(Disk disk, Path root, Supplier<UUID> ids) throws StartException {
        try {
            makeDirectories(disk, root);
            List<String> names = disk.list(root);
            if (!names.contains(STORE) && !UNFINISHED.containsAll(names)) {
                throw new StartException(Kind.REFUSED, root + " holds other files and is no data directory of Tranzr; name an empty or a new one");
            }
            return open(disk, root, disk.lock(root.resolve(LOCK)), ids);
        } catch (IOException e) {
            throw failure(root, e);
        }
    }

    /** Locks a directory that must hold a store already, for work on it while no server runs. */
    static DataDirectory openExisting(Disk disk, Path root) throws StartException {
        try {
            if (!disk.exists(root.resolve(STORE))) {
                throw new StartException(Kind.REFUSED, root + " is no data directory of Tranzr");
            }
            return open(disk, root, disk.lock(root.resolve(LOCK)), () -> {
                throw new IllegalStateException("the store went away");
            });
        } catch (IOException e) {
            throw failure(root, e);
        }
    }

    private static DataDirectory open(Disk disk, Path root, Closeable lock, Supplier<UUID> ids) throws IOException, StartException {
        boolean opened = false;
        try {
            // Only now is it certain that nobody else is just making it.
            if (!disk.exists(root.resolve(STORE))) {
                create(disk, root, ids.get());
            } else {
                // Whoever made it may have been killed before it was durable, and what we acknowledge depends on it.
                disk.forceDirectory(root);
            }
            UUID store = read(disk, root.resolve(STORE));
            requireParts(disk, root);
            opened = true;
            return new DataDirectory(root, store, lock);
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    Path root() {
        return root;
    }

    /** What every segment of the journal names, so that those of another store are recognised. */
    UUID store() {
        return store;
    }

    Path journal() {
        return journal(root);
    }

    /** Where the journal of a data directory lies. */
    static Path journal(Path root) {
        return root.resolve(JOURNAL);
    }

    Path storage() {
        return root.resolve(STORAGE);
    }

    Path audit() {
        return audit(root);
    }

    /** Where the audit log of a data directory lies; it can be read without the lock. */
    static Path audit(Path root) {
        return root.resolve(AUDIT);
    }

    /** Gives the lock back. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    /** Makes what is missing of the path, each directory durable before the next. */
    private static void makeDirectories(Disk disk, Path root) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path each = root; each != null && !disk.exists(each); each = each.getParent()) {
            missing.push(each);
        }
        for (Path each : missing) {
            disk.createDirectory(each);
            disk.forceDirectory(each.getParent());
        }
    }

    private static void create(Disk disk, Path root, UUID id) throws IOException {
        forceNames(disk, root);
        disk.createDirectory(root.resolve(JOURNAL));
        disk.createDirectory(root.resolve(STORAGE));
        disk.forceDirectory(root);
        String head = MAGIC + "\nformat " + FORMAT + "\nstore " + id + "\n";
        String text = head + "crc32c " + "%08x".formatted(crc(head)) + "\n";
        Path temporary = root.resolve(NEW_STORE);
        disk.delete(temporary);
        try (DiskFile file = disk.open(temporary, Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
            file.force(true);
        }
        disk.move(temporary, root.resolve(STORE));
        disk.forceDirectory(root);
    }

    /** The directories above may be what an attempt before us made, and was killed before it could make their names durable. */
    private static void forceNames(Disk disk, Path root) throws IOException {
        for (Path parent = root.getParent(); parent != null; parent = parent.getParent()) {
            try {
                disk.forceDirectory(parent);
            } catch (AccessDeniedException e) {
                return; // we may not open this one, so it was not us who made something in it, nor above it
            } catch (IOException e) {
                if (parent.equals(root.getParent())) {
                    throw e;
                }
                return; // a file system that cannot force its directories, such as one of the kernel's own, holds nothing of ours
            }
        }
    }

    private static UUID read(Disk disk, Path file) throws IOException, StartException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_STORE_BYTES);
        try (DiskFile open = disk.open(file, Disk.Mode.READ)) {
            open.read(bytes, 0);
        }
        String text = StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
        Matcher head = HEAD.matcher(text);
        if (head.matches() && Integer.parseInt(head.group(1)) > FORMAT) {
            throw new StartException(Kind.REFUSED, file + " was written by a newer Tranzr (format " + head.group(1) + ", this one knows up to "
                    + FORMAT + ")");
        }
        Matcher whole = WHOLE.matcher(text);
        if (!whole.matches() || Integer.parseUnsignedInt(whole.group(3), 16) != crc(whole.group(1))) {
            throw new StartException(Kind.DAMAGED, file + " is damaged: it is not what Tranzr wrote");
        }
        return UUID.fromString(whole.group(2));
    }

    private static void requireParts(Disk disk, Path root) throws IOException, StartException {
        for (String part : List.of(JOURNAL, STORAGE)) {
            try {
                disk.list(root.resolve(part));
            } catch (NoSuchFileException | NotDirectoryException e) {
                throw new StartException(Kind.DAMAGED, root.resolve(part) + " is missing from the data directory, or is no directory", e);
            }
        }
    }

    private static int crc(String text) {
        return Crc32c.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static StartException failure(Path root, IOException e) {
        return e instanceof LockedException
                ? new StartException(Kind.IN_USE, "the data directory " + root + " is in use by another process", e)
                : new StartException(Kind.REFUSED, "cannot use the data directory " + root + ": " + Settings.reason(e), e);
    }
}
