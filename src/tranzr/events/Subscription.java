package tranzr.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.catalog.Catalog;
import tranzr.model.AccessToken;
import tranzr.model.FileAccess;
import tranzr.model.Right;
import tranzr.model.Session;
import tranzr.model.Upload;
import tranzr.model.UploadRequest;
import tranzr.model.UploadState;

/**
 * One who watches: where it stands among the events, and no event of its own. {@link #next} is for one thread, {@link #close} for any.
 *
 * <p>What the caller may hear of is asked anew for each event, by what the catalog says of the caller and of the file at that moment.
 */
public final class Subscription implements AutoCloseable {

    private final EventHub hub;
    private final UUID file;
    private final StreamSlots.Slot slot;
    private final AtomicBoolean closed = new AtomicBoolean();
    private Caller caller;
    private volatile Thread waiting;
    /** Of what has been seen: the number of the last event, and the place of the next one that is kept. */
    private long seen;
    private long place;
    /** Whether the newest state is to be told first, and whether to say that something was missed. */
    private boolean anew;
    private boolean missed;
    private boolean over;

    Subscription(EventHub hub, Caller caller, UUID file, StreamSlots.Slot slot) {
        this.hub = hub;
        this.caller = caller;
        this.file = file;
        this.slot = slot;
    }

    void begin(OptionalLong last) {
        place = last.isPresent() ? hub.placeAfter(last.getAsLong()) : -1;
        seen = last.orElse(0);
        if (place < 0) {
            anew = true;
            missed = last.isPresent();
        }
    }

    /**
     * Waits until there is something to tell.
     *
     * @param wait at most so long
     * @return empty when nothing has come in the time; null when it is over: closed, the caller has lost what let it in, or its only file is gone
     */
    public Batch next(Duration wait) {
        long deadline = System.nanoTime() + wait.toNanos();
        waiting = Thread.currentThread();
        try {
            while (!over && !closed.get()) {
                long latest = hub.latest();
                if (anew || latest != seen) {
                    Batch batch = collect(latest);
                    if (batch != null) {
                        return batch;
                    }
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    refresh();
                    return over ? null : new Batch(List.of(), seen);
                }
                if (hub.latest() == seen) {
                    LockSupport.parkNanos(this, left);
                }
                if (Thread.interrupted()) {
                    close();
                }
            }
            return null;
        } finally {
            waiting = null;
        }
    }

    void wake() {
        LockSupport.unpark(waiting);
    }

    /** @return null when there is nothing for the caller */
    private Batch collect(long latest) {
        refresh();
        if (over) {
            return null;
        }
        List<Told> found = new ArrayList<>();
        if (!anew && !collectKept(found, latest)) {
            anew = true;
            missed = true;
            found.clear();
        }
        if (anew) {
            return state(latest);
        }
        collectProgress(found, latest, seen);
        found.sort(Comparator.comparingLong(Told::number));
        List<Batch.Entry> entries = found.stream().filter(this::mayHear).map(told -> new Batch.Entry(told.number(), told.type(), told.text())).toList();
        seen = latest;
        over = file != null && found.stream().anyMatch(this::isLast);
        return entries.isEmpty() ? null : new Batch(entries, seen);
    }

    /** The newest state: each upload under way once. */
    private Batch state(long latest) {
        List<Batch.Entry> entries = new ArrayList<>();
        if (missed) {
            Map<String, Object> body = Events.head(hub.newId(), Events.RESET, hub.core().now());
            entries.add(new Batch.Entry(-1, Events.RESET, Events.text(body)));
        }
        place = hub.placeAfter(latest);
        if (place < 0) {
            place = hub.places();
        }
        List<Told> found = new ArrayList<>();
        collectProgress(found, Long.MAX_VALUE, Long.MIN_VALUE);
        found.stream().filter(this::mayHear).forEach(told -> entries.add(new Batch.Entry(-1, told.type(), told.text())));
        if (file != null && found.isEmpty()) {
            hub.live().stateOf(file).filter(this::mayHear).ifPresent(told -> entries.add(new Batch.Entry(-1, told.type(), told.text())));
        }
        anew = false;
        missed = false;
        // A progress that was told since is told once more, rather than not at all.
        seen = latest;
        return new Batch(entries, latest);
    }

    /** @return false when some of it is kept no more */
    private boolean collectKept(List<Told> found, long latest) {
        long end = hub.places();
        if (end - place > EventHub.KEPT) {
            return false;
        }
        while (place < end) {
            Told told = hub.kept(place);
            if (told == null) {
                return false;
            }
            if (told.number() > latest) {
                return true;
            }
            place++;
            if (file == null || file.equals(told.file())) {
                found.add(told);
            }
        }
        return true;
    }

    private void collectProgress(List<Told> found, long latest, long after) {
        if (file != null) {
            hub.live().told(file, after == Long.MIN_VALUE).filter(told -> told.number() > after && told.number() <= latest).ifPresent(found::add);
            return;
        }
        hub.live().forEachTold(after == Long.MIN_VALUE, told -> {
            if (told.number() > after && told.number() <= latest) {
                found.add(told);
            }
        });
    }

    private boolean mayHear(Told told) {
        if (told.file() == null) {
            return Permissions.isAdmin(caller);
        }
        FileAccess access = hub.core().catalog().upload(told.file()).map(Upload::access).orElse(told.access());
        Set<Right> rights = Permissions.on(caller, told.file(), access);
        return rights.contains(Right.LIST) || file != null && rights.contains(Right.UPLOAD) && isOfUpload(told.type());
    }

    /** Whether it tells that the only file is gone: asked only after that was told, since the catalog knows it earlier. */
    private boolean isLast(Told told) {
        return told.type().equals(Events.DELETED) || told.type().equals(Events.ERROR)
                && hub.core().catalog().upload(file).filter(upload -> upload.state() != UploadState.EXPIRED).isEmpty();
    }

    /** Whether the status of an upload tells the same. */
    private static boolean isOfUpload(String type) {
        return switch (type) {
            case Events.STARTED, Events.PROGRESS, Events.COMPLETED, Events.DELETED, Events.ERROR -> true;
            default -> false;
        };
    }

    /** Takes the caller as it is now: a token may have lost rights, or be gone. */
    private void refresh() {
        Catalog catalog = hub.core().catalog();
        Caller now = switch (caller) {
            case Caller.Bearer bearer when bearer.session() != null && catalog.entity(Session.class, bearer.session()).isEmpty() -> Caller.NOBODY;
            case Caller.Bearer bearer -> current(bearer.token()) == null ? Caller.NOBODY : new Caller.Bearer(current(bearer.token()), bearer.session());
            case Caller.Once once -> current(once.token()) == null ? Caller.NOBODY : new Caller.Once(current(once.token()), once.right(), once.file(), once.oneTime());
            case Caller.Guest guest -> catalog.entity(UploadRequest.class, guest.request().id()).<Caller>map(Caller.Guest::new).orElse(Caller.NOBODY);
            case Caller.Signed _ -> Caller.NOBODY; // an address is for one request, and none of these
            case Caller.Server _, Caller.Nobody _ -> caller;
        };
        caller = now;
        over |= now instanceof Caller.Nobody;
    }

    /** Null when it is gone or has expired. */
    private AccessToken current(AccessToken token) {
        return token.id().equals(AccessToken.OPERATOR_ID) ? token
                : hub.core().catalog().entity(AccessToken.class, token.id()).filter(now -> !now.isExpired(hub.core().now())).orElse(null);
    }

    /** Ends it: a {@link #next} that waits returns soon. Closing again does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            hub.forget(this);
            slot.close();
        }
        wake();
    }
}
