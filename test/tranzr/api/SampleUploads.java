package tranzr.api;

import java.time.Instant;
import java.util.UUID;
import tranzr.model.ByteRange;
import tranzr.model.RangeSet;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** Uploads in every stage, for tests of what is told of them. */
public final class SampleUploads {

    public static final Instant NOON = Instant.parse("2030-01-01T12:00:00.123456Z");

    private SampleUploads() {
    }

    /** @param bounds starts and ends (exclusive) in turn, ascending */
    public static Upload known(long length, long chunkSize, long... bounds) {
        long total = (length + chunkSize - 1) / chunkSize;
        return new Upload(new UUID(1, 2), "name", length, length, chunkSize, total, UploadState.UPLOADING, ranges(bounds),
                null, null, null, NOON, NOON, NOON);
    }

    public static Upload unknown(long announced, long chunkSize, long totalChunks, long... bounds) {
        return new Upload(new UUID(1, 2), "name", Upload.UNKNOWN_LENGTH, announced, chunkSize, totalChunks,
                UploadState.UPLOADING, ranges(bounds), null, null, null, NOON, NOON, null);
    }

    private static RangeSet ranges(long... bounds) {
        RangeSet set = RangeSet.EMPTY;
        for (int i = 0; i < bounds.length; i += 2) {
            set = set.plus(new ByteRange(bounds[i], bounds[i + 1]), 0);
        }
        return set;
    }
}
