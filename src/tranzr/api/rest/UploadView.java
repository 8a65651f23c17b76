package tranzr.api.rest;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tranzr.api.ChunkMap;
import tranzr.api.PartUrls;
import tranzr.api.Problems;
import tranzr.model.ByteRange;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Uploads;

/** The JSON shapes in which uploads and files are told. */
final class UploadView {

    private UploadView() {
    }

    /** The answer to the start of an upload. */
    static Map<String, Object> started(Upload upload) {
        Map<String, Object> view = named(upload);
        view.put("chunk_size", upload.chunkSize());
        view.put("total_chunks", countOrNull(upload));
        view.put("status", upload.state().wireName());
        view.put("created_at", time(upload.created()));
        view.put("expires_at", time(upload.expires()));
        return view;
    }

    /** Adds addresses of parts. */
    static void addParts(Map<String, Object> view, PartUrls.Page page) {
        view.put("signed_urls", page.parts().stream().map(part -> {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("part_number", part.number());
            each.put("offset", part.range().start());
            each.put("length", part.range().length());
            each.put("url", part.url());
            return each;
        }).toList());
        view.put("next_part", page.next() == 0 ? null : page.next());
        view.put("urls_expire_at", time(page.expires()));
    }

    /** The answer to the start of an upload that needed no bytes. */
    static Map<String, Object> instant(Upload file, String baseUrl) {
        Map<String, Object> view = started(file);
        view.put("file_hash", file.sha256().hex());
        view.put("download_url", downloadUrl(file, baseUrl));
        view.put("instant", true);
        return view;
    }

    /** All that is known of an upload that may still grow. */
    static Map<String, Object> status(Upload upload) {
        ChunkMap chunks = new ChunkMap(upload);
        Map<String, Object> view = named(upload);
        view.put("chunk_size", upload.chunkSize());
        view.put("total_chunks", countOrNull(upload));
        view.put("status", upload.state().wireName());
        view.put("uploaded_chunks", chunks.durable());
        view.put("missing_chunks", chunks.missing());
        view.put("missing_ranges", missingRanges(upload));
        view.put("bytes_received", upload.ranges().total());
        view.put("percentage", percentage(upload.ranges().total(), upload));
        view.put("priority", upload.priority().toString());
        view.put("created_at", time(upload.created()));
        view.put("updated_at", time(upload.updated()));
        view.put("expires_at", time(upload.expires()));
        if (upload.sha256() != null) {
            view.put("file_hash", upload.sha256().hex());
        }
        return view;
    }

    /** What one chunk brought; counts, no lists, so that an answer is small however many chunks there are. */
    static Map<String, Object> chunk(Uploads.Written written, long index) {
        Upload upload = written.upload();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", upload.id().toString());
        view.put("chunk_index", index);
        view.put("size", written.range().length());
        view.put("duplicate", written.duplicate());
        view.put("uploaded_chunks", new ChunkMap(upload).durableCount());
        view.put("total_chunks", countOrNull(upload));
        view.put("bytes_received", upload.ranges().total());
        view.put("status", upload.state().wireName());
        return view;
    }

    /** What a body without a chunk index brought, while more is missing. */
    static Map<String, Object> range(Uploads.Written written) {
        Upload upload = written.upload();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", upload.id().toString());
        view.put("status", upload.state().wireName());
        view.put("file_size", sizeOrNull(upload));
        view.put("duplicate", written.duplicate());
        view.put("bytes_received", upload.ranges().total());
        view.put("percentage", percentage(upload.ranges().total(), upload));
        view.put("missing_ranges", missingRanges(upload));
        return view;
    }

    static Map<String, Object> completed(Upload file, String baseUrl) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", file.id().toString());
        view.put("filename", file.filename());
        view.put("status", file.state().wireName());
        view.put("file_hash", file.sha256().hex());
        view.put("file_size", file.length());
        view.put("download_url", downloadUrl(file, baseUrl));
        return view;
    }

    /** An upload that is whole while its digest is still being taken. */
    static Map<String, Object> pending(Uploads.Assembly assembly, String baseUrl) {
        Upload upload = assembly.upload();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", upload.id().toString());
        view.put("status", upload.state().wireName());
        view.put("file_size", sizeOrNull(upload));
        view.put("bytes_hashed", assembly.hashed());
        view.put("percentage", percentage(assembly.hashed(), upload));
        view.put("status_url", baseUrl + "/upload/status/" + upload.id());
        return view;
    }

    /** A line of the list of files. */
    static Map<String, Object> listed(Upload upload) {
        Map<String, Object> view = named(upload);
        view.put("total_chunks", countOrNull(upload));
        view.put("status", upload.state().wireName());
        view.put("file_hash", upload.sha256() == null ? null : upload.sha256().hex());
        view.put("created_at", time(upload.created()));
        view.put("updated_at", time(upload.updated()));
        view.put("owner", upload.access().owner().toString());
        view.put("room", upload.access().room() == null ? null : upload.access().room().toString());
        return view;
    }

    /** One file by itself. */
    static Map<String, Object> file(Upload upload, int shares, String baseUrl) {
        Map<String, Object> view = listed(upload);
        view.put("chunk_size", upload.chunkSize());
        view.put("bytes_received", upload.ranges().total());
        view.put("priority", upload.priority().toString());
        view.put("expires_at", time(upload.expires()));
        view.put("shares", shares);
        view.put("download_url", upload.state() == UploadState.COMPLETED ? downloadUrl(upload, baseUrl) : null);
        return view;
    }

    /** What can be changed of a file: no more, since whoever may change it need not be allowed to see the rest. */
    static Map<String, Object> details(Upload file) {
        Map<String, Object> view = named(file);
        view.put("updated_at", time(file.updated()));
        view.put("expires_at", time(file.expires()));
        return view;
    }

    /** RFC 3339 in UTC to the millisecond, or null. */
    static String time(Instant instant) {
        return instant == null ? null : instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /**
     * How much of the whole {@code bytes} are, in hundredths of a percent, rounded down so that 100 means all; null while nothing
     * says how long the whole is.
     */
    static Double percentage(long bytes, Upload upload) {
        long of = upload.lengthKnown() ? upload.length() : upload.announced();
        if (of < 0) {
            return null;
        }
        if (upload.lengthKnown() && bytes >= of) {
            return 100.0;
        }
        if (of == 0) {
            return 0.0;
        }
        long hundredths = bytes <= Long.MAX_VALUE / 10_000 ? bytes * 10_000 / of : bytes / (of / 10_000);
        return Math.min(9_999, hundredths) / 100.0;
    }

    /** Up to the announced end while the real one is unknown. */
    static List<List<Long>> missingRanges(Upload upload) {
        long end = upload.lengthKnown() ? upload.length() : Math.max(upload.announced(), upload.ranges().end());
        return Problems.inclusive(upload.ranges().missing(new ByteRange(0, end)));
    }

    private static Map<String, Object> named(Upload upload) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", upload.id().toString());
        view.put("filename", upload.filename());
        view.put("file_size", sizeOrNull(upload));
        return view;
    }

    private static Long sizeOrNull(Upload upload) {
        long size = upload.lengthKnown() ? upload.length() : upload.announced();
        return size < 0 ? null : size;
    }

    private static Long countOrNull(Upload upload) {
        return upload.totalChunks() < 0 ? null : upload.totalChunks();
    }

    private static String downloadUrl(Upload file, String baseUrl) {
        return baseUrl + "/download/" + file.id();
    }
}
