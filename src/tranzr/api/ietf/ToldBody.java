package tranzr.api.ietf;

import java.io.IOException;
import java.util.function.LongSupplier;
import tranzr.http.Request;
import tranzr.transfer.Body;
import tranzr.transfer.BodyFilter;

/**
 * A body whose sender is told by interim answers how much of the upload is durable, while it comes (section 5). It need not read them before it has sent all, so their number grows with
 * the logarithm of the body only.
 */
final class ToldBody extends BodyFilter {

    /** After so many bytes there may be something new to tell: the engine makes a body durable in such pieces. */
    private static final long STRIDE = 8L << 20;
    /** The next is told after at least this part of what came. */
    private static final int PART = 16;

    private final Request request;
    private final Dialect dialect;
    private final LongSupplier durable;
    private long told;
    private long received;
    private long next = STRIDE;

    /** @param offset where the body begins @param durable the offset of the upload, which never decreases */
    ToldBody(Body body, Request request, Dialect dialect, long offset, LongSupplier durable) {
        super(body);
        this.request = request;
        this.dialect = dialect;
        this.told = offset;
        this.durable = durable;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = body.read(target, offset, length);
        received += Math.max(0, count);
        if (received >= next) {
            next = received + Math.max(STRIDE, received / PART);
            tell(durable.getAsLong());
        }
        return count;
    }

    private void tell(long now) {
        if (now > told) {
            told = now;
            Interim.progress(request, dialect, now);
        }
    }
}
