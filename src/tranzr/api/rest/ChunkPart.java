package tranzr.api.rest;

import tranzr.http.RangeHeader.ContentRange;
import tranzr.model.ByteRange;
import tranzr.model.Upload;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/**
 * Where the rest of a chunk lies that a client sends with Content-Range. People count in two ways: in the file's bytes, as
 * {@code missing_ranges} does, or in the chunk's own; the total after the slash tells which.
 *
 * @param range in the file's bytes
 * @param total the file's length when this request fixes it, else -1
 */
record ChunkPart(ByteRange range, long total) {

    /**
     * @param index a chunk the upload has
     * @throws FailureException RangeOutOfBounds when the range lies in the chunk in neither way
     */
    static ChunkPart of(ContentRange content, Upload upload, long index) {
        ByteRange chunk = upload.chunk(index);
        ByteRange given = content.range();
        long total = content.total();
        boolean inFile = given.start() >= chunk.start() && given.end() <= chunk.end();
        boolean inChunk = given.end() <= Math.min(total, chunk.length());
        boolean last = upload.totalChunks() < 0 || index == upload.totalChunks() - 1;
        if (inFile && (total < 0 || upload.lengthKnown() && total == upload.length())) {
            return new ChunkPart(given, -1);
        }
        if (upload.lengthKnown() || !last) {
            // What lies in a chunk of known size is counted from its start only when the total is that size.
            if (inChunk && total == chunk.length()) {
                return new ChunkPart(shifted(given, chunk.start()), -1);
            }
        } else if (inFile && total > chunk.start() && total <= chunk.end()) {
            return new ChunkPart(given, total);
        } else if (inChunk && total <= chunk.length()) {
            return new ChunkPart(shifted(given, chunk.start()), chunk.start() + total);
        }
        throw new FailureException(new Failure.RangeOutOfBounds(given.start(), given.end(),
                upload.lengthKnown() ? upload.length() : -1));
    }

    private static ByteRange shifted(ByteRange range, long by) {
        return new ByteRange(range.start() + by, range.end() + by);
    }
}
