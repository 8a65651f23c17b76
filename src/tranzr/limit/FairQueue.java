package tranzr.limit;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tranzr.model.Priority;

/**
 * Decides whose bytes pass next: fair between parties (the keys), and within a party between its members (the transfers), each by weight; whoever has used up a limit
 * of its own rests and leaves its share to the others. Knows no threads and no clock: it is told the time, in nanoseconds since any origin, never going back. A step
 * costs the logarithm of the number of those that wait. Not safe for several threads; {@link Bandwidth} guards it.
 */
final class FairQueue {

    /** No event to come. */
    static final long NEVER = Long.MAX_VALUE;
    /** How long a rate holds before the schedule is asked again, in nanoseconds: changes take effect within that, also after the clock was set. */
    static final long RULED_FOR = 1_000_000_000;
    /** How long a party is remembered without members, so that coming again is no fresh start; longer than any bucket takes to fill. */
    static final long REMEMBERED_FOR = 10_000_000_000L;

    private static final int HIGHEST_WEIGHT = Priority.HIGH.weight();
    private static final Comparator<Line.Node> BY_WAKING = Comparator.<Line.Node>comparingLong(node -> node.wakeAt).thenComparingLong(node -> node.number);

    /** All transfers of one key, or one transfer without a key. */
    private static final class Party extends Line.Node {
        final Object key;
        final Bucket bucket;
        final Line line = new Line();
        final int[] waiting = new int[Priority.values().length];
        int members;
        long leftAt;
        boolean leaving;

        Party(long number, Object key, Bucket bucket) {
            super(number);
            this.key = key;
            this.bucket = bucket;
        }

        /** A party counts by the most important of what it waits for. */
        int weight() {
            for (Priority priority : Priority.values()) {
                if (waiting[priority.ordinal()] > 0) {
                    return priority.weight();
                }
            }
            return HIGHEST_WEIGHT;
        }
    }

    /** A party that had no member left at some time, and may have come again since. */
    private record Left(Party party, long at) {
    }

    /** One transfer. */
    static final class Member extends Line.Node {
        private final Party party;
        private final Priority priority;
        private final Bucket bucket;
        /** Whose it is outside. */
        Object owner;
        private int wanted;
        private int granted;

        private Member(long number, Party party, Priority priority, Bucket bucket) {
            super(number);
            this.party = party;
            this.priority = priority;
            this.bucket = bucket;
        }

        boolean isWaiting() {
            return wanted > 0;
        }

        /** What was granted since this was last asked; 0 for nothing yet. */
        int collect() {
            int bytes = granted;
            granted = 0;
            return bytes;
        }
    }

    private final Schedule total;
    private final Schedule perKey;
    private final Schedule perTransfer;
    private final ZoneId zone;
    private final InstantSource clock;
    private final Bucket.Limit totalLimit;
    private final Bucket.Limit keyLimit;
    private final Bucket.Limit transferLimit;
    private final Bucket totalBucket;
    private final Map<Object, Party> parties = new HashMap<>();
    private final Deque<Left> left = new ArrayDeque<>();
    private final Line line = new Line();
    private final TreeSet<Line.Node> resting = new TreeSet<>(BY_WAKING);
    private final Set<Member> waiting = new LinkedHashSet<>();
    private long ruledAt;
    private long numbers;

    FairQueue(Schedule total, Schedule perKey, Schedule perTransfer, ZoneId zone, InstantSource clock, long now) {
        this.total = total;
        this.perKey = perKey;
        this.perTransfer = perTransfer;
        this.zone = zone;
        this.clock = clock;
        Instant moment = clock.instant();
        this.totalLimit = new Bucket.Limit(total.at(moment, zone));
        this.keyLimit = new Bucket.Limit(perKey.at(moment, zone));
        this.transferLimit = new Bucket.Limit(perTransfer.at(moment, zone));
        this.totalBucket = new Bucket(totalLimit, true, now);
        this.ruledAt = now;
    }

    /** @param key null for a party of its own */
    Member open(Object key, Priority priority, long now) {
        rule(now);
        Party party = key == null ? null : parties.get(key);
        if (party == null) {
            party = new Party(numbers++, key, new Bucket(keyLimit, true, now));
            if (key != null) {
                parties.put(key, party);
            }
        }
        party.members++;
        return new Member(numbers++, party, priority, new Bucket(transferLimit, false, now));
    }

    /** Ends this member, whether it waits or not. Called once for each. */
    void close(Member member, long now) {
        cancel(member);
        Party party = member.party;
        party.line.forget(member);
        party.members--;
        if (party.members == 0 && party.key == null) {
            unrest(party);
            line.forget(party);
        } else if (party.members == 0) {
            party.leftAt = now;
            if (!party.leaving) {
                party.leaving = true;
                left.add(new Left(party, now));
            }
        }
        forgetThoseLongGone(now);
    }

    /** From now on this member, which waits for nothing, waits for so many bytes, at least 1, of which it gets some. */
    void want(Member member, int bytes) {
        member.wanted = bytes;
        member.party.waiting[member.priority.ordinal()]++;
        waiting.add(member);
        queue(member);
    }

