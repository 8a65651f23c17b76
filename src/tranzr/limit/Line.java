package tranzr.limit;

import java.util.Comparator;
import java.util.TreeSet;

/**
 * Who is next among several that want more than there is: start-time fair queueing (Goyal, Vin and Cheng, 1996). Each has a tag that grows by what it got, the
 * faster the lower its weight, and the lowest tag is next; whoever comes new or rested begins where the line stands now, so that rest saves up nothing.
 * Not safe for several threads.
 */
final class Line {

    private static final Comparator<Node> ORDER = Comparator.<Node>comparingLong(node -> node.tag).thenComparingLong(node -> node.number);

    /** One that stands in a line at times. Its tag changes only while it stands in none. */
    abstract static class Node {
        /** Order of arrival, for those with equal tags. */
        final long number;
        /** When one that rests comes back. */
        long wakeAt;
        boolean resting;
        private long tag;
        private long lastCost;
        private boolean queued;

        Node(long number) {
            this.number = number;
        }

        boolean isQueued() {
            return queued;
        }
    }

    private final TreeSet<Node> nodes = new TreeSet<>(ORDER);
    /** The tag of the one served last. */
    private long virtual;

    boolean isEmpty() {
        return nodes.isEmpty();
    }

    Node first() {
        return nodes.first();
    }

    /** Puts it into the line; nothing when it stands there. */
    void join(Node node) {
        if (!node.queued) {
            node.tag = Math.max(node.tag, virtual);
            node.queued = true;
            nodes.add(node);
        }
    }

    /** Takes it out of the line; nothing when it does not stand there. */
    void leave(Node node) {
        if (node.queued) {
            nodes.remove(node);
            node.queued = false;
        }
    }

    /** Notes what the one in front got, and takes it out. */
    void served(Node node, long cost) {
        leave(node);
        virtual = Math.max(virtual, node.tag);
        node.tag += cost;
        node.lastCost = cost;
    }

    /**
     * Notes that this one will not come again. What it got last is laid on the line, so that an endless row of newcomers, each of which gets its first
     * piece and goes, does not hold up those who stay.
     */
    void forget(Node node) {
        leave(node);
        virtual += node.lastCost / (nodes.size() + 1);
        node.lastCost = 0;
    }
}
