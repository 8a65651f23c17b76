package tranzr.client;

import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.Map;

/** What a retry helps. Goes by the code of a problem as {@code docs/api.md} has it, by the status where there is no code, and takes any {@link IOException} for the network's. */
enum Retry {

    /** Again, after a pause that grows. */
    AGAIN,
    /** Again, but {@link #FEW_TRIES} times at most: it may have been an accident on the way, and may be no accident. */
    FEW,
    /** Again, with fewer connections at a time. Not counted against the chunk. */
    FEWER,
    /** The other side cannot take more for now: everything rests, for as long as it said, and looks again from time to time. Not counted against the chunk. */
    REST,
    /** The answer will be the same. */
    NEVER;

    /** How often {@link #FEW} is tried in all. */
    static final int FEW_TRIES = 4;

    private static final Map<String, Retry> BY_CODE = Map.ofEntries(Map.entry("checksum_mismatch", FEW), Map.entry("no_space", REST), Map.entry("quota_exceeded", REST),
            Map.entry("too_many", REST), Map.entry("unavailable", REST), Map.entry("superseded", AGAIN), Map.entry("body_incomplete", AGAIN), Map.entry("request_timeout", AGAIN),
            Map.entry("too_many_requests", REST), Map.entry("too_many_attempts", REST), Map.entry("shutting_down", REST),
            Map.entry("too_many_transfers", FEWER), Map.entry("busy", FEWER), Map.entry("too_many_connections", FEWER));

    static Retry of(RefusedException refused) {
        Retry known = BY_CODE.get(refused.code());
        if (known != null) {
            return known;
        }
        // A code that this client does not know comes from a newer server, which says itself whether it is worth it.
        if (!refused.code().isEmpty() && !Boolean.TRUE.equals(refused.members().get("retryable"))) {
            return NEVER;
        }
        return switch (refused.status()) {
            case 408, 425 -> AGAIN;
            case 429, 503, 507 -> REST;
            default -> refused.status() >= 500 || !refused.code().isEmpty() ? AGAIN : NEVER;
        };
    }

    static Retry of(IOException failed) {
        Throwable cause = failed;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            // Whom the server claims to be does not change by asking again.
            if (cause instanceof CertificateException) {
                return NEVER;
            }
            cause = cause.getCause();
        }
        return AGAIN;
    }
}
