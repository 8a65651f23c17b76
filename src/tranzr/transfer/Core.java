package tranzr.transfer;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import tranzr.catalog.Catalog;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.disk.NoSpaceException;
import tranzr.model.Digest;
import tranzr.model.Room;
import tranzr.model.SharePromise;
import tranzr.security.GuessLimiter;
import tranzr.security.SharePassword;
import tranzr.model.Upload;
import tranzr.storage.Storage;

/** What the parts of the engine, and the packages beside it, share: the two contracts, the clock, and one way to treat a store that fails. */
public final class Core {

    private static final System.Logger LOG = System.getLogger(Core.class.getName());

    final Catalog catalog;
    final Storage storage;
    final EngineSettings settings;
    final RandomGenerator random;
    /** Held while the terms of a share are read and set. */
    final Object shareTerms = new Object();
    final Space space;
    final FreshIds ids;
    final WriteBuffers writeBuffers = WriteBuffers.ofThisMachine();
    /** Taken by those who read a long file whole while a client waits, so that the disk has time for others. */
    final Semaphore longReads = new Semaphore(2);
    private final InstantSource source;
    private final Consumer<IOException> failed;
    private final AtomicReference<Instant> latest;
    private volatile Outbox outbox = Outbox.NONE;
    private volatile Traffic traffic = Traffic.NONE;
    volatile TransferWatch watch = TransferWatch.NONE;
    private final AtomicReference<String> unavailable = new AtomicReference<>();
    private final PasswordCheck passwords;

    /**
     * @param latest the time never runs back behind this
     * @param failed told once when the storage can no longer be trusted
     */
    Core(Catalog catalog, Storage storage, EngineSettings settings, InstantSource source, Instant latest,
            RandomGenerator random, SharePassword passwords, Consumer<IOException> failed) {
        this.catalog = catalog;
        this.storage = storage;
        this.settings = settings;
        this.space = new Space(catalog, storage, settings.reserve());
        this.source = source;
        this.random = random;
        this.ids = new FreshIds(random);
        this.failed = failed;
        this.latest = new AtomicReference<>(latest);
        this.passwords = new PasswordCheck(this, passwords, new GuessLimiter());
    }

    /** From now on every commit goes through it. There is one at a time: who has several to tell tells them. */
    public void outbox(Outbox outbox) {
        this.outbox = outbox;
    }

    /** From now on it hears of all bytes that pass. There is one at a time. */
    public void traffic(Traffic traffic) {
        this.traffic = traffic;
    }

    Traffic traffic() {
        return traffic;
    }

    public Catalog catalog() {
        return catalog;
    }

    /** Safe for several threads. */
    public RandomGenerator random() {
        return random;
    }

    /** Of share links and upload requests alike, so that one address guesses at all of them together. */
    public PasswordCheck passwords() {
        return passwords;
    }

    /** How long an upload that nobody goes on with is kept. */
    public Duration uploadTtl() {
        return settings.uploadTtl();
    }

    /** The most that one file may have, in bytes; {@link Long#MAX_VALUE} for no limit. */
    public long maxFileSize() {
        return settings.maxFileSize();
    }

    /** The room of this id or, in whatever case, of this name. */
    public Optional<Room> room(String idOrName) {
        Optional<Room> named = catalog.bySecret(Room.key(idOrName)).filter(Room.class::isInstance).map(Room.class::cast);
        if (named.isPresent() || !idOrName.matches("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}")) {
            return named;
        }
        return catalog.entity(Room.class, UUID.fromString(idOrName));
    }

    /** The time, which never runs backwards: what has expired stays so when the system's clock jumps back. */
    public Instant now() {
        return latest.accumulateAndGet(source.instant(), (before, now) -> now.isAfter(before) ? now : before);
    }

    /** Commits durably; a failed or full store, and a quota that is used up, become a {@link FailureException}. */
    public void commit(List<Change> changes) throws ConflictException {
        commit(changes, () -> { });
    }

    /** @param with as {@link Space#committed} */
    void commit(List<Change> changes, Runnable with) throws ConflictException {
        requireAvailable();
        try {
            store(changes);
            space.committed(changes, with);
        } catch (ConflictException e) {
            if (e.reason() == ConflictException.Reason.QUOTA) {
                throw new FailureException(new Failure.QuotaExceeded(e.scope().kind()));
            }
            throw e;
        } catch (NoSpaceException e) {
            throw noSpace(0);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** The journal keeps room for what only removes; what others are to hear must not take that from it. */
    private void store(List<Change> changes) throws ConflictException, IOException {
        Outbox.Note note = outbox.of(changes);
        List<Change> added = note.added();
        try {
            catalog.commit(added.isEmpty() ? changes : Stream.concat(changes.stream(), added.stream()).toList());
        } catch (NoSpaceException e) {
            if (added.isEmpty()) {
                throw e;
            }
            catalog.commit(changes);
            note.committedAlone();
            return;
        }
        note.committed();
    }

    public void settle() {
        try {
            catalog.settle();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    void requireAvailable() {
        String why = unavailable.get();
        if (why != null) {
            throw new FailureException(new Failure.Unavailable(why));
        }
    }

    /** Stops taking bytes, because the disk failed or the engine is closing. */
    void stop(String why) {
        unavailable.compareAndSet(null, why);
    }

    /** Why nothing is taken any more; null while all is well. */
    String unavailable() {
        return unavailable.get();
    }

    /**
     * What to throw after a write or force has failed: such a file cannot be trusted again, since the next force would
     * report success although the bytes are gone.
     */
    FailureException broken(IOException e) {
        if (unavailable.compareAndSet(null, "the disk failed")) {
            LOG.log(System.Logger.Level.ERROR, "the store failed and takes nothing any more: " + e, e);
            failed.accept(e);
            traffic.broken(new Failure.Unavailable(unavailable.get()));
        }
        return new FailureException(new Failure.Unavailable(unavailable.get()));
    }

    /** @param needed in bytes, as far as known */
    FailureException noSpace(long needed) {
        return new FailureException(new Failure.NoSpace(needed, Math.max(0, availableSpace())));
    }

    /** Bytes that uploads may still use, whether promised to them or not; negative when the reserve is touched. */
    long spaceForUploads() {
        try {
            return space.free();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** Bytes that are promised to no upload; negative when the disk holds less than was promised. */
    long availableSpace() {
        try {
            return space.available();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /**
     * Fails when so many bytes, which were promised before, would take more than half of the reserve: other programs may have filled the disk. The first half
     * is for them because records and segments of the catalog, for which nobody asks, take from the reserve too.
     */
    void requirePromisedSpace(long bytes) {
        if (bytes > spaceForUploads() + settings.reserve() / 2) {
            throw noSpace(bytes);
        }
    }

    /** Fails when so many bytes that are promised to nobody are not there. */
    void requireAvailableSpace(long bytes) {
        if (bytes > availableSpace()) {
            throw noSpace(bytes);
        }
    }

    /** Holds room until it is closed. Fails with NoSpace. */
    Space.Hold hold(long bytes) {
        try {
            Space.Hold hold = space.tryHold(bytes);
            if (hold == null) {
                throw noSpace(bytes);
            }
            return hold;
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** The changes that complete an upload: it, and the link that was promised. @param expires null for never */
    static List<Change> completed(Upload upload, Digest sha256, Instant at, Instant expires) {
        Change completed = new Change.UploadCompleted(upload.id(), sha256, at, expires);
        SharePromise promise = upload.notes().promise();
        return promise == null ? List.of(completed) : List.of(completed, new Change.ShareCreated(promise.kept(upload.id(), at)));
    }
}
