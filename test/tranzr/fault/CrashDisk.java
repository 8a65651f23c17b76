package tranzr.fault;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.LockedException;
import tranzr.disk.NoSpaceException;

/**
 * A disk in memory that forgets, as a real one may, what was not forced when the power fails: of unforced writes any
 * subset of sectors is left, of unforced creations, renames and unlinks any subset. It can also fail single calls, be
 * full, and (as the control of a test) ignore every force. Paths lie below {@link #ROOT}. Safe for several threads.
 * <p>A search asks {@link #watch} to be told before every change, and there makes disks as a crash would leave them by
 * {@link #afterCrash}; that costs little, for images share their sectors.
 */
public final class CrashDisk implements Disk {

    /** The directory that is there from the start. */
    public static final Path ROOT = Path.of("/disk").toAbsolutePath();

    /** The calls that are counted and can fail. */
    public enum Call {
        OPEN, CREATE, READ, SIZE, LIST, CLOSE, WRITE, TRUNCATE, FORCE, CREATE_DIRECTORY, FORCE_DIRECTORY, MOVE, LINK, DELETE, LOCK;

        private boolean changes() {
            return this == CREATE || this.ordinal() >= WRITE.ordinal();
        }
    }

    private final Names names;
    private final Set<Path> locked = new HashSet<>();
    private final Map<Call, Long> made = new EnumMap<>(Call.class);
    private long calls;
    private long operation;
    private long capacity = Long.MAX_VALUE;
    private long usedSectors;
    private boolean ignoringForce;
    private boolean dead;
    private FaultPlan faults = FaultPlan.none();
    private Runnable watcher = () -> { };

    public CrashDisk() {
        this(new Names(ROOT));
    }

    private CrashDisk(Names names) {
        this.names = names;
        Set<FileNode> files = new HashSet<>();
        names.entries().forEach(e -> {
            if (!e.isDirectory() && files.add(e.file())) {
                usedSectors += e.file().content().allocated();
            }
        });
    }

    /** Limits the disk to so many bytes of data; names cost nothing. */
    public synchronized CrashDisk capacity(long bytes) {
        capacity = bytes;
        return this;
    }

    /** From now on nothing is ever forced: the control that shows whether a test can find loss. */
    public synchronized CrashDisk ignoringForce() {
        ignoringForce = true;
        return this;
    }

    /** Calls are counted for the plan from now on. */
    public synchronized CrashDisk plan(FaultPlan plan) {
        faults = plan;
        made.clear();
        calls = 0;
        return this;
    }

    /** Told on the calling thread before every call that changes the disk. */
    public synchronized CrashDisk watch(Runnable beforeChange) {
        watcher = beforeChange;
        return this;
    }

    /** Calls since the last plan was set. */
    public synchronized long calls() {
        return calls;
    }

    /** Calls of one kind since the last plan was set. */
    public synchronized long calls(Call call) {
        return made.getOrDefault(call, 0L);
    }

    /** Changes made so far; what a {@link Fate} numbers them by. */
    public synchronized long operations() {
        return operation;
    }

    /** The power fails: whatever is called from now on fails. */
    public synchronized void crash() {
        dead = true;
    }

    /** The disk as a power cut now would leave it. This one goes on. */
    public synchronized CrashDisk afterCrash(Fate fate) {
        return inherit(new CrashDisk(names.afterCrash(fate)));
    }

    /** The disk as the death of the process now leaves it: all is there, but what was not forced still is not. */
    public synchronized CrashDisk afterKill() {
        return inherit(new CrashDisk(names.afterKill()));
    }

    private CrashDisk inherit(CrashDisk heir) {
        heir.capacity = capacity;
        heir.operation = operation;
        return heir;
    }

    /** Bytes that files take on the disk. */
    public synchronized long used() {
        return usedSectors * Content.SECTOR;
    }

    private void call(Call call, Path path) throws IOException {
        requirePower();
        if (call.changes()) {
            watcher.run();
            operation++;
        }
        calls++;
        if (faults.hits(call, made.merge(call, 1L, Long::sum), calls)) {
            if (faults.fault() == FaultPlan.Fault.CRASH) {
                dead = true;
                requirePower();
            }
            throw faults.exception(call, path);
        }
    }

    private void requirePower() throws IOException {
        if (dead) {
            throw new IOException("the power is gone (simulated)");
        }
    }

    private Names.Entry existing(Path path) throws IOException {
        Names.Entry entry = names.get(path);
        if (entry == null) {
            throw new NoSuchFileException(path.toString());
        }
        return entry;
    }

    private FileNode file(Path path) throws IOException {
        Names.Entry entry = existing(path);
        if (entry.isDirectory()) {
            throw new FileSystemException(path.toString(), null, "Not a regular file");
        }
        return entry.file();
    }

    private void requireDirectory(Path path) throws IOException {
        if (!existing(path).isDirectory()) {
            throw new NotDirectoryException(path.toString());
        }
    }

    private void requireFree(Path path) throws IOException {
        if (names.get(path) != null) {
            throw new FileAlreadyExistsException(path.toString());
        }
        requireDirectory(path.getParent());
    }

    @Override
    public synchronized DiskFile open(Path file, Mode mode) throws IOException {
        Path path = normal(file);
        if (mode != Mode.CREATE) {
            call(Call.OPEN, path);
            return new OpenFile(path, file(path), mode == Mode.READ);
        }
        call(Call.CREATE, path);
        requireFree(path);
        Names.Entry created = new Names.Entry(new FileNode());
        names.add(operation, path, created);
        return new OpenFile(path, created.file(), false);
    }

    private static Path normal(Path path) {
        return path.toAbsolutePath().normalize();
    }

