package tranzr.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tranzr.model.ByteRange;
import tranzr.model.RangeSet;

/** What an upload asks of the server, in its words; without any retry. An answer that says something else than it should is an {@link IOException}. */
final class UploadCalls {

    /**
     * An upload that was begun.
     *
     * @param done what the server had already, so that nothing is to be sent; null when it wants the bytes
     */
    record Begun(UUID id, Done done) {
    }

    /** A file that is complete at the server. */
    record Done(UUID id, String name, long size, String sha256) {
    }

    /**
     * Where an upload stands.
     *
     * @param size in bytes; -1 while nobody knows
     * @param received bytes that are durable
     * @param missing ascending; of one whose size nobody knows only what is missing before the last byte that came
     * @param done null while it is not complete
     */
    record Status(UUID id, long size, long received, List<ByteRange> missing, boolean assembling, Done done) {

        /** Where the last byte that came ends. */
        long end() {
            return size >= 0 ? size : received + missing.stream().mapToLong(ByteRange::length).sum();
        }

        /** What is missing within a range. */
        List<ByteRange> missing(ByteRange within) {
            if (done != null || assembling) {
                return List.of();
            }
            List<ByteRange> found = new ArrayList<>();
            for (ByteRange gap : missing) {
                if (gap.overlaps(within)) {
                    found.add(new ByteRange(Math.max(gap.start(), within.start()), Math.min(gap.end(), within.end())));
                }
            }
            if (size < 0 && within.end() > end()) {
                found.add(new ByteRange(Math.max(end(), within.start()), within.end()));
            }
            return found;
        }
    }

    /** Larger files have larger chunks at the server, so that what it tells of them stays short. */
    private static final long CHUNKS = 1000;
    private static final long LEAST_CHUNK = 8L << 20;
    private static final int GONE = 410;
    private static final int NOT_FOUND = 404;

    private final Http http;

    UploadCalls(Http http) {
        this.http = http;
    }

    Http http() {
        return http;
    }

    /**
     * Begins an upload.
     *
     * @param size in bytes; -1 when it is told at the end
     * @param sha256 null when it is not known yet
     * @param room null for none
     */
    Begun start(String name, long size, String sha256, String room, Priority priority) throws IOException, RefusedException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("filename", name);
        body.put("file_size", size < 0 ? null : size);
        if (size > CHUNKS * LEAST_CHUNK) {
            body.put("chunk_size", (size / CHUNKS / LEAST_CHUNK + 1) * LEAST_CHUNK);
        }
        if (sha256 != null) {
            body.put("sha256", sha256);
        }
        if (room != null) {
            body.put("room", room);
        }
        body.put("priority", priority.wireName());
        Map<String, Object> answer = http.call("POST", "/upload/start", body).body();
        UUID id = new Members(answer).id("file_id");
        return new Begun(id, Boolean.TRUE.equals(answer.get("instant")) ? done(id, answer) : null);
    }

    /** Empty when the server does not know it, or no longer. */
    Optional<Status> status(UUID id) throws IOException, RefusedException {
        return told(id, "");
    }

    /** The same after a request for this range has failed here: not before the server has noticed that, too, and kept what came. */
    Optional<Status> status(UUID id, ByteRange failed) throws IOException, RefusedException {
        return told(id, failed.isEmpty() ? "" : "?settle=" + failed.start() + "-" + (failed.end() - 1));
    }

    private Optional<Status> told(UUID id, String query) throws IOException, RefusedException {
        Map<String, Object> answer;
        try {
            answer = http.call("GET", "/upload/status/" + id + query, null).body();
        } catch (RefusedException e) {
            if (isGone(e)) {
                return Optional.empty();
            }
            throw e;
        }
        Members members = new Members(answer);
        String state = members.text("status");
        long size = members.size("file_size");
        long received = members.size("bytes_received");
        if (received < 0) {
            throw strange("bytes_received");
        }
        Status status = new Status(id, size, received, ranges(answer.get("missing_ranges"), size), state.equals("pending_assembly"),
                state.equals("completed") ? done(id, answer) : null);
        if (!status.missing().isEmpty() && status.missing().getLast().end() > status.end()) {
            throw strange("bytes_received");
        }
        return Optional.of(status);
    }

    /** Whether the server says that there is no such upload any more. Other answers of these statuses (a proxy's, say) do not count. */
    static boolean isGone(RefusedException e) {
        return e.status() == GONE && e.code().equals("upload_expired") || e.status() == NOT_FOUND && e.code().equals("not_found");
    }

    /**
     * Has the server verify and complete it.
     *
     * @param size in bytes, for an upload that did not know it; -1 for others
     * @return empty when it takes longer than this; it goes on, and is asked for again
     */
    Optional<Done> merge(UUID id, long size, String sha256, Duration wait) throws IOException, RefusedException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("sha256", sha256);
        if (size >= 0) {
            body.put("file_size", size);
        }
        Http.Answer answer = http.call("POST", "/upload/merge/" + id + "?wait=" + wait.toSeconds(), body);
        return done(id, answer);
    }

    /** What an answer of a merge, or of a body that completed its upload, says; empty when it is not complete yet. */
    static Optional<Done> done(UUID id, Http.Answer answer) throws IOException {
        return "completed".equals(answer.body().get("status")) ? Optional.of(done(id, answer.body())) : Optional.empty();
    }

    /** Gives an upload up; fine when it is gone already. */
    void delete(UUID id) throws IOException, RefusedException {
        try {
            http.call("DELETE", "/upload/" + id, null);
        } catch (RefusedException e) {
            if (!isGone(e)) {
                throw e;
            }
        }
    }

    /** Whether a file of this content is there that the token may list. */
    boolean has(String sha256, long size) throws IOException, RefusedException {
        for (Map<String, Object> file : http.list("/files?status=completed&sha256=" + sha256, "file_id")) {
            if (sha256.equals(file.get("file_hash")) && file.get("file_size") instanceof Number length && length.longValue() == size) {
                return true;
            }
        }
        return false;
    }

    private static Done done(UUID id, Map<String, Object> answer) throws IOException {
        Members members = new Members(answer);
        return new Done(id, members.text("filename"), members.size("file_size"), members.text("file_hash"));
    }

    /** An end of a range. */
    private static long number(Object value) throws IOException {
        return new Members(Collections.singletonMap("missing_ranges", value)).size("missing_ranges");
    }

    /** Both ends are inclusive there. */
    private static List<ByteRange> ranges(Object value, long size) throws IOException {
        if (!(value instanceof List<?> list) || list.size() > RangeSet.MAX_RANGES + 1) {
            throw strange("missing_ranges");
        }
        List<ByteRange> ranges = new ArrayList<>();
        long after = 0;
        for (Object element : list) {
            if (!(element instanceof List<?> pair) || pair.size() != 2) {
                throw strange("missing_ranges");
            }
            long first = number(pair.get(0));
            long last = number(pair.get(1));
            if (first < after || last < first || last == Long.MAX_VALUE || size >= 0 && last >= size) {
                throw strange("missing_ranges");
            }
            ranges.add(new ByteRange(first, last + 1));
            after = last + 1;
        }
        return ranges;
    }

    private static IOException strange(String field) {
        return new IOException("the server's answer is not what Tranzr answers: " + field);
    }
}
