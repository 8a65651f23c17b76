package tranzr.catalog.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tranzr.catalog.Catalog;
import tranzr.catalog.CatalogWatch;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.catalog.Counts;
import tranzr.catalog.Redo;
import tranzr.disk.Disk;
import tranzr.journal.Journal;
import tranzr.model.Digest;
import tranzr.model.Entity;
import tranzr.model.Scope;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.model.Usage;

/**
 * The catalog of one node: all of it in memory, every commit one record of a {@link Journal}, and from time to time a
 * {@link Snapshot} so that the next start need not replay it all.
 * <p>Commits are checked, queued and applied one at a time under a lock, and wait for the disk outside of it, so that
 * many share one force. Reads take no lock.
 */
public final class JournalCatalog implements Catalog {

    private static final Logger LOG = System.getLogger("tranzr.catalog");

    /** What the journal adds to a payload, about; for counting only. */
    private static final int FRAME_BYTES = 17;
    /** Writing an object again at a start takes as long as reading about so many bytes of records. */
    private static final long REDO_BYTES = 8 << 10;

    /**
     * @param segmentBytes as {@link Journal.Options}
     * @param snapshotAfterBytes how many bytes of records make a snapshot due; more when the last snapshot was large
     * @param failed told once, by any thread, when nothing can be committed any more until the catalog is opened anew
     * @param threads makes the threads of journal and snapshots; null: there are none, and callers do the work themselves,
     *     which makes a run reproducible
     * @param watch told of what is committed
     * @param batches told of what the journal writes
     */
    public record Options(int segmentBytes, long snapshotAfterBytes, Consumer<IOException> failed, ThreadFactory threads, CatalogWatch watch,
            Journal.Batches batches) {

        /** Watched by nobody. */
        public Options(int segmentBytes, long snapshotAfterBytes, Consumer<IOException> failed, ThreadFactory threads) {
            this(segmentBytes, snapshotAfterBytes, failed, threads, CatalogWatch.NONE, Journal.Batches.NONE);
        }

        public Options watchedBy(CatalogWatch newWatch, Journal.Batches newBatches) {
            return new Options(segmentBytes, snapshotAfterBytes, failed, threads, newWatch, newBatches);
        }

        /** With daemon threads of the platform. */
        public Options(int segmentBytes, long snapshotAfterBytes, Consumer<IOException> failed) {
            this(segmentBytes, snapshotAfterBytes, failed, Thread.ofPlatform().daemon().factory());
        }
    }

    private final State state;
    private final Journal journal;
    private final Failure failure;
    private final Compactor compactor;
    private final CatalogWatch watch;

    /** Held for checking, queueing and applying one commit. */
    private final ReentrantLock writing = new ReentrantLock();
    /** The number of the last record queued; set before its effect can be seen. */
    private volatile long appended;
    /** Records up to this number are known to be durable; {@link #appended} may be ahead. */
    private final AtomicLong durable;
    private volatile boolean closed;

    /** Passes the journal's failure on, and remembers it. */
    private static final class Failure implements Consumer<IOException> {
        private final Consumer<IOException> failed;
        private volatile IOException cause;

        Failure(Consumer<IOException> failed) {
            this.failed = failed;
        }

        @Override
        public void accept(IOException e) {
            cause = e;
            failed.accept(e);
        }

        void check() throws IOException {
            if (cause != null) {
                throw new IOException("the catalog has failed: " + cause.getMessage(), cause);
            }
        }
    }

    private JournalCatalog(Disk disk, Path directory, UUID store, Options options, BeforeDrop beforeDrop, Failure failure,
            Snapshot snapshot, Journal journal) {
        this.state = snapshot.state();
        this.journal = journal;
        this.failure = failure;
        this.watch = options.watch();
        this.appended = journal.lastSequence();
        this.durable = new AtomicLong(appended);
        this.compactor = new Compactor(disk, directory, store, options, journal, this::image, beforeDrop,
                snapshot.sequence(), snapshot.bytes());
    }

