package tranzr.webhook;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.Delivery;
import tranzr.model.Webhook;
import tranzr.transfer.Core;
import tranzr.transfer.FailureException;

/**
 * Sends what waits in the catalog, each webhook in a lane of its own, and writes down what came of it. A delivery leaves the catalog only after its receiver
 * has answered, so that each arrives at least once, whatever happens in between. Safe for several threads.
 */
final class Sender {

    private static final System.Logger LOG = System.getLogger(Sender.class.getName());

    /** For one webhook. */
    static final int MAX_WAITING = 10_000;
    private static final int MAX_GIVEN_UP = 1_000;
    /** Of all webhooks together; beyond it each may have only a few. */
    private static final int MAX_IN_ALL = 50_000;
    private static final int FEW = 100;
    private static final int BATCH = 500;
    private static final int REMOVAL_TRIES = 5;
    /** The longest sleep while something waits: the clock of the server may be set meanwhile. */
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration ENDING = Duration.ofSeconds(2);
    private static final Duration ENDED = Duration.ofSeconds(10);
    private static final int DROPS_PER_LINE = 1000;

    /** How a webhook is doing. @param last null before the first attempt since the start */
    record Standing(int waiting, int givenUp, long dropped, Lane.Last last) {
    }

    private record Job(Webhook hook, Delivery delivery) {
    }

    private final Core core;
    private final Hooks hooks;
    private final HttpPost post;
    private final ScheduledExecutorService timer;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    /** By webhook. */
    private final Map<UUID, Lane> lanes = new HashMap<>();
    private int busy;
    private boolean closed;
    /** Whether a look for what is due is on its way already. */
    private boolean woken;
    /** Whether what did not arrive is left as it was, because it was ended by ourselves. */
    private volatile boolean abandoned;
    private ScheduledFuture<?> planned;

    Sender(Core core, Hooks hooks, HttpPost post, ScheduledExecutorService timer) {
        this.core = core;
        this.hooks = hooks;
        this.post = post;
        this.timer = timer;
    }

    /** Goes on with whatever is in the catalog. */
    void start() {
        add(core.catalog().entities(Delivery.class));
    }

    /** What is durable in the catalog. */
    void add(List<Delivery> deliveries) {
        if (deliveries.isEmpty()) {
            return;
        }
        locked(() -> deliveries.forEach(delivery -> follow(delivery.webhook(), delivery.id())));
        wake();
    }

    /** Takes over what the catalog has by now: whoever comes here last has seen the last commit, in whatever order the others were woken. */
    private void follow(UUID hook, UUID id) {
        core.catalog().entity(Delivery.class, id).ifPresentOrElse(lane(hook)::add, () -> lane(hook).forget(id));
    }

    /** By hand: an outage is over, as far as anybody knows. */
    void resume(UUID hook) {
        locked(() -> lane(hook).resume());
        wake();
    }

    /** What is not in the catalog any more. */
    void forget(UUID hook, List<UUID> deliveries) {
        locked(() -> deliveries.forEach(lane(hook)::forget));
    }

    /** How many are kept for all webhooks. */
    int inAll() {
        lock.lock();
        try {
            return lanes.values().stream().mapToInt(lane -> lane.waiting() + lane.givenUp()).sum();
        } finally {
            lock.unlock();
        }
    }

    /** How many wait to be sent, of all webhooks. */
    int waiting() {
        lock.lock();
        try {
            return lanes.values().stream().mapToInt(Lane::waiting).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Whether one more may wait. @param inAll as {@link #inAll} said */
    boolean hasRoom(UUID hook, int inAll) {
        int waiting = standing(hook).waiting();
        return waiting < MAX_WAITING && (inAll < MAX_IN_ALL || waiting < FEW);
    }

    void dropped(UUID hook) {
        lock.lock();
        try {
            if (lane(hook).drop() % DROPS_PER_LINE == 1) {
                LOG.log(System.Logger.Level.WARNING, "too much waits for webhook " + hook + ", or the disk is full: new events are not kept for it");
            }
        } finally {
            lock.unlock();
        }
    }

    Standing standing(UUID hook) {
        lock.lock();
        try {
            Lane lane = lanes.get(hook);
            return lane == null ? new Standing(0, 0, 0, null) : new Standing(lane.waiting(), lane.givenUp(), lane.dropped(), lane.last());
        } finally {
            lock.unlock();
        }
    }

    /** Looks for what is due. */
    void wake() {
        locked(() -> {
            if (!closed && !woken) {
                woken = true;
                timer.execute(this::dispatchSafely);
            }
        });
    }

    /** Does something that may block, so that the timer is free; not after {@link #close}, which waits for it. */
    void background(Runnable work) {
        locked(() -> {
            if (closed) {
                return;
            }
            busy++;
            Thread.ofVirtual().name("tranzr-webhook").start(() -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.WARNING, "work on webhooks failed", e);
                } finally {
                    locked(() -> {
                        busy--;
                        idle.signalAll();
                    });
                }
            });
        });
    }

