package tranzr.api.ietf;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import tranzr.transfer.Body;
import tranzr.transfer.BodyFilter;

/**
 * A body whose sender is told where its upload can be resumed, before the first byte is read. Whoever reads has its place in the upload by then: a client that breaks off at once, and asks
 * how much came, is not answered before what it has sent is counted.
 */
final class AnnouncedBody extends BodyFilter {

    private final BooleanSupplier announcement;
    private boolean begun;
    private boolean announced;

    /** @param announcement makes it; whether it went out */
    AnnouncedBody(Body body, BooleanSupplier announcement) {
        super(body);
        this.announcement = announcement;
    }

    /** Whether it went out. */
    boolean isAnnounced() {
        return announced;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!begun) {
            begun = true;
            announced = announcement.getAsBoolean();
        }
        return body.read(target, offset, length);
    }
}
