package tranzr.client;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Names of files on this machine, as Unicode. */
final class LocalName {

    private static final char REPLACEMENT = '\uFFFD';

    private LocalName() {
    }

    /**
     * The last part of a path; empty for a root. Where the Java runtime takes the names of this machine for another encoding than UTF-8 (without a locale, say), it is read from
     * the bytes.
     */
    static String of(Path path) {
        Path last = path.getFileName();
        if (last == null) {
            return "";
        }
        String name = last.toString();
        if (name.indexOf(REPLACEMENT) < 0 || !path.getFileSystem().provider().getScheme().equals("file")) {
            return name;
        }
        String raw = path.toUri().getRawPath();
        raw = raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
        // A plus stands for itself in a path.
        return URLDecoder.decode(raw.substring(raw.lastIndexOf('/') + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