    /**
     * Opens or creates the catalog: reads the newest snapshot that is whole, replays the journal after it, and hands
     * bytes that may not have reached the storage to {@code redo}.
     *
     * @param directory where journal and snapshots lie, and nothing else; made when missing, its parent must exist
     * @param store the identity of the store; files of another are refused
     * @throws tranzr.journal.CorruptJournalException when the journal is damaged, or ends before the snapshot it belongs to
     * @throws BadRecordException when a record is whole but not one that this version can apply
     */
    public static JournalCatalog open(Disk disk, Path directory, UUID store, Options options, Redo redo,
            BeforeDrop beforeDrop) throws IOException {
        disk.createDirectory(directory);
        disk.delete(directory.resolve(Snapshot.TEMPORARY));
        Snapshot snapshot = newestWhole(disk, directory, store);
        Failure failure = new Failure(options.failed());
        Replay replay = new Replay(snapshot.state(), snapshot.sequence(), redo);
        Journal journal = Journal.open(disk, directory, store,
                new Journal.Options(options.segmentBytes(), failure, options.threads(), options.batches()), snapshot.sequence(), replay);
        JournalCatalog catalog = new JournalCatalog(disk, directory, store, options, beforeDrop, failure, snapshot, journal);
        catalog.compactor.replayed(replay.bytes());
        return catalog;
    }

    /** Damaged ones are reported and set aside: the journal since the one before is kept for this. */
    private static Snapshot newestWhole(Disk disk, Path directory, UUID store) throws IOException {
        for (long sequence : Snapshot.list(disk, directory)) {
            try {
                return Snapshot.read(disk, directory, sequence, store);
            } catch (BadRecordException e) {
                Path file = Snapshot.file(directory, sequence);
                Path aside = directory.resolve(file.getFileName() + ".damaged");
                LOG.log(Level.ERROR, "snapshot " + file + " is damaged (" + e.getMessage() + "); it is kept as "
                        + aside.getFileName() + ", and the one before it and the journal are used. Check the disk.");
                disk.move(file, aside);
                disk.forceDirectory(directory);
            }
        }
        return new Snapshot(new State(), 0, 0);
    }

    @Override
    public void commit(List<Change> changes) throws ConflictException, IOException {
        if (changes.isEmpty()) {
            return;
        }
        List<Change> recorded = changes.stream().filter(change -> !(change instanceof Change.Within || change instanceof Change.Present)).toList();
        if (recorded.isEmpty()) {
            check(changes);
            return;
        }
        long began = System.nanoTime();
        ByteBuffer record = RecordCodec.encode(recorded);
        int length = record.remaining();
        boolean releasing = recorded.stream().allMatch(JournalCatalog::releases);
        long sequence;
        writing.lock();
        try {
            checkUsable();
            Draft draft = draftOf(changes);
            sequence = journal.append(RecordCodec.COMMIT, record, releasing);
            appended = sequence;
            draft.publish(watch);
        } finally {
            writing.unlock();
        }
        compactor.recorded(length + FRAME_BYTES + redoCost(changes));
        awaitDurable(sequence);
        watch.committed(System.nanoTime() - began);
    }

    private Draft draftOf(List<Change> changes) throws ConflictException {
        Draft draft = new Draft(state);
        for (Change change : changes) {
            draft.apply(change);
        }
        draft.checkLimits();
        return draft;
    }

    /** Only preconditions. */
    private void check(List<Change> changes) throws ConflictException, IOException {
        writing.lock();
        try {
            checkUsable();
            draftOf(changes);
        } finally {
            writing.unlock();
        }
    }

    /** What bytes in a commit add to the time of a start, counted in bytes of records, so that snapshots bound that time. */
    static long redoCost(List<Change> changes) {
        return REDO_BYTES * changes.stream()
                .filter(change -> change instanceof Change.RangeStored stored && stored.bytes() != null).count();
    }

