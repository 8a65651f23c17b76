package tranzr.client;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tranzr.model.Digest;
import tranzr.model.FileName;

/** Where a download goes in the end, and the way there: the final name shows nothing but the whole file. */
final class TargetFile {

    private static final System.Logger LOG = System.getLogger(TargetFile.class.getName());

    private static final String SUFFIX = ".tranzr-part";
    private static final int DISTINCTION = 8;

    private final Path path;

    private TargetFile(Path path) {
        this.path = path;
    }

    /**
     * Decides the final name. What the caller named stays as it is; what the server named is made safe.
     *
     * @param wanted a file, or a directory that exists
     * @param received the name that the server or the link gave; null when none did
     * @param otherwise the name when nothing is left of that
     * @throws TransferException {@link TransferException.Kind#INPUT} when there is no such folder, or the place is taken by what is no file
     */
    static TargetFile of(Path wanted, String received, String otherwise) throws TransferException {
        boolean folder = Files.isDirectory(wanted.toAbsolutePath());
        Path directory = folder ? wanted.toAbsolutePath() : wanted.toAbsolutePath().getParent();
        String name = folder ? Optional.ofNullable(received).flatMap(ReceivedName::safe).orElse(otherwise) : wanted.getFileName().toString();
        if (name.equals(".") || name.equals("..") || directory == null) {
            throw new TransferException(TransferException.Kind.INPUT, "'" + wanted + "' is no name of a file");
        }
        if (!Files.isDirectory(directory)) {
            throw new TransferException(TransferException.Kind.INPUT, "there is no folder '" + directory + "'");
        }
        try {
            // One name for one place, whichever way leads there: two processes have to meet.
            return new TargetFile(directory.toRealPath().resolve(name));
        } catch (IOException | java.nio.file.InvalidPathException e) {
            throw LocalException.toldOf(e instanceof IOException ? e : new IOException(e), directory);
        }
    }

    Path path() {
        return path;
    }

    /** The partial file beside it. */
    Path part() {
        String name = path.getFileName().toString();
        int room = FileName.MAX_SEGMENT_BYTES - SUFFIX.length() - 1;
        if (name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > room) {
            String distinction = "." + Digest.sha256(name.getBytes(java.nio.charset.StandardCharsets.UTF_8)).hex().substring(0, DISTINCTION);
            name = ReceivedName.shortened(name, room - distinction.length()) + distinction;
        }
        return path.resolveSibling("." + name + SUFFIX);
    }

    /** What lies in the place, itself and not what a symbolic link points to; empty when nothing does. @throws TransferException when it can never be replaced by a file */
    Optional<BasicFileAttributes> existing() throws TransferException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isDirectory()) {
                throw new TransferException(TransferException.Kind.INPUT, "'" + path + "' is a folder");
            }
            if (attributes.isOther()) {
                throw new TransferException(TransferException.Kind.INPUT, "'" + path + "' is no plain file");
            }
            return Optional.of(attributes);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw LocalException.toldOf(e, path);
        }
    }

    /** Room on the disk, in bytes; {@link Long#MAX_VALUE} when nobody knows. */
    long usable() {
        try {
            var store = Files.getFileStore(path.getParent());
            return store.getTotalSpace() <= 0 ? Long.MAX_VALUE : store.getUsableSpace();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "room on the disk is not known: {0}", e.getMessage());
            return Long.MAX_VALUE;
        }
    }

    /**
     * Gives the whole file, which is durable, its final name and the permissions of a new file, or of the one that it replaces.
     *
     * @param overwrite whether it may take the place of another
     * @throws TransferException {@link TransferException.Kind#INPUT} when another one has come into its place
     */
    void place(PartFile part, boolean overwrite) throws IOException, TransferException {
        permit(part.path());
        part.forceAll();
        boolean placed = overwrite ? replace(part) : link(part);
        if (!placed) {
            throw new TransferException(TransferException.Kind.INPUT, "another file has come to '" + path + "'; the one that was fetched is '" + part.path() + "'");
        }
        forceDirectory();
    }

    private boolean replace(PartFile part) throws IOException {
        try {
            Files.move(part.path(), path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (FileSystemException e) {
            part.close(); // some systems do not rename what is open
            Files.move(part.path(), path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return true;
    }

    /** A link is made only where nothing lies, which no way of renaming promises. */
    private boolean link(PartFile part) throws IOException {
        try {
            Files.createLink(path, part.path());
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(System.Logger.Level.DEBUG, "no links here: {0}", e.getMessage());
            return !Files.exists(path, LinkOption.NOFOLLOW_LINKS) && replace(part);
        }
        try {
            Files.delete(part.path());
        } catch (FileSystemException e) {
            part.close();
            Files.delete(part.path());
        }
        return true;
    }

    private void permit(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        Set<PosixFilePermission> permissions = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)
                : ofNewFile(file.getParent());
        Files.setPosixFilePermissions(file, permissions);
    }

    /** What the process's mask and the folder give to a new file: only making one tells. */
    private static Set<PosixFilePermission> ofNewFile(Path directory) throws IOException {
        Path probe = Files.createFile(directory.resolve("." + UUID.randomUUID() + SUFFIX));
        try {
            return Files.getPosixFilePermissions(probe, LinkOption.NOFOLLOW_LINKS);
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    private void forceDirectory() {
        try (FileChannel channel = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // There are systems on which a directory cannot be opened; their renames are as durable as they make them.
            LOG.log(System.Logger.Level.DEBUG, "the directory cannot be forced: {0}", e.getMessage());
        }
    }
}
