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
import tranzr.storage.CorruptObjectException;
import tranzr.storage.Joining;
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
public final class LocalStorage implements Storage, ServerSideCopy, Joining {

    private static final System.Logger LOG = System.getLogger(LocalStorage.class.getName());

    /** Measured on ext4, objects of 64 KiB: 4,200 a second by one thread, 15,600 by 16. */
    private static final int SYNC_THREADS = 16;

    private final Disk disk;
    private final StorePaths paths;
    private final InstantSource clock;
    private final int syncThreads;
    private final Names names;
    private final Unsettled unsettled = new Unsettled();
    private final JoinedObjects joined;
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
        joined = new JoinedObjects(disk, paths, scratches::incrementAndGet);
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
        LocalStorage storage = new LocalStorage(disk, paths, clock, syncThreads);
        for (String name : disk.list(paths.scratch())) {
            storage.remove(paths.scratch().resolve(name));
        }
        // Also when all were there: a process that was killed may have made them, or objects in them, without a force.
        disk.forceDirectory(paths.files());
        disk.forceDirectory(paths.root());
        disk.forceDirectory(paths.root().getParent());
        return storage;
    }

    /** Removes a file, or the directory of a joined object. */
    private void remove(Path path) throws IOException {
        if (path.toString().endsWith(StorePaths.JOINED)) {
            joined.remove(path);
        } else {
            disk.delete(path);
        }
    }

    @Override
    public StoredObject create(UUID id) throws IOException {
        requireOpen();
        if (joined.exists(id)) {
            throw new FileAlreadyExistsException(paths.joined(id).toString());
        }
        DiskFile file = disk.open(paths.data(id), Disk.Mode.CREATE);
        names.created(id);
        unsettled.written(id);
        return object(id, file, true, true);
    }

    @Override
    public StoredObject open(UUID id) throws IOException {
        requireOpen();
        unsettled.requireSound(id);
        return object(id, file(id, Disk.Mode.WRITE), true, false);
    }

    private DiskFile file(UUID id, Disk.Mode mode) throws IOException {
        try {
            return disk.open(paths.data(id), mode);
        } catch (NoSuchFileException e) {
            if (joined.exists(id)) {
                return joined.open(id);
            }
            throw e;
        }
    }

    @Override
    public StoredObject openToRead(UUID id) throws IOException {
        requireOpen();
        DiskFile file = file(id, Disk.Mode.READ);
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
        boolean existed = disk.delete(paths.data(id)) || joined.delete(id);
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
        settle(List.of(from));
        boolean whole = false;
        try {
            if (!linked(from, to, length)) {
                return false;
            }
            names.created(to);
            try (BlockSums sums = new BlockSums(disk, paths, from, false, false);
                    LocalObject copy = object(to, file(to, Disk.Mode.WRITE), true, true)) {
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

    private boolean linked(UUID from, UUID to, long length) throws IOException {
        return joined.exists(from) ? joined.make(List.of(new Part(from, length)), to) : disk.link(paths.data(from), paths.data(to));
    }

    /** By second names for the data of the parts, in a directory with a list of them. */
    @Override
    public boolean join(List<Part> parts, UUID to) throws IOException {
        requireOpen();
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("no parts");
        }
        settle(parts.stream().map(Part::id).distinct().toList());
        if (!joined.make(parts, to)) {
            return false;
        }
        boolean whole = false;
        try {
            names.created(to);
            names.force(to);
            whole = true;
            return true;
        } finally {
            if (!whole) {
                delete(to);
            }
        }
    }

    /** Makes the bytes of objects durable that may be in the catalog's journal only. */
    private void settle(List<UUID> ids) throws IOException {
        List<Unsettled.Mark> marks = ids.stream().map(unsettled::mark).filter(mark -> mark.write() > 0).toList();
        if (!marks.isEmpty()) {
            // Under their own ids: when one fails, the next sync has to know that its bytes are lost.
            forceData(marks);
            unsettled.awaitForces();
        }
        for (UUID id : ids) {
            unsettled.requireSound(id);
        }
    }

    @Override
    public OptionalLong size(UUID id) throws IOException {
        requireOpen();
        try {
            return OptionalLong.of(disk.size(paths.data(id)));
        } catch (NoSuchFileException _) {
            return joined.size(id);
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
        joined.quarantine(id, stem);
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
                remove(paths.quarantine().resolve(name));
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
