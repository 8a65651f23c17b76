package tranzr.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * One request and its answer as the connection sees them. Its handler's thread owns it; {@link #abort} and the watchdog's questions may come
 * from any thread.
 */
final class Exchange implements Request.Origin {

    /** The exchange whose handler runs on this thread. */
    static final ScopedValue<Exchange> CURRENT = ScopedValue.newInstance();

    private static final System.Logger LOG = System.getLogger(Exchange.class.getName());
    private static final Pattern PROXY_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    /** What Linux gives a connection that has not proven fast. */
    private static final int ASSUMED_SEND_BUFFER = 256 * 1024;
    private static final long MAX_UNSEEN_SECONDS = 300;
    /** How long the answer to a slow request may take, and how long its client then has to read it. */
    private static final long FAREWELL_NANOS = 1_000_000_000L;
    private static final long NO_LINGERING = Long.MIN_VALUE;

    private final HttpExchange http;
    private final Wire wire;
    private final HttpListener.Options options;
    private final RequestAccount account;
    private final Progress progress;
    private final Runnable answerOut;
    private final AtomicBoolean answered = new AtomicBoolean();
    private boolean out;
    private final List<Response> owed = new ArrayList<>(1);
    private RequestHead head;
    private RequestBody body;
    private Request request;
    private ProxyHeaders proxies;
    private volatile Pace paceIn;
    private volatile Pace paceOut;
    private volatile long lingerUntil = NO_LINGERING;
    /** Null as long as HTTP is spoken. */
    private volatile WebSocket socket;
    /** Null for what is usual. */
    private volatile Supplier<Response> slowAnswer;
    /** Both guarded by this; finished: the connection may have gone on to other requests. */
    private boolean aborted;
    private boolean finished;

    /**
     * @param wire null when the streams are the JDK's
     * @param answerOut run once, when the answer is sent or has failed, and after all who wait for that were told
     */
    Exchange(HttpExchange http, Wire wire, HttpListener.Options options, RequestAccount account, Runnable answerOut) {
        this.http = http;
        this.wire = wire;
        this.options = options;
        this.account = account;
        this.progress = new Progress(options.limits());
        this.answerOut = answerOut;
        if (wire != null) {
            wire.out().beginAnswer(progress);
        }
    }

    /** @throws BadRequestException for a head or a path that HTTP does not allow */
    Request accept() {
        if (wire != null && wire.in().violation() != null) {
            throw wire.in().violation();
        }
        head = RequestHead.check(http);
        proxyId().ifPresent(account::rename);
        boolean own = wire != null && head.isChunked();
        InputStream source = own ? new ChunkedBody(wire.in()) : http.getRequestBody();
        body = new RequestBody(source, this, head.contentLength());
        request = new Request(head, body, this);
        return request;
    }

    /** The id that a trusted proxy has given the request, if it is one. */
    private Optional<String> proxyId() {
        List<String> ids = head.headers().getOrDefault(StandardFields.REQUEST_ID, List.of());
        boolean usable = ids.size() == 1 && ProxyHeaders.isTrusted(options.trustedProxies(), http.getRemoteAddress().getAddress())
                && PROXY_ID.matcher(ids.getFirst()).matches();
        return usable ? Optional.of(ids.getFirst()) : Optional.empty();
    }

    /** Adds what a browser has to know before a page of another origin may read the answer. */
    void completeForOrigin(Response response) {
        if (request != null) {
            options.cors().complete(request, response);
        }
    }

    RequestAccount account() {
        return account;
    }

    HttpExchange http() {
        return http;
    }

    Wire wire() {
        return wire;
    }

    HttpListener.Options options() {
        return options;
    }

    Progress progress() {
        return progress;
    }

    /** Null when the head was refused. */
    RequestHead head() {
        return head;
    }

    /** Null when the head was refused. */
    RequestBody body() {
        return body;
    }

    void releaseContinue() throws IOException {
        if (wire != null) {
            wire.out().releaseContinue();
        }
    }

    /** Takes the right to answer. @return false when somebody has answered */
    boolean claimAnswer() {
        return answered.compareAndSet(false, true);
    }

