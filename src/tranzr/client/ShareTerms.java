package tranzr.client;

import java.time.Duration;

/**
 * What holds for a new link.
 *
 * @param expires from now; null for never
 * @param maxDownloads 0 for no limit
 * @param password null for none
 */
public record ShareTerms(Duration expires, int maxDownloads, String password) {
}