    private void dispatchSafely() {
        try {
            dispatch();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "sending webhooks failed", e);
        }
    }

    private void dispatch() {
        Instant now = core.now();
        List<Job> jobs = new ArrayList<>();
        Map<UUID, List<UUID>> unwanted = new HashMap<>();
        locked(() -> {
            woken = false;
            if (!closed) {
                lanes.forEach((id, lane) -> hooks.find(id).filter(Webhook::active).ifPresent(hook -> take(hook, lane, now, jobs, unwanted)));
                jobs.forEach(job -> background(() -> attempt(job)));
                plan(now);
            }
        });
        if (!unwanted.isEmpty()) {
            background(() -> unwanted.forEach(this::remove));
        }
    }

    private void take(Webhook hook, Lane lane, Instant now, List<Job> jobs, Map<UUID, List<UUID>> unwanted) {
        for (UUID id = lane.take(now); id != null; id = lane.take(now)) {
            Delivery delivery = core.catalog().entity(Delivery.class, id).orElse(null);
            if (delivery != null && delivery.next() != null && hooks.mayStillHear(hook, delivery)) {
                jobs.add(new Job(hook, delivery));
            } else {
                lane.putBack(id);
                if (delivery != null && delivery.next() != null) {
                    unwanted.computeIfAbsent(hook.id(), key -> new ArrayList<>()).add(id);
                }
            }
        }
    }

    /** Wakes up when the next is due. */
    private void plan(Instant now) {
        if (planned != null) {
            planned.cancel(false);
        }
        lanes.values().stream().map(Lane::earliest).filter(earliest -> earliest != null).min(Instant::compareTo).ifPresent(earliest -> {
            Duration wait = Duration.between(now, earliest);
            // What is due and not taken waits for a place, whose end wakes us anyway.
            long millis = wait.isPositive() && wait.compareTo(TICK) < 0 ? wait.toMillis() + 1 : TICK.toMillis();
            planned = timer.schedule(this::dispatchSafely, millis, TimeUnit.MILLISECONDS);
        });
    }

    private void attempt(Job job) {
        try {
            Outcome outcome = send(job.hook(), job.delivery());
            if (outcome.isDelivered() || !abandoned) {
                settle(job, outcome);
            }
        } finally {
            wake();
        }
    }

    private Outcome send(Webhook hook, Delivery delivery) {
        byte[] body = delivery.body().getBytes(StandardCharsets.UTF_8);
        Instant now = core.now();
        String timestamp = Long.toString(now.getEpochSecond());
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("Content-Type", "application/json");
        fields.put("X-Tranzr-Event", delivery.type());
        fields.put("X-Tranzr-Delivery", delivery.event().toString());
        fields.put("X-Tranzr-Attempt", Integer.toString(delivery.attempts() + 1));
        fields.put("X-Tranzr-Timestamp", timestamp);
        fields.put("X-Tranzr-Signature", Signature.of(hook.key(), timestamp, body));
        return post.send(hook.url(), fields, body, now);
    }

    /** Writes down what came of it. When that cannot be done, it is sent again later: at least once. */
    private void settle(Job job, Outcome outcome) {
        UUID id = job.delivery().id();
        UUID hook = job.hook().id();
        Instant now = core.now();
        Duration pause = pause(job.delivery().attempts() + 1, outcome);
        boolean written = true;
        try {
            if (outcome.isDelivered()) {
                core.commit(List.of(new Change.EntityRemoved(Delivery.class, id)));
            } else {
                // By hand it may have been set to be sent again meanwhile, or it was given up.
                Delivery before = core.catalog().entity(Delivery.class, id).orElse(null);
                if (before != null) {
                    boolean over = outcome.isGone() || before.next() == null || job.delivery().attempts() + 1 >= Backoff.MAX_ATTEMPTS;
                    core.commit(List.of(new Change.EntityReplaced(before, before.tried(before.attempts() + 1, over ? null : now.plus(pause), outcome.text()))));
                }
            }
        } catch (ConflictException e) {
            LOG.log(System.Logger.Level.DEBUG, "a delivery changed while it was sent: {0}", e.getMessage());
        } catch (FailureException e) {
            LOG.log(System.Logger.Level.DEBUG, "the outcome of a delivery is not written down: {0}", e.getMessage());
            written = false;
        }
        boolean isWritten = written;
        locked(() -> {
            Lane lane = lane(hook);
            lane.ended(id, new Lane.Last(now, job.delivery().type(), outcome.status(), outcome.text()), outcome.isDelivered(),
                    Backoff.after(Math.max(1, lane.failures() - 1), core.random()), asked(outcome));
            if (isWritten) {
                follow(hook, id);
            } else {
                lane.add(job.delivery().tried(job.delivery().attempts() + 1, now.plus(pause), outcome.text()));
            }
        });
        if (hooks.find(hook).isEmpty()) {
            // Whoever removed the webhook found this one under way.
            remove(hook, List.of(id));
        } else if (outcome.isGone()) {
            hooks.disable(job.hook());
        }
    }

    /** The receiver may ask for a longer wait, within bounds, but not for a shorter one. */
    private Duration pause(int attempts, Outcome outcome) {
        Duration usual = Backoff.after(attempts, core.random());
        return asked(outcome).compareTo(usual) > 0 ? asked(outcome) : usual;
    }

    private static Duration asked(Outcome outcome) {
        Duration asked = outcome.retryAfter() == null ? Duration.ZERO : outcome.retryAfter();
        return asked.compareTo(Backoff.LONGEST) > 0 ? Backoff.LONGEST : asked;
    }

    /** Removes from catalog and lane, a bounded number at a time. */
    void remove(UUID hook, List<UUID> deliveries) {
        for (int at = 0; at < deliveries.size(); at += BATCH) {
            List<UUID> batch = deliveries.subList(at, Math.min(deliveries.size(), at + BATCH));
            boolean gone = false;
            for (int i = 0; i < REMOVAL_TRIES && !gone; i++) {
                gone = commitRemoval(batch);
            }
            if (gone) {
                forget(hook, batch);
            }
        }
    }

    /** @return false when one of them arrived, and so went, just now, or the store failed */
    private boolean commitRemoval(List<UUID> batch) {
        List<Change> removals = batch.stream().filter(id -> core.catalog().entity(Delivery.class, id).isPresent())
                .<Change>map(id -> new Change.EntityRemoved(Delivery.class, id)).toList();
        try {
            if (!removals.isEmpty()) {
                core.commit(removals);
            }
            return true;
        } catch (ConflictException | FailureException e) {
            LOG.log(System.Logger.Level.DEBUG, "not removed, perhaps left for the next sweep: {0}", e.getMessage());
            return false;
        }
    }

    /** Ids of whatever is kept for a webhook, but for what is under way. */
    List<UUID> all(UUID hook) {
        lock.lock();
        try {
            Lane lane = lanes.get(hook);
            return lane == null ? List.of() : lane.all();
        } finally {
            lock.unlock();
        }
    }

    /** Clears away what nobody waits for: of webhooks that are gone, given up long ago, or waiting for longer than is tried. */
    void sweep() {
        Instant now = core.now();
        Map<UUID, List<UUID>> stale = new HashMap<>();
        Map<UUID, List<UUID>> overdue = new HashMap<>();
        locked(() -> {
            lanes.entrySet().removeIf(entry -> hooks.find(entry.getKey()).isEmpty() && entry.getValue().isEmpty());
            lanes.forEach((id, lane) -> {
                Webhook hook = hooks.find(id).orElse(null);
                stale.put(id, hook == null ? lane.all() : lane.stale(now, MAX_GIVEN_UP));
                overdue.put(id, hook == null ? List.of() : lane.overdue(now, hook.active()));
            });
        });
        stale.forEach(this::remove);
        overdue.forEach(this::giveUp);
    }

    private void giveUp(UUID hook, List<UUID> deliveries) {
        // More would be removed by the next sweep anyway.
        int kept = Math.min(MAX_GIVEN_UP, deliveries.size());
        remove(hook, deliveries.subList(kept, deliveries.size()));
        for (UUID id : deliveries.subList(0, kept)) {
            core.catalog().entity(Delivery.class, id).filter(delivery -> delivery.next() != null).ifPresent(before -> {
                Delivery after = before.tried(before.attempts(), null, before.lastResult() == null ? "not tried: the webhook was out" : before.lastResult());
                try {
                    core.commit(List.of(new Change.EntityReplaced(before, after)));
                    locked(() -> follow(hook, id));
                } catch (ConflictException | FailureException e) {
                    LOG.log(System.Logger.Level.DEBUG, "left for the next sweep: {0}", e.getMessage());
                }
            });
        }
    }

    /** Sends nothing more; what is under way gets a little time, and is sent again after the next start if that was not enough. */
    void close() {
        locked(() -> closed = true);
        boolean quiet = awaitIdle(ENDING);
        abandoned = true;
        post.close();
        if (!quiet && !awaitIdle(ENDED)) {
            LOG.log(System.Logger.Level.WARNING, "a webhook's delivery does not end");
        }
    }

    private boolean awaitIdle(Duration patience) {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (busy > 0 && left > 0) {
                left = idle.awaitNanos(left);
            }
            return busy == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private Lane lane(UUID hook) {
        return lanes.computeIfAbsent(hook, id -> new Lane());
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
