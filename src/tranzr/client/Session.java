package tranzr.client;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/**
 * What is remembered of one transfer. One that has finished is remembered too, for a while: its digest need not be taken again.
 *
 * @param key which transfer it is, as {@link SessionStore#key} makes it
 * @param remote the {@code file_id}, or the link without its password; null before the server has said
 * @param path the file on this side, absolute
 * @param name as the server has it
 * @param size in bytes; -1 while nobody knows
 * @param modified when the file was changed last, as it was seen; null for a download
 * @param fileKey what the file system knows the file by; null when it has no such thing
 * @param sha256 of the whole in hexadecimal; null while nobody knows
 * @param more what only one direction needs; values as JSON has them
 */
public record Session(Kind kind, String key, URI server, String remote, Path path, String name, long size, Instant modified, String fileKey, String sha256, long done,
        boolean finished, Instant created, Instant updated, Map<String, Object> more) {

    /** Which way. */
    public enum Kind { UPLOAD, DOWNLOAD }
}
