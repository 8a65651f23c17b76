package tranzr.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at files of this machine, for whoever sends them or has room for more. */
public final class LocalFiles {

    /** What lies at a path; links are followed. */
    public enum Kind { FILE, DIRECTORY, OTHER, MISSING }

    private LocalFiles() {
    }

    public static Kind kind(Path path) {
        if (Files.isRegularFile(path)) {
            return Kind.FILE;
        }
        if (Files.isDirectory(path)) {
            return Kind.DIRECTORY;
        }
        return Files.exists(path) ? Kind.OTHER : Kind.MISSING;
    }

    /** In bytes. */
    public static long size(Path file) throws IOException {
        return Files.size(file);
    }

    /** Bytes that this user can still put below a path, which need not exist yet. */
    public static long usableSpace(Path path) throws IOException {
        return Files.getFileStore(existing(path)).getUsableSpace();
    }

    /** Whether this user may make files there; for a path that does not exist yet, whether it may be made. */
    public static boolean isWritable(Path path) {
        return Files.isWritable(existing(path));
    }

    private static Path existing(Path path) {
        Path place = path.toAbsolutePath();
        while (!Files.exists(place) && place.getParent() != null) {
            place = place.getParent();
        }
        return place;
    }
}
