package tranzr.http;

import java.net.InetAddress;
import java.util.Optional;

/** Is told of every request when it has ended, on the request's thread: an access log. What {@link #ended} throws is logged and harms nobody. */
@FunctionalInterface
public interface Observer {

    /**
     * What is known of a request, also of one whose head was refused.
     *
     * @param id as in {@code X-Request-Id} of the answer
     * @param client see {@link Request#client}; the peer itself when the head was refused
     * @param method {@code -} when not known
     * @param target path and query as they came, which may hold secrets; {@code -} when not known
     * @param protocol such as {@code HTTP/1.1}; {@code -} when not known
     * @param request empty when the head or the path was refused
     */
    record Visit(String id, InetAddress client, String method, String target, String protocol, Optional<Request> request) {
    }

    /** Not interested. */
    Observer NONE = (visit, ended) -> { };

    /** The answer is out, or has failed. */
    void ended(Visit visit, Ended ended);

    /** So many more bytes of some request's body were read. On the way of every byte: must be quick, and must not throw. */
    default void received(int bytes) {
    }

    /** So many more bytes of some answer's body were handed to the connection; as {@link #received}. */
    default void sent(int bytes) {
    }
}
