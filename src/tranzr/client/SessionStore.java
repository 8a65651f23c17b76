package tranzr.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers unfinished transfers in a directory, a file each, so that the same command goes on after a crash or a reboot. A file is replaced atomically and durably; one that
 * cannot be read is set aside and taken for absent. Safe for several threads and processes: whoever works on a transfer holds its {@link Claim}.
 */
public interface SessionStore {

    /** That a transfer is in this process's hands; ends with the process at the latest. */
    interface Claim extends AutoCloseable {
        @Override
        void close();
    }

    /** A store in this directory, which is made when missing, readable by its owner only. */
    static SessionStore at(Path directory) {
        return new FileSessionStore(directory);
    }

    /** Where it lies for this user: {@code TRANZR_STATE}, or {@code tranzr} in the directory that the system has for such things. */
    static Path standardDirectory(Map<String, String> environment) {
        return FileSessionStore.standardDirectory(environment);
    }

    /**
     * Which transfer it is: the same for the same file, server and direction.
     *
     * @param what distinguishes further, the id or link of a download say; empty when nothing does
     */
    static String key(Session.Kind kind, URI server, Path path, String what) {
        return FileSessionStore.key(kind, server, path, what);
    }

    Optional<Session> find(String key) throws IOException;

    /** All there are, those changed last first. */
    List<Session> list() throws IOException;

    /** In the place of what was there. Only who holds the claim may. */
    void save(Session session) throws IOException;

    void remove(String key) throws IOException;

    /** @throws TransferException {@link TransferException.Kind#IN_USE} when another one holds it, with who that is */
    Claim claim(String key) throws IOException, TransferException;

    /** Who holds it, for a person, such as "process 4711"; empty when nobody does. */
    Optional<String> holder(String key) throws IOException;
}
