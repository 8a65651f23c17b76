package tranzr.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * One WebSocket (RFC 6455), of text messages in both directions. The thread of its session reads; any thread writes and closes. A watchdog asks whether the other
 * side is still there, and cuts off one that neither says nor takes anything, so that no wait here is without end.
 */
public final class WebSocket {

    /** What is done with a socket. Runs on the virtual thread of the request; when it returns, the socket is closed. */
    @FunctionalInterface
    public interface Session {

        /** @throws Exception anything; the other side hears that the server failed, with 1011 */
        void run(WebSocket socket) throws Exception;
    }

    /** The connection under it. */
    interface Carrier {

        /** Sends all bytes. One call at a time. */
        void write(byte[] bytes) throws IOException;

        /** Says that nothing follows, where there is a way to say that. */
        void finish() throws IOException;

        /** Reads some bytes to be thrown away, waiting for them. @return negative at the end */
        int discard() throws IOException;

        /** Ends it at once, whoever waits for it. From any thread, more than once. */
        void cut();
    }

    private static final System.Logger LOG = System.getLogger(WebSocket.class.getName());
    private static final long MAX_DISCARDED = 4 << 20;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Carrier carrier;
    private final WebSocketReader reader;
    private final String protocol;
    private final WebSocketLimits limits;
    private final LongSupplier nanos;
    private final ReentrantLock writing = new ReentrantLock(true);
    /** Guarded by the lock. */
    private boolean closeSent;
    /** Set before a Close frame is sent: no message goes out from then on. */
    private volatile boolean closing;
    private volatile long closeBy;
    /** When the frame was begun that is being written. */
    private volatile long writingSince;
    private volatile boolean isWriting;
    private volatile long heard;
    private volatile boolean asked;
    /** How many frames may come now, and as of when; of the reading thread. */
    private double credit;
    private long credited;
    private boolean closeReceived;
    private boolean broken;

    /**
     * @param protocol what both sides have agreed to speak; empty when there was nothing to choose
     * @param nanos tells the time like {@link System#nanoTime}
     */
    WebSocket(Carrier carrier, WebSocketReader reader, String protocol, WebSocketLimits limits, LongSupplier nanos) {
        this.carrier = carrier;
        this.reader = reader;
        this.protocol = protocol;
        this.limits = limits;
        this.nanos = nanos;
        this.heard = nanos.getAsLong();
        this.credited = heard;
        this.credit = limits.maxFrames();
    }

    /** The subprotocol that was agreed on; empty for none. */
    public String protocol() {
        return protocol;
    }

    /**
     * Waits for a message. To be called by the session's thread alone.
     *
     * @return null when none follows: the socket is closed, by whomever
     */
    public String receive() {
        while (!closeReceived && !broken) {
            try {
                WebSocketReader.Received received = reader.next();
                count();
                switch (received) {
                    case WebSocketReader.Received.Text(String text) when !closing -> {
                        return text;
                    }
                    case WebSocketReader.Received.Ping(byte[] payload) -> write(new WebSocketFrame(WebSocketFrame.PONG, payload));
                    case WebSocketReader.Received.Close(int code, String _) -> {
                        closeReceived = true;
                        close(code, "");
                    }
                    case WebSocketReader.Received.Text _, WebSocketReader.Received.Pong _ -> { }
                    case null -> { }
                }
            } catch (WebSocketException e) {
                broken = true;
                close(e.code(), e.getMessage());
                discard();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "a WebSocket ended: {0}", e.getMessage());
                broken = true;
                closing = true;
                carrier.cut();
            }
        }
        return null;
    }

    /** Whoever sends frames without end, pings or empty fragments, gets no further by them than by messages. */
    private void count() throws WebSocketException {
        long now = nanos.getAsLong();
        heard = now;
        asked = false;
        credit = Math.min(limits.maxFrames(), credit + (now - credited) * (double) limits.frameRate() / NANOS_PER_SECOND) - 1;
        credited = now;
        if (credit < 0) {
            throw new WebSocketException(WebSocketFrame.POLICY, "too many frames");
        }
    }

    /**
     * Sends a message, and waits until the connection has taken it: as long as a frame may take.
     *
     * @return false when the socket is closed, or cannot take it
     */
    public boolean send(String text) {
        return !closing && write(WebSocketFrame.text(text));
    }

    /**
     * Closes it, once: no message goes out from now on, and the other side has a moment to say farewell.
     *
     * @param code such as 1000; see RFC 6455, section 7.4
     * @param reason for people, cut to 123 bytes
     */
    public void close(int code, String reason) {
        beginClosing();
        write(WebSocketFrame.close(code, reason));
    }

    /** As {@link #close}, without waiting for anything. */
    void dismiss(int code, String reason) {
        if (!closing) {
            beginClosing();
            Thread.startVirtualThread(() -> close(code, reason));
        }
    }

    private void beginClosing() {
        if (!closing) {
            closeBy = nanos.getAsLong() + limits.farewell().toNanos();
            closing = true;
        }
    }

    /** @return whether it went out */
    private boolean write(WebSocketFrame frame) {
        writing.lock();
        try {
            // After a Close frame nothing follows (section 5.5.1), and a message does not overtake the decision to send one.
            if (closeSent || closing && frame.opcode() < WebSocketFrame.CLOSE) {
                return false;
            }
            closeSent = frame.opcode() == WebSocketFrame.CLOSE;
            writingSince = nanos.getAsLong();
            isWriting = true;
            carrier.write(frame.encode());
            return true;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a WebSocket takes nothing any more: {0}", e.getMessage());
            closing = true;
            carrier.cut();
            return false;
        } finally {
            isWriting = false;
            writing.unlock();
        }
    }

    /** Runs the session and ends the socket in the way that lets the other side know. */
    void run(Session session) {
        try {
            session.run(this);
            close(WebSocketFrame.NORMAL, "");
        } catch (Exception | Error e) {
            LOG.log(System.Logger.Level.ERROR, "the session of a WebSocket failed", e);
            close(WebSocketFrame.INTERNAL_ERROR, "the server failed");
        }
        receive(); // until the other side has said farewell too
        try {
            carrier.finish();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a client left without our farewell: {0}", e.getMessage());
        }
    }

    /** A connection that is closed on unread bytes is reset, and the client may never see why. */
    private void discard() {
        try {
            carrier.finish();
            long total = 0;
            for (int count = 0; count >= 0 && total < MAX_DISCARDED; count = carrier.discard()) {
                total += count;
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a client has left in a quarrel: {0}", e.getMessage());
        }
    }

    /** Whether a frame is on its way out. */
    boolean isWriting() {
        return isWriting;
    }

    /** Asks for a sign of life, and ends what waits for too long. By the watchdog. */
    void check(long now) {
        boolean stuck = isWriting && now - writingSince >= limits.stall().toNanos();
        long silent = now - heard;
        long ping = limits.ping().toNanos();
        if (stuck || closing && now - closeBy >= 0 || silent >= 2 * ping) {
            closing = true;
            carrier.cut();
        } else if (silent >= ping && !asked && !closing) {
            asked = true;
            // It may have to wait for a message that is being written, or be stuck itself.
            Thread.startVirtualThread(() -> write(new WebSocketFrame(WebSocketFrame.PING, "?".getBytes(StandardCharsets.US_ASCII))));
        }
    }
}
