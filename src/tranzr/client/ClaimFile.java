package tranzr.client;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The claims of one directory: locks on single bytes of one file, each at the place that the key says. They end with their process, whatever ends it. The file stays open for as long as
 * this process lives: POSIX drops all locks of a process on a file as soon as any of its descriptors is closed.
 */
final class ClaimFile {

    private static final String NAME = "claims";
    private static final String HOLDER = ".holder";
    private static final int MAX_HOLDER_BYTES = 200;
    private static final Map<Path, ClaimFile> ALL = new HashMap<>();

    private final Path directory;
    private final FileChannel channel;

    private ClaimFile(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** @param directory which exists */
    static ClaimFile of(Path directory) throws IOException {
        Path real = directory.toRealPath();
        synchronized (ALL) {
            ClaimFile known = ALL.get(real);
            if (known == null || !Files.exists(real.resolve(NAME))) { // somebody may have cleared the directory away meanwhile
                known = new ClaimFile(real, FileChannel.open(real.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
                ALL.put(real, known);
            }
            return known;
        }
    }

    SessionStore.Claim claim(String key) throws IOException, TransferException {
        FileLock lock = tryLock(key);
        if (lock == null) {
            throw new TransferException(TransferException.Kind.IN_USE, holder(key).orElse("another process") + " is working on this transfer");
        }
        Path holder = directory.resolve(key + HOLDER);
        try {
            Files.writeString(holder, Long.toString(ProcessHandle.current().pid()));
        } catch (IOException e) {
            lock.release();
            throw e;
        }
        return () -> {
            try {
                Files.deleteIfExists(holder);
            } catch (IOException e) {
                System.getLogger(ClaimFile.class.getName()).log(System.Logger.Level.DEBUG, "left over: {0}", e.getMessage());
            } finally {
                release(lock);
            }
        };
    }

    /** Who has it, as far as can be told; empty when nobody has. */
    Optional<String> holder(String key) throws IOException {
        FileLock lock = tryLock(key);
        if (lock != null) {
            lock.release();
            return Optional.empty();
        }
        Path holder = directory.resolve(key + HOLDER);
        try {
            if (Files.size(holder) <= MAX_HOLDER_BYTES) {
                String pid = Files.readString(holder, StandardCharsets.US_ASCII);
                return Optional.of(pid.equals(Long.toString(ProcessHandle.current().pid())) ? "this process" : "process " + pid);
            }
        } catch (IOException e) {
            System.getLogger(ClaimFile.class.getName()).log(System.Logger.Level.DEBUG, "the holder is not known: {0}", e.getMessage());
        }
        return Optional.of("another process");
    }

    /** Null when it is locked, by another process or by this one. */
    private FileLock tryLock(String key) throws IOException {
        try {
            return channel.tryLock(Long.parseLong(key, 0, 15, 16), 1, false);
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static void release(FileLock lock) {
        try {
            lock.release();
        } catch (IOException e) {
            System.getLogger(ClaimFile.class.getName()).log(System.Logger.Level.DEBUG, "a claim ends with the process: {0}", e.getMessage());
        }
    }
}
