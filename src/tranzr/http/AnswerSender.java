package tranzr.http;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/**
 * Sends one answer, and leaves the connection either ready for a next request or closed in a way that lets the client read the answer.
 */
final class AnswerSender {

    private static final System.Logger LOG = System.getLogger(AnswerSender.class.getName());
    private static final int DISCARD_BUFFER = 64 * 1024;
    private static final long LINGER_BYTES = 1024 * 1024;
    private static final long LINGER_NANOS = 2_000_000_000L;
    private static final long MAX_LINGER_NANOS = 10_000_000_000L;

    private final Exchange exchange;
    private final Response response;
    private final boolean isHead;
    private final boolean hasBody;
    /** Whether the body ends when its writer says so. */
    private final boolean isOpen;

    AnswerSender(Exchange exchange, Response response) {
        this.exchange = exchange;
        this.response = response;
        this.isHead = exchange.http().getRequestMethod().equals("HEAD");
        this.isOpen = response.length() == Response.OPEN;
        this.hasBody = !isHead && !response.forbidsBody() && response.length() != 0;
    }

    /**
     * @param last whether no other request shall come by this connection
     * @return whether another may; otherwise the connection is to be closed, without asking its streams, which know less than we do
     * @throws IOException when the answer did not go out whole; the connection must then be cut
     */
    boolean send(boolean last) throws IOException {
        boolean unread = !bodyIsRead();
        exchange.account().status(response.status());
        StandardFields.complete(response, exchange.account().id());
        exchange.completeForOrigin(response);
        Headers headers = exchange.http().getResponseHeaders();
        response.headers().forEach(headers::set);
        exchange.options().https().map(HttpListener.Https::transportSecurity).filter(Duration::isPositive)
                .ifPresent(age -> headers.set("Strict-Transport-Security", "max-age=" + age.toSeconds()));
        if (last || unread || exchange.head() == null || exchange.head().isChunked() || exchange.head().wantsClose()
                || exchange.body().fault() != null) {
            headers.set("Connection", "close");
        }
        if (isHead && !response.forbidsBody() && !isOpen) {
            headers.set("Content-Length", Long.toString(response.length()));
        }
        OutputStream out = exchange.http().getResponseBody();
        if (hasBody) {
            sendHeadAndBody(out);
        } else {
            sendHead(unread);
        }
        Exchange.end(response, !isHead && !response.forbidsBody());
        exchange.answerIsOut(true);
        // The end of an open body is still to be written, and nothing could be after a farewell.
        boolean endsItself = isOpen && hasBody && !exchange.http().getProtocol().equals("HTTP/1.0");
        if (exchange.wire() != null && !endsItself && "close".equalsIgnoreCase(headers.getFirst("Connection"))) {
            sayFarewell();
        }
        if (unread && (hasBody || exchange.wire() != null)) {
            linger();
        }
        // After a chunked body or a failed read, the server's own idea of where the body ends is not ours.
        boolean reusable = exchange.finish() && !unread && !exchange.head().isChunked();
        if (reusable) {
            if (exchange.wire() != null) {
                exchange.wire().beginIdle();
            }
            out.close(); // from here on, another thread may read a next request from the wire
            exchange.http().close();
        }
        return reusable;
    }

    /** The answer has gone out whole, so it is no failure when this does not. */
    private void sayFarewell() {
        exchange.progress().begin(false);
        try {
            exchange.wire().out().finish();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a client left without our farewell: {0}", e.getMessage());
        } finally {
            exchange.progress().end(0);
        }
    }

    private void sendHead(boolean unread) throws IOException {
        if (unread && exchange.wire() == null) {
            linger(); // the server closes at once after a head without body
        }
        // The server closes the exchange as soon as such a head is out. What it closes then is this, and the real one later, here.
        exchange.http().setStreams(null, OutputStream.nullOutputStream());
        exchange.progress().begin(false);
        try {
            exchange.http().sendResponseHeaders(response.status(), -1);
        } finally {
            exchange.progress().end(0);
        }
    }

    private void sendHeadAndBody(OutputStream out) throws IOException {
        exchange.progress().begin(false);
        try {
            // To the server below 0 means that nobody knows.
            exchange.http().sendResponseHeaders(response.status(), isOpen ? 0 : response.length());
        } finally {
            exchange.progress().end(0);
        }
        BodyOutput body = new BodyOutput(out, exchange);
        try {
            if (isOpen) {
                body.flush(); // the head must not wait for what may be long in coming
            }
            response.body().write(body);
        } catch (IOException e) {
            if (!body.hasFailed()) {
                LOG.log(System.Logger.Level.WARNING, "the body of an answer broke after {0} of {1} bytes: {2}",
                        Long.toString(body.written()), isOpen ? "any" : Long.toString(response.length()), e.toString());
            }
            throw e;
        }
        if (!isOpen && body.written() != response.length()) {
            throw new IOException("an answer of " + response.length() + " bytes ended after " + body.written());
        }
        body.flush();
    }

    /** Reads the rest when it is here already, so that the connection can go on. @return whether all of the body is read */
    private boolean bodyIsRead() throws IOException {
        RequestBody body = exchange.body();
        if (body == null || body.fault() != null) {
            return false;
        }
        boolean waits = exchange.wire() != null && exchange.wire().out().isContinueHeld();
        if (!body.isEnded() && body.remaining() >= 0 && !waits && body.available() >= body.remaining()) {
            body.skipNBytes(body.remaining());
        }
        if (!body.isEnded()) {
            return false;
        }
        if (!exchange.head().isChunked()) {
            exchange.http().getRequestBody().read(); // the server believes in the end when it has seen it
        }
        return true;
    }

    /**
     * Takes what the client still sends, for a bounded time, because a connection closed on unread bytes is reset, and the client then loses
     * the answer it has not read. Ends at the end of the body, when the client leaves, or after 2 s, but not before 1 MiB while bytes come.
     */
    private void linger() {
        long begin = System.nanoTime();
        exchange.linger(begin + LINGER_NANOS);
        byte[] buffer = new byte[DISCARD_BUFFER];
        long total = 0;
        try {
            InputStream in = lingerSource();
            long limit = lingerLimit();
            while (total < limit) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, limit - total));
                if (count < 0) {
                    return;
                }
                total += count;
                long now = System.nanoTime();
                if (total < LINGER_BYTES) {
                    exchange.linger(Math.min(begin + MAX_LINGER_NANOS, now + LINGER_NANOS));
                } else if (now - begin >= LINGER_NANOS) {
                    return;
                }
            }
        } catch (IOException | IndexOutOfBoundsException e) {
            // The client has left, the watchdog has ended the wait, or the decoder below has miscounted: there is nothing more to do for it.
            exchange.linger(Long.MAX_VALUE);
        }
    }

    /** Not the body itself, which would tell a client that waits to send. The server has closed its own stream by now, or may have. */
    private InputStream lingerSource() {
        RequestBody body = exchange.body();
        if (exchange.wire() != null && (body == null || body.fault() != null || body.remaining() >= 0)) {
            return exchange.wire().in();
        }
        return body == null ? exchange.http().getRequestBody() : body.source();
    }

    private long lingerLimit() {
        RequestBody body = exchange.body();
        boolean exact = body != null && body.fault() == null && body.remaining() >= 0;
        return exact ? body.remaining() : Long.MAX_VALUE;
    }
}