    /** Whether it takes nothing that was free before: such changes find room longer. */
    private static boolean releases(Change change) {
        return switch (change) {
            case Change.UploadRemoved _, Change.ShareRemoved _, Change.EntityRemoved _, Change.DownloadFinished _,
                    Change.DownloadReleased _ -> true;
            case Change.StateChanged c -> c.to() == UploadState.EXPIRED;
            case Change.UploadCreated _, Change.RangeStored _, Change.LengthFixed _, Change.ChunksRecut _, Change.DigestExpected _,
                    Change.UploadCompleted _, Change.ShareCreated _, Change.ShareTermsChanged _, Change.DownloadStarted _,
                    Change.PasswordFailuresSet _, Change.SharePolicyChanged _, Change.AccessChanged _, Change.FileDetailsChanged _,
                    Change.EntityAdded _, Change.EntityReplaced _, Change.Within _, Change.Present _ -> false;
        };
    }

    @Override
    public void settle() throws IOException {
        checkUsable();
        long last = appended;
        if (durable.get() < last) {
            awaitDurable(last);
        }
    }

    private void awaitDurable(long sequence) throws IOException {
        journal.await(sequence);
        durable.accumulateAndGet(sequence, Math::max);
    }

    private void checkUsable() throws IOException {
        failure.check();
        if (closed) {
            throw new IOException("the catalog is closed");
        }
    }

    private Image image() {
        writing.lock();
        try {
            return Image.of(state, appended);
        } finally {
            writing.unlock();
        }
    }

    /** Makes a snapshot now, whether one is due or not. Blocks until it is durable; commits go on meanwhile. */
    void compact() throws IOException {
        compactor.compact();
    }

    @Override
    public Optional<Upload> upload(UUID id) {
        return Optional.ofNullable(state.upload(id));
    }

    @Override
    public List<Upload> uploads(UUID after, int limit, Predicate<Upload> filter) {
        requirePositive(limit);
        return state.uploads(after, limit, filter);
    }

    @Override
    public List<Upload> files(Digest sha256, int limit, Predicate<Upload> filter) {
        requirePositive(limit);
        return state.files(sha256, limit, filter);
    }

    @Override
    public void forEachUpload(Consumer<Upload> action) {
        state.uploadRows().forEach(row -> action.accept(row.upload()));
    }

    @Override
    public Optional<Share> share(Digest tokenHash) {
        return Optional.ofNullable(state.share(tokenHash));
    }

    @Override
    public List<Share> sharesOf(UUID fileId) {
        return state.sharesOf(fileId).stream().map(ShareRow::share).toList();
    }

    @Override
    public List<Share> shares(Digest after, int limit, Predicate<Share> filter) {
        requirePositive(limit);
        return state.shares(after, limit, filter);
    }

    private static void requirePositive(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit " + limit);
        }
    }

    @Override
    public void forEachShare(Consumer<Share> action) {
        state.shareRows().forEach(row -> action.accept(row.share()));
    }

    @Override
    public <E extends Entity> Optional<E> entity(Class<E> kind, UUID id) {
        return Optional.ofNullable(state.entity(kind, id)).map(kind::cast);
    }

    @Override
    public Optional<Entity> bySecret(Digest secret) {
        return Optional.ofNullable(state.bySecret(secret));
    }

    @Override
    public <E extends Entity> List<E> entities(Class<E> kind) {
        return state.entities(kind).stream().map(kind::cast).toList();
    }

    @Override
    public boolean hasAny(Class<? extends Entity> kind) {
        return !state.entities(kind).isEmpty();
    }

    @Override
    public Usage usage(Scope scope) {
        return state.usage(scope);
    }

    @Override
    public Counts counts() {
        return state.counts();
    }

    /** Waits for commits under way; makes a last snapshot when that spares the next start much. Idempotent. */
    @Override
    public void close() throws IOException {
        writing.lock();
        try {
            closed = true;
        } finally {
            writing.unlock();
        }
        compactor.close(failure.cause == null);
        journal.close();
    }
}
