package tranzr.api;

/**
 * Kept with a request whose answer is good once: bytes go out after {@link #use} alone, and all of them, since what is used up cannot be fetched in parts.
 *
 * @param use records that it is used up, durably; throws when it was so before
 */
public record OneUse(Runnable use) {
}
