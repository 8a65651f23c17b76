package tranzr.transfer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.RangeSet;
import tranzr.model.Share;
import tranzr.model.Upload;

/**
 * Counts the downloads of shares, exactly: a slot is taken and durable before the first byte goes out, and given back
 * when the transfer breaks and is not continued. The rule is written down in {@code docs/api.md}.
 */
final class DownloadSlots {

    private static final System.Logger LOG = System.getLogger(DownloadSlots.class.getName());
    /** What a slot may serve beyond twice the file, so that small files can be retried too. */
    private static final long SLACK = 1 << 20;

    /** A counted download that its client may continue. */
    private static final class Slot {
        final Digest share;
        final long id;
        final Digest client;
        final Upload file;
        final List<FileDownload> active = new ArrayList<>();
        RangeSet covered = RangeSet.EMPTY;
        long served;
        /** Whether the first byte was asked for: a part that begins there is then another download. */
        boolean begun;
        /** Whether the share had a limit when this began; without one nothing is joined. */
        boolean limited = true;
        /** Whether a transfer of it was cut and nothing has made the file whole since. */
        boolean broken;
        /** Whether its end is in the catalog, or it was open when the server stopped: it stays counted. */
        boolean settled;
        Instant lastActive;

        Slot(Digest share, long id, Digest client, Upload file, Instant lastActive) {
            this.share = share;
            this.id = id;
            this.client = client;
            this.file = file;
            this.lastActive = lastActive;
        }

        boolean hasRoomFor(ByteRange range) {
            long left = file.length() - (served - file.length()) + SLACK;
            return range.length() <= left;
        }

        boolean isWhole() {
            return covered.contains(new ByteRange(0, file.length()));
        }
    }

    /** Who is about to count a download. */
    private record Opening(Digest share, Digest client) {
    }

    private final Core core;
    private final Map<Digest, List<Slot>> slots = new HashMap<>();
    /** Parts of one download that are asked for together wait for the first of them to be counted. */
    private final Set<Opening> openings = new HashSet<>();

    DownloadSlots(Core core) {
        this.core = core;
    }

    /** Takes over the slots that were open when the server stopped: they stay counted, and can be continued for a while. */
    synchronized void recover() {
        Instant now = core.now();
        core.catalog.forEachShare(share -> core.catalog.upload(share.fileId()).ifPresent(file -> {
            for (Share.Slot open : share.open()) {
                Slot slot = new Slot(share.tokenHash(), open.id(), open.client(), file, now);
                slot.broken = true;
                slot.settled = true;
                slot.begun = true;
                slots.computeIfAbsent(share.tokenHash(), key -> new ArrayList<>()).add(slot);
            }
        }));
    }

    /** Whether {@link #open} would find or get a slot now. Fails with DownloadLimitReached. */
    void check(Shares.Visit visit, Digest client, ByteRange range) {
        releaseBroken(visit.share().tokenHash());
        synchronized (this) {
            if (joinable(visit.share().tokenHash(), client, range).isPresent()) {
                return;
            }
        }
        Share now = core.catalog.share(visit.share().tokenHash())
                .orElseThrow(() -> new FailureException(new Failure.UnknownShare()));
        if (now.isUsedUp()) {
            throw new FailureException(new Failure.DownloadLimitReached());
        }
    }

    /** Opens the file under a slot of this client, or under a new one. Fails with DownloadLimitReached. */
    Download open(Shares.Visit visit, Digest client, ByteRange range) {
        Digest share = visit.share().tokenHash();
        releaseBroken(share);
        Opening opening = new Opening(share, client);
        boolean limited = visit.share().maxDownloads() > 0;
        synchronized (this) {
            Slot joined = joinable(share, client, range).orElse(null);
            while (joined == null && limited && !openings.add(opening)) {
                awaitOpened();
                joined = joinable(share, client, range).orElse(null);
            }
            if (joined != null) {
                return attach(joined, range);
            }
        }
        try {
            return openNew(visit, client, range);
        } finally {
            if (limited) {
                synchronized (this) {
                    openings.remove(opening);
                    notifyAll();
                }
            }
        }
    }

