package tranzr.transfer;

import java.net.InetAddress;

/**
 * From where something is asked, as far as the door knows: for people who look at what goes on, never for a decision.
 *
 * @param address null when nobody knows
 * @param agent what the program calls itself, or null; of any content, at most {@link #MAX_AGENT} characters
 */
public record Peer(InetAddress address, String agent) {

    /** Nobody from outside, or nobody who can be named. */
    public static final Peer UNKNOWN = new Peer(null, null);
    static final int MAX_AGENT = 200;

    public Peer {
        agent = agent == null || agent.isBlank() ? null : agent.substring(0, Math.min(agent.length(), MAX_AGENT)).strip();
    }
}
