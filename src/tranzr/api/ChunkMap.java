package tranzr.api;

import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.LongPredicate;
import tranzr.model.ByteRange;
import tranzr.model.RangeSet;
import tranzr.model.Upload;

/** Which chunks of an upload are durable as a whole: a view of its byte ranges, which are all that is kept. */
public final class ChunkMap {

    private final Upload upload;

    public ChunkMap(Upload upload) {
        this.upload = upload;
    }

    /** How many chunks are durable; takes time in the number of ranges, not of chunks. */
    public long durableCount() {
        RangeSet ranges = upload.ranges();
        long count = 0;
        for (int i = 0; i < ranges.size(); i++) {
            ByteRange range = ranges.get(i);
            count += Math.max(0, chunksBefore(range.end()) - ceilDiv(range.start()));
        }
        return count;
    }

    /** The indexes of the durable chunks, ascending; made while it is iterated, so that a million of them take no room. */
    public Collection<Long> durable() {
        return new Indexes(index -> upload.ranges().contains(upload.chunk(index)), known(), durableCount());
    }

    /** The indexes of the others, ascending; none when nothing says how many chunks there will be. */
    public Collection<Long> missing() {
        if (upload.totalChunks() < 0) {
            return List.of();
        }
        return new Indexes(index -> !upload.ranges().contains(upload.chunk(index)), known(), known() - durableCount());
    }

    /** How many chunks can be told of. */
    private long known() {
        return upload.totalChunks() >= 0 ? upload.totalChunks() : chunksBefore(upload.ranges().end());
    }

    /** How many chunks end at or before {@code offset}, where the file's end ends the last one. */
    private long chunksBefore(long offset) {
        return upload.lengthKnown() && offset == upload.length() ? ceilDiv(offset) : offset / upload.chunkSize();
    }

    private long ceilDiv(long offset) {
        return offset / upload.chunkSize() + (offset % upload.chunkSize() == 0 ? 0 : 1);
    }

    /** The indexes below {@code bound} that a test accepts; {@code size} is how many that are. */
    private static final class Indexes extends AbstractCollection<Long> {
        private final LongPredicate test;
        private final long bound;
        private final long size;

        Indexes(LongPredicate test, long bound, long size) {
            this.test = test;
            this.bound = bound;
            this.size = size;
        }

        @Override
        public int size() {
            return (int) Math.min(size, Integer.MAX_VALUE);
        }

        @Override
        public Iterator<Long> iterator() {
            return new Iterator<>() {
                private long next = advance(0);

                @Override
                public boolean hasNext() {
                    return next < bound;
                }

                @Override
                public Long next() {
                    if (!hasNext()) {
                        throw new NoSuchElementException();
                    }
                    long current = next;
                    next = advance(current + 1);
                    return current;
                }

                private long advance(long from) {
                    long index = from;
                    while (index < bound && !test.test(index)) {
                        index++;
                    }
                    return index;
                }
            };
        }
    }
}