    /** Called with the lock held. */
    private void awaitOpened() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailureException(new Failure.Unavailable("interrupted"));
        }
    }

    private Download openNew(Shares.Visit visit, Digest client, ByteRange range) {
        Digest share = visit.share().tokenHash();
        // Opened before it is counted, so that damage, or a race with a deletion, costs the recipient nothing.
        Slot slot = new Slot(share, core.random.nextLong(), client, visit.file(), core.now());
        slot.limited = visit.share().maxDownloads() > 0;
        Download download = attach(slot, range);
        boolean counted = false;
        try {
            count(slot, range);
            counted = true;
        } finally {
            if (!counted) {
                slot.limited = false;
                download.end(false);
            }
        }
        synchronized (this) {
            slots.computeIfAbsent(share, key -> new ArrayList<>()).add(slot);
        }
        return download;
    }

    private void count(Slot slot, ByteRange range) {
        List<Change> changes = new ArrayList<>();
        if (slot.limited || range.start() == 0) {
            changes.add(new Change.DownloadStarted(slot.share, new Share.Slot(slot.id, slot.client, core.now())));
        }
        if (!slot.limited && !changes.isEmpty()) {
            // Without a limit there is nothing to give back.
            changes.add(new Change.DownloadFinished(slot.share, slot.id));
        }
        try {
            if (!changes.isEmpty()) {
                core.commit(changes);
            }
        } catch (ConflictException e) {
            throw new FailureException(e.reason() == ConflictException.Reason.MISSING ? new Failure.UnknownShare()
                    : new Failure.DownloadLimitReached());
        }
    }

    /**
     * The slot that a request continues: for the whole, or a range from byte 0, one whose transfer was cut, or that has not brought all
     * parts: what went out whole as far as the server knows may have been lost on its way; for a range from byte 0 also one of which only
     * later parts were asked for. For another range any of the same client.
     */
    private Optional<Slot> joinable(Digest share, Digest client, ByteRange range) {
        Instant latest = core.now().minus(core.settings.continueGrace());
        // What is for one time is over when the file is whole: no part of it is handed out again.
        boolean oneTime = core.catalog.share(share).map(known -> known.policy().oneTime()).orElse(false);
        return slots.getOrDefault(share, List.of()).stream()
                .filter(slot -> slot.limited && slot.client.equals(client) && slot.hasRoomFor(range))
                .filter(slot -> !(oneTime && slot.isWhole()))
                .filter(slot -> !slot.active.isEmpty() || !slot.lastActive.isBefore(latest))
                .filter(slot -> range.start() > 0 || slot.active.isEmpty() && (slot.broken || !slot.isWhole())
                        || !slot.begun && range.length() < slot.file.length())
                .findFirst();
    }

    private Download attach(Slot slot, ByteRange range) {
        FileDownload[] opened = new FileDownload[1];
        FileDownload download = Downloads.open(core, slot.file, whole -> ended(slot, opened[0], range, whole));
        opened[0] = download;
        slot.active.add(download);
        slot.begun |= range.start() == 0;
        slot.lastActive = core.now();
        return download;
    }

    private void ended(Slot slot, FileDownload download, ByteRange range, boolean whole) {
        boolean finished;
        synchronized (this) {
            slot.active.remove(download);
            slot.lastActive = core.now();
            if (!slot.limited) {
                forget(slot);
                return;
            }
            long sent = whole ? range.length() : Math.min(download.sent(), range.length());
            slot.served += sent;
            for (ByteRange part : slot.covered.missing(new ByteRange(range.start(), range.start() + sent))) {
                slot.covered = slot.covered.plus(part, 0);
            }
            if (slot.isWhole()) {
                slot.broken = false;
            } else if (!whole) {
                slot.broken = true;
            }
            finished = slot.isWhole() && !slot.settled;
            slot.settled |= finished;
        }
        if (finished) {
            close(new Change.DownloadFinished(slot.share, slot.id));
        }
    }

    private void forget(Slot slot) {
        slots.computeIfPresent(slot.share, (share, list) -> {
            list.remove(slot);
            return list.isEmpty() ? null : list;
        });
    }

    /** Gives back or settles the slots of a share whose grace time is over. */
    private void releaseBroken(Digest share) {
        List<Change> changes = new ArrayList<>();
        synchronized (this) {
            List<Slot> list = slots.get(share);
            if (list == null) {
                return;
            }
            Instant latest = core.now().minus(core.settings.continueGrace());
            for (Iterator<Slot> each = list.iterator(); each.hasNext();) {
                Slot slot = each.next();
                if (!slot.active.isEmpty() || !slot.lastActive.isBefore(latest)) {
                    continue;
                }
                each.remove();
                boolean open = core.catalog.share(share).filter(known -> known.open().stream()
                        .anyMatch(candidate -> candidate.id() == slot.id)).isPresent();
                if (open) {
                    changes.add(slot.broken && !slot.settled ? new Change.DownloadReleased(share, slot.id)
                            : new Change.DownloadFinished(share, slot.id));
                }
            }
            if (list.isEmpty()) {
                slots.remove(share);
            }
        }
        changes.forEach(this::close);
    }

    private void close(Change change) {
        try {
            core.commit(List.of(change));
        } catch (ConflictException e) {
            LOG.log(System.Logger.Level.DEBUG, "the share is gone: {0}", e.getMessage());
        } catch (FailureException e) {
            // It stays counted: a full or failing store may only serve fewer.
            LOG.log(System.Logger.Level.WARNING, "a download stays counted: " + e.getMessage());
        }
    }

    /** Gives back or settles all slots whose grace time is over. */
    void sweep() {
        List<Digest> shares;
        synchronized (this) {
            shares = List.copyOf(slots.keySet());
        }
        shares.forEach(this::releaseBroken);
    }

    /** Ends the transfers under way of a revoked share. */
    synchronized void cancel(Digest share) {
        List<Slot> list = slots.remove(share);
        if (list != null) {
            list.forEach(slot -> slot.active.forEach(FileDownload::cancel));
        }
    }
}
