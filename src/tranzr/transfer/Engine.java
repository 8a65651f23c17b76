package tranzr.transfer;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import tranzr.access.Caller;
import tranzr.catalog.Catalog;
import tranzr.security.SharePassword;
import tranzr.storage.Storage;

/**
 * The engine as a whole, over one catalog and one storage, which it does not close. One instance a store.
 */
public final class Engine implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Engine.class.getName());
    private static final Duration ENDING = Duration.ofSeconds(10);

    private final Core core;
    private final UploadSessions sessions;
    private final Assembler assembler;
    private final DownloadSlots slots;
    private final Checksums checksums;
    private final Cleanup cleanup;
    private final int missing;

    private Engine(Core core, int missing) {
        this.core = core;
        this.missing = missing;
        this.sessions = new UploadSessions(core);
        this.assembler = new Assembler(core, sessions);
        this.slots = new DownloadSlots(core);
        this.checksums = new Checksums(core);
        slots.recover();
        this.cleanup = new Cleanup(core, uploads(Caller.SYSTEM), sessions, slots);
    }

    /**
     * Reconciles the storage with the catalog, goes on with what was pending, and starts the clean-up.
     *
     * @param clock the wall clock
     * @param random a {@link java.security.SecureRandom} but in tests
     * @param failed told once when the disk fails; from then on nothing is taken, and the process should end
     */
    public static Engine open(Catalog catalog, Storage storage, EngineSettings settings, InstantSource clock,
            RandomGenerator random, SharePassword passwords, Consumer<IOException> failed) {
        Reconciliation found;
        try {
            found = Reconciliation.of(catalog, storage);
        } catch (IOException e) {
            failed.accept(e);
            throw new FailureException(new Failure.Unavailable("the disk failed"));
        }
        Engine engine = new Engine(new Core(catalog, storage, settings, clock, found.latest(), random, passwords, failed), found.missing().size());
        engine.core.space.rebuild();
        engine.mend(found);
        engine.cleanup.start();
        return engine;
    }

    /**
     * Sets orphans aside; nothing can be under way yet, so they surely are. Files whose bytes are missing are told loudly and
     * kept: their records may be all that helps to find the bytes again.
     */
    private void mend(Reconciliation found) {
        try {
            for (UUID orphan : found.orphans()) {
                core.storage.quarantine(orphan);
            }
        } catch (IOException e) {
            throw core.broken(e);
        }
        if (!found.orphans().isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "set " + found.orphans().size() + " objects aside that no record names");
        }
        for (UUID id : found.missing()) {
            LOG.log(System.Logger.Level.ERROR, "the bytes of " + id + " are missing");
        }
        found.pending().forEach(sessions.hasher()::catchUp);
    }

    /** Whether the free space is down to the reserve, or promised to uploads under way, so that no other is taken. */
    public boolean isFull() {
        return core.availableSpace() <= 0;
    }

    /** How many uploads and files had no bytes in the storage at the start, though they should. */
    public int missingObjects() {
        return missing;
    }

    /** The uploads as this caller may treat them. */
    public Uploads uploads(Caller caller) {
        return uploads(caller, Peer.UNKNOWN);
    }

    /** As {@link #uploads(Caller)}. @param peer named to those who watch */
    public Uploads uploads(Caller caller, Peer peer) {
        return new Uploads(core, new Permit(core, caller, peer), sessions, assembler);
    }

    /** What there is, as this caller may list it. */
    public Listing listing(Caller caller) {
        return new Listing(core, new Permit(core, caller, Peer.UNKNOWN));
    }

    /** Names of files and how long they stay, as this caller may change them. */
    public FileDetails details(Caller caller) {
        return new FileDetails(core, uploads(caller));
    }

    /** Whom files belong to, as this caller may decide it. */
    public Assignments assignments(Caller caller) {
        return new Assignments(core, new Permit(core, caller, Peer.UNKNOWN), uploads(caller));
    }

    /** The files as this caller may read them. */
    public Downloads downloads(Caller caller) {
        return downloads(caller, Peer.UNKNOWN);
    }

    /** As {@link #downloads(Caller)}. @param peer named to those who watch */
    public Downloads downloads(Caller caller, Peer peer) {
        return new Downloads(core, new Permit(core, caller, peer));
    }

    /** The share links as this caller may manage them; who has a link needs nothing else. */
    public Shares shares(Caller caller) {
        return new Shares(core, new Permit(core, caller, Peer.UNKNOWN), slots, checksums);
    }

    /** What the packages beside the engine build on. */
    public Core core() {
        return core;
    }

    public Cleanup cleanup() {
        return cleanup;
    }

    /** How many uploads wait to be hashed in the background. */
    public int hashQueue() {
        return sessions.hasher().waiting();
    }

    /** The longest file that is taken from anybody, in bytes; {@link Long#MAX_VALUE} for no limit. */
    public long maxFileSize() {
        return core.settings.maxFileSize();
    }

    /** Bytes that uploads leave free on the disk. */
    public long reserve() {
        return core.settings.reserve();
    }

    /** From now on it is told of what uploads meet on their way. */
    public void watch(TransferWatch watch) {
        core.watch = watch;
    }

    /** Why nothing is taken any more; null while all is well. */
    public String unavailable() {
        return core.unavailable();
    }

    /** Takes nothing new, lets background work come to an end. Call it when no request is under way. */
    @Override
    public void close() {
        core.stop("the server is stopping");
        cleanup.close();
        checksums.close(ENDING);
        sessions.hasher().close(ENDING);
    }
}
