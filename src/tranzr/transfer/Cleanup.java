package tranzr.transfer;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.Digest;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/**
 * Clears away, at an interval, what has had its time: abandoned uploads, files and shares that expired, bytes that nothing
 * refers to. An upload that is being written does not expire under its writer; downloads in flight end whole.
 */
public final class Cleanup {

    private static final System.Logger LOG = System.getLogger(Cleanup.class.getName());
    /** Broken downloads are given back more often than the rest is cleaned. */
    private static final Duration SLOTS = Duration.ofSeconds(30);

    /** What one run cleared away. */
    public record Result(int expiredUploads, int removedRecords, int removedShares, int orphans) {
        boolean isNothing() {
            return expiredUploads + removedRecords + removedShares + orphans == 0;
        }
    }

    /** What was cleared away, once it is durable. */
    public sealed interface Cleared {
        /** An upload that nobody continued. */
        record UploadExpired(UUID id) implements Cleared {
        }

        /** A file whose time was over. */
        record FileExpired(UUID id) implements Cleared {
        }

        /** A share link whose time was over for long. */
        record ShareForgotten(Digest tokenHash, UUID file) implements Cleared {
        }
    }

    private final Core core;
    private final Uploads uploads;
    private final UploadSessions sessions;
    private final DownloadSlots slots;
    private final ScheduledExecutorService timer;
    /** Objects without a record at the last run: they may belong to an upload that is just being committed. */
    private Set<UUID> suspects = Set.of();
    private volatile Consumer<Cleared> listener = _ -> { };

    Cleanup(Core core, Uploads uploads, UploadSessions sessions, DownloadSlots slots) {
        this.core = core;
        this.uploads = uploads;
        this.sessions = sessions;
        this.slots = slots;
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1,
                Thread.ofPlatform().daemon().name("tranzr-cleanup").factory());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        this.timer = executor;
    }

    void start() {
        long interval = core.settings.cleanupInterval().toMillis();
        timer.scheduleWithFixedDelay(this::runSafely, interval, interval, TimeUnit.MILLISECONDS);
        timer.scheduleWithFixedDelay(this::sweepSafely, SLOTS.toMillis(), SLOTS.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void runSafely() {
        try {
            Result result = run();
            if (!result.isNothing()) {
                LOG.log(System.Logger.Level.INFO, "cleaned up: " + result);
            }
        } catch (RuntimeException e) {
            // The next run must come all the same; the executor would drop a task that threw.
            LOG.log(System.Logger.Level.WARNING, "clean-up failed", e);
        }
    }

    private void sweepSafely() {
        try {
            slots.sweep();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "giving back downloads failed", e);
        }
    }

    /** Who is told of each thing that is cleared away; by the thread that clears. */
    public void tell(Consumer<Cleared> cleared) {
        this.listener = cleared;
    }

    /** Clears away once, now. */
    public synchronized Result run() {
        slots.sweep();
        Instant now = core.now();
        List<Upload> due = new ArrayList<>();
        Set<UUID> apart = new HashSet<>();
        core.catalog.forEachUpload(upload -> {
            if (!upload.object().equals(upload.id()) && upload.state() != UploadState.EXPIRED) {
                apart.add(upload.object());
            }
            if (upload.expires() != null && !now.isBefore(upload.expires())) {
                due.add(upload);
            }
        });
        int expired = 0;
        int removed = 0;
        for (Upload upload : due) {
            switch (upload.state()) {
                case EXPIRED, COMPLETED -> removed += remove(upload, now);
                default -> expired += expire(upload, now);
            }
        }
        return new Result(expired, removed, removeShares(now), setOrphansAside(now, apart));
    }

    private int remove(Upload upload, Instant now) {
        try {
            if (!uploads.removeDue(upload.id(), now)) {
                return 0;
            }
            if (upload.state() == UploadState.COMPLETED) {
                listener.accept(new Cleared.FileExpired(upload.id()));
            }
            return 1;
        } catch (FailureException e) {
            LOG.log(System.Logger.Level.DEBUG, "not removed: {0}", e.getMessage());
            return 0;
        }
    }

    private int expire(Upload seen, Instant now) {
        return uploads.withSession(seen.id(), session -> {
            if (session.hasWriters()) {
                return 0;
            }
            session.completing.lock();
            try {
                Upload upload = core.catalog.upload(seen.id()).orElse(null);
                if (upload == null || upload.expires() == null || now.isBefore(upload.expires())
                        || upload.state() == UploadState.COMPLETED || upload.state() == UploadState.EXPIRED) {
                    return 0;
                }
                core.commit(List.of(new Change.StateChanged(upload.id(), upload.state(), UploadState.EXPIRED, now,
                        now.plus(core.settings.tombstoneTtl()))));
                sessions.forget(session);
                core.storage.delete(upload.object());
                listener.accept(new Cleared.UploadExpired(upload.id()));
                return 1;
            } catch (ConflictException e) {
                return 0;
            } catch (IOException e) {
                throw core.broken(e);
            } finally {
                session.completing.unlock();
            }
        });
    }

    private int removeShares(Instant now) {
        List<Share> due = new ArrayList<>();
        core.catalog.forEachShare(share -> {
            if (share.expires() != null && !now.isBefore(share.expires().plus(core.settings.tombstoneTtl()))) {
                due.add(share);
            }
        });
        int removed = 0;
        for (Share share : due) {
            try {
                core.commit(List.of(new Change.ShareRemoved(share.tokenHash())));
                listener.accept(new Cleared.ShareForgotten(share.tokenHash(), share.fileId()));
                removed++;
            } catch (ConflictException e) {
                LOG.log(System.Logger.Level.DEBUG, "a share went before: {0}", e.getMessage());
            }
        }
        return removed;
    }

    /** Sets objects aside that no record names, and deletes those set aside long ago. @param apart objects of other ids than those of their uploads */
    private int setOrphansAside(Instant now, Set<UUID> apart) {
        try {
            Set<UUID> orphans = new HashSet<>();
            for (UUID id : core.storage.list()) {
                boolean named = apart.contains(id) || core.catalog.upload(id).filter(upload -> upload.object().equals(id) && upload.state() != UploadState.EXPIRED).isPresent();
                if (!named) {
                    orphans.add(id);
                }
            }
            int count = 0;
            for (UUID id : orphans) {
                if (suspects.contains(id) && !sessions.isBeingWritten(id)) {
                    core.storage.quarantine(id);
                    count++;
                }
            }
            suspects = orphans;
            core.storage.purgeQuarantine(now.minus(core.settings.quarantineTtl()));
            return count;
        } catch (IOException e) {
            throw core.broken(e);
        }
    }

    void close() {
        timer.shutdown();
        try {
            timer.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
