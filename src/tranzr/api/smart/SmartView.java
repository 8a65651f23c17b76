package tranzr.api.smart;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tranzr.api.ChunkMap;
import tranzr.http.Response;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Uploads;

/** The JSON shapes that clients of Smart File Transfer System read. */
final class SmartView {

    private static final String BEFORE = "{\"missing\":[";
    private static final String BEHIND = "]}";
    private static final int PIECE_BYTES = 32 * 1024;

    private SmartView() {
    }

    /** The answer to a manifest that was sent before, or cut in another way. */
    static Map<String, Object> resumed(Upload upload) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("status", "resumed");
        view.put("received_chunks", new ChunkMap(upload).durableCount());
        return view;
    }

    /** @param lasted how long the chunk took to come */
    static Map<String, Object> chunk(Uploads.Written written, Duration lasted) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("status", "ok");
        view.put("received", new ChunkMap(written.upload()).durableCount());
        view.put("total", Math.max(0, written.upload().totalChunks()));
        view.put("speed", written.range().length() * 1e9 / Math.max(1, lasted.toNanos()));
        view.put("progress", progress(written.upload()));
        if (written.duplicate()) {
            view.put("duplicate", true);
        }
        return view;
    }

    /** @param guest who gets a receipt, and nothing back */
    static Map<String, Object> assembled(UUID id, boolean guest) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("status", "ok");
        view.put("path", guest ? null : "/download/" + id);
        return view;
    }

    /** How many of the chunks are there, in percent with two decimals, rounded down so that 100 means all. */
    static double progress(Upload upload) {
        if (upload.isWhole()) {
            return 100;
        }
        return upload.totalChunks() <= 0 ? 0 : new ChunkMap(upload).durableCount() * 10_000 / upload.totalChunks() / 100.0;
    }

    /** {@code {"missing": […]}}, written as it goes out: there may be a million of them. */
    static Response missing(Upload upload) {
        Collection<Long> missing = new ChunkMap(upload).missing();
        long length = BEFORE.length() + BEHIND.length() + Math.max(0, missing.size() - 1);
        for (long index : missing) {
            length += Long.toString(index).length();
        }
        return Response.stream(200, "application/json", length, out -> write(missing, out), _ -> { });
    }

    private static void write(Collection<Long> missing, OutputStream out) throws IOException {
        StringBuilder piece = new StringBuilder(BEFORE);
        for (Iterator<Long> next = missing.iterator(); next.hasNext();) {
            piece.append(next.next()).append(next.hasNext() ? "," : "");
            if (piece.length() > PIECE_BYTES) {
                out.write(piece.toString().getBytes(StandardCharsets.US_ASCII));
                piece.setLength(0);
            }
        }
        out.write(piece.append(BEHIND).toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** @param upload that lacks something */
    static long firstMissing(Upload upload) {
        Iterator<Long> missing = new ChunkMap(upload).missing().iterator();
        return missing.hasNext() ? missing.next() : Math.max(0, upload.totalChunks() - 1);
    }

    /** A line of the list of files. */
    static Map<String, Object> listed(Upload upload) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", upload.id().toString());
        view.put("filename", upload.filename());
        // Its clients write it as a number in any case.
        view.put("size", Math.max(0, upload.lengthKnown() ? upload.length() : upload.announced()));
        view.put("status", status(upload.state()));
        view.put("created_at", upload.created().truncatedTo(ChronoUnit.MILLIS).toString());
        view.put("completed_at", upload.state() == UploadState.COMPLETED ? upload.updated().truncatedTo(ChronoUnit.MILLIS).toString() : null);
        view.put("priority", upload.priority().toString());
        return view;
    }

    /** One file by itself. */
    static Map<String, Object> file(Upload upload) {
        Map<String, Object> view = listed(upload);
        view.put("total_chunks", Math.max(0, upload.totalChunks()));
        view.put("received_chunks", new ChunkMap(upload).durableCount());
        view.put("progress", progress(upload));
        return view;
    }

    private static String status(UploadState state) {
        return switch (state) {
            case INITIALIZED, UPLOADING -> "active";
            case PENDING_ASSEMBLY -> "assembling";
            case COMPLETED -> "completed";
            case EXPIRED -> "stale";
        };
    }
}