    /** It does not wait any longer. */
    void cancel(Member member) {
        if (member.isWaiting()) {
            stopWaiting(member);
            unrest(member);
            member.party.line.leave(member);
            if (member.party.line.isEmpty()) {
                line.leave(member.party);
            }
        }
    }

    /**
     * Grants what may pass now.
     *
     * @return when to call again, {@link #NEVER} when nobody waits; and those who got something are added to the list
     */
    long dispatch(long now, List<Member> granted) {
        rule(now);
        while (!resting.isEmpty() && resting.first().wakeAt <= now) {
            wake(resting.first());
        }
        while (!line.isEmpty()) {
            Party party = (Party) line.first();
            Member member = (Member) party.line.first();
            long own = member.bucket.waitFor(member.wanted, now);
            long partys = own > 0 ? 0 : party.bucket.waitFor(member.wanted, now);
            if (own > 0) {
                party.line.leave(member);
                rest(member, now + own);
                if (party.line.isEmpty()) {
                    line.leave(party);
                }
            } else if (partys > 0) {
                line.leave(party);
                rest(party, now + partys);
            } else {
                long all = totalBucket.waitFor(member.wanted, now);
                if (all > 0) {
                    return nextEvent(now + all);
                }
                grant(party, member, now);
                granted.add(member);
            }
        }
        return waiting.isEmpty() ? NEVER : nextEvent(NEVER);
    }

    /** Anyone who waits; null when nobody does. */
    Member anyWaiting() {
        return waiting.isEmpty() ? null : waiting.iterator().next();
    }

    /** Whether nothing is limited at this time. */
    boolean isFree() {
        return totalLimit.rate().isNone() && keyLimit.rate().isNone() && transferLimit.rate().isNone();
    }

    /** Until when what {@link #isFree} says holds. */
    long ruledUntil() {
        return ruledAt + RULED_FOR;
    }

    /** The smallest slice of the limits that hold now, in bytes. */
    int slice() {
        return Math.min(Bucket.slice(totalLimit.rate()), Math.min(Bucket.slice(keyLimit.rate()), Bucket.slice(transferLimit.rate())));
    }

    /** Keys that are remembered. */
    int keys() {
        return parties.size();
    }

    /** Asks the schedules again when it is time. */
    void rule(long now) {
        if (now - ruledAt < RULED_FOR) {
            return;
        }
        ruledAt = now;
        Instant moment = clock.instant();
        boolean changed = totalLimit.set(total.at(moment, zone));
        changed |= keyLimit.set(perKey.at(moment, zone));
        changed |= transferLimit.set(perTransfer.at(moment, zone));
        if (changed) {
            // Everyone is asked anew: how long they rest was reckoned with the old rates.
            new ArrayList<>(resting).forEach(this::wake);
        }
    }

    private long nextEvent(long at) {
        long next = Math.min(at, ruledAt + RULED_FOR);
        return resting.isEmpty() ? next : Math.min(next, resting.first().wakeAt);
    }

    private void grant(Party party, Member member, long now) {
        long most = Math.min(totalBucket.available(now), Math.min(party.bucket.available(now), member.bucket.available(now)));
        int bytes = (int) Math.min(most, Math.min(member.wanted, Bucket.PIECE));
        totalBucket.take(bytes);
        party.bucket.take(bytes);
        member.bucket.take(bytes);
        member.granted = bytes;
        line.served(party, cost(bytes, party.weight()));
        party.line.served(member, cost(bytes, member.priority.weight()));
        stopWaiting(member);
        if (!party.line.isEmpty()) {
            line.join(party);
        }
    }

    private static long cost(int bytes, int weight) {
        return (long) bytes * HIGHEST_WEIGHT / weight;
    }

    private void stopWaiting(Member member) {
        member.wanted = 0;
        member.party.waiting[member.priority.ordinal()]--;
        waiting.remove(member);
    }

    private void queue(Member member) {
        member.party.line.join(member);
        if (!member.party.resting) {
            line.join(member.party);
        }
    }

    private void rest(Line.Node node, long until) {
        node.wakeAt = until;
        node.resting = true;
        resting.add(node);
    }

    private void unrest(Line.Node node) {
        if (node.resting) {
            resting.remove(node);
            node.resting = false;
        }
    }

    private void wake(Line.Node node) {
        unrest(node);
        switch (node) {
            case Member member -> queue(member);
            case Party party when !party.line.isEmpty() -> line.join(party);
            default -> {
                // A party whose members have gone meanwhile.
            }
        }
    }

    private void forgetThoseLongGone(long now) {
        while (!left.isEmpty() && now - left.peek().at() >= REMEMBERED_FOR) {
            Left oldest = left.remove();
            Party party = oldest.party();
            if (party.members == 0 && party.leftAt > oldest.at()) {
                left.add(new Left(party, party.leftAt));
                continue;
            }
            party.leaving = false;
            if (party.members == 0) {
                unrest(party);
                parties.remove(party.key);
            }
        }
    }
}
