package tranzr.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The only user of {@code com.sun.net.httpserver}: takes connections, refuses what that server lets through but HTTP does not allow,
 * runs one handler a request on a virtual thread, and always answers.
 */
public final class HttpListener implements AutoCloseable {

    /**
     * @param baseUrl what {@link Request#baseUrl} answers; empty to derive it from the request
     * @param trustedProxies addresses whose {@code Forwarded} and {@code X-Forwarded-*} fields are believed
     * @param stall how long a body may bring no byte, or take none, before the connection is ended
     */
    public record Options(InetSocketAddress bind, Optional<String> baseUrl, Set<java.net.InetAddress> trustedProxies, Duration stall) {
    }

    /** Makes the answer to whatever a handler threw; must not throw itself. */
    @FunctionalInterface
    public interface ErrorMapper {
        Response answer(Request request, Throwable thrown);
    }

    private HttpListener() {
    }

    /** Binds and begins to answer. */
    public static HttpListener start(Options options, Handler handler, ErrorMapper errors) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress address() {
        throw new UnsupportedOperationException();
    }

    /** Takes no new requests, gives those in flight up to {@code grace}, then ends them. Leaves no thread behind. */
    public void close(Duration grace) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }
}
