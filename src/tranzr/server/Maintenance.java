package tranzr.server;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import tranzr.audit.AuditCheck;
import tranzr.audit.AuditReader;
import tranzr.catalog.journal.CatalogCheck;
import tranzr.catalog.journal.Dump;
import tranzr.disk.Disk;
import tranzr.disk.RealDisk;
import tranzr.journal.JournalScan;
import tranzr.security.Tokens;
import tranzr.transfer.Fsck;

/** Work on a data directory while no server uses it; each takes the directory's lock for as long as it lasts. */
public final class Maintenance {

    private Maintenance() {
    }

    /** Is told what a check finds. */
    public interface Report extends Fsck.Listener {
        /** Something in the journal is not as it was written; told before anything else. */
        void found(JournalScan.Problem problem);

        /** A snapshot of the records is not as it was written; told before anything else, too. */
        void damagedSnapshot(Path file, String what);
    }

    /**
     * Reads all snapshots and the whole journal, recovers the store as a start would, then compares every record with the bytes.
     *
     * @param repair whether to mend what can be mended without losing anything
     * @throws StartException when the directory cannot be had, or the journal is so damaged that nothing can be compared with it
     * @throws IOException when the check itself could not go on
     */
    public static Fsck.Summary check(Path data, boolean repair, Report report) throws StartException, IOException {
        Disk disk = new RealDisk();
        DataDirectory.requirePrivate(data);
        DataDirectory directory = DataDirectory.openExisting(disk, data);
        try {
            CatalogCheck.snapshots(disk, directory.journal(), report::damagedSnapshot);
            JournalScan.read(disk, directory.journal(), (file, offset, sequence, type, payload) -> { }, report::found);
        } catch (IOException e) {
            directory.close();
            throw e;
        }
        CompletableFuture<IOException> failure = new CompletableFuture<>();
        try (Store store = Store.open(disk, directory, InstantSource.system(), failure::complete)) {
            Fsck.Summary summary = Fsck.run(store.catalog(), store.storage(), repair, report);
            if (failure.isDone()) {
                throw failure.join();
            }
            return summary;
        }
    }

    /** A server that runs for this process alone, on loopback and a free port, behind a token that nobody else knows. */
    public static final class Alone implements AutoCloseable {
        private final Server server;
        private final String token;

        private Alone(Server server, String token) {
            this.server = server;
            this.token = token;
        }

        public URI uri() {
            return server.uri();
        }

        /** Opens everything, as long as this server runs. */
        public String token() {
            return token;
        }

        /** @throws IOException when something could not be made durable */
        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    /**
     * Serves a data directory for changes by this process.
     *
     * @throws StartException when there is no such directory, or it cannot be had
     */
    public static Alone serveAlone(Path data) throws StartException {
        DataDirectory.requirePrivate(data);
        String token = Tokens.create(Tokens.Kind.ACCESS, new SecureRandom());
        try {
            // A server would make what is missing.
            DataDirectory.openExisting(new RealDisk(), data).close();
            Settings settings = Settings.of(Map.of(Option.DATA, data.toString(), Option.PORT, "0"), token);
            return new Alone(Server.start(Config.of(settings), _ -> { }), token);
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new StartException(StartException.Kind.REFUSED, "cannot use the data directory " + data + ": " + Settings.reason(e), e);
        }
    }

    /**
     * Checks the audit log, also while a server writes it.
     *
     * @param expected a record that has to be in it, as {@code SEQ:HASH}; null for none
     * @throws StartException when there is none, or when others could have changed it
     * @throws IOException when a file cannot be read
     */
    public static AuditCheck.Summary checkAudit(Path data, AuditCheck.Anchor expected, Consumer<AuditCheck.Finding> listener) throws StartException, IOException {
        return AuditCheck.verify(new RealDisk(), existingAudit(data), expected, listener);
    }

    /** Reads the audit log, also while a server writes it. @throws StartException when there is none, or when others could have changed it */
    public static AuditReader audit(Path data) throws StartException, IOException {
        return new AuditReader(new RealDisk(), existingAudit(data));
    }

    private static Path existingAudit(Path data) throws StartException, IOException {
        DataDirectory.requirePrivate(data);
        Path audit = DataDirectory.audit(data);
        if (!new RealDisk().exists(audit)) {
            throw new StartException(StartException.Kind.REFUSED, data + " has no audit log");
        }
        return audit;
    }

    /**
     * Prints what the records say, a line each, without secrets, and changes nothing; damage is a line too.
     *
     * @return false when something was damaged
     * @throws StartException when the directory cannot be had
     * @throws IOException when a file cannot be read
     */
    public static boolean dump(Path data, Appendable out) throws StartException, IOException {
        Disk disk = new RealDisk();
        DataDirectory.requirePrivate(data);
        try (DataDirectory directory = DataDirectory.openExisting(disk, data)) {
            return Dump.print(disk, directory.journal(), out);
        }
    }
}
