package tranzr.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** One answer. Not safe for several threads. The listener drops the body for HEAD and keeps its length. */
public final class Response {

    /** Writes a body of known length. */
    @FunctionalInterface
    public interface BodyWriter {
        /** @param out buffered by nobody: write in large pieces. Writing fewer bytes than announced ends the connection. */
        void write(OutputStream out) throws IOException;
    }

    Response() {
    }

    /** No body. */
    public static Response empty(int status) {
        throw new UnsupportedOperationException();
    }

    /** {@code text/plain; charset=utf-8}. */
    public static Response text(int status, String body) {
        throw new UnsupportedOperationException();
    }

    /** {@code application/json}; maps, lists, strings, numbers, booleans, null. */
    public static Response json(int status, Object body) {
        throw new UnsupportedOperationException();
    }

    /** {@code application/problem+json} (RFC 9457): {@code type}, {@code title}, {@code status}, {@code detail}, {@code code} and what {@code extra} holds. */
    public static Response problem(int status, String code, String title, String detail, Map<String, ?> extra) {
        throw new UnsupportedOperationException();
    }

    public static Response bytes(int status, String contentType, byte[] body) {
        throw new UnsupportedOperationException();
    }

    /**
     * A body of {@code length} bytes.
     *
     * @param ended told once, after the last byte was handed to the connection (true) or when that can no longer happen (false:
     *        the client left, the body failed, or it was a HEAD); also when nothing was written at all
     */
    public static Response stream(int status, String contentType, long length, BodyWriter body, java.util.function.Consumer<Boolean> ended) {
        throw new UnsupportedOperationException();
    }

    /** Sets a header field. @throws IllegalArgumentException for CR, LF or NUL in the value */
    public Response header(String name, String value) {
        throw new UnsupportedOperationException();
    }

    public int status() {
        throw new UnsupportedOperationException();
    }
}
