package tranzr.http;

import java.nio.channels.SocketChannel;

/** One connection whose streams are ours instead of the JDK's, see {@link OpenedServer}. */
final class Wire {

    private final SocketChannel channel;
    private final Link link;
    private final WireInput in;
    private final WireOutput out;

    /** @param link what carries the bytes over the channel */
    Wire(SocketChannel channel, Link link) {
        this.channel = channel;
        this.link = link;
        this.in = new WireInput(this, link);
        this.out = new WireOutput(link);
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

    /** As {@link Link#fragment}. */
    Link.Fragment fragment() {
        return link.fragment();
    }

    /** The connection waits for a next request, perhaps one of thousands that do. For the thread of the request that has ended. */
    void beginIdle() {
        in.releaseBuffer();
        out.releaseBuffer();
        link.release();
    }

    /** The server is about to read a request from it. */
    void beginHead(RequestAccount account) {
        in.beginHead();
        out.beginHead(account);
    }
}
