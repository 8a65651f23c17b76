package tranzr.client;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/** Looks at files of this machine, for whoever sends or compares them. */
public final class LocalFiles {

    private static final int BUFFER_BYTES = 1 << 20;

    /** What lies at a path; links are followed. */
    public enum Kind { FILE, DIRECTORY, OTHER, MISSING }

    /** Hears of what is found below a folder. */
    public interface Visitor {

        /**
         * A regular file.
         *
         * @param name its path below the folder, with slashes
         * @return whether to go on
         */
        boolean file(Path file, String name);

        /** Something that is not sent: a symbolic link, which may lead anywhere, a device, or what may not be read; with the reason, which follows its name. */
        void skipped(Path path, String why);
    }

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

    /**
     * Every regular file below a folder, a folder's entries in the order of their names; memory depends on how many entries one folder has, not on how many there are in all. Follows no symbolic link.
     *
     * @throws IOException when the folder itself cannot be listed
     */
    public static void walk(Path folder, Visitor visitor) throws IOException {
        walk(entries(folder), "", visitor);
    }

    private static boolean walk(List<Path> entries, String prefix, Visitor visitor) {
        for (Path entry : entries) {
            String name = prefix + entry.getFileName();
            if (Files.isSymbolicLink(entry)) {
                visitor.skipped(entry, "is a symbolic link");
            } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                List<Path> below = List.of();
                try {
                    below = entries(entry);
                } catch (IOException e) {
                    visitor.skipped(entry, "cannot be listed");
                }
                if (!walk(below, name + "/", visitor)) {
                    return false;
                }
            } else if (!Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                visitor.skipped(entry, "is not a regular file");
            } else if (!visitor.file(entry, name)) {
                return false;
            }
        }
        return true;
    }

    private static List<Path> entries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(entries);
        return entries;
    }

    /** In hexadecimal, from the first byte to the last. */
    public static String sha256(Path file) throws IOException {
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            byte[] buffer = new byte[BUFFER_BYTES];
            int read = in.read(buffer);
            while (read >= 0) {
                read = in.read(buffer);
            }
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
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
