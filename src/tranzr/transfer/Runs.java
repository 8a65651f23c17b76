package tranzr.transfer;

import java.util.ArrayList;
import java.util.List;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;

/** Which bytes of a body are written and not yet in the catalog, as runs without a gap. Used by one thread. */
final class Runs {

    /** @param crc of its bytes */
    record Run(ByteRange range, int crc) {
    }

    private final List<Run> ended = new ArrayList<>();
    private long start;
    private long end;
    private int crc;

    Runs(long start) {
        goOnAt(start);
    }

    /** Of the run that is not ended; what comes next is written here. */
    long end() {
        return end;
    }

    /** Bytes that follow the run's are written. @param crcOfThem of these bytes alone */
    void written(int length, int crcOfThem) {
        crc = Crc32c.combine(crc, crcOfThem, length);
        end += length;
    }

    /** What comes next begins a run of its own. */
    void cut() {
        if (end > start) {
            ended.add(new Run(new ByteRange(start, end), crc));
        }
        goOnAt(end);
    }

    /** What comes next lies there; a run that was not ended is dropped. */
    void goOnAt(long position) {
        start = position;
        end = position;
        crc = 0;
    }

    /** Those that are ended, and only once. */
    List<Run> take() {
        List<Run> taken = List.copyOf(ended);
        ended.clear();
        return taken;
    }
}
