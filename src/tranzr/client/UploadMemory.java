package tranzr.client;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * What one upload remembers of itself: in memory, so that it goes on after a pause, and in the store, so that another process does. A store that fails costs only the latter: it is said,
 * and the bytes go on. Used by one thread, but for {@link #done}.
 */
final class UploadMemory {

    /** How often the number of bytes is written down, in seconds; it is only shown, the server knows better. */
    private static final long EVERY = 5;

    private final SessionStore store;
    private final InstantSource clock;
    private final String key;
    private final Consumer<String> notices;
    private Session session;
    private Instant saved = Instant.EPOCH;
    private boolean told;

    /** @param store null for none */
    UploadMemory(SessionStore store, InstantSource clock, String key, Consumer<String> notices) {
        this.store = store;
        this.clock = clock;
        this.key = key;
        this.notices = notices;
    }

    String key() {
        return key;
    }

    /** @throws TransferException {@link TransferException.Kind#IN_USE} when another process has it */
    SessionStore.Claim claim() throws TransferException {
        if (store != null) {
            try {
                return store.claim(key);
            } catch (IOException e) {
                tell(e);
            }
        }
        return () -> { };
    }

    /** Null when there is none. */
    synchronized Session session() {
        if (session == null && store != null) {
            try {
                session = store.find(key).orElse(null);
            } catch (IOException e) {
                tell(e);
            }
        }
        return session;
    }

    /** The next {@link #session} comes from the store: another process may have gone on with it. */
    synchronized void reload() {
        if (store != null && !told && session != null && !session.more().containsKey(BRIEF)) {
            session = null;
        }
    }

    /** In {@link Session#more}: nobody but this process has to know of it. */
    static final String BRIEF = "brief";

    synchronized void save(Session next) {
        session = next;
        saved = clock.instant();
        if (store != null && !next.more().containsKey(BRIEF)) {
            try {
                store.save(next);
            } catch (IOException e) {
                tell(e);
            }
        }
    }

    /** So many bytes are at the server; called often. */
    synchronized void done(long done) {
        if (session != null && !session.finished() && !clock.instant().isBefore(saved.plusSeconds(EVERY))) {
            save(with(session, done, session.sha256(), false));
        }
    }

    synchronized void digest(String sha256) {
        if (session != null && !sha256.equals(session.sha256())) {
            save(with(session, session.done(), sha256, false));
        }
    }

    /** Writes down how far it came, for whoever looks at what is unfinished. */
    synchronized void leave(long done) {
        if (session != null && !session.finished() && done != session.done()) {
            save(with(session, done, session.sha256(), false));
        }
    }

    synchronized void finish(String sha256) {
        if (session != null) {
            save(with(session, session.size(), sha256, true));
        }
    }

    private Session with(Session old, long done, String sha256, boolean finished) {
        return new Session(old.kind(), old.key(), old.server(), old.remote(), old.path(), old.name(), old.size(), old.modified(), old.fileKey(), sha256, done, finished,
                old.created(), clock.instant(), old.more());
    }

    synchronized void drop() {
        boolean brief = session != null && session.more().containsKey(BRIEF);
        session = null;
        if (store != null && !brief) {
            try {
                store.remove(key);
            } catch (IOException e) {
                tell(e);
            }
        }
    }

    private void tell(IOException e) {
        if (!told) {
            told = true;
            notices.accept("this upload cannot be remembered, so that only this process can resume it: " + e.getMessage());
        }
    }
}
