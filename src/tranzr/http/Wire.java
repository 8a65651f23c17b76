package tranzr.http;

import java.nio.channels.SocketChannel;

/** One plain connection whose streams are ours instead of the JDK's, see {@link OpenedServer}. */
final class Wire {

    private final SocketChannel channel;
    private final WireInput in;
    private final WireOutput out;

    Wire(SocketChannel channel) {
        this.channel = channel;
        this.in = new WireInput(this);
        this.out = new WireOutput(channel);
    }

    SocketChannel channel() {
        return channel;
    }

    WireInput in() {
        return in;
    }

    WireOutput out() {
        return out;
    }

    /** The connection waits for a next request, perhaps one of thousands that do. */
    void beginIdle() {
        in.releaseBuffer();
        out.releaseBuffer();
    }

    /** The server is about to read a request from it. */
    void beginHead(RequestAccount account) {
        in.beginHead();
        out.beginHead(account);
    }
}
