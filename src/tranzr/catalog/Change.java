package tranzr.catalog;

import java.time.Instant;
import java.util.UUID;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Entity;
import tranzr.model.FileAccess;
import tranzr.model.Notes;
import tranzr.model.Quota;
import tranzr.model.Scope;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/**
 * One change of the catalog. Each is conditional: when its precondition does not hold, {@link Catalog#commit} throws
 * {@link ConflictException} with the named reason and the whole commit has no effect. In the journal each is a record; in an SQL
 * catalog each is one conditional statement.
 */
public sealed interface Change {

    /** Adds an upload ({@code EXISTS} when its id is known). */
    record UploadCreated(Upload upload) implements Change {
    }

    /**
     * Adds a durable range to an open upload, which becomes {@code uploading} ({@code MISSING}; {@code STATE} when not
     * open; {@code OVERLAP} when some of it is there already or it reaches past a known length; {@code FRAGMENTED} when there are too
     * many gaps).
     *
     * @param crc the CRC-32C of its bytes
     * @param bytes the bytes themselves when they are not durable in the storage yet; the catalog then keeps them until the
     *        storage has been synced, and hands them to {@link Redo} at the next start otherwise. Null when the storage has them.
     * @param expires when the upload is now to be given up; null for never
     */
    record RangeStored(UUID id, ByteRange range, int crc, byte[] bytes, Instant at, Instant expires) implements Change {
    }

    /** Fixes the length of an open upload whose length was not known ({@code MISSING}, {@code STATE}, {@code LENGTH} when known or less than what is there). */
    record LengthFixed(UUID id, long length, long totalChunks) implements Change {
    }

    /**
     * Counts the chunks of an open upload by another size; what is there stays ({@code MISSING}, {@code STATE}).
     *
     * @param totalChunks -1 when unknown
     * @param notes in the place of those that are there, but for what is promised; null to leave them
     */
    record ChunksRecut(UUID id, long chunkSize, long totalChunks, Notes notes) implements Change {
    }

    /**
     * Moves an upload to another state ({@code MISSING}; {@code STATE} when it is not in {@code from}): to
     * {@code PENDING_ASSEMBLY} when whole ({@code LENGTH} otherwise), back to {@code UPLOADING} after a mismatch, to {@code EXPIRED},
     * which also drops its ranges.
     *
     * @param expires null for never
     */
    record StateChanged(UUID id, UploadState from, UploadState to, Instant at, Instant expires) implements Change {
    }

    /**
     * Sets the SHA-256 that an upload without an announced one is expected to have, for a completion that goes on in the background
     * ({@code MISSING}; {@code STATE} when it is completed or expired; {@code EXISTS} when one is announced).
     */
    record DigestExpected(UUID id, Digest expected) implements Change {
    }

    /** Completes an upload that is whole and not completed ({@code MISSING}, {@code STATE}, {@code LENGTH}). @param expires null for never */
    record UploadCompleted(UUID id, Digest sha256, Instant at, Instant expires) implements Change {
    }

    /** Removes an upload or file, takes it out of its shares, and removes those that led to nothing else ({@code MISSING}). */
    record UploadRemoved(UUID id) implements Change {
    }

    /** Adds a share of completed files ({@code EXISTS}; {@code MISSING} when one is not there; {@code STATE} when one is not completed). */
    record ShareCreated(Share share) implements Change {
    }

    /** Sets expiry (null: never), limit (0: none) and password (null: none) of a share ({@code MISSING}). */
    record ShareTermsChanged(Digest tokenHash, Instant expires, long maxDownloads, String password) implements Change {
    }

    /** Revokes a share ({@code MISSING}). */
    record ShareRemoved(Digest tokenHash) implements Change {
    }

    /** Counts one more download ({@code MISSING}; {@code LIMIT} when used up; {@code EXISTS} when the slot's id is open). */
    record DownloadStarted(Digest tokenHash, Share.Slot slot) implements Change {
    }

    /** Closes a slot that stays counted ({@code MISSING} when the share or the slot is gone). */
    record DownloadFinished(Digest tokenHash, long slot) implements Change {
    }

    /** Closes a slot and gives it back ({@code MISSING} when the share or the slot is gone). */
    record DownloadReleased(Digest tokenHash, long slot) implements Change {
    }

    /** Sets the count of wrong passwords ({@code MISSING}). @param at null with a count of 0 */
    record PasswordFailuresSet(Digest tokenHash, int failures, Instant at) implements Change {
    }

    /** Sets by whom else a share may be used, and who hears of it ({@code MISSING}). */
    record SharePolicyChanged(Digest tokenHash, Share.Policy policy) implements Change {
    }

    /** Sets whom a file belongs to and who may do what with it; counts it where it now belongs ({@code MISSING}). */
    record AccessChanged(UUID id, FileAccess access) implements Change {
    }

    /** Sets name and time of a completed file ({@code MISSING}; {@code STATE} when it is not completed). @param expires null for never */
    record FileDetailsChanged(UUID id, String filename, Instant at, Instant expires) implements Change {
    }

    /** Adds a token, room or the like ({@code EXISTS} when its id or its secret is known). */
    record EntityAdded(Entity entity) implements Change {
    }

    /**
     * Replaces an entity by another of the same kind and id ({@code MISSING}; {@code STATE} when it is not equal to {@code before} any more;
     * {@code EXISTS} when the new secret is known).
     */
    record EntityReplaced(Entity before, Entity after) implements Change {
    }

    /** Removes an entity ({@code MISSING}). */
    record EntityRemoved(Class<? extends Entity> kind, UUID id) implements Change {
    }

    /**
     * Changes nothing: has the whole commit fail ({@code QUOTA}) when the scope would use more than the quota after all changes of the commit, those
     * behind this one included. Leaves no record.
     */
    record Within(Scope scope, Quota quota) implements Change {
    }

    /** Changes nothing: has the whole commit fail ({@code MISSING}) when there is no such entity by then. Leaves no record. */
    record Present(Class<? extends Entity> kind, UUID id) implements Change {
    }
}
