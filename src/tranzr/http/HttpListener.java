package tranzr.http;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import tranzr.model.IpRange;

/**
 * The only user of {@code com.sun.net.httpserver}: takes connections, refuses what that server lets through but HTTP does not allow,
 * runs one handler a request on a virtual thread, and always answers.
 *
 * <p>Refused with 400 and a problem document, always: other HTTP versions than 1.0 and 1.1, a Host that is missing, doubled or no
 * host, a {@code Content-Length} that is not digits only, control characters in field values, bad percent-encoding or UTF-8 in path
 * or query, NUL in the path, chunked bodies in HTTP/1.0. Only where the server's internals are open to us (see {@link OpenedServer}),
 * since it cannot be seen from above: lines that end with a bare CR or LF, folded lines, several spaces in the request line, and
 * what is wrong within the chunked coding. There, too, a body or head that stalls gets a 408, a head that is too large a 431, and
 * {@code 100 Continue} is sent only when a handler reads the body. Elsewhere such a connection is just closed, the lax decoder of the
 * server below reads the chunked coding, and trailers break a request. After a chunked body or a refused head the connection ends,
 * so that its bytes are never taken for a next request.
 */
public final class HttpListener implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(HttpListener.class.getName());
    /** Connections that wait to be accepted; the kernel may hold fewer. */
    private static final int BACKLOG = 1024;
    /** After its connection is closed, a handler ends as soon as it is done with what it does at the moment. */
    private static final Duration ABORT_GRACE = Duration.ofSeconds(5);

    /**
     * @param baseUrl what {@link Request#baseUrl} answers; empty to derive it from the request
     * @param trustedProxies addresses whose {@code Forwarded} and {@code X-Forwarded-*} fields are believed
     * @param stall how long a body may bring no byte, or take none, before the connection is ended
     * @param https empty to speak plain HTTP
     */
    public record Options(InetSocketAddress bind, Optional<String> baseUrl, Set<IpRange> trustedProxies, Duration stall, Optional<Https> https) {
        public Options {
            trustedProxies = Set.copyOf(trustedProxies);
            if (stall.isNegative() || stall.isZero()) {
                throw new IllegalArgumentException("the time to stall must be positive: " + stall);
            }
        }

        /** Without HTTPS. */
        public Options(InetSocketAddress bind, Optional<String> baseUrl, Set<IpRange> trustedProxies, Duration stall) {
            this(bind, baseUrl, trustedProxies, stall, Optional.empty());
        }
    }

    /**
     * HTTPS instead of HTTP: TLS 1.3 and 1.2, with suites that are not known to be weak.
     *
     * @param context has the certificate; asked anew for each connection
     * @param transportSecurity how long browsers shall come by HTTPS only (RFC 6797), told with every answer; zero to say nothing
     */
    public record Https(SSLContext context, Duration transportSecurity) {
    }

    /** Makes the answer to whatever a handler threw; must not throw itself. */
    @FunctionalInterface
    public interface ErrorMapper {
        Response answer(Request request, Throwable thrown);
    }

    private final Options options;
    private final Handler handler;
    private final ErrorMapper errors;
    private final HttpServer server;
    private final InetSocketAddress address;
    private final ScheduledExecutorService watchdog;
    private final Set<RequestTask> tasks = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;
    /** Requests whose handler runs or whose answer is being sent; guarded by this. Not those that only wait for the client to read. */
    private int inFlight;

    private HttpListener(Options options, Handler handler, ErrorMapper errors, Optional<OpenedServer> opened) throws IOException {
        this.options = options;
        this.handler = handler;
        this.errors = errors;
        server = create(options, opened.isPresent());
        address = server.getAddress();
        watchdog = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("tranzr-http-watchdog").factory());
        HttpContext context = server.createContext("/", this::serve);
        Function<SocketChannel, Link> links = channel -> options.https().<Link>map(https -> new TlsLink(channel, Tls.engine(https.context())))
                .orElseGet(() -> new PlainLink(channel));
        server.setExecutor(task -> run(task, opened.map(inside -> inside.wireOf(task, context, links)).orElse(null)));
        long stallNanos = options.stall().toNanos();
        long period = Math.clamp(stallNanos / 4, 10_000_000L, 500_000_000L);
        watchdog.scheduleWithFixedDelay(() -> {
            long now = System.nanoTime();
            tasks.forEach(task -> task.check(now, stallNanos));
        }, period, period, TimeUnit.NANOSECONDS);
        server.start();
    }

    /** Where the internals are open, TLS is a matter of our own streams, and the server below never learns of it. */
    private static HttpServer create(Options options, boolean opened) throws IOException {
        if (opened || options.https().isEmpty()) {
            return HttpServer.create(options.bind(), BACKLOG);
        }
        HttpsServer server = HttpsServer.create(options.bind(), BACKLOG);
        server.setHttpsConfigurator(Tls.configurator(options.https().get().context()));
        return server;
    }

    /** Binds and begins to answer. */
    public static HttpListener start(Options options, Handler handler, ErrorMapper errors) throws IOException {
        ServerProperties.set();
        return new HttpListener(options, handler, errors, OpenedServer.find());
    }

    /** As {@link #start}, but on the public API of the JDK's server alone. */
    static HttpListener startOnPublicApi(Options options, Handler handler, ErrorMapper errors) throws IOException {
        ServerProperties.set();
        return new HttpListener(options, handler, errors, Optional.empty());
    }

    /** Where it listens, with the real port; also after it is closed. */
    public InetSocketAddress address() {
        return address;
    }

    /** Called by the server's dispatcher for each request, when its first byte is there. */
    private void run(Runnable request, Wire wire) {
        RequestTask task = new RequestTask(request, wire);
        tasks.add(task);
        Thread.ofVirtual().name("tranzr-http-request").start(() -> {
            try {
                task.run();
            } finally {
                tasks.remove(task);
            }
        });
    }

    /**
     * The outermost wrapper of every handler.
     *
     * @throws IOException when there was no answer or not all of it, or the connection cannot be used again: the server then closes it and
     *         forgets it, which it does not when a handler closes an unanswered exchange or just returns
     */
    private void serve(HttpExchange http) throws IOException {
        RequestTask task = RequestTask.CURRENT.get();
        Exchange exchange = new Exchange(http, task.wire(), options, this::ended);
        task.headIsRead(exchange);
        began();
        try {
            ScopedValue.where(Exchange.CURRENT, exchange).call(() -> {
                answer(exchange);
                return null;
            });
        } finally {
            exchange.finish();
            exchange.settle();
            exchange.answerIsOut();
        }
    }

    private void answer(Exchange exchange) throws IOException {
        Response response = responseOf(exchange);
        try {
            if (!exchange.claimAnswer()) {
                throw new IOException("the exchange was ended while its handler ran");
            }
            if (!new AnswerSender(exchange, response).send(closing)) {
                throw new IOException("the connection ends with this answer");
            }
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "the body of an answer failed", e);
            throw new IOException("the body of an answer failed", e);
        } finally {
            Exchange.end(response, false);
        }
    }

    private Response responseOf(Exchange exchange) {
        Request request;
        try {
            request = exchange.accept();
        } catch (BadRequestException e) {
            return RequestHead.refusal(e);
        }
        if (closing) {
            return Response.problem(503, "shutting_down", "Shutting down", "The server is stopping.", Map.of()).header("Retry-After", "5");
        }
        try {
            Response response = handler.handle(request);
            if (response != null) {
                return response;
            }
            throw new IllegalStateException("a handler gave no answer to " + request.method() + " " + request.rawPath());
        } catch (Throwable thrown) {
            // Also an Error has to be answered: the server would leave the connection open for ever.
            return mapped(request, clientsFault(exchange, thrown));
        }
    }

    /** What a handler threw because the client's bytes are malformed or do not come is the client's fault, not the server's. */
    private static Throwable clientsFault(Exchange exchange, Throwable thrown) {
        if (thrown instanceof Multipart.TruncatedException) {
            return RequestHead.bad("invalid_multipart", null, thrown.getMessage());
        }
        BadRequestException fault = exchange.body().fault();
        return fault != null && thrown instanceof IOException ? fault : thrown;
    }

    private Response mapped(Request request, Throwable thrown) {
        try {
            return errors.answer(request, thrown);
        } catch (RuntimeException | Error e) {
            e.addSuppressed(thrown);
            LOG.log(System.Logger.Level.ERROR, "no answer could be made of what a handler threw", e);
            return Response.problem(500, "internal_error", "Internal error", "The server failed; its log says more.", Map.of());
        }
    }

    private synchronized void began() {
        inFlight++;
    }

    private synchronized void ended() {
        inFlight--;
        notifyAll();
    }

    /** @return whether no request is in flight any more */
    private synchronized boolean awaitIdle(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        for (long left = limit.toNanos(); inFlight > 0 && left > 0; left = deadline - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                interrupted = true;
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return inFlight == 0;
    }

    /**
     * Takes no new connections at once, answers 503 to new requests on those that are open, gives those in flight up to
     * {@code grace}, then ends them. Leaves no thread behind. Closing again does nothing.
     */
    public void close(Duration grace) {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
        }
        // The server's stop() closes the listening socket first, and then waits for exchanges, which it miscounts: so it is interrupted
        // when our own count says that all are done.
        int seconds = (int) Math.min(grace.plus(ABORT_GRACE).toSeconds() + 1, Integer.MAX_VALUE);
        Thread stopper = Thread.ofVirtual().name("tranzr-http-stop").start(() -> server.stop(seconds));
        if (!awaitIdle(grace)) {
            LOG.log(grace.isZero() ? System.Logger.Level.DEBUG : System.Logger.Level.INFO, "ending the requests that are still in flight");
            tasks.forEach(RequestTask::abort);
            if (!awaitIdle(ABORT_GRACE)) {
                LOG.log(System.Logger.Level.WARNING, "a handler does not end although its connection is closed");
            }
        }
        stopper.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                stopper.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        watchdog.shutdownNow();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }
}
