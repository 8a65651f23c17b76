package tranzr.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import tranzr.audit.AccessLog;
import tranzr.audit.AuditLog;
import tranzr.audit.AuditReader;
import tranzr.audit.Entry;
import tranzr.disk.Disk;
import tranzr.server.StartException.Kind;

/**
 * The audit log and the access log of a server. Opened before anything is answered and closed after the last answer, which the audit log records.
 */
final class Logs implements AutoCloseable {

    private final AuditLog audit;
    private final AuditReader reader;
    private final AccessLog access;
    private final InstantSource clock;

    private Logs(AuditLog audit, AuditReader reader, AccessLog access, InstantSource clock) {
        this.audit = audit;
        this.reader = reader;
        this.access = access;
        this.clock = clock;
    }

    /** @param directory of the audit log. @throws StartException when the access log cannot be written */
    static Logs open(Disk disk, Path directory, LogConfig config, InstantSource clock) throws IOException, StartException {
        AuditLog audit = AuditLog.open(disk, directory, config.audit(), clock);
        boolean done = false;
        try {
            Logs logs = new Logs(audit, new AuditReader(disk, directory), openAccess(config), clock);
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

    AuditLog audit() {
        return audit;
    }

    AuditReader reader() {
        return reader;
    }

    /** Empty when none is configured. */
    Optional<AccessLog> access() {
        return Optional.ofNullable(access);
    }

    @Override
    public void close() throws IOException {
        try (audit; access) {
            audit.append(Entry.bySystem(clock.instant(), "server.stop", Entry.OK, Map.of()));
        }
    }
}
