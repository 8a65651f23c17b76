package tranzr.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import tranzr.access.Caller;
import tranzr.api.Recorder;
import tranzr.audit.AccessLog;
import tranzr.audit.AuditLog;
import tranzr.audit.AuditReader;
import tranzr.audit.Entry;
import tranzr.disk.Disk;
import tranzr.http.Ended;
import tranzr.http.Observer;
import tranzr.http.Request;
import tranzr.metrics.RecentLog;
import tranzr.server.StartException.Kind;
import tranzr.transfer.Cleanup;
import tranzr.transfer.Shares;

/**
 * The audit log, the access log and the last lines of the process's log, of one server. Opened before anything is answered and closed after the last answer, which the audit log records.
 */
final class Logs implements AutoCloseable {

    private final AuditLog audit;
    private final AuditReader reader;
    private final AccessLog access;
    private final InstantSource clock;
    private final Recorder recorder;
    private final RecentLog recent;

    private Logs(AuditLog audit, AuditReader reader, AccessLog access, RecentLog recent, InstantSource clock) {
        this.recent = recent;
        this.audit = audit;
        this.reader = reader;
        this.access = access;
        this.clock = clock;
        this.recorder = new Recorder(audit::append, clock);
    }

    /** @param directory of the audit log; @param recent closed with them. @throws StartException when the access log cannot be written */
    static Logs open(Disk disk, Path directory, LogConfig config, RecentLog recent, InstantSource clock) throws IOException, StartException {
        AuditLog audit = AuditLog.open(disk, directory, config.audit(), clock);
        boolean done = false;
        try {
            Logs logs = new Logs(audit, new AuditReader(disk, directory), openAccess(config), recent, clock);
            audit.append(Entry.bySystem(clock.instant(), "server.start", Entry.OK, Map.of("version", Version.text())));
            done = true;
            return logs;
        } finally {
            if (!done) {
                audit.close();
            }
        }
    }

    private static AccessLog openAccess(LogConfig config) throws StartException {
        if (config.accessLog().isEmpty()) {
            return null;
        }
        Path file = config.accessLog().get();
        try {
            return file.equals(LogConfig.STANDARD_OUTPUT) ? AccessLog.toStream(System.out) : AccessLog.toFile(file);
        } catch (IOException e) {
            throw new StartException(Kind.REFUSED, Option.ACCESS_LOG.flag() + ": cannot write to " + file + ": " + Settings.reason(e), e);
        }
    }

    /** Writes the records of requests. */
    Recorder recorder() {
        return recorder;
    }

    /** Records what the clean-up clears away. */
    void cleared(Cleanup.Cleared cleared) {
        switch (cleared) {
            case Cleanup.Cleared.UploadExpired expired -> bySystem("upload.expire", Map.of("file_id", expired.id().toString()));
            case Cleanup.Cleared.FileExpired expired -> bySystem("file.expire", Map.of("file_id", expired.id().toString()));
            case Cleanup.Cleared.ShareForgotten share -> bySystem("share.expire", Map.of("share", share.tokenHash().hex().substring(0, Shares.ID_LENGTH),
                    "file_id", share.file().toString()));
        }
    }

    private void bySystem(String action, Map<String, String> subject) {
        audit.append(new Entry(clock.instant(), null, Entry.SYSTEM, null, null, action, subject, Entry.OK, 0, null));
    }

    AuditLog audit() {
        return audit;
    }

    AuditReader reader() {
        return reader;
    }

    /** The last lines of the process's own log. */
    RecentLog recent() {
        return recent;
    }

    /** Tells one and then the other. */
    static Observer both(Observer one, Observer other) {
        return new Observer() {
            @Override
            public void ended(Visit visit, Ended ended) {
                try {
                    one.ended(visit, ended);
                } finally {
                    other.ended(visit, ended);
                }
            }

            @Override
            public void received(int bytes) {
                one.received(bytes);
                other.received(bytes);
            }

            @Override
            public void sent(int bytes) {
                one.sent(bytes);
                other.sent(bytes);
            }
        };
    }

    /** Writes the access log, when there is one. */
    Observer observer() {
        return access == null ? Observer.NONE : this::write;
    }

    private void write(Observer.Visit visit, Ended ended) {
        Optional<Request> request = visit.request();
        String user = request.flatMap(known -> known.attached(Caller.class)).map(Caller::name).filter(name -> !name.isEmpty()).orElse(null);
        access.write(visit.client().getHostAddress(), user, clock.instant(), visit.method(), visit.target(), visit.protocol(), ended.status(), ended.sent(),
                firstOf(request, "Referer"), firstOf(request, "User-Agent"), visit.id());
    }

    private static String firstOf(Optional<Request> request, String field) {
        return request.flatMap(known -> known.headers(field).stream().findFirst()).orElse(null);
    }

    @Override
    public void close() throws IOException {
        try (recent; audit; access) {
            recorder.tellRest();
            audit.append(Entry.bySystem(clock.instant(), "server.stop", Entry.OK, Map.of()));
        }
    }
}
