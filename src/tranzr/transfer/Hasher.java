package tranzr.transfer;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** Hashes in the background what came out of order, a bounded piece at a time so that uploads take turns. */
final class Hasher {

    private static final System.Logger LOG = System.getLogger(Hasher.class.getName());
    private static final long PIECE = 64L << 20;
    private static final int PROCESSORS = Math.max(1, Runtime.getRuntime().availableProcessors());

    /** Completes an upload whose merge was answered as pending, once it is hashed. */
    interface WhenHashed {
        void finish(UploadSession session);
    }

    private final Core core;
    private final UploadSessions sessions;
    private final ThreadPoolExecutor threads;
    private WhenHashed whenHashed;

    Hasher(Core core, UploadSessions sessions) {
        this.core = core;
        this.sessions = sessions;
        this.threads = new ThreadPoolExecutor(PROCESSORS, PROCESSORS, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("tranzr-hash-", 0).factory());
    }

    void onHashed(WhenHashed action) {
        whenHashed = action;
    }

    /** How many uploads wait for a thread that hashes them. */
    int waiting() {
        return threads.getQueue().size();
    }

    /** Brings the frontier of this upload forward in the background, if there is anything to do. */
    void catchUp(UUID id) {
        try {
            threads.execute(() -> run(id));
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing; {0} is hashed at the next start", id);
        }
    }

    private void run(UUID id) {
        UploadSession session = sessions.acquire(id);
        try {
            session.catchUpDue.set(false);
            if (core.unavailable() != null || session.isShutOut()) {
                return;
            }
            Upload upload = open(id);
            if (reaches(upload, session) && session.frontier.catchUp(upload.ranges(), session.object(core, upload), PIECE)) {
                core.traffic().hashed(id, session.frontier.offset());
                // Others may have come in vain meanwhile, to tell of ranges that were not there before.
                upload = open(id);
                if (reaches(upload, session)) {
                    session.catchUpSoon();
                }
            }
            if (upload != null && upload.state() == UploadState.PENDING_ASSEMBLY && session.frontier.offset() >= upload.length()) {
                whenHashed.finish(session);
            }
        } catch (IOException | FailureException e) {
            // While closing that is no fault: the next start goes on.
            LOG.log(core.unavailable() == null ? System.Logger.Level.ERROR : System.Logger.Level.DEBUG,
                    "cannot hash " + id + ": " + e.getMessage(), e);
        } finally {
            sessions.release(session);
        }
    }

    /** The upload, while there is anything to hash for; else null. */
    private Upload open(UUID id) {
        return core.catalog.upload(id).filter(upload -> upload.state() != UploadState.COMPLETED
                && upload.state() != UploadState.EXPIRED).orElse(null);
    }

    private static boolean reaches(Upload upload, UploadSession session) {
        long at = session.frontier.offset();
        return upload != null && upload.ranges().contiguousEnd(at) > at;
    }

    /** Stops after the pieces under way; called when the engine takes nothing any more. */
    void close(Duration atMost) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "hashing does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
