package tranzr.webhook;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sends one request over a connection of its own. The name is resolved once, every address is judged, and the connection goes to an address that was: the
 * JDK's client would resolve anew, and a name that changes its address in between would lead it into the inner network. Redirects are not followed, and no
 * proxy is used. Safe for several threads.
 */
final class HttpPost {

    /** The look-up of a name. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** How a socket gets to its address. */
    @FunctionalInterface
    interface Connector {
        void connect(Socket socket, InetSocketAddress to, int timeoutMillis) throws IOException;
    }

    private static final System.Logger LOG = System.getLogger(HttpPost.class.getName());
    private static final int MAX_ADDRESSES = 4;

    private final Resolver resolver;
    private final Connector connector;
    private final Supplier<SSLSocketFactory> tls;
    private final boolean privateAllowed;
    private final Duration patience;
    private final ScheduledExecutorService timer;
    private final Set<CompletableFuture<?>> lookUps = ConcurrentHashMap.newKeySet();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param tls asked when it is needed first: it reads the certificates of all authorities
     * @param privateAllowed whether addresses outside of the public internet will do
     * @param patience for each request in all
     * @param timer ends what takes longer
     */
    HttpPost(Resolver resolver, Connector connector, Supplier<SSLSocketFactory> tls, boolean privateAllowed, Duration patience, ScheduledExecutorService timer) {
        this.resolver = resolver;
        this.connector = connector;
        this.tls = tls;
        this.privateAllowed = privateAllowed;
        this.patience = patience;
        this.timer = timer;
    }

    /** Blocks for as long as it is patient. @param fields names and values, none of which is checked; @param now for dates in the answer */
    Outcome send(String url, Map<String, String> fields, byte[] body, Instant now) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            Target target = Target.parse(url);
            String failure = "no address";
            for (InetAddress address : resolve(target, deadline)) {
                try (Guarded socket = new Guarded(deadline)) {
                    try {
                        connector.connect(socket.raw, new InetSocketAddress(address, target.port()), (int) Math.max(1, left(deadline) / 1_000_000));
                    } catch (IOException e) {
                        failure = why(e, deadline);
                        continue;
                    }
                    Answer answer = exchange(socket.raw, target, fields, body);
                    return new Outcome(answer.status(), "status " + answer.status(), answer.retryAfter(now).orElse(null));
                }
            }
            return Outcome.failed(failure);
        } catch (IllegalArgumentException e) {
            return Outcome.failed("not a URL that is sent to");
        } catch (IOException e) {
            return Outcome.failed(why(e, deadline));
        }
    }

    /** Ends what is under way, and whatever comes. */
    void close() {
        closed = true;
        open.forEach(HttpPost::close);
        lookUps.forEach(lookUp -> lookUp.cancel(false));
    }

    /** A socket that is closed at the deadline by another thread: no read or write, and no handshake of TLS, takes longer. */
    private final class Guarded implements AutoCloseable {
        private final Socket raw = new Socket();
        private final ScheduledFuture<?> end;

        Guarded(long deadline) {
            open.add(raw);
            end = timer.schedule(() -> HttpPost.close(raw), left(deadline), TimeUnit.NANOSECONDS);
            if (closed) {
                HttpPost.close(raw);
            }
        }

        @Override
        public void close() {
            end.cancel(false);
            open.remove(raw);
            HttpPost.close(raw);
        }
    }

    private Answer exchange(Socket raw, Target target, Map<String, String> fields, byte[] body) throws IOException {
        try (Socket socket = target.tls() ? overTls(raw, target) : raw) {
            StringBuilder lines = new StringBuilder();
            fields.forEach((name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
            byte[] head = Answer.requestHead(target, body.length, lines.toString());
            byte[] all = Arrays.copyOf(head, head.length + body.length);
            System.arraycopy(body, 0, all, head.length, body.length);
            socket.getOutputStream().write(all);
            socket.getOutputStream().flush();
            return Answer.read(new BufferedInputStream(socket.getInputStream()));
        }
    }

    /** The certificate has to be for the name in the URL (RFC 9110, section 4.3.4), whatever the address. */
    private Socket overTls(Socket raw, Target target) throws IOException {
        SSLSocket socket = (SSLSocket) tls.get().createSocket(raw, target.host(), target.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** A few addresses, all of which may be connected to; when one may not, none is. */
    private List<InetAddress> resolve(Target target, long deadline) throws IOException {
        Optional<InetAddress> literal = target.literal();
        List<InetAddress> addresses = literal.isPresent() ? List.of(literal.get()) : List.of(lookUp(target.host(), deadline));
        if (addresses.isEmpty() || !privateAllowed && !addresses.stream().allMatch(PublicAddresses::contains)) {
            throw new UnknownHostException("not public");
        }
        return addresses.subList(0, Math.min(MAX_ADDRESSES, addresses.size()));
    }

    /** On a thread of its own, since a look-up can neither be bounded nor ended. */
    private InetAddress[] lookUp(String host, long deadline) throws IOException {
        CompletableFuture<InetAddress[]> found = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                found.complete(resolver.resolve(host));
            } catch (UnknownHostException | RuntimeException e) {
                found.completeExceptionally(e);
            }
        });
        lookUps.add(found);
        try {
            return found.get(closed ? 0 : left(deadline), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException e) {
            throw new UnknownHostException("not known");
        } catch (TimeoutException e) {
            throw new SocketTimeoutException("no answer to the look-up");
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        } finally {
            lookUps.remove(found);
        }
    }

    private static long left(long deadline) {
        return Math.max(0, deadline - System.nanoTime());
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing a connection: {0}", e.getMessage());
        }
    }

    /** In our words. An unknown host and one within our networks are told alike, so that nobody learns from it which names there are. */
    private String why(IOException e, long deadline) {
        if (closed) {
            return "the server is stopping";
        }
        return switch (e) {
            case UnknownHostException _ -> privateAllowed ? "the host is not known" : "the host has no address, or one that is not public";
            case SocketTimeoutException _ -> "no answer in time";
            case SSLException _ when left(deadline) > 0 -> "no trusted TLS connection";
            case ConnectException _, NoRouteToHostException _ -> "no connection";
            case IOException _ when left(deadline) == 0 -> "no answer in time";
            default -> "the connection broke, or what came was no HTTP answer";
        };
    }
}
