package tranzr.api.direct;

import java.io.IOException;
import java.util.zip.CRC32C;
import tranzr.transfer.Body;

/** A body whose checksum is known when it has been read. */
final class SummedBody implements Body {

    private final Body body;
    private final CRC32C sum = new CRC32C();

    SummedBody(Body body) {
        this.body = body;
    }

    /** The CRC-32C of what was read so far. */
    int crc() {
        return (int) sum.getValue();
    }

    @Override
    public long length() {
        return body.length();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = body.read(target, offset, length);
        if (count > 0) {
            sum.update(target, offset, count);
        }
        return count;
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
