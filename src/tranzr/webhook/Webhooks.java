package tranzr.webhook;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.events.Events;
import tranzr.model.Delivery;
import tranzr.model.Entity;
import tranzr.model.Right;
import tranzr.model.Webhook;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/**
 * The webhooks as one caller may treat them: its own, or all of them with {@link Right#ADMIN}. Others are answered like ones that are not there.
 */
public final class Webhooks {

    static final int MAX_PER_TOKEN = 20;
    /** Each commit asks each of them. */
    static final int MAX_IN_ALL = 200;

    /** The names of all events. */
    public static final Set<String> EVENTS = Events.TYPES;

    /**
     * A webhook and how it is doing.
     *
     * @param waiting deliveries that are going to be tried, again or for the first time
     * @param givenUp deliveries that can be sent again by hand
     * @param dropped events that were not kept for it since the start of the server
     * @param lastAt when it was tried last since the start of the server, or null
     * @param lastResult what came of that, or null
     */
    public record View(Webhook hook, int waiting, int givenUp, long dropped, Instant lastAt, String lastResult) {
    }

    /** What may be changed. @param events empty for all */
    public record Terms(String url, Set<String> events, boolean active) {
        public Terms {
            events = Set.copyOf(events);
        }
    }

    private static final Comparator<Entity> NEWEST_FIRST = Comparator.comparing(Entity::created).thenComparing(Entity::id).reversed();

    private final Core core;
    private final Hooks hooks;
    private final Sender sender;
    private final Caller caller;
    private final boolean privateAllowed;

    Webhooks(Core core, Hooks hooks, Sender sender, Caller caller, boolean privateAllowed) {
        this.core = core;
        this.hooks = hooks;
        this.sender = sender;
        this.caller = caller;
        this.privateAllowed = privateAllowed;
    }

    /** Makes one, whose key is told by the answer only. Fails with Forbidden, InvalidValue, TooMany. */
    public Webhook create(Terms terms) {
        if (!Permissions.mayHaveWebhooks(caller)) {
            throw new FailureException(new Failure.Forbidden(Right.LIST));
        }
        check(terms);
        Webhook hook = new Webhook(hooks.newId(), caller.owner(), terms.url(), Signature.newKey(core.random()), terms.events(), core.now(), terms.active());
        ReentrantLock making = hooks.making();
        making.lock();
        try {
            List<Webhook> all = core.catalog().entities(Webhook.class);
            requireFewer(MAX_PER_TOKEN, all.stream().filter(other -> other.owner().equals(hook.owner())).count());
            requireFewer(MAX_IN_ALL, all.size());
            core.commit(List.of(new Change.EntityAdded(hook)));
        } catch (ConflictException e) {
            throw new IllegalStateException("a fresh random id is known already", e);
        } finally {
            making.unlock();
        }
        hooks.refresh();
        return hook;
    }

    private static void requireFewer(int limit, long count) {
        if (count >= limit) {
            throw new FailureException(new Failure.TooMany("webhooks", limit));
        }
    }

    /** What can be known without asking anybody for the host's addresses, which may change anyway: they are judged each time something is sent. */
    private void check(Terms terms) {
        Target target;
        try {
            target = Target.parse(terms.url());
        } catch (IllegalArgumentException e) {
            throw new FailureException(new Failure.InvalidValue("url", e.getMessage()));
        }
        if (!privateAllowed && (target.host().equalsIgnoreCase("localhost")
                || target.literal().filter(address -> !PublicAddresses.contains(address)).isPresent())) {
            throw new FailureException(new Failure.InvalidValue("url", "must not lead to this machine or into a private network"));
        }
        Set<String> unknown = new TreeSet<>(terms.events());
        unknown.removeAll(EVENTS);
        if (!unknown.isEmpty()) {
            throw new FailureException(new Failure.InvalidValue("events", "must be of " + String.join(", ", new TreeSet<>(EVENTS))));
        }
    }

    /** Fails with UnknownWebhook. */
    public View get(UUID id) {
        return view(require(id));
    }

    /** Newest first. @param after the id of the last one seen; fails with InvalidValue when it is not there any more */
    public List<View> list(Optional<UUID> after, int limit) {
        List<Webhook> ours = core.catalog().entities(Webhook.class).stream().filter(hook -> Permissions.mayManage(caller, hook)).sorted(NEWEST_FIRST).toList();
        core.settle();
        return page(ours, Webhook::id, after, limit).stream().map(this::view).toList();
    }