    /** The answer is sent ({@code whole}), or has failed, and nobody waits for this exchange any more. Doing it again does nothing. */
    void answerIsOut(boolean whole) {
        if (!out) {
            out = true;
            try {
                account.whenEnded(ended -> options.observer().ended(visit(), ended));
                account.end(body == null ? 0 : body.received(), whole);
            } finally {
                answerOut.run();
            }
        }
    }

    /** The head may have been refused for any of this, so nothing of it is taken for well-formed. */
    private Observer.Visit visit() {
        InetAddress client = request == null ? http.getRemoteAddress().getAddress() : client();
        boolean cut = wire != null && wire.in().violation() != null;
        return cut ? new Observer.Visit(account.id(), client, "-", "-", "-", Optional.empty())
                : new Observer.Visit(account.id(), client, http.getRequestMethod(), http.getRequestURI().toString(), http.getProtocol(),
                        Optional.ofNullable(request));
    }

    @Override
    public String id() {
        return account.id();
    }

    @Override
    public void whenEnded(Consumer<Ended> listener) {
        account.whenEnded(listener);
    }

    @Override
    public void pace(Pace in, Pace out) {
        boolean late;
        synchronized (this) {
            paceIn = in;
            paceOut = out;
            late = aborted;
        }
        if (late) {
            endWaits();
        }
    }

    /** Null for as fast as it goes. */
    Pace paceIn() {
        return paceIn;
    }

    /** Null for as fast as it goes. */
    Pace paceOut() {
        return paceOut;
    }

    private void endWaits() {
        for (Pace pace : new Pace[] {paceIn, paceOut}) {
            if (pace != null) {
                pace.abort();
            }
        }
    }

    /** An answer whose maker waits to hear of its end. */
    void owes(Response response) {
        owed.add(response);
    }

    /** Tells all who wait for the end of an answer that did not go out. */
    void settle() {
        for (Response response : owed) {
            end(response, false);
        }
    }

