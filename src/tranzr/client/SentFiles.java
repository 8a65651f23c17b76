package tranzr.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files that came to the server whole and wait there for others, to be shared by one link: after an interruption they are not sent again. Beside the sessions, and forgotten
 * when the link is made. Safe for several threads.
 */
public final class SentFiles {

    private static final System.Logger LOG = System.getLogger(SentFiles.class.getName());

    /** The coarsest time of a change that file systems keep. */
    private static final Duration TICK = Duration.ofSeconds(2);
    private static final String PURPOSE = "for one link";

    private final TranzrClient client;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    SentFiles(TranzrClient client) {
        this.client = client;
    }

    /** A file as it is before it is sent. What it becomes while it is sent is not what is remembered. */
    public final class Candidate {

        private final Path path;
        private final String key;
        private final SourceFile.Identity identity;
        private final Instant seen = client.clock.instant();

        private Candidate(Path path, String key, SourceFile.Identity identity) {
            this.path = path;
            this.key = key;
            this.identity = identity;
        }

        /** What the server has of it since an earlier run, if the file has not changed; empty when it has to be sent. */
        public Optional<Upload.Result> sent() {
            try {
                Session session = client.sessions.find(key).orElse(null);
                if (session == null || !identity.fits(session) || session.remote() == null || session.sha256() == null) {
                    return Optional.empty();
                }
                known.add(key);
                UUID id = UUID.fromString(session.remote());
                return isThere(id, session) ? Optional.of(new Upload.Result(id, session.name(), session.size(), session.sha256(), true)) : Optional.empty();
            } catch (IOException | IllegalArgumentException e) {
                LOG.log(System.Logger.Level.WARNING, "what was sent before cannot be looked up: " + e.getMessage());
                return Optional.empty();
            }
        }

        /** Remembers that it is there. Not of a file that was written to only just now, as a further change might not be seen. */
        public void keep(Upload.Result result) {
            if (!identity.modified().plus(TICK).isBefore(seen) || identity.size() != result.size()) {
                return;
            }
            known.add(key);
            URI server = client.server();
            try {
                client.sessions.save(new Session(Session.Kind.UPLOAD, key, server, result.fileId().toString(), path.toAbsolutePath(), result.name(), result.size(), identity.modified(),
                        identity.fileKey(), result.sha256(), result.size(), true, seen, client.clock.instant(), Map.of()));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "that a file was sent cannot be remembered: " + e.getMessage());
            }
        }
    }

    /** Empty for what is no file that can be read, and where nothing is remembered. @param name at the server, null for its own; @param room null for none */
    public Optional<Candidate> look(Path path, String name, String room) {
        if (client.sessions == null) {
            return Optional.empty();
        }
        try {
            String what = PURPOSE + "\0" + (name == null ? "" : name) + "\0" + (room == null ? "" : room);
            return Optional.of(new Candidate(path, SessionStore.key(Session.Kind.UPLOAD, client.server(), path, what), SourceFile.look(path)));
        } catch (TransferException e) {
            return Optional.empty(); // whoever sends it will say why
        }
    }

    /** Forgets what was remembered or found: the link is made, or could not be made of them. */
    public void forget() {
        for (String key : known) {
            try {
                client.sessions.remove(key);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "what is remembered of a file that was sent is left: " + e.getMessage());
            }
        }
        known.clear();
    }

    /** Where nobody can tell, it is taken to be there: whoever makes the link will hear. */
    private boolean isThere(UUID id, Session session) throws IOException {
        try {
            RemoteFile file = client.info(id);
            return session.sha256().equals(file.sha256()) && session.size() == file.size();
        } catch (RefusedException e) {
            return e.status() != 404;
        }
    }
}