    @Override
    public synchronized void createDirectory(Path directory) throws IOException {
        Path path = normal(directory);
        call(Call.CREATE_DIRECTORY, path);
        if (names.get(path) != null && names.get(path).isDirectory()) {
            return;
        }
        requireFree(path);
        names.add(operation, path, Names.Entry.DIRECTORY);
    }

    @Override
    public synchronized List<String> list(Path directory) throws IOException {
        Path path = normal(directory);
        call(Call.LIST, path);
        requireDirectory(path);
        return names.in(path);
    }

    @Override
    public synchronized boolean exists(Path path) throws IOException {
        requirePower();
        return names.get(normal(path)) != null;
    }

    @Override
    public synchronized long size(Path file) throws IOException {
        Path path = normal(file);
        call(Call.SIZE, path);
        return file(path).content().length();
    }

    @Override
    public synchronized boolean delete(Path file) throws IOException {
        Path path = normal(file);
        call(Call.DELETE, path);
        if (names.get(path) == null) {
            return false;
        }
        if (!names.in(path).isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        FileNode removed = names.get(path).file();
        names.remove(operation, path);
        if (removed != null) {
            release(removed);
        }
        return true;
    }

    @Override
    public synchronized void move(Path from, Path to) throws IOException {
        Path source = normal(from);
        Path target = normal(to);
        call(Call.MOVE, source);
        file(source);
        requireDirectory(target.getParent());
        FileNode replaced = names.get(target) == null || source.equals(target) ? null : file(target);
        names.move(operation, source, target);
        if (replaced != null) {
            release(replaced);
        }
    }

    /** A file whose last name is gone takes no room. */
    private void release(FileNode file) {
        for (Names.Entry entry : names.entries()) {
            if (entry.file() == file) {
                return;
            }
        }
        usedSectors -= file.content().allocated();
    }

    @Override
    public synchronized boolean link(Path file, Path name) throws IOException {
        Path source = normal(file);
        Path target = normal(name);
        call(Call.LINK, source);
        file(source);
        requireFree(target);
        names.add(operation, target, names.get(source));
        return true;
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        Path path = normal(directory);
        call(Call.FORCE_DIRECTORY, path);
        if (path.equals(ROOT.getParent())) {
            return;
        }
        requireDirectory(path);
        if (!ignoringForce) {
            names.force(path);
        }
    }

    @Override
    public synchronized long usableSpace(Path path) throws IOException {
        requirePower();
        existing(normal(path));
        return capacity == Long.MAX_VALUE ? capacity : Math.max(0, capacity - used());
    }

    @Override
    public synchronized long totalSpace(Path path) {
        return capacity;
    }

    @Override
    public synchronized Closeable lock(Path file) throws IOException {
        Path path = normal(file);
        call(Call.LOCK, path);
        if (!locked.add(path)) {
            throw new LockedException(path + " is locked");
        }
        if (names.get(path) == null) {
            requireFree(path);
            names.add(operation, path, new Names.Entry(new FileNode()));
        }
        return () -> {
            synchronized (this) {
                locked.remove(path);
            }
        };
    }

    /** A handle; it stays with its file through renames, and is of no use after a crash. */
    private final class OpenFile implements DiskFile {
        private final Path path;
        private final FileNode file;
        private final boolean readOnly;
        private boolean closed;

        OpenFile(Path path, FileNode file, boolean readOnly) {
            this.path = path;
            this.file = file;
            this.readOnly = readOnly;
        }

        private void use(Call call) throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
            call(call, path);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (CrashDisk.this) {
                use(Call.READ);
                return file.content().read(target, position);
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            synchronized (CrashDisk.this) {
                requireWritable();
                try {
                    use(Call.WRITE);
                } catch (IOException e) {
                    if (!dead && faults.fault() == FaultPlan.Fault.SHORT_WRITE && !closed) {
                        put(source.slice(source.position(), source.remaining() / 2), position);
                    }
                    throw e;
                }
                if (!fits(source.remaining(), position)) {
                    long room = Math.max(0, capacity - used()) / Content.SECTOR * Content.SECTOR;
                    put(source.slice(source.position(), (int) Math.min(room, source.remaining())), position);
                    throw new NoSpaceException(path + ": No space left on device (simulated)", null);
                }
                put(source, position);
            }
        }

        private void put(ByteBuffer source, long position) {
            usedSectors += file.write(operation, source, position);
        }

        private boolean fits(int bytes, long position) {
            if (capacity == Long.MAX_VALUE) {
                return true;
            }
            long wanted = 0;
            for (long at = position / Content.SECTOR; at * Content.SECTOR < position + bytes; at++) {
                wanted += file.content().isHole((int) at) ? 1 : 0;
            }
            return used() + wanted * Content.SECTOR <= capacity;
        }

        private void requireWritable() {
            if (readOnly) {
                throw new IllegalStateException(path + " was opened for reading");
            }
        }

        @Override
        public void force(boolean metadata) throws IOException {
            synchronized (CrashDisk.this) {
                try {
                    use(Call.FORCE);
                } catch (IOException e) {
                    file.loseUnforced();
                    throw e;
                }
                if (!ignoringForce) {
                    file.force();
                }
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (CrashDisk.this) {
                use(Call.SIZE);
                return file.content().length();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (CrashDisk.this) {
                requireWritable();
                use(Call.TRUNCATE);
                usedSectors -= file.truncate(operation, size);
            }
        }

        @Override
        public void close() throws IOException {
            synchronized (CrashDisk.this) {
                if (!closed && !dead) {
                    try {
                        use(Call.CLOSE);
                    } finally {
                        closed = true;
                    }
                }
            }
        }
    }
}
