package tranzr.catalog;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.RangeSet;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** Records to try a catalog with. */
public final class Samples {

    public static final Instant T0 = Instant.parse("2026-01-02T03:04:05.678901234Z");

    private Samples() {
    }

    public static UUID id(long number) {
        return new UUID(0x4000L, number);
    }

    public static Instant at(long seconds) {
        return T0.plusSeconds(seconds);
    }

    public static Digest digest(String of) {
        return Digest.sha256(of.getBytes(StandardCharsets.UTF_8));
    }

    /** An upload just begun, in chunks of 100 bytes, created {@code number} seconds after {@link #T0}. */
    public static Upload upload(long number, long length) {
        long chunks = length == Upload.UNKNOWN_LENGTH ? -1 : (length + 99) / 100;
        return new Upload(id(number), "file-" + number + ".bin", length, length, 100, chunks, UploadState.INITIALIZED,
                RangeSet.EMPTY, null, null, digest("key" + number), at(number), at(number), at(number + 1000));
    }

    public static Change.UploadCreated created(long number, long length) {
        return new Change.UploadCreated(upload(number, length));
    }

    public static Change.RangeStored stored(long number, long start, long end) {
        return new Change.RangeStored(id(number), new ByteRange(start, end), (int) (start * 31 + end), null, at(number + 1),
                at(number + 2000));
    }

    public static Change.UploadCompleted completed(long number) {
        return new Change.UploadCompleted(id(number), digest("content" + number), at(number + 2), null);
    }

    /** All that makes a whole file of 10 bytes. */
    public static List<Change> file(long number) {
        return List.of(created(number, 10), stored(number, 0, 10), completed(number));
    }

    public static Digest token(String name) {
        return digest("token " + name);
    }

    public static Share share(String name, long file, long maxDownloads) {
        return new Share(token(name), id(file), "pbkdf2$" + name, at(file + 10), at(file + 100), maxDownloads, 0, List.of(), 0,
                null);
    }

    /** One share of several files. */
    public static Share share(String name, List<Long> files, long maxDownloads) {
        return share(name, files.getFirst(), maxDownloads).withContents(Share.Contents.of(files.stream().map(Samples::id).toList(), "title of " + name));
    }

    public static Change.DownloadStarted started(String name, long slot) {
        return new Change.DownloadStarted(token(name), slot(slot));
    }

    public static Share.Slot slot(long id) {
        return new Share.Slot(id, digest("client" + id), at(500 + id));
    }
}
