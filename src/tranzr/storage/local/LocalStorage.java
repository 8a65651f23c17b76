package tranzr.storage.local;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.NoSpaceException;
import tranzr.storage.CorruptObjectException;
import tranzr.storage.ServerSideCopy;
import tranzr.storage.Storage;
import tranzr.storage.StoredObject;

/**
 * Objects as files of one directory ({@link StorePaths}). What is durable when:
 * <ul>
 * <li>bytes and name of an object, when {@link StoredObject#force} returns;</li>
 * <li>its block sums, when {@link StoredObject#seal} returns;</li>
 * <li>whatever was written to any object, when {@link #sync} returns;</li>
 * <li>deletions and quarantines at some later time: after a power cut they may have to be repeated.</li>
 * </ul>
 * While an object is spoilt by a failed force, {@link #sync} fails. Sums are to be noted through one handle at a time.
 */
public final class LocalStorage implements Storage, ServerSideCopy {

    private static final System.Logger LOG = System.getLogger(LocalStorage.class.getName());

    /** Measured on ext4, objects of 64 KiB: 4,200 a second by one thread, 15,600 by 16. */
    private static final int SYNC_THREADS = 16;

    private final Disk disk;
    private final StorePaths paths;
    private final InstantSource clock;
    private final int syncThreads;
    private final Names names;
    private final Unsettled unsettled = new Unsettled();
    /** Whether it was logged, once, that there are files of others. */
    private final AtomicBoolean strangersTold = new AtomicBoolean();
    private final AtomicLong scratches = new AtomicLong();
    private volatile boolean closed;

    private LocalStorage(Disk disk, StorePaths paths, InstantSource clock, int syncThreads) {
        this.disk = disk;
        this.paths = paths;
        this.clock = clock;
        this.syncThreads = syncThreads;
        names = new Names(disk, paths.files());
    }

    /**
     * Opens a store, making it when there is none, and empties its scratch space.
     *
     * @param directory its parent must exist; one process at a time may use it, which the caller sees to
     * @param clock says when an object was set aside
     */
    public static LocalStorage open(Disk disk, Path directory, InstantSource clock) throws IOException {
        return open(disk, directory, clock, SYNC_THREADS);
    }

    /**
     * As {@link #open(Disk, Path, InstantSource)}.
     *
     * @param syncThreads how many objects {@link #sync} forces at a time; with 1 all happens on the caller's thread
     */
    public static LocalStorage open(Disk disk, Path directory, InstantSource clock, int syncThreads) throws IOException {
        StorePaths paths = new StorePaths(directory.toAbsolutePath());
        disk.createDirectory(paths.root());
        disk.createDirectory(paths.files());
        disk.createDirectory(paths.quarantine());
        disk.createDirectory(paths.scratch());
        for (String name : disk.list(paths.scratch())) {
            disk.delete(paths.scratch().resolve(name));
        }
        // Also when all were there: a process that was killed may have made them, or objects in them, without a force.
        disk.forceDirectory(paths.files());
        disk.forceDirectory(paths.root());
        disk.forceDirectory(paths.root().getParent());
        return new LocalStorage(disk, paths, clock, syncThreads);
    }

    @Override
    public StoredObject create(UUID id) throws IOException {
        requireOpen();
        DiskFile file = disk.open(paths.data(id), Disk.Mode.CREATE);
        names.created(id);
        unsettled.written(id);
        return object(id, file, true, true);
    }

    @Override
    public StoredObject open(UUID id) throws IOException {
        requireOpen();
        unsettled.requireSound(id);
        return object(id, disk.open(paths.data(id), Disk.Mode.WRITE), true, false);
    }

    @Override
    public StoredObject openToRead(UUID id) throws IOException {
        requireOpen();
        DiskFile file = disk.open(paths.data(id), Disk.Mode.READ);
        BlockSums sums = new BlockSums(disk, paths, id, false, false);
        boolean opened = false;
        try {
            if (file.size() > StoredObject.BLOCK) {
                sums.openNow();
            }
            opened = true;
        } finally {
            if (!opened) {
                file.close();
            }
        }
        return new LocalObject(id, file, sums, false, names, unsettled);
    }

    private LocalObject object(UUID id, DiskFile file, boolean writable, boolean isNew) {
        return new LocalObject(id, file, new BlockSums(disk, paths, id, writable, isNew), writable, names, unsettled);
    }

    @Override
    public StoredObject scratch() throws IOException {
        requireOpen();
        return new ScratchObject(disk, paths.scratch(scratches.incrementAndGet()));
    }

    @Override
    public boolean delete(UUID id) throws IOException {
        requireOpen();
        boolean existed = disk.delete(paths.data(id));
        disk.delete(paths.sums(id));
        forget(id);
        return existed;
    }

    private void forget(UUID id) {
        names.gone(id);
        unsettled.gone(id);
    }

    @Override
    public void sync() throws IOException {
        requireOpen();
        unsettled.requireAllSound();
        List<Unsettled.Mark> marks = unsettled.all();
        if (marks.isEmpty()) {
            return;
        }
        forceData(marks);
        names.forceAll();
        unsettled.awaitForces();
        unsettled.requireAllSound();
        marks.forEach(unsettled::settled);
    }

