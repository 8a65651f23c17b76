package tranzr.transfer;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import tranzr.catalog.ConflictException;
import tranzr.model.Upload;

/**
 * The sessions of uploads that are being worked on, and of some that lately were. At most {@link #IDLE} stay without a
 * user; for an upload whose session was let go the hash starts again from its first byte, in the background.
 */
final class UploadSessions {

    private static final int IDLE = 1_024;

    private final Core core;
    private final Map<UUID, UploadSession> sessions = new HashMap<>();
    private long clock;
    private int idle;

    private final Hasher hasher;

    UploadSessions(Core core) {
        this.core = core;
        this.hasher = new Hasher(core, this);
    }

    Hasher hasher() {
        return hasher;
    }

    /** Every call is paired with one of {@link #release}. */
    synchronized UploadSession acquire(UUID id) {
        UploadSession session = sessions.computeIfAbsent(id, key -> {
            idle++;
            return new UploadSession(key, hasher);
        });
        if (session.users++ == 0) {
            idle--;
        }
        return session;
    }

    void release(UploadSession session) {
        synchronized (this) {
            if (--session.users > 0) {
                return;
            }
            session.lastUse = ++clock;
            idle++;
            try {
                session.closeObject();
            } catch (IOException e) {
                core.broken(e);
            }
            if (sessions.get(session.id) != session) {
                idle--;
            } else if (idle > IDLE) {
                dropOldest();
            }
        }
    }

    private void dropOldest() {
        UploadSession oldest = null;
        for (UploadSession session : sessions.values()) {
            if (session.users == 0 && (oldest == null || session.lastUse < oldest.lastUse)) {
                oldest = session;
            }
        }
        if (oldest != null) {
            sessions.remove(oldest.id);
            idle--;
        }
    }

    /** Something that commits. */
    interface Commit {
        void run() throws ConflictException;
    }

    /** Commits that an upload begins: when its id was in use before, not before the removal of that other upload has come to its end, and nobody works on it any more. */
    void create(Upload upload, Commit commit) throws ConflictException {
        if (upload.object().equals(upload.id())) {
            commit.run();
        } else {
            UploadSession before = acquire(upload.id());
            before.completing.lock();
            try {
                commit.run();
            } finally {
                before.completing.unlock();
                release(before);
            }
        }
        core.ids.used(upload.object());
    }

    /** Forgets a session whose upload is completed or gone; who still uses it does so to the end. */
    synchronized void forget(UploadSession session) {
        if (sessions.remove(session.id, session) && session.users == 0) {
            idle--;
        }
    }

    synchronized boolean isBeingWritten(UUID id) {
        UploadSession session = sessions.get(id);
        return session != null && session.hasWriters();
    }
}
