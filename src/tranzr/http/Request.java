package tranzr.http;

import java.io.InputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request, already checked for what the server below lets through (see {@link HttpListener}). Used by the thread of its
 * handler; {@link #abort} by any.
 */
public final class Request {

    Request() {
    }

    public String method() {
        throw new UnsupportedOperationException();
    }

    /** The path as it came, not decoded, without the query. */
    public String rawPath() {
        throw new UnsupportedOperationException();
    }

    /** The path's segments, each percent-decoded once as strict UTF-8. {@code /a/b} has two, {@code /a/} has "a" and "". */
    public List<String> segments() {
        throw new UnsupportedOperationException();
    }

    /** A segment named in the route's pattern, decoded. @throws IllegalArgumentException when the pattern has no such name */
    public String path(String name) {
        throw new UnsupportedOperationException();
    }

    /** A query parameter, decoded; empty when absent. @throws BadRequestException when it is there twice */
    public Optional<String> query(String name) {
        throw new UnsupportedOperationException();
    }

    /** The only value of a header field; empty when absent. @throws BadRequestException when there are several lines of it */
    public Optional<String> header(String name) {
        throw new UnsupportedOperationException();
    }

    /** All lines of a header field. */
    public List<String> headers(String name) {
        throw new UnsupportedOperationException();
    }

    /** The body's length in bytes; -1 when chunked; 0 when there is none. */
    public long contentLength() {
        throw new UnsupportedOperationException();
    }

    /** Whether a body is announced, even one of length 0. */
    public boolean hasBody() {
        throw new UnsupportedOperationException();
    }

    /** The body. A read fails when the connection breaks before the announced end. */
    public InputStream body() {
        throw new UnsupportedOperationException();
    }

    /**
     * The body as a JSON object; an empty map when there is no body. Unknown fields are kept.
     *
     * @throws BadRequestException {@code invalid_json} for anything but an object, 413 {@code body_too_large} beyond {@code maxBytes}
     */
    public Map<String, Object> json(int maxBytes) {
        throw new UnsupportedOperationException();
    }

    /** The peer's address, or, from a trusted proxy, what {@code Forwarded} or {@code X-Forwarded-For} say of it. */
    public InetAddress client() {
        throw new UnsupportedOperationException();
    }

    /** The URL under which the client reached us, such as {@code http://host:8000}: no slash at the end. */
    public String baseUrl() {
        throw new UnsupportedOperationException();
    }

    /** Whether the client prefers {@code type} (such as {@code application/json}) and names it; {@code *}{@code /*} does not count. */
    public boolean accepts(String type) {
        throw new UnsupportedOperationException();
    }

    /** Ends the connection from any thread: a stuck read or write of the handler fails at once. */
    public void abort() {
        throw new UnsupportedOperationException();
    }
}
