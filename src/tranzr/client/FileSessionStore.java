package tranzr.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import tranzr.model.Digest;

/**
 * Sessions as files in one directory: {@code KEY.json} for one that is unfinished, {@code KEY.done} for one that is over, so that old ones of these can be cleared away without
 * being read. Claims are locks in {@link ClaimFile}.
 */
final class FileSessionStore implements SessionStore {

    private static final System.Logger LOG = System.getLogger(FileSessionStore.class.getName());

    private static final String OPEN = ".json";
    private static final String DONE = ".done";
    private static final String DAMAGED = ".damaged";
    private static final String NEW = ".new";
    private static final int MAX_BYTES = 16 << 20;
    private static final int KEY_DIGITS = 32;
    private static final Pattern KEY = Pattern.compile("[0-9a-f]{" + KEY_DIGITS + "}");
    /** How long what is over is remembered, and what is left over of a crash is left alone. */
    private static final Duration KEPT = Duration.ofDays(30);

    private final Path directory;
    private final AtomicBoolean pruned = new AtomicBoolean();

    FileSessionStore(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    static Path standardDirectory(Map<String, String> environment) {
        String own = environment.getOrDefault("TRANZR_STATE", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        // A relative path there is to be ignored (XDG Base Directory Specification).
        if (!state.isEmpty() && Path.of(state).isAbsolute()) {
            return Path.of(state, "tranzr");
        }
        String windows = environment.getOrDefault("LOCALAPPDATA", "");
        if (!windows.isEmpty()) {
            return Path.of(windows, "tranzr");
        }
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
        return Path.of(home, ".local", "state", "tranzr");
    }

    static String key(Session.Kind kind, URI server, Path path, String what) {
        Path real;
        try {
            real = path.toRealPath();
        } catch (IOException e) {
            real = path.toAbsolutePath().normalize(); // it does not exist yet
        }
        // Each part with its length, so that no two of them can be taken for others.
        StringBuilder all = new StringBuilder();
        for (String part : List.of(kind.name(), server.toString(), real.toString(), what)) {
            all.append(part.length()).append(':').append(part);
        }
        byte[] bytes = all.toString().getBytes(StandardCharsets.UTF_8);
        return Digest.sha256(bytes).hex().substring(0, KEY_DIGITS);
    }

    @Override
    public Optional<Session> find(String key) throws IOException {
        Optional<Session> open = read(file(key, OPEN));
        return open.isPresent() ? open : read(file(key, DONE));
    }

    @Override
    public List<Session> list() throws IOException {
        List<Session> all = new ArrayList<>();
        for (Path file : files()) {
            String name = file.getFileName().toString();
            if (name.endsWith(OPEN) || name.endsWith(DONE)) {
                read(file).ifPresent(all::add);
            }
        }
        all.sort(Comparator.comparing(Session::updated).reversed().thenComparing(Session::key));
        return all;
    }

    @Override
    public void save(Session session) throws IOException {
        make();
        byte[] bytes = SessionCodec.write(session);
        Path fresh = directory.resolve(session.key() + "-" + UUID.randomUUID() + NEW);
        try {
            try (FileChannel channel = FileChannel.open(fresh, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly("rw-------"))) {
                for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining();) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.move(fresh, file(session.key(), session.finished() ? DONE : OPEN), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
        // First the new one is there for good, and only then the old one goes.
        force();
        Files.deleteIfExists(file(session.key(), session.finished() ? OPEN : DONE));
    }

    @Override
    public void remove(String key) throws IOException {
        Files.deleteIfExists(file(key, OPEN));
        Files.deleteIfExists(file(key, DONE));
    }

    @Override
    public Claim claim(String key) throws IOException, TransferException {
        file(key, OPEN);
        make();
        if (pruned.compareAndSet(false, true)) {
            prune(Instant.now());
        }
        return ClaimFile.of(directory).claim(key);
    }

    @Override
    public Optional<String> holder(String key) throws IOException {
        file(key, OPEN);
        return Files.isDirectory(directory) ? ClaimFile.of(directory).holder(key) : Optional.empty();
    }

    /** @throws IllegalArgumentException for a key that {@link #key} did not make: it becomes part of a path */
    private Path file(String key, String suffix) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("not the key of a session");
        }
        return directory.resolve(key + suffix);
    }

    private Optional<Session> read(Path file) throws IOException {
        try {
            if (Files.size(file) <= MAX_BYTES) {
                Optional<Session> session = SessionCodec.read(Files.readAllBytes(file));
                String name = file.getFileName().toString();
                if (session.isPresent() && name.equals(session.get().key() + (session.get().finished() ? DONE : OPEN))) {
                    return session;
                }
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        String name = file.getFileName().toString();
        Path aside = file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + DAMAGED);
        LOG.log(System.Logger.Level.WARNING, "the record of a transfer, " + file + ", is damaged; it is kept as " + aside.getFileName());
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        return Optional.empty();
    }

    private void make() throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        if (directory.getParent() != null) {
            Files.createDirectories(directory.getParent());
        }
        try {
            Files.createDirectory(directory, ownerOnly("rwx------"));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(files::add);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        return files;
    }

    /** Clears away what nobody will ask for any more; whatever cannot be is left. */
    private void prune(Instant now) {
        Set<String> old = Set.of(DONE, DAMAGED, NEW);
        try {
            for (Path file : files()) {
                String name = file.getFileName().toString();
                if (name.contains(".") && old.contains(name.substring(name.lastIndexOf('.'))) && Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(KEPT))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.DEBUG, "old records of transfers are left: {0}", e.getMessage());
        }
    }

    private void force() {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // There are systems on which a directory cannot be opened; their renames are as durable as they make them.
            LOG.log(System.Logger.Level.DEBUG, "the directory cannot be forced: {0}", e.getMessage());
        }
    }

    private FileAttribute<?>[] ownerOnly(String permissions) {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))} : new FileAttribute<?>[0];
    }
}
