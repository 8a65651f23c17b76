package tranzr.api.ietf;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import tranzr.api.Callers;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.Problem;
import tranzr.api.Recorder;
import tranzr.api.Throttle;
import tranzr.api.WholeFiles;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.ByteRange;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Uploads;

/**
 * Upload resources of Resumable Uploads for HTTP: where the offset is asked for, content is appended and uploads are cancelled. Every upload is one, whichever door has begun it. A newer
 * request ends the older one, and is then served (section 4.6).
 */
final class UploadResource {

    static final String PATH = "/files/upload";
    /** How long a request may still take to read what its client has sent before it left: that need not be sent again then. */
    private static final Duration LAST_BYTES = Duration.ofMillis(250);
    private static final ByteRange EVERYTHING = new ByteRange(0, Long.MAX_VALUE);

    private final Engine engine;
    private final Answers answers;
    private final WholeFiles plain;
    private final WholeFiles other;

    /** @param other as of {@link Creations} */
    UploadResource(Engine engine, InstantSource clock, WholeFiles other) {
        this.engine = engine;
        this.answers = new Answers(engine, clock);
        this.plain = new PlainFiles(engine);
        this.other = other;
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request), Callers.peer(request));
    }

    /** The relative URL of an upload resource: right behind any proxy. */
    static String location(Upload upload, Map<String, String> secrets) {
        String query = new TreeMap<>(secrets).entrySet().stream().map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return PATH + "/" + upload.id() + (query.isEmpty() ? "" : "?" + query);
    }

    /** {@code HEAD} and {@code GET /files/upload/{file_id}} (section 4.3). */
    Response retrieve(Request request) {
        Dialect dialect = Dialect.of(request);
        return told(request, dialect, () -> {
            requireNoFields(request, dialect);
            return answers.retrieved(request, dialect, settled(request));
        });
    }

    /** {@code PATCH /files/upload/{file_id}} (section 4.4). */
    Response append(Request request) {
        Dialect dialect = Dialect.of(request);
        return told(request, dialect, () -> {
            boolean completes = dialect.completesByAppending(request)
                    .orElseThrow(() -> Fields.invalid(Dialect.COMPLETE, "is missing, or neither ?0 nor ?1"));
            if (!completes) {
                Recorder.onlyFailures(request); // The append that completes it is recorded.
            }
            long provided = UploadFields.offset(request);
            if (dialect.labelsContent() && !UploadFields.isLabelled(request)) {
                throw RefusedException.mediaType("what is appended has the type " + UploadFields.MEDIA_TYPE);
            }
            return append(request, dialect, completes, provided);
        });
    }

    /** {@code DELETE /files/upload/{file_id}} (section 4.5): ends requests under way first. */
    Response cancel(Request request) {
        Dialect dialect = Dialect.of(request);
        return told(request, dialect, () -> {
            requireNoFields(request, dialect);
            uploads(request).abort(Ids.fileId(request));
            return Response.empty(204);
        });
    }

    private Response append(Request request, Dialect dialect, boolean completes, long provided) {
        UUID id = Ids.fileId(request);
        Uploads uploads = uploads(request);
        Throttle.prefer(request, () -> uploads.priority(id));
        Upload upload = settled(request);
        if (!upload.state().isOpen()) {
            throw request.contentLength() == 0 ? RefusedException.completed()
                    : RefusedException.inconsistentLength("the upload is completed with " + upload.length() + " bytes, and takes no more"); // Section 4.4.2.
        }
        long offset = upload.ranges().contiguousEnd(0);
        if (provided != offset) {
            throw RefusedException.mismatchingOffset(offset, provided);
        }
        if (upload.lengthKnown() && UploadFields.end(offset, request.contentLength()) > upload.length()) {
            throw Arrival.givenUp(uploads, id);
        }
        UploadFields fields = UploadFields.of(request, dialect, completes, offset);
        if (fields.length() >= 0) {
            record(uploads, id, fields.length());
        }
        return new Arrival(engine, answers, request, fields, upload, offset).take(other.began(upload) ? other : plain, secrets(request), dialect.appended());
    }

    /** What {@link #location} has put into the URL. */
    private static Map<String, String> secrets(Request request) {
        Map<String, String> secrets = new TreeMap<>();
        request.queryNames().forEach(name -> request.query(name).ifPresent(value -> secrets.put(name, value)));
        return secrets;
    }

    /** Section 4.1.3: all that was ever said of the length has to agree. */
    private static void record(Uploads uploads, UUID id, long length) {
        try {
            uploads.fixLength(id, length);
        } catch (FailureException e) {
            if (e.failure() instanceof Failure.LengthMismatch mismatch) {
                throw RefusedException.inconsistentLength("the upload has " + mismatch.actual() + " bytes, not " + length);
            }
            throw e;
        }
    }

    /** The upload, after requests for it that are under way have ended and what came of them is durable: an offset that is told stays true (section 4.6). */
    private Upload settled(Request request) {
        UUID id = Ids.fileId(request);
        uploads(request).settle(id, EVERYTHING, LAST_BYTES, request.cameAt());
        return uploads(request).get(id, Right.UPLOAD);
    }

    /** Draft 04, sections 5 and 7. */
    private static void requireNoFields(Request request, Dialect dialect) {
        for (String name : new String[] {UploadFields.OFFSET, Dialect.COMPLETE, Dialect.INCOMPLETE}) {
            if (dialect.isOfProcedures() && !request.headers(name).isEmpty()) {
                throw Fields.invalid(name, "belongs to creations and appends only");
            }
        }
    }

    /** What the call of one route does. */
    private interface Work {
        Response answer();
    }

    private Response told(Request request, Dialect dialect, Work work) {
        try {
            return work.answer();
        } catch (RuntimeException e) {
            Problem problem = Answers.problem(dialect, e).orElseThrow(() -> e);
            return answers.refused(request, dialect, problem, Ids.parse(request.path("file_id")).orElse(null), false);
        }
    }
}
