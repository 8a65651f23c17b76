package tranzr.disk;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Who else may touch what is ours, by POSIX owner and mode. Where the file system knows neither, nothing is objected to. Root may touch everything
 * anyway, so what root owns is as good as our own.
 */
public final class Ownership {

    private static final int WRITE_BY_OTHERS = 0022;
    private static final int ANY_BY_OTHERS = 0077;

    private Ownership() {
    }

    /**
     * Why a directory cannot hold what only we may change, in words that follow its name; empty when it can, or when it does not exist.
     * Its own name must not be a symbolic link; those above it may be.
     */
    public static Optional<String> directoryObjection(Path directory) throws IOException {
        if (Files.isSymbolicLink(directory)) {
            return Optional.of("is a symbolic link");
        }
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of("is not a directory");
        }
        return objection(directory, WRITE_BY_OTHERS, "may be written by others");
    }

    /** Why a file cannot hold a secret, in words that follow its name; empty when it can. Follows links. @throws java.nio.file.NoSuchFileException when missing */
    public static Optional<String> secretObjection(Path file) throws IOException {
        Path real = file.toRealPath();
        if (!Files.isRegularFile(real)) {
            return Optional.of("is not a regular file");
        }
        return objection(real, ANY_BY_OTHERS, "may be read or written by others");
    }

    private static Optional<String> objection(Path path, int forbidden, String why) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return Optional.empty();
        }
        Map<String, Object> facts = Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        long owner = ((Integer) facts.get("uid")).longValue();
        int mode = (Integer) facts.get("mode") & 0777;
        if (owner != 0 && owner != new UnixSystem().getUid()) {
            return Optional.of("belongs to another user (uid " + owner + ")");
        }
        return (mode & forbidden) == 0 ? Optional.empty() : Optional.of(why + " (mode " + "%04o".formatted(mode) + ")");
    }
}
