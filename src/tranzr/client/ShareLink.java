package tranzr.client;

import java.net.URI;
import java.time.Instant;
import java.util.UUID;

/**
 * A new link.
 *
 * @param shareId names it in lists, and opens nothing
 * @param expires null for never
 * @param maxDownloads 0 for no limit
 */
public record ShareLink(URI url, String token, String shareId, UUID fileId, Instant expires, int maxDownloads, boolean isProtected) {
}
