package tranzr.api;

import java.io.IOException;
import java.io.InputStream;
import tranzr.http.Multipart;
import tranzr.http.Request;
import tranzr.transfer.Body;

/** The bytes a request brings, for the engine. */
public final class RequestBody implements Body {

    private final Request request;
    private final InputStream bytes;
    private final long length;

    private RequestBody(Request request, InputStream bytes, long length) {
        this.request = request;
        this.bytes = bytes;
        this.length = length;
    }

    /** The whole body of the request. */
    public static Body of(Request request) {
        return new RequestBody(request, request.body(), request.contentLength());
    }

    /** One part of the request's form. */
    public static Body of(Request request, Multipart.Part part) {
        return new RequestBody(request, part.body(), UNKNOWN);
    }

    /** Bytes that stand for what the request's body says. @param length of them, or {@link #UNKNOWN} */
    public static Body of(Request request, InputStream bytes, long length) {
        return new RequestBody(request, bytes, length);
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        return bytes.read(target, offset, count);
    }

    @Override
    public long came() {
        return request.cameAt();
    }

    @Override
    public void abort() {
        request.abort();
    }
}
