package tranzr.webhook;

import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocketFactory;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.events.Event;
import tranzr.events.EventHub;
import tranzr.events.Outlet;
import tranzr.json.Json;
import tranzr.model.AccessToken;
import tranzr.model.Delivery;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.Webhook;
import tranzr.transfer.Core;
import tranzr.transfer.FailureException;

/**
 * Tells webhooks of what happens. An event is derived from the changes of a commit and becomes part of it, one {@link Delivery} for each webhook that wants
 * it and whose owner may see the file; a {@link Sender} does the rest. Safe for several threads.
 */
public final class Hooks implements Outlet, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Hooks.class.getName());
    /** What one commit may grow by: a record of the journal is bounded, too. */
    private static final int MAX_ADDED_BYTES = 256 << 10;
    /** Beside the body. */
    private static final int DELIVERY_BYTES = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long SWEEP_SECONDS = 60;

    private final Core core;
    private final ScheduledThreadPoolExecutor timer;
    private final HttpPost post;
    private final Sender sender;
    private final boolean privateAllowed;
    /** All there are, by id; replaced as a whole. */
    private volatile Map<UUID, Webhook> hooks = Map.of();
    private final ReentrantLock making = new ReentrantLock();

    private Hooks(Core core, boolean privateAllowed, Function<ScheduledThreadPoolExecutor, HttpPost> posts) {
        this.core = core;
        this.privateAllowed = privateAllowed;
        this.timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("tranzr-webhooks").factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.post = posts.apply(timer);
        this.sender = new Sender(core, this, post, timer);
    }

    /**
     * From now on commits tell of themselves, and what waits since before is sent.
     *
     * @param events where they are told
     * @param privateAllowed whether webhooks may lead into private networks and to this machine
     */
    public static Hooks open(Core core, EventHub events, boolean privateAllowed) {
        return open(core, events, privateAllowed, timer -> new HttpPost(InetAddress::getAllByName, Socket::connect, () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
                privateAllowed, PATIENCE, timer));
    }

    static Hooks open(Core core, EventHub events, boolean privateAllowed, Function<ScheduledThreadPoolExecutor, HttpPost> posts) {
        Hooks hooks = new Hooks(core, privateAllowed, posts);
        hooks.refresh();
        events.keepIn(hooks);
        hooks.sender.start();
        hooks.timer.scheduleWithFixedDelay(() -> hooks.sender.background(hooks::sweep), 0, SWEEP_SECONDS, TimeUnit.SECONDS);
        return hooks;
    }

    /** The webhooks as this caller may treat them. */
    public Webhooks webhooks(Caller caller) {
        return new Webhooks(core, this, sender, caller, privateAllowed);
    }

    @Override
    public List<Change> with(List<Event> events) {
        Map<UUID, Webhook> all = hooks;
        if (all.isEmpty()) {
            return List.of();
        }
        try {
            return deliveries(events, all);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "webhooks do not hear of a change", e);
            return List.of();
        }
    }

    private List<Change> deliveries(List<Event> events, Map<UUID, Webhook> all) {
        List<Change> added = new ArrayList<>();
        Instant now = core.now();
        int inAll = sender.inAll();
        int bytes = 0;
        for (Event event : events) {
            for (Webhook hook : all.values()) {
                if (!event.lasting() || !wants(hook, event.type()) || !mayHear(hook, event.file())) {
                    continue;
                }
                bytes += event.body().length() + DELIVERY_BYTES;
                if (bytes > MAX_ADDED_BYTES || !sender.hasRoom(hook.id(), inAll)) {
                    sender.dropped(hook.id());
                } else {
                    added.add(new Change.EntityAdded(new Delivery(newId(), hook.id(), event.id(), event.type(), event.body(), now, 0, now, null)));
                }
            }
        }
        return added;
    }

    @Override
    public void committed(List<Change> changes) {
        if (hooks.isEmpty()) {
            return;
        }
        List<Delivery> added = new ArrayList<>();
        boolean changed = false;
        boolean ownerGone = false;
        for (Change change : changes) {
            switch (change) {
                case Change.EntityAdded c when c.entity() instanceof Delivery delivery -> added.add(delivery);
                case Change.EntityAdded c when c.entity() instanceof Webhook -> changed = true;
                case Change.EntityReplaced c when c.after() instanceof Webhook -> changed = true;
                case Change.EntityRemoved c when c.kind() == Webhook.class -> changed = true;
                case Change.EntityRemoved c when c.kind() == AccessToken.class -> ownerGone = true;
                default -> { }
            }
        }
        if (changed) {
            refresh();
            sender.wake();
        }
        if (ownerGone) {
            sender.background(this::sweep);
        }
        sender.add(added);
    }

    @Override
    public void lost(List<Change> added) {
        for (Change change : added) {
            if (change instanceof Change.EntityAdded c && c.entity() instanceof Delivery delivery) {
                sender.dropped(delivery.webhook());
            }
        }
    }

    /** Learns which webhooks there are; whoever adds the first one calls it. Two at the same time both see the newest. */
    synchronized void refresh() {
        hooks = core.catalog().entities(Webhook.class).stream().collect(Collectors.toUnmodifiableMap(Webhook::id, hook -> hook));
    }

    /** Held from counting webhooks to adding one. */
    ReentrantLock making() {
        return making;
    }

    Optional<Webhook> find(UUID id) {
        return Optional.ofNullable(hooks.get(id));
    }

    private static boolean wants(Webhook hook, String type) {
        return hook.active() && (hook.events().isEmpty() || hook.events().contains(type));
    }

    private boolean mayHear(Webhook hook, Upload file) {
        return owner(hook).filter(token -> Permissions.allows(Caller.of(token), Right.LIST, file)).isPresent();
    }

    /** Empty when it is gone, or may do nothing any more. */
    private Optional<AccessToken> owner(Webhook hook) {
        Optional<AccessToken> owner = hook.owner().equals(AccessToken.OPERATOR_ID) ? Optional.of(AccessToken.OPERATOR)
                : core.catalog().entity(AccessToken.class, hook.owner());
        return owner.filter(token -> !token.isExpired(core.now()));
    }

    /** Whether what waits may still be told: the owner may have lost its rights since. */
    boolean mayStillHear(Webhook hook, Delivery delivery) {
        Object file = Json.readObject(delivery.body().getBytes(java.nio.charset.StandardCharsets.UTF_8)).get("fileId");
        Optional<Upload> upload = file == null ? Optional.empty() : core.catalog().upload(UUID.fromString(file.toString()));
        return upload.map(known -> mayHear(hook, known)).orElseGet(() -> owner(hook).isPresent());
    }

    /** Stops telling it anything, because it said so. */
    void disable(Webhook hook) {
        Webhook off = new Webhook(hook.id(), hook.owner(), hook.url(), hook.key(), hook.events(), hook.created(), false);
        try {
            core.commit(List.of(new Change.EntityReplaced(hook, off)));
            LOG.log(System.Logger.Level.INFO, "webhook " + hook.id() + " answered 410 and is switched off");
        } catch (ConflictException | FailureException e) {
            LOG.log(System.Logger.Level.DEBUG, "a webhook changed meanwhile: {0}", e.getMessage());
        }
    }

    /** Removes the webhooks of tokens that are gone, and what nobody waits for. */
    void sweep() {
        for (Webhook hook : hooks.values()) {
            if (!hook.owner().equals(AccessToken.OPERATOR_ID) && core.catalog().entity(AccessToken.class, hook.owner()).isEmpty()) {
                remove(hook.id());
            }
        }
        sender.sweep();
    }

    /** Removes a webhook with what waits for it. @return whether it was there */
    boolean remove(UUID id) {
        boolean removed;
        try {
            core.commit(List.of(new Change.EntityRemoved(Webhook.class, id)));
            removed = true;
        } catch (ConflictException e) {
            removed = false;
        }
        refresh();
        sender.remove(id, sender.all(id));
        return removed;
    }

    /** Looks for what is due now, without waiting for the next tick. */
    void wake() {
        sender.wake();
    }

    /** How many deliveries wait to be sent. */
    public int waiting() {
        return sender.waiting();
    }

    UUID newId() {
        long high = core.random().nextLong() & 0xffff_ffff_ffff_0fffL | 0x4000L;
        long low = core.random().nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** Sends nothing more. Call it when no request is under way, and before the engine is closed; events of later commits wait for the next start. */
    @Override
    public void close() {
        sender.close();
        timer.shutdown();
    }
}
