package tranzr.transfer;

import java.time.Duration;
import tranzr.model.Quota;

/**
 * What an operator decides about the engine.
 *
 * @param uploadTtl how long an unfinished upload is kept after its last byte
 * @param cleanupInterval between two clean-ups
 * @param maxFileSize in bytes; {@link Long#MAX_VALUE} for no limit
 * @param chunkSize the default, in bytes
 * @param reserve free space that uploads may not use, in bytes
 * @param continueGrace how long a broken download may be continued before its slot is given back
 * @param tombstoneTtl how long an expired upload or share is still answered as expired
 * @param quarantineTtl how long an object that nothing refers to is kept aside
 * @param quota of all files together
 */
public record EngineSettings(Duration uploadTtl, Duration cleanupInterval, long maxFileSize, long chunkSize,
        long reserve, Duration continueGrace, Duration tombstoneTtl, Duration quarantineTtl, Quota quota) {

    public static final EngineSettings DEFAULT = new EngineSettings(Duration.ofDays(7), Duration.ofMinutes(10),
            Long.MAX_VALUE, 8 << 20, 64 << 20, Duration.ofMinutes(10), Duration.ofDays(7), Duration.ofHours(24), Quota.NONE);
}
