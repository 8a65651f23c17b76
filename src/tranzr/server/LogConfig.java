package tranzr.server;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import tranzr.audit.AuditLog;
import tranzr.model.ByteSize;
import tranzr.model.TimeSpan;

/**
 * What is recorded, and how long.
 *
 * @param auditSegment the size of a file of the audit log, in bytes
 * @param auditKeep how long its records are kept; empty for ever
 * @param accessLog the file of the access log, {@link #STANDARD_OUTPUT}, or empty for none
 */
record LogConfig(long auditSegment, Optional<Duration> auditKeep, Optional<Path> accessLog) {

    static final Path STANDARD_OUTPUT = Path.of("-");

    static final long MIN_SEGMENT = 64 << 10;
    /** The last file is searched at a start, after a crash, and a removal takes a whole one. */
    static final long MAX_SEGMENT = 1 << 30;
    private static final Duration MIN_KEEP = Duration.ofHours(1);
    private static final String NONE = "none";

    /** @throws ConfigException for a value that cannot be used, naming it and where it stands */
    static LogConfig of(Settings settings) throws ConfigException {
        return new LogConfig(Config.parsed(settings, Option.AUDIT_SEGMENT, LogConfig::segment), Config.parsed(settings, Option.AUDIT_KEEP, LogConfig::keep),
                Config.parsed(settings, Option.ACCESS_LOG, LogConfig::file));
    }

    AuditLog.Options audit() {
        return new AuditLog.Options(auditSegment, auditKeep.orElse(null));
    }

    private static long segment(String text) {
        long bytes = ByteSize.parse(text);
        if (bytes < MIN_SEGMENT || bytes > MAX_SEGMENT) {
            throw new IllegalArgumentException("is not from " + ByteSize.format(MIN_SEGMENT) + " to " + ByteSize.format(MAX_SEGMENT));
        }
        return bytes;
    }

    private static Optional<Duration> keep(String text) {
        if (text.equals(NONE)) {
            return Optional.empty();
        }
        Duration keep = TimeSpan.parse(text);
        if (keep.compareTo(MIN_KEEP) < 0) {
            throw new IllegalArgumentException("is less than an hour");
        }
        return Optional.of(keep);
    }

    private static Optional<Path> file(String text) {
        if (text.equals(NONE)) {
            return Optional.empty();
        }
        try {
            return Optional.of(text.equals(STANDARD_OUTPUT.toString()) ? STANDARD_OUTPUT : Path.of(text).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("is not a path: " + e.getReason(), e);
        }
    }
}
