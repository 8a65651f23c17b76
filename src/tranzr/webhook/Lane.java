package tranzr.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import tranzr.model.Delivery;

/**
 * What waits for one webhook, and how it has been lately. Of the deliveries only ids and times: the catalog has the rest. Guarded by the lock of its
 * {@link Sender}.
 */
final class Lane {

    /** Under way at the same time, as long as all goes well; one after a failure. */
    private static final int AT_A_TIME = 4;
    /** So many failures in a row are taken for an outage, in which the others need not be tried each by itself. */
    private static final int OUTAGE = 3;
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final Duration KEPT = Duration.ofDays(7);

    private record Due(Instant next, Instant created, UUID id) {
        static final Comparator<Due> FIRST = Comparator.comparing(Due::next).thenComparing(Due::created).thenComparing(Due::id);
    }

    /** The last attempt. @param status 0 when there was no answer */
    record Last(Instant at, String type, int status, String text) {
    }

    private final PriorityQueue<Due> queue = new PriorityQueue<>(Due.FIRST);
    /** Those of the queue that hold; others in it are left over. */
    private final Map<UUID, Due> waiting = new HashMap<>();
    private final Set<UUID> underWay = new HashSet<>();
    /** Given up, and when to be forgotten. */
    private final Map<UUID, Instant> givenUp = new HashMap<>();
    private int failures;
    private Instant failingSince;
    private Instant pausedUntil = Instant.MIN;
    private long dropped;
    private Last last;

    /** What is in the catalog, or is now. No effect on what is under way. */
    void add(Delivery delivery) {
        if (underWay.contains(delivery.id())) {
            return;
        }
        forget(delivery.id());
        if (delivery.next() == null) {
            givenUp.put(delivery.id(), delivery.created().plus(Backoff.IN_ALL).plus(KEPT));
        } else {
            Due due = new Due(delivery.next(), delivery.created(), delivery.id());
            waiting.put(delivery.id(), due);
            queue.add(due);
        }
    }

    void forget(UUID id) {
        waiting.remove(id);
        givenUp.remove(id);
    }

    /** The next that may be sent now, under way from here on; null when there is none. */
    UUID take(Instant now) {
        skipLeftOvers();
        if (queue.isEmpty() || underWay.size() >= (failures == 0 ? AT_A_TIME : 1) || now.isBefore(pausedUntil) || now.isBefore(queue.peek().next())) {
            return null;
        }
        UUID id = queue.remove().id();
        waiting.remove(id);
        underWay.add(id);
        return id;
    }

    /** From when on {@link #take} may give something, as far as time alone decides; null when nothing waits. */
    Instant earliest() {
        skipLeftOvers();
        if (queue.isEmpty()) {
            return null;
        }
        Instant next = queue.peek().next();
        return next.isBefore(pausedUntil) ? pausedUntil : next;
    }

    private void skipLeftOvers() {
        while (!queue.isEmpty() && waiting.get(queue.peek().id()) != queue.peek()) {
            queue.remove();
        }
    }

    /** It is not under way any more, without having been tried. */
    void putBack(UUID id) {
        underWay.remove(id);
    }

    /** @param pause for when it is an outage; @param asked for by the receiver, whatever it is */
    void ended(UUID id, Last how, boolean delivered, Duration pause, Duration asked) {
        underWay.remove(id);
        last = how;
        if (delivered) {
            resume();
            return;
        }
        failures++;
        failingSince = failingSince == null ? how.at() : failingSince;
        Duration outage = failures < OUTAGE ? Duration.ZERO : pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        pausedUntil = how.at().plus(outage.compareTo(asked) > 0 ? outage : asked);
    }

    /** As if nothing had ever gone wrong. */
    void resume() {
        failures = 0;
        failingSince = null;
        pausedUntil = Instant.MIN;
    }

    int failures() {
        return failures;
    }

    int waiting() {
        return waiting.size() + underWay.size();
    }

    int givenUp() {
        return givenUp.size();
    }

    long dropped() {
        return dropped;
    }

    /** @return how many by now */
    long drop() {
        return ++dropped;
    }

    /** Null before the first attempt since the start. */
    Last last() {
        return last;
    }

    /** What has waited a day, when there was no getting through for a day, or when nothing is to be sent. */
    List<UUID> overdue(Instant now, boolean active) {
        Instant limit = now.minus(Backoff.IN_ALL);
        boolean out = !active || failingSince != null && !failingSince.isAfter(limit);
        return out ? waiting.values().stream().filter(due -> !due.created().isAfter(limit)).map(Due::id).toList() : List.of();
    }

    /** Of what was given up, what has been kept long enough, and what is more than {@code most}, oldest first. */
    List<UUID> stale(Instant now, int most) {
        List<Map.Entry<UUID, Instant>> byAge = new ArrayList<>(givenUp.entrySet());
        byAge.sort(Map.Entry.comparingByValue());
        List<UUID> stale = new ArrayList<>();
        for (int i = 0; i < byAge.size(); i++) {
            if (i < byAge.size() - most || !byAge.get(i).getValue().isAfter(now)) {
                stale.add(byAge.get(i).getKey());
            }
        }
        return stale;
    }

    /** Everything but what is under way. */
    List<UUID> all() {
        List<UUID> all = new ArrayList<>(waiting.keySet());
        all.addAll(givenUp.keySet());
        return all;
    }

    boolean isEmpty() {
        return waiting() + givenUp() == 0;
    }
}