    /** Fails with UnknownWebhook, InvalidValue. */
    public View change(UUID id, Function<Webhook, Terms> to) {
        while (true) {
            Webhook before = require(id);
            Terms terms = to.apply(before);
            check(terms);
            Webhook after = new Webhook(id, before.owner(), terms.url(), before.key(), terms.events(), before.created(), terms.active());
            try {
                core.commit(List.of(new Change.EntityReplaced(before, after)));
                hooks.refresh();
                sender.resume(id);
                return view(after);
            } catch (ConflictException e) {
                // Somebody changed it at the same time, or it is gone: look again.
                continue;
            }
        }
    }

    /** Removes it; nothing that waits for it is sent. Fails with UnknownWebhook. */
    public void delete(UUID id) {
        require(id);
        if (!hooks.remove(id)) {
            throw unknown();
        }
    }

    /** Sends something that says nothing. Fails with UnknownWebhook, InvalidValue when it is switched off, TooMany. */
    public Delivery ping(UUID id) {
        Webhook hook = require(id);
        if (!hook.active()) {
            throw new FailureException(new Failure.InvalidValue("active", "is false: the webhook is switched off"));
        }
        if (!sender.hasRoom(id, sender.inAll())) {
            throw new FailureException(new Failure.TooMany("deliveries", Sender.MAX_WAITING));
        }
        Instant now = core.now();
        UUID event = hooks.newId();
        Delivery delivery = new Delivery(hooks.newId(), id, event, Events.PING, Events.ping(event, id, now), now, 0, now, null);
        try {
            // The outbox hears of it and has it sent.
            core.commit(List.of(new Change.Present(Webhook.class, id), new Change.EntityAdded(delivery)));
        } catch (ConflictException e) {
            throw unknown();
        }
        sender.resume(id);
        return delivery;
    }

    /** What waits and what was given up, newest first. Fails with UnknownWebhook, InvalidValue as {@link #list}. */
    public List<Delivery> deliveries(UUID id, Optional<UUID> after, int limit) {
        require(id);
        List<Delivery> all = core.catalog().entities(Delivery.class).stream().filter(delivery -> delivery.webhook().equals(id)).sorted(NEWEST_FIRST).toList();
        core.settle();
        return page(all, Delivery::id, after, limit);
    }

    /** Has it sent now, and tried for a day again. Fails with UnknownWebhook, UnknownDelivery. */
    public Delivery redeliver(UUID id, UUID deliveryId) {
        require(id);
        while (true) {
            Delivery before = core.catalog().entity(Delivery.class, deliveryId).filter(delivery -> delivery.webhook().equals(id))
                    .orElseThrow(() -> new FailureException(new Failure.UnknownDelivery()));
            Delivery after = before.tried(0, core.now(), before.lastResult());
            try {
                core.commit(List.of(new Change.EntityReplaced(before, after)));
                sender.add(List.of(after));
                sender.resume(id);
                return after;
            } catch (ConflictException e) {
                // It was just tried, or has just arrived: look again.
                continue;
            }
        }
    }

    private static <T> List<T> page(List<T> all, Function<T, UUID> id, Optional<UUID> after, int limit) {
        if (after.isEmpty()) {
            return all.subList(0, Math.min(limit, all.size()));
        }
        int at = all.stream().map(id).toList().indexOf(after.get());
        if (at < 0) {
            throw new FailureException(new Failure.InvalidValue("after", "is not there any more; begin anew"));
        }
        return all.subList(at + 1, Math.min(at + 1 + limit, all.size()));
    }

    private Webhook require(UUID id) {
        Webhook hook = core.catalog().entity(Webhook.class, id).filter(found -> Permissions.mayManage(caller, found)).orElseThrow(Webhooks::unknown);
        core.settle();
        return hook;
    }

    private static FailureException unknown() {
        return new FailureException(new Failure.UnknownWebhook());
    }

    private View view(Webhook hook) {
        Sender.Standing standing = sender.standing(hook.id());
        Lane.Last last = standing.last();
        return new View(hook, standing.waiting(), standing.givenUp(), standing.dropped(), last == null ? null : last.at(), last == null ? null : last.text());
    }
}
