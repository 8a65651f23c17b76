package tranzr.events;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.model.AddressKey;
import tranzr.model.FileAccess;
import tranzr.model.Upload;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Outbox;
import tranzr.transfer.Peer;

/**
 * Where everything that happens becomes known: to those who watch, to webhooks, to the list of transfers. Fed by the commits of one engine and by the bytes
 * that pass through it. Safe for several threads.
 *
 * <p>Nobody is waited for. An event gets the next number and a place in a ring, of which each subscriber reads at its own pace; a progress takes the place of the
 * one before it. Whoever falls behind by more than the ring holds is told so, and gets the newest state. So a subscriber costs the same whether it reads or not, and
 * those who publish never meet it: they wake one thread, which wakes the subscribers.
 *
 * <p>Numbers rise by one. They begin above all that an earlier life of the server can have given out, as long as its clock was not set back and it told less than a
 * thousand events in each millisecond: so a number tells of which life it is.
 */
public final class EventHub implements AutoCloseable {

    /** How many events are kept for those who come back or fall behind, beside the newest progress of each upload. */
    static final int KEPT = 1024;
    private static final System.Logger LOG = System.getLogger(EventHub.class.getName());
    private static final long NUMBERS_PER_MILLISECOND = 1000;
    /** Subscribers are woken no more often than this, however many events there are. */
    private static final long WAKE_NANOS = 50_000_000L;

    private final Core core;
    private final LongSupplier nanos;
    private final Transfers transfers;
    private final StreamSlots slots;
    private final List<Outlet> outlets = new CopyOnWriteArrayList<>();
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final AtomicReferenceArray<Told> kept = new AtomicReferenceArray<>(KEPT);
    private final long first;
    /** Held while an event gets its number and is put where readers find it. */
    private final Object publishing = new Object();
    /** The last number given out; what has it or a lower one can be read. */
    private volatile long latest;
    /** How many events were ever kept: the place of the next one. */
    private volatile long places;
    /** The number of the newest event that is kept no more. */
    private volatile long forgotten;
    private volatile boolean closed;
    /** Whether the teller was woken, and has not looked since. */
    private volatile boolean awaited;
    private Thread teller;

    private EventHub(Core core, Function<Failure, Reason> reasons, StreamSlots slots, LongSupplier nanos) {
        this.core = core;
        this.nanos = nanos;
        this.slots = slots;
        this.first = core.now().toEpochMilli() * NUMBERS_PER_MILLISECOND;
        this.latest = first;
        this.forgotten = first;
        this.transfers = new Transfers(core, this, reasons, nanos);
    }

    /**
     * From now on the engine tells of itself.
     *
     * @param reasons how a failure is told; must not throw
     */
    public static EventHub open(Core core, Function<Failure, Reason> reasons) {
        EventHub hub = openIdle(core, reasons, StreamSlots.standard(), System::nanoTime);
        hub.teller = Thread.ofPlatform().daemon().name("tranzr-events").start(hub::tell);
        return hub;
    }

    /** Without a thread of its own: progress is told, and subscribers see what there is, at each {@link #tick}. */
    static EventHub openIdle(Core core, Function<Failure, Reason> reasons, StreamSlots slots, LongSupplier nanos) {
        EventHub hub = new EventHub(core, reasons, slots, nanos);
        hub.transfers.recover();
        core.outbox(hub::note);
        core.traffic(hub.transfers);
        return hub;
    }

    /** Has events kept there, too. */
    public void keepIn(Outlet outlet) {
        outlets.add(outlet);
    }

    /**
     * Begins to tell a caller what it may hear of: by {@link tranzr.model.Right#LIST}, as with webhooks; of one named upload also by {@link tranzr.model.Right#UPLOAD}, as
     * far as its status tells the same. Fails with TooManyStreams, Unavailable while closing. The subscription must be closed.
     *
     * @param from where the caller is
     * @param file the only one to hear of, which the caller may know of; null for all
     * @param last the number after which to go on; empty, or a number that says nothing here, begins with the newest state
     */
    public Subscription subscribe(Caller caller, Peer from, UUID file, OptionalLong last) {
        if (closed) {
            throw new FailureException(new Failure.Unavailable("the server is stopping"));
        }
        StreamSlots.Slot slot = slots.take(caller, from.address() == null ? null : AddressKey.of(from.address()));
        Subscription subscription = new Subscription(this, caller, file, slot);
        transfers.tick(true);
        subscription.begin(last);
        subscriptions.add(subscription);
        if (closed) {
            subscription.close();
        }
        return subscription;
    }

    /** What is under way, and the latest hundred that have ended; the newest first. */
    public List<Transfer> transfers() {
        return transfers.list();
    }

    /** Takes what a client says of its own work, to be told with the next progress of the upload, if it is still open by then. @param upload to which the client may write */
    public void report(Upload upload, ClientReport report) {
        transfers.reported(upload, report);
    }

    /** How many watch. */
    public int subscribers() {
        return subscriptions.size();
    }

    void forget(Subscription subscription) {
        subscriptions.remove(subscription);
    }

    Core core() {
        return core;
    }

