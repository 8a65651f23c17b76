package tranzr.api.direct;

import java.io.IOException;
import java.util.zip.CRC32C;
import tranzr.transfer.Body;
import tranzr.transfer.BodyFilter;

/** A body whose checksum is known when it has been read. */
final class SummedBody extends BodyFilter {

    private final CRC32C sum = new CRC32C();

    SummedBody(Body body) {
        super(body);
    }

    /** The CRC-32C of what was read so far. */
    int crc() {
        return (int) sum.getValue();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = body.read(target, offset, length);
        if (count > 0) {
            sum.update(target, offset, count);
        }
        return count;
    }
}
