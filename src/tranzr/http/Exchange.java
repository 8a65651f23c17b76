package tranzr.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One request and its answer as the connection sees them. Its handler's thread owns it; {@link #abort} and the watchdog's questions may come
 * from any thread.
 */
final class Exchange implements Request.Origin {

    /** The exchange whose handler runs on this thread. */
    static final ScopedValue<Exchange> CURRENT = ScopedValue.newInstance();

    private static final System.Logger LOG = System.getLogger(Exchange.class.getName());
    private static final long NO_LINGERING = Long.MIN_VALUE;
    /** How long the answer to a stalled request may take. */
    private static final long FAREWELL_NANOS = 2_000_000_000L;

    private final HttpExchange http;
    private final Wire wire;
    private final HttpListener.Options options;
    private final Progress progress = new Progress();
    private final Runnable answerOut;
    private final AtomicBoolean answered = new AtomicBoolean();
    private boolean out;
    private final List<Response> owed = new ArrayList<>(1);
    private RequestHead head;
    private RequestBody body;
    private ProxyHeaders proxies;
    private volatile long lingerUntil = NO_LINGERING;
    /** Both guarded by this; finished: the connection may have gone on to other requests. */
    private boolean aborted;
    private boolean finished;

    /**
     * @param wire null when the streams are the JDK's
     * @param answerOut run once, when the answer is sent or has failed
     */
    Exchange(HttpExchange http, Wire wire, HttpListener.Options options, Runnable answerOut) {
        this.http = http;
        this.wire = wire;
        this.options = options;
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
        boolean own = wire != null && head.isChunked();
        InputStream source = own ? new ChunkedBody(wire.in()) : http.getRequestBody();
        body = new RequestBody(source, this, head.contentLength());
        return new Request(head, body, this);
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

    /** The answer is sent, or has failed, and nobody waits for this exchange any more. Doing it again does nothing. */
    void answerIsOut() {
        if (!out) {
            out = true;
            answerOut.run();
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

    /** From now on {@code until}, a {@link System#nanoTime}, the connection is only held open for the client to read the answer. */
    void linger(long until) {
        lingerUntil = until;
    }

    /** What this exchange waits for too long; asked by the watchdog. */
    void check(long now, long stallNanos) {
        long until = lingerUntil;
        if (until != NO_LINGERING) {
            if (now - until >= 0) {
                abort();
            }
        } else if (progress.stalled(now, stallNanos)) {
            if (progress.isReading() && claimAnswer()) {
                progress.end();
                Thread.startVirtualThread(this::answerStalled);
            } else {
                abort();
            }
        }
    }

    /** The handler's thread is stuck reading, so nobody else writes. */
    private void answerStalled() {
        linger(System.nanoTime() + FAREWELL_NANOS); // a client that does not read either would hold it for ever
        try {
            if (wire != null) {
                wire.out().refuse(new BadRequestException(408, "request_timeout", null, "No byte of the body came for "
                        + options.stall().toSeconds() + " s."));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the client of a stalled request has left: {0}", e.getMessage());
        } finally {
            abort();
        }
    }

    /** The connection may carry other requests from here on: {@link #abort} must not touch it. @return false when it was aborted before */
    synchronized boolean finish() {
        finished = true;
        return !aborted;
    }

    @Override
    public synchronized void abort() {
        if (finished || aborted) {
            return;
        }
        aborted = true;
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
