package tranzr.client;

import java.time.Instant;
import java.util.UUID;

/**
 * An upload or file at the server.
 *
 * @param size in bytes; -1 while nobody knows
 * @param sha256 in hexadecimal; null before it is completed
 */
public record RemoteFile(UUID id, String name, long size, String status, String sha256, Instant created, Instant updated, String room) {
}
