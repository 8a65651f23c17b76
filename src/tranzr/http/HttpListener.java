package tranzr.http;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
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
    private static final int SWEEP_SECONDS = 5;
    private static final Duration ABORT_GRACE = Duration.ofSeconds(5);

    /**
     * @param baseUrl what {@link Request#baseUrl} answers; empty to derive it from the request
     * @param trustedProxies addresses whose {@code Forwarded} and {@code X-Forwarded-*} fields are believed
     * @param limits of time, speed and number
     * @param cors which pages of other origins may call
     * @param observer told of every request when it has ended; where the server's internals are not open, not of heads that it refuses by itself
     * @param ids random numbers for {@link Request#id}, from any thread
     * @param https empty to speak plain HTTP
     */
    public record Options(InetSocketAddress bind, Optional<String> baseUrl, Set<IpRange> trustedProxies, Limits limits, Cors cors,
            Observer observer, LongSupplier ids, Optional<Https> https) {
        /** Plain HTTP, without an observer, with any random ids, and no other limit than that of stalling ({@link Limits#stall}). */
        public Options(InetSocketAddress bind, Optional<String> baseUrl, Set<IpRange> trustedProxies, Duration stall) {
            this(bind, baseUrl, trustedProxies, Limits.stallingAfter(stall), Cors.NONE, Observer.NONE, () -> ThreadLocalRandom.current().nextLong(),
                    Optional.empty());
        }

        public Options observedBy(Observer newObserver) {
            return new Options(bind, baseUrl, trustedProxies, limits, cors, newObserver, ids, https);
        }

        public Options limitedBy(Limits newLimits) {
            return new Options(bind, baseUrl, trustedProxies, newLimits, cors, observer, ids, https);
        }

        public Options openTo(Cors newCors) {
            return new Options(bind, baseUrl, trustedProxies, limits, newCors, observer, ids, https);
        }

        public Options securedBy(Optional<Https> newHttps) {
            return new Options(bind, baseUrl, trustedProxies, limits, cors, observer, ids, newHttps);
        }

        public Options {
            trustedProxies = Set.copyOf(trustedProxies);
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
    private final ConnectionCaps caps;
    /** Whether connections are counted when they are accepted; else only requests are, when their heads are there. */
    private final boolean gated;
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
        caps = new ConnectionCaps(options.limits(), address -> ProxyHeaders.isTrusted(options.trustedProxies(), address));
        gated = opened.isPresent();
        opened.ifPresent(inside -> inside.gate(server, listening -> new AcceptGate(listening, caps, this::refusal)));
        watchdog = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("tranzr-http-watchdog").factory());
        HttpContext context = server.createContext("/", this::serve);
        Function<SocketChannel, Link> links = channel -> options.https()
                .<Link>map(https -> new TlsLink(channel, Tls.engine(https.context()), HttpListener::httpsRequired))
                .orElseGet(() -> new PlainLink(channel));
        server.setExecutor(task -> run(task, opened.map(inside -> inside.wireOf(task, context, links)).orElse(null)));
        long period = Math.clamp(options.limits().stall().toNanos() / 4, 10_000_000L, 500_000_000L);
        watchdog.scheduleWithFixedDelay(() -> {
            try {
                long now = System.nanoTime();
                tasks.forEach(task -> task.check(now));
            } catch (RuntimeException | Error e) {
                // Thrown on, it would end the watch for good.
                LOG.log(System.Logger.Level.ERROR, "the watch over slow clients failed", e);
            }
        }, period, period, TimeUnit.NANOSECONDS);
        watchdog.scheduleWithFixedDelay(caps::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
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
        ServerProperties.set(options.limits().maxConnections());
        return new HttpListener(options, handler, errors, OpenedServer.find());
    }

    /** As {@link #start}, but on the public API of the JDK's server alone. */
    static HttpListener startOnPublicApi(Options options, Handler handler, ErrorMapper errors) throws IOException {
        ServerProperties.set(options.limits().maxConnections());
        return new HttpListener(options, handler, errors, Optional.empty());
    }

    /** Where it listens, with the real port; also after it is closed. */
    public InetSocketAddress address() {
        return address;
    }

    /** How many connections are open; requests under way, where the server's internals are not open. */
    public int connections() {
        caps.sweep();
        return caps.total();
    }

    /** How many connections were refused so far because there were too many. */
    public long refusedConnections() {
        return caps.refused();
    }

    /** Called by the server's dispatcher for each request, when its first byte is there. */
    private void run(Runnable request, Wire wire) {
        RequestTask task = new RequestTask(request, wire, options);
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
        InetAddress peer = http.getRemoteAddress().getAddress();
        BooleanSupplier counted = () -> true;
        boolean tooMany = !gated && !caps.admit(peer, counted);
        Exchange exchange = new Exchange(http, task.wire(), options, task.account(), this::ended);
        task.headIsRead(exchange);
        began();
        try {
            ScopedValue.where(Exchange.CURRENT, exchange).call(() -> {
                answer(exchange, tooMany);
                return null;
            });
        } finally {
            if (!gated) {
                caps.release(peer, counted);
            }
            exchange.finish();
            exchange.settle();
            exchange.answerIsOut(false);
        }
    }

    private void answer(Exchange exchange, boolean tooMany) throws IOException {
        Response response = tooMany ? tooMany() : responseOf(exchange);
        try {
            if (!exchange.claimAnswer()) {
                throw new IOException("the exchange was ended while its handler ran");
            }
            if (response.upgrade() != null) {
                new UpgradedConnection(exchange, response, () -> closing).run();
                throw new IOException("the connection ends with its socket");
            }
            if (!new AnswerSender(exchange, response).send(closing || tooMany)) {
                throw new IOException("the connection ends with this answer");
            }
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "the body of an answer failed", e);
            throw new IOException("the body of an answer failed", e);
        } finally {
            Exchange.end(response, false);
        }
    }

    /** Null on a port for HTTPS: a connection that is refused is not worth a handshake. */
    private byte[] refusal() throws IOException {
        return options.https().isPresent() ? null : tooMany().wholeAnswer(new RequestAccount(options.ids().getAsLong()).id());
    }

    /** Asked by the connection while the request's head is being read. */
    private static byte[] httpsRequired() throws IOException {
        RequestAccount account = RequestTask.CURRENT.get().account();
        account.status(400);
        return RequestHead.refusal(new BadRequestException(400, "https_required", null, "This port speaks HTTPS.")).wholeAnswer(account.id());
    }

    private static Response tooMany() {
        return Response.problem(503, "too_many_connections", "Too many connections", "There are too many connections, in all or from one address.",
                Map.of("retryable", true)).header("Retry-After", "5");
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
     * Takes no new connections at once, closes WebSockets with 1001, answers 503 to new requests on those that are open, gives those in flight up to
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
        tasks.forEach(RequestTask::goAway);
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
