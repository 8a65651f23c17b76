package tranzr.transfer;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tranzr.catalog.Catalog;
import tranzr.catalog.Change;
import tranzr.disk.NoSpaceException;
import tranzr.model.ByteRange;
import tranzr.model.Upload;
import tranzr.storage.Storage;

/**
 * Who may have the free space. What uploads have announced and not yet brought is promised to them, so that two uploads that fit each, but not both, do not both
 * begin. A promise shrinks as bytes are written, since the free space shrinks then; for a moment a byte may count twice, never not at all.
 * <p>Kept in memory: after a start it is what the catalog says of open uploads. Safe for several threads; what is asked for together is never more than there is.
 */
final class Space {

    /** How much room a body without an end asks for at a time. */
    private static final long AHEAD = 8L << 20;

    private final Catalog catalog;
    private final Storage storage;
    private final long reserve;
    /** Uploads that have something open. Guarded by this, as is all below. */
    private final Map<UUID, Account> accounts = new HashMap<>();
    private long promised;

    /** What is promised to one upload. */
    private static final class Account {
        /** Announced bytes that are not durable by the catalog. */
        private long missing;
        /** Those among them that are on the disk already, written by bodies under way. */
        private long written;

        private long due() {
            return Math.max(0, missing - written);
        }
    }

    /** Room for bytes that are about to be written, until it is closed. Closing again does nothing. */
    final class Hold implements AutoCloseable {
        private long bytes;

        private Hold(long bytes) {
            this.bytes = bytes;
        }

        @Override
        public void close() {
            used(bytes);
        }

        /** Lets go of so many of them, which are written now. */
        void used(long some) {
            synchronized (Space.this) {
                long gone = Math.min(bytes, some);
                bytes -= gone;
                promised -= gone;
            }
        }
    }

    /** @param reserve in bytes, never given to uploads */
    Space(Catalog catalog, Storage storage, long reserve) {
        this.catalog = catalog;
        this.storage = storage;
        this.reserve = reserve;
    }

    /** Counts what open uploads have been promised; called once, before anything is asked for. */
    synchronized void rebuild() {
        catalog.forEachUpload(this::refresh);
    }

    /** Bytes that uploads may still use, whether promised or not; negative when the reserve is touched. */
    long free() throws IOException {
        return storage.freeSpace() - reserve;
    }

    /** Bytes that can still be promised; negative when the disk holds less than was promised. */
    synchronized long available() throws IOException {
        return free() - promised;
    }

    /** Bytes that are promised and not written. */
    synchronized long promised() {
        return promised;
    }

    /** Holds room for so many bytes. @return null when there is no room for them */
    synchronized Hold tryHold(long bytes) throws IOException {
        if (bytes > available()) {
            return null;
        }
        promised += bytes;
        return new Hold(bytes);
    }

    /**
     * Counts anew what was committed.
     *
     * @param with done at the same moment for all others, such as giving back what was held for it
     */
    void committed(List<Change> changes, Runnable with) {
        Set<UUID> ended = new HashSet<>();
        Set<UUID> changed = new HashSet<>();
        for (Change change : changes) {
            switch (change) {
                case Change.UploadCompleted(UUID id, _, _, _) -> ended.add(id);
                case Change.UploadRemoved(UUID id) -> ended.add(id);
                case Change.UploadCreated(Upload upload) -> changed.add(upload.id());
                case Change.RangeStored stored -> changed.add(stored.id());
                case Change.LengthFixed(UUID id, _, _) -> changed.add(id);
                case Change.StateChanged(UUID id, _, _, _, _) -> changed.add(id);
                default -> { }
            }
        }
        synchronized (this) {
            changed.removeAll(ended);
            ended.forEach(id -> missing(id, 0));
            // Read within the lock: of two commits to one upload the later one is what stays.
            changed.forEach(id -> catalog.upload(id).ifPresentOrElse(this::refresh, () -> missing(id, 0)));
            with.run();
        }
    }

    private void refresh(Upload upload) {
        missing(upload.id(), Math.max(0, upload.charged() - upload.ranges().total()));
    }

    private void missing(UUID id, long bytes) {
        if (bytes > 0 || accounts.containsKey(id)) {
            change(id, bytes, 0);
        }
    }

    /** Sets what is missing, unless negative, and adds to what is written. */
    private synchronized void change(UUID id, long missing, long written) {
        Account account = accounts.computeIfAbsent(id, _ -> new Account());
        promised -= account.due();
        account.missing = missing < 0 ? account.missing : missing;
        account.written += written;
        promised += account.due();
        if (account.missing == 0 && account.written == 0) {
            accounts.remove(id);
        }
    }

    /**
     * Begins to write a body.
     *
     * @param start where its first byte lies
     * @param length in bytes, or {@link Body#UNKNOWN}
     * @return null when it would make the upload longer than there is room for
     */
    Writing write(Upload upload, long start, long length) throws IOException {
        long most = Long.MAX_VALUE - start;
        long growth = Math.max(0, start + Math.clamp(length, 0, most) - upload.charged());
        Hold hold = growth == 0 ? new Hold(0) : tryHold(growth);
        return hold == null ? null : new Writing(upload.id(), upload.charged(), Math.max(0, start - upload.charged()), hold);
    }

    /** One body on its way to the disk; used by one thread, but for what {@link Space#committed} does with it. */
    final class Writing implements AutoCloseable {
        private final UUID id;
        /** Up to here bytes were promised to the upload before this body; what lies behind takes from the hold. */
        private final long promisedEnd;
        private final Hold hold;
        /** Bytes between the two, which are promised to the upload as soon as something behind them is durable. */
        private long gap;
        private long uncommitted;

        private Writing(UUID id, long promisedEnd, long gap, Hold hold) {
            this.id = id;
            this.promisedEnd = promisedEnd;
            this.gap = gap;
            this.hold = hold;
        }

        /** Makes sure of room for bytes that are about to be written. @throws NoSpaceException when there is none */
        void before(long position, int length) throws IOException {
            long needed = behind(position, position + length) + gap;
            synchronized (Space.this) {
                if (needed <= hold.bytes) {
                    return;
                }
                long more = Math.min(needed - hold.bytes + AHEAD, available());
                if (hold.bytes + more < needed) {
                    throw new NoSpaceException("a body of unknown length reached the reserve", null);
                }
                hold.bytes += more;
                promised += more;
            }
        }

        void written(long position, int length) {
            long behind = behind(position, position + length);
            hold.used(behind);
            if (behind < length) {
                uncommitted += length - behind;
                change(id, -1, length - behind);
            }
        }

        /** Bytes that {@link #written} was told of are in the catalog. */
        void committed(ByteRange range) {
            long behind = behind(range.start(), range.end());
            if (behind > 0) {
                hold.used(gap);
                gap = 0;
            }
            if (behind < range.length()) {
                uncommitted -= range.length() - behind;
                change(id, -1, behind - range.length());
            }
        }

        private long behind(long from, long to) {
            return Math.max(0, to - Math.max(from, promisedEnd));
        }

        @Override
        public void close() {
            hold.close();
            if (uncommitted > 0) {
                change(id, -1, -uncommitted);
                uncommitted = 0;
            }
        }
    }
}