    Transfers live() {
        return transfers;
    }

    long nanos() {
        return nanos.getAsLong();
    }

    UUID newId() {
        long high = core.random().nextLong() & 0xffff_ffff_ffff_0fffL | 0x4000L;
        long low = core.random().nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** Tells of what is not a progress, and keeps it. @param file null for what only administrators hear of */
    void publish(String type, String text, UUID file, FileAccess access) {
        synchronized (publishing) {
            long place = places;
            int slot = (int) (place % KEPT);
            Told before = kept.get(slot);
            if (before != null) {
                forgotten = before.number();
            }
            kept.set(slot, new Told(latest + 1, place, type, text, file, access));
            places = place + 1;
            latest++;
        }
        wakeTeller();
    }

    /** Tells of a progress: {@code holder} is given what readers are to find there. */
    void publish(String text, UUID file, FileAccess access, Consumer<Told> holder) {
        synchronized (publishing) {
            holder.accept(new Told(latest + 1, -1, Events.PROGRESS, text, file, access));
            latest++;
        }
        wakeTeller();
    }

    long latest() {
        return latest;
    }

    long places() {
        return places;
    }

    /** Null when another has its place by now. */
    Told kept(long place) {
        Told told = kept.get((int) (place % KEPT));
        return told != null && told.place() == place ? told : null;
    }

    /** The place of the first event after this number; -1 when some after it are kept no more, or it is no number of this life. */
    long placeAfter(long number) {
        if (number < first || number > latest) {
            return -1;
        }
        long end = places;
        long place = end;
        while (place > Math.max(0, end - KEPT)) {
            Told told = kept(place - 1);
            if (told == null || told.number() <= number) {
                break;
            }
            place--;
        }
        return forgotten > number ? -1 : place;
    }

    /** Told of every commit before it is made. */
    private Outbox.Note note(List<Change> changes) {
        List<Event> events;
        try {
            events = Events.of(changes, core.catalog(), core.now(), this::newId);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "nobody hears of a change", e);
            events = List.of();
        }
        return new HubNote(changes, events);
    }

    /** One commit, what it means, and what it is to keep for others. */
    private final class HubNote implements Outbox.Note {
        private final List<Change> changes;
        private final List<Event> events;
        private final Map<Outlet, List<Change>> added = new LinkedHashMap<>();

        HubNote(List<Change> changes, List<Event> events) {
            this.changes = changes;
            this.events = events;
            if (!events.isEmpty()) {
                outlets.forEach(outlet -> added.put(outlet, outlet.with(events)));
            }
        }

        @Override
        public List<Change> added() {
            List<Change> all = new ArrayList<>();
            added.values().forEach(all::addAll);
            return all;
        }

        @Override
        public void committed() {
            for (Outlet outlet : outlets) {
                List<Change> own = added.getOrDefault(outlet, List.of());
                List<Change> all = new ArrayList<>(changes);
                all.addAll(own);
                outlet.committed(all);
            }
            tellAll();
        }

        @Override
        public void committedAlone() {
            for (Outlet outlet : outlets) {
                outlet.lost(added.getOrDefault(outlet, List.of()));
                outlet.committed(changes);
            }
            tellAll();
        }

        private void tellAll() {
            try {
                tell(true);
                transfers.committed(changes);
                tell(false);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "who watches does not hear of a change", e);
            }
        }

        /** What comes before the progress that the commit makes, and what comes after. */
        private void tell(boolean begins) {
            for (Event event : events) {
                if (event.type().equals(Events.STARTED) == begins) {
                    publish(event.type(), event.body(), event.file().id(), event.file().access());
                }
            }
        }
    }

    /** Tells the progress that is due, and ends what has been quiet for long. */
    void tick() {
        transfers.tick(!subscriptions.isEmpty());
    }

    /** Once for all that is told until the teller has looked. Who begins to watch in this moment is woken at the next tick. */
    private void wakeTeller() {
        if (!awaited && !subscriptions.isEmpty()) {
            awaited = true;
            LockSupport.unpark(teller);
        }
    }

    private void tell() {
        long due = nanos() + Transfers.INTERVAL_NANOS;
        long awake = nanos();
        long told = first; // What was told before this thread got to run is to be told all the same.
        while (!closed) {
            long now = nanos();
            if (now - due >= 0) {
                tickSafely();
                due = nanos() + Transfers.INTERVAL_NANOS;
            }
            if (latest != told && now - awake >= 0) {
                awaited = false; // before the look, so that what is told after it wakes anew
                told = latest;
                awake = now + WAKE_NANOS;
                subscriptions.forEach(Subscription::wake);
            }
            long until = latest == told ? due : Math.min(due, awake);
            LockSupport.parkNanos(this, Math.max(1, until - nanos()));
        }
    }

    private void tickSafely() {
        try {
            tick();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the progress of transfers is not told", e);
        }
    }

    /** Ends all subscriptions; what outlets keep goes on. Idempotent. */
    @Override
    public void close() {
        closed = true;
        subscriptions.forEach(Subscription::close);
        if (teller != null) {
            LockSupport.unpark(teller);
        }
    }
}
