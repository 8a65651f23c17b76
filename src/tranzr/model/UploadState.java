package tranzr.model;

/**
 * Where an upload stands: {@code initialized → uploading → pending_assembly → completed}, and {@code expired} from any
 * of the first three. An aborted upload leaves no record. The ordinal is part of the format on disk: append only.
 */
public enum UploadState {
    /** Started, no byte durable yet. */
    INITIALIZED,
    /** Some bytes are durable. */
    UPLOADING,
    /** All bytes are durable; the digest of the whole is still being taken. */
    PENDING_ASSEMBLY,
    /** Verified, visible, immutable. */
    COMPLETED,
    /** Abandoned: its bytes are gone, its record stays for a while so that a late client is told so. */
    EXPIRED;

    /** The name in the API. */
    public String wireName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether bytes can still be added. */
    public boolean isOpen() {
        return this == INITIALIZED || this == UPLOADING;
    }
}
