package tranzr.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.zip.CRC32C;
import tranzr.model.ByteRange;

/** Brings ranges of a source to an upload, each with its CRC-32C. */
final class UploadMover implements Mover {

    /**
     * Where the bytes come from.
     *
     * @param source gives them
     * @param size of all in bytes; -1 while nobody knows
     * @param whole whether they go as one body, with a digest that the server knows, so that it completes the upload with them
     */
    record From(Source source, long size, boolean whole) {
    }

    /** What the rest of the upload has to do with each range. */
    interface Steps {

        /** What there may be known of the range without reading it. */
        default OptionalInt crc(ByteRange range) {
            return OptionalInt.empty();
        }

        /** This range is about to be sent. */
        default void sending(ByteRange range) throws TransferException {
        }

        /** The server has it. */
        default void moved(ByteRange range) throws TransferException {
        }

        /** The server has it, as was found out after a failure; perhaps not for the first time. */
        default void found(ByteRange range) {
        }

        /** Something went wrong: whether it is the source. */
        default void check() throws TransferException {
        }
    }

    private static final int BUFFER = 64 << 10;

    private final UploadCalls calls;
    private final UUID id;
    private final From from;
    private final Steps steps;
    private volatile boolean distrusting;
    private volatile UploadCalls.Done done;

    UploadMover(UploadCalls calls, UUID id, From from, Steps steps) {
        this.calls = calls;
        this.id = id;
        this.from = from;
        this.steps = steps;
    }

    /** What the server has made of it without being asked; null when nothing. */
    UploadCalls.Done done() {
        return done;
    }

    @Override
    public void move(ByteRange range, Attempt attempt) throws IOException, RefusedException, TransferException {
        steps.sending(range);
        try {
            OptionalInt known = distrusting ? OptionalInt.empty() : steps.crc(range);
            int crc = known.isPresent() ? known.getAsInt() : read(range);
            send(range, crc, attempt);
        } catch (StoppedException e) {
            throw e;
        } catch (IOException e) {
            steps.check(); // that it is the file and not the network
            throw e;
        }
        steps.moved(range);
    }

    private void send(ByteRange range, int crc, Attempt attempt) throws IOException, RefusedException, TransferException {
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Range", "bytes " + range.start() + "-" + (range.end() - 1) + "/" + (from.size() < 0 ? "*" : Long.toString(from.size())));
        headers.put("Content-Digest", "crc32c=:" + Base64.getEncoder().encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt(crc).array()) + ":");
        try {
            Http.Answer answer = calls.http().put("/upload/" + id + (from.whole() ? "" : "?complete=false"), headers, from.source(), range, attempt);
            Optional<UploadCalls.Done> completed = UploadCalls.done(id, answer);
            if (completed.isPresent()) {
                done = completed.get();
            }
        } catch (RefusedException e) {
            refused(e, range, crc);
            throw e;
        }
    }

    /** Finds out whether bytes were refused because they are not the ones any more that were read before. */
    private void refused(RefusedException e, ByteRange range, int crc) throws IOException, TransferException {
        steps.check();
        if (!e.code().equals("checksum_mismatch")) {
            return;
        }
        distrusting = true;
        if (read(range) != crc) {
            throw SourceFile.changed("the bytes " + range.start() + " to " + (range.end() - 1) + " were changed while they were sent");
        }
    }

    private int read(ByteRange range) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] bytes = new byte[(int) Math.min(BUFFER, range.length())];
        for (long at = range.start(); at < range.end(); at += bytes.length) {
            int length = (int) Math.min(bytes.length, range.end() - at);
            from.source().read(at, ByteBuffer.wrap(bytes, 0, length));
            crc.update(bytes, 0, length);
        }
        return (int) crc.getValue();
    }

    /** @throws TransferException with the code {@code upload_expired} when the server has forgotten the upload */
    @Override
    public List<ByteRange> missing(ByteRange within) throws IOException, RefusedException, TransferException {
        UploadCalls.Status status = calls.status(id, within).orElseThrow(UploadMover::forgotten);
        if (status.done() != null) {
            done = status.done();
        }
        List<ByteRange> missing = status.missing(within);
        long at = within.start();
        for (ByteRange gap : missing) {
            steps.found(new ByteRange(at, gap.start()));
            at = gap.end();
        }
        steps.found(new ByteRange(at, within.end()));
        return missing;
    }

    static TransferException forgotten() {
        String why = "the server no longer knows the upload";
        return new TransferException(TransferException.Kind.REFUSED, why, new RefusedException(410, "upload_expired", why, null, Map.of()));
    }

    @Override
    public void probe() throws IOException, RefusedException {
        calls.http().head("/upload/status/" + id, Map.of());
    }
}