    /** Tells the answer's maker whether it went out whole. */
    static void end(Response response, boolean whole) {
        try {
            response.end(whole);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "what waits for the end of an answer failed", e);
        }
    }

    /** HTTP is over, and the socket watches its time itself. */
    void upgraded(WebSocket next) {
        boolean late;
        synchronized (this) {
            socket = next;
            late = aborted;
        }
        if (late) {
            cut();
        }
    }

    /** Tells a socket that the server stops; does nothing to a request. */
    void goAway() {
        WebSocket open = socket;
        if (open != null) {
            open.dismiss(WebSocketFrame.GOING_AWAY, "the server stops");
        }
    }

    /** From now on {@code until}, a {@link System#nanoTime}, the connection is only held open for the client to read the answer. */
    void linger(long until) {
        lingerUntil = until;
    }

    /** What this exchange waits for too long; asked by the watchdog. */
    void check(long now) {
        WebSocket open = socket;
        if (open != null) {
            open.check(now);
            return;
        }
        long until = lingerUntil;
        if (until != NO_LINGERING) {
            if (now - until >= 0) {
                abort();
            }
            return;
        }
        boolean reading = progress.isReading();
        // Of a record of TLS a body has its bytes only when it is whole, and a slow client's may be long in coming.
        Link.Fragment fragment = reading && wire != null ? wire.fragment() : null;
        long unseen = reading ? fragment == null ? 0 : fragment.bytes() : unseenBytes();
        boolean stalled = progress.stalled(now, reading ? 0 : unseen)
                && (fragment == null || now - fragment.arrived() >= options.limits().stall().toNanos());
        if (stalled || progress.tooSlow(now, unseen)) {
            if (reading && claimAnswer()) {
                lingerUntil = now + FAREWELL_NANOS;
                Limits limits = options.limits();
                String why = stalled ? "No byte of the body came for " + limits.stall().toSeconds() + " s."
                        : "The body comes at less than " + limits.minRate() + " bytes a second.";
                Supplier<Response> own = slowAnswer;
                Response answer = own != null ? own.get() : RequestHead.refusal(new BadRequestException(408, "request_timeout", null, why));
                account.status(answer.status());
                Thread.startVirtualThread(() -> answerSlow(answer));
            } else {
                forgetUnsent();
                abort();
            }
        }
    }

    /** A connection that is closed in the usual way goes on in the kernel, with all it was to send, until the client has taken that. */
    private void forgetUnsent() {
        if (wire != null) {
            try {
                wire.channel().setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "a slow client has left: {0}", e.getMessage());
            }
        }
    }

    /**
     * How many bytes a client may have taken while the socket has not become writable again: the kernel waits for a third of the buffer. On a link of some
     * kilobytes a second that is minutes.
     */
    private long unseenBytes() {
        int buffer = ASSUMED_SEND_BUFFER;
        if (wire != null) {
            try {
                buffer = wire.channel().getOption(StandardSocketOptions.SO_SNDBUF);
            } catch (IOException e) {
                return 0; // it is closed
            }
        }
        long longest = Math.multiplyExact(options.limits().minRate(), MAX_UNSEEN_SECONDS);
        return Math.min(buffer / 3, longest);
    }

    /** The handler's thread waits for bytes, so nobody else writes. The client gets a moment to read the answer, which a reset would take from it. */
    private void answerSlow(Response answer) {
        try {
            if (wire != null) {
                wire.out().refuse(answer, account.id());
                wire.channel().shutdownOutput();
                return;
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the client of a slow request has left: {0}", e.getMessage());
        }
        abort();
    }

    /** The connection may carry other requests from here on: {@link #abort} must not touch it. @return false when it was aborted before */
    synchronized boolean finish() {
        finished = true;
        return !aborted;
    }

    /** A socket is told why before it ends, a moment later: whoever is behind it is not let in any more. */
    @Override
    public void abort() {
        WebSocket open;
        synchronized (this) {
            if (finished || aborted) {
                return;
            }
            open = socket;
            if (open == null) {
                aborted = true;
                closeConnection();
            }
        }
        if (open == null) {
            endWaits();
        } else {
            open.dismiss(WebSocketFrame.POLICY, "not let in any more");
        }
    }

    /** Ends the connection of a socket at once. */
    synchronized void cut() {
        if (!finished) {
            aborted = true;
            closeConnection();
        }
    }

    private void closeConnection() {
        if (wire == null) {
            // The JDK's TLS cannot be closed while somebody is stuck writing to it.
            progress.interruptWait();
            // Closing may wait for a writer that is stuck; whoever aborts shall not.
            Thread.startVirtualThread(http::close);
            return;
        }
        try {
            wire.channel().close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing a connection: {0}", e.getMessage());
        }
    }

    @Override
    public void whenSlow(Supplier<Response> answer) {
        slowAnswer = answer;
    }

    @Override
    public InetAddress client() {
        return proxies().client();
    }

    @Override
    public String baseUrl() {
        if (options.baseUrl().isPresent()) {
            String url = options.baseUrl().get();
            return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        }
        String authority = proxies().authority().orElse(head.authority());
        return scheme() + "://" + (authority == null ? localAuthority() : authority);
    }

    @Override
    public boolean isSecure() {
        return scheme().equals("https");
    }

    @Override
    public boolean canUpgrade() {
        return wire != null && http.getProtocol().equals("HTTP/1.1");
    }

    @Override
    public boolean interim(int status, String reason, Map<String, String> fields) {
        byte[] head = Response.interim(status, reason, fields);
        progress.begin(false);
        try {
            return canUpgrade() && wire.out().interim(head, () -> !answered.get());
        } catch (IOException e) {
            return false; // the client has left, as the next read will find out
        } finally {
            progress.end(0);
        }
    }

    private String scheme() {
        return proxies().scheme().orElse(options.https().isPresent() ? "https" : "http");
    }

    private ProxyHeaders proxies() {
        if (proxies == null) {
            proxies = ProxyHeaders.read(http.getRemoteAddress().getAddress(), options.trustedProxies(), head.headers());
        }
        return proxies;
    }

    private String localAuthority() {
        InetSocketAddress local = http.getLocalAddress();
        String host = local.getAddress().getHostAddress();
        int scope = host.indexOf('%');
        String plain = scope < 0 ? host : host.substring(0, scope);
        return (plain.contains(":") ? "[" + plain + "]" : plain) + ":" + local.getPort();
    }
}
