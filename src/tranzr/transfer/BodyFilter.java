package tranzr.transfer;

import java.io.IOException;

/** A body that passes through: what does something beside overrides {@link #read}. */
public abstract class BodyFilter implements Body {

    /** Where the bytes come from. */
    protected final Body body;

    protected BodyFilter(Body body) {
        this.body = body;
    }

    @Override
    public long length() {
        return body.length();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return body.read(target, offset, length);
    }

    @Override
    public long came() {
        return body.came();
    }

    @Override
    public void abort() {
        body.abort();
    }
}
