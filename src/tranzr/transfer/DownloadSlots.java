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
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.RangeSet;
import tranzr.model.Share;

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
        final List<LinkDownload> active = new ArrayList<>();
        /** What went out of each file. */
        final Map<UUID, RangeSet> covered = new HashMap<>();
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

        Slot(Digest share, long id, Digest client, Instant lastActive) {
            this.share = share;
            this.id = id;
            this.client = client;
            this.lastActive = lastActive;
        }

        boolean hasRoomFor(ByteRange range, LinkSpace space) {
            long left = space.length() - (served - space.length()) + SLACK;
            return range.length() <= left;
        }

        boolean isWhole(LinkSpace space) {
            return space.isCoveredBy(covered);
        }
    }

    /** Who is about to count a download. */
    private record Opening(Digest share, Digest client) {
    }

    /** What is asked for: a range of the link's byte space. */
    private record Wish(Digest share, Digest client, LinkSpace space, ByteRange range) {

        static Wish of(Shares.Visit visit, ByteRange range) {
            return new Wish(visit.share().tokenHash(), visit.visitor().key(), visit.space(), range);
        }
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
        core.catalog.forEachShare(share -> {
            for (Share.Slot open : share.open()) {
                Slot slot = new Slot(share.tokenHash(), open.id(), open.client(), now);
                slot.broken = true;
                slot.settled = true;
                slot.begun = true;
                slots.computeIfAbsent(share.tokenHash(), key -> new ArrayList<>()).add(slot);
            }
        });
    }

    /** Whether {@link #open} would find or get a slot now. Fails with DownloadLimitReached. */
    void check(Shares.Visit visit, ByteRange range) {
        releaseBroken(visit.share().tokenHash());
        synchronized (this) {
            if (joinable(Wish.of(visit, range)).isPresent()) {
                return;
            }
        }
        Share now = core.catalog.share(visit.share().tokenHash())
                .orElseThrow(() -> new FailureException(new Failure.UnknownShare()));
        if (now.isUsedUp()) {
            throw new FailureException(new Failure.DownloadLimitReached());
        }
    }

    /**
     * Opens what is asked for under a slot of this client, or under a new one. Fails with DownloadLimitReached.
     *
     * @param range of the link's byte space
     */
    Download open(Shares.Visit visit, ByteRange range, LinkDownload.Opener opener) {
        Wish wish = Wish.of(visit, range);
        releaseBroken(wish.share());
        Opening opening = new Opening(wish.share(), wish.client());
        boolean limited = visit.share().maxDownloads() > 0;
        synchronized (this) {
            Slot joined = joinable(wish).orElse(null);
            while (joined == null && limited && !openings.add(opening)) {
                awaitOpened();
                joined = joinable(wish).orElse(null);
            }
            if (joined != null) {
                return attach(joined, wish, opener);
            }
        }
        try {
            return openNew(wish, limited, opener);
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

    private Download openNew(Wish wish, boolean limited, LinkDownload.Opener opener) {
        // Opened before it is counted, so that damage, or a race with a deletion, costs the recipient nothing.
        Slot slot = new Slot(wish.share(), core.random.nextLong(), wish.client(), core.now());
        slot.limited = limited;
        Download download = attach(slot, wish, opener);
        boolean counted = false;
        try {
            count(slot, wish.range());
            counted = true;
        } finally {
            if (!counted) {
                slot.limited = false;
                download.end(false);
            }
        }
        synchronized (this) {
            slots.computeIfAbsent(wish.share(), key -> new ArrayList<>()).add(slot);
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
    private Optional<Slot> joinable(Wish wish) {
        ByteRange range = wish.range();
        LinkSpace space = wish.space();
        Instant latest = core.now().minus(core.settings.continueGrace());
        // What is for one time is over when the file is whole: no part of it is handed out again.
        boolean oneTime = core.catalog.share(wish.share()).map(known -> known.policy().oneTime()).orElse(false);
        return slots.getOrDefault(wish.share(), List.of()).stream()
                .filter(slot -> slot.limited && slot.client.equals(wish.client()) && slot.hasRoomFor(range, space))
                .filter(slot -> !(oneTime && slot.isWhole(space)))
                .filter(slot -> !slot.active.isEmpty() || !slot.lastActive.isBefore(latest))
                .filter(slot -> range.start() > 0 || slot.active.isEmpty() && (slot.broken || !slot.isWhole(space))
                        || !slot.begun && range.length() < space.length())
                .findFirst();
    }

    private Download attach(Slot slot, Wish wish, LinkDownload.Opener opener) {
        LinkDownload[] opened = new LinkDownload[1];
        LinkDownload download = opener.open(whole -> ended(slot, opened[0], wish, whole));
        opened[0] = download;
        slot.active.add(download);
        slot.begun |= wish.range().start() == 0;
        slot.lastActive = core.now();
        return download;
    }

    private void ended(Slot slot, LinkDownload download, Wish wish, boolean whole) {
        ByteRange range = wish.range();
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
            wish.space().pieces(new ByteRange(range.start(), range.start() + sent)).forEach(piece -> slot.covered.merge(piece.file(),
                    RangeSet.EMPTY.plus(piece.range(), 0), (before, more) -> plus(before, piece.range())));
            if (slot.isWhole(wish.space())) {
                slot.broken = false;
            } else if (!whole) {
                slot.broken = true;
            }
            finished = slot.isWhole(wish.space()) && !slot.settled;
            slot.settled |= finished;
        }
        if (finished) {
            close(new Change.DownloadFinished(slot.share, slot.id));
        }
    }

    private static RangeSet plus(RangeSet covered, ByteRange range) {
        RangeSet more = covered;
        for (ByteRange part : covered.missing(range)) {
            more = more.plus(part, 0);
        }
        return more;
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
            list.forEach(slot -> slot.active.forEach(LinkDownload::cancel));
        }
    }
}
