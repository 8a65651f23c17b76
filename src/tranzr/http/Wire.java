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

    /** The server is about to read a request from it. */
    void beginHead() {
        in.beginHead();
        out.beginHead();
    }

    /** An answer is out, and the next request may be long in coming: gives back what memory it can. For the thread of the request. */
    void rest() {
        in.release();
        out.release();
        link.release();
    }
}