    /** Forces many objects, several at a time: the file system then writes its own journal once for all of these. */
    private void forceData(List<Unsettled.Mark> marks) throws IOException {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger forced = new AtomicInteger();
        AtomicReference<IOException> failure = new AtomicReference<>();
        Runnable worker = () -> {
            for (int i = next.getAndIncrement(); i < marks.size() && failure.get() == null; i = next.getAndIncrement()) {
                try {
                    forceData(marks.get(i).id());
                    forced.incrementAndGet();
                } catch (IOException e) {
                    failure.compareAndSet(null, e);
                }
            }
        };
        int others = Math.min(syncThreads, marks.size()) - 1;
        Semaphore ended = new Semaphore(0);
        for (int i = 0; i < others; i++) {
            Thread.ofVirtual().name("tranzr-sync-" + i).start(() -> {
                try {
                    worker.run();
                } finally {
                    ended.release();
                }
            });
        }
        worker.run();
        ended.acquireUninterruptibly(others);
        if (forced.get() < marks.size()) {
            throw new IOException("only " + forced + " of " + marks.size() + " objects could be made durable", failure.get());
        }
    }

    /** Forces an object's bytes by a handle of its own, whether others have it open or not. */
    private void forceData(UUID id) throws IOException {
        DiskFile file;
        try {
            file = disk.open(paths.data(id), Disk.Mode.WRITE);
        } catch (NoSuchFileException _) {
            forget(id);
            return;
        }
        try (file) {
            unsettled.force(id, () -> file.force(names.isPending(id)));
        }
    }

    /** By a second name for the data; the sums, which name their object, are written anew. */
    @Override
    public boolean copy(UUID from, UUID to, long length) throws IOException {
        requireOpen();
        if (size(from).orElse(-1) != length) {
            return false;
        }
        settle(from);
        boolean whole = false;
        try {
            if (!disk.link(paths.data(from), paths.data(to))) {
                return false;
            }
            names.created(to);
            try (BlockSums sums = new BlockSums(disk, paths, from, false, false);
                    LocalObject copy = new LocalObject(to, disk.open(paths.data(to), Disk.Mode.WRITE), new BlockSums(disk, paths, to, true, true), true, names, unsettled)) {
                for (long block = 0; length > StoredObject.BLOCK && block * StoredObject.BLOCK < length; block++) {
                    copy.putSum(block, sums.get(block));
                }
                copy.seal(length);
            }
            names.force(to);
            whole = true;
            return true;
        } catch (NoSuchFileException | CorruptObjectException e) {
            LOG.log(System.Logger.Level.DEBUG, "not copied: {0}", e.getMessage());
            return false;
        } catch (FileAlreadyExistsException e) {
            whole = true; // Not ours.
            throw e;
        } finally {
            if (!whole) {
                delete(to);
            }
        }
    }

    /** Makes an object's bytes durable that may be in the catalog's journal only. */
    private void settle(UUID id) throws IOException {
        if (unsettled.mark(id).write() > 0) {
            try {
                // Under its own id: when it fails, the next sync has to know that these bytes are lost.
                forceData(id);
            } catch (NoSpaceException e) {
                throw new IOException(id + ": bytes that were taken did not fit: " + e.getMessage(), e);
            }
            unsettled.awaitForces();
        }
        unsettled.requireSound(id);
    }

    @Override
    public OptionalLong size(UUID id) throws IOException {
        requireOpen();
        try {
            return OptionalLong.of(disk.size(paths.data(id)));
        } catch (NoSuchFileException _) {
            return OptionalLong.empty();
        }
    }

    @Override
    public List<UUID> list() throws IOException {
        requireOpen();
        Set<UUID> ids = new HashSet<>();
        for (String name : disk.list(paths.files())) {
            UUID id = StorePaths.idOf(name).orElse(null);
            if (id != null) {
                ids.add(id);
            } else if (!strangersTold.getAndSet(true)) {
                LOG.log(System.Logger.Level.WARNING, "not a file of the store, left alone: {0}", paths.files().resolve(name));
            }
        }
        return List.copyOf(ids);
    }

    @Override
    public void quarantine(UUID id) throws IOException {
        requireOpen();
        String stem = StorePaths.quarantineStem(id, clock.instant());
        moveIfThere(paths.data(id), paths.quarantined(stem, StorePaths.DATA));
        moveIfThere(paths.sums(id), paths.quarantined(stem, StorePaths.SUMS));
        forget(id);
    }

    private void moveIfThere(Path from, Path to) throws IOException {
        try {
            disk.move(from, to);
        } catch (NoSuchFileException _) {
            LOG.log(System.Logger.Level.DEBUG, "nothing to set aside at {0}", from);
        }
    }

    @Override
    public int purgeQuarantine(Instant before) throws IOException {
        requireOpen();
        Set<String> purged = new HashSet<>();
        for (String name : disk.list(paths.quarantine())) {
            String stem = StorePaths.stemOf(name).orElse("");
            if (StorePaths.quarantinedAt(stem).filter(at -> at.isBefore(before)).isPresent()) {
                disk.delete(paths.quarantine().resolve(name));
                purged.add(stem);
            }
        }
        return purged.size();
    }

    @Override
    public long freeSpace() throws IOException {
        requireOpen();
        return disk.usableSpace(paths.root());
    }

    /** Refuses all calls from now on; open objects stay usable until they are closed. Forces nothing: see {@link #sync}. */
    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }
}
