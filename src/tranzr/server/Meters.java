package tranzr.server;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import tranzr.api.Load;
import tranzr.api.Problem;
import tranzr.api.Sending;
import tranzr.catalog.CatalogWatch;
import tranzr.disk.TimedDisk;
import tranzr.http.Ended;
import tranzr.http.Handler;
import tranzr.http.Observer;
import tranzr.http.Request;
import tranzr.journal.Journal;
import tranzr.metrics.Counter;
import tranzr.metrics.Histogram;
import tranzr.metrics.Labelled;
import tranzr.metrics.MinuteHistory;
import tranzr.metrics.Registry;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.TransferWatch;

/**
 * What one server counts while it runs. It hears of requests when they have ended, of uploads from the catalog's commits, of retries from the engine, and of forces from the disk; none of
 * them knows that it is counted. Safe for several threads.
 */
final class Meters implements Observer, CatalogWatch, Journal.Batches, TransferWatch {

    static final String COMPLETED = "completed";
    static final String ABORTED = "aborted";
    static final String EXPIRED = "expired";
    static final String REFUSED = "refused";
    static final String FAILED = "failed";
    static final String BROKEN_OFF = "broken_off";
    static final String PARTIAL = "partial";

    private static final double[] REQUEST_SECONDS = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1800, 7200};
    private static final double[] FIRST_BYTE_SECONDS = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
    private static final double[] DISK_SECONDS = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};
    private static final double[] BATCH_RECORDS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
    private static final double[] FILE_BYTES = {1 << 10, 64 << 10, 1 << 20, 16 << 20, 256 << 20, 1L << 30, 16L << 30, 256L << 30, 1L << 40};

    /** How many uploads the request of this thread has begun; bound while its handler runs. */
    private static final ScopedValue<AtomicInteger> BEGUN = ScopedValue.newInstance();

    private final Registry registry = new Registry();
    private final InstantSource clock;
    private final Instant started;
    private final LongSupplier nanos;
    private final long startedNanos;
    private final MinuteHistory history;
    private final Labelled<Counter> requests;
    private final Labelled<Histogram> requestSeconds;
    private final Labelled<Histogram> firstByteSeconds;
    private final Labelled<Counter> failures;
    private final Labelled<Counter> downloads;
    private final Counter uploadsStarted;
    private final Labelled<Counter> uploadsEnded;
    private final Histogram uploadSeconds;
    private final Histogram uploadBytes;
    private final Counter filesRemoved;
    private final Counter repeated;
    private final Counter resumed;
    private final Histogram commitSeconds;
    private final Histogram batchSeconds;
    private final Histogram batchRecords;
    private final Counter journalBytes;
    private final Labelled<Histogram> forceSeconds;

    /** @param nanos as {@link System#nanoTime} */
    Meters(InstantSource clock, LongSupplier nanos) {
        this.clock = clock;
        this.started = clock.instant();
        this.nanos = nanos;
        this.startedNanos = nanos.getAsLong();
        this.history = new MinuteHistory(clock, nanos);
        requests = registry.counters("tranzr_http_requests_total", "Requests that have ended, by what the audit log calls them, and the status of their answers; 0: none.", "action", "status");
        requestSeconds = registry.histograms("tranzr_http_request_seconds", "Time from a request's first byte to its answer's last.", "kind", REQUEST_SECONDS);
        firstByteSeconds = registry.histograms("tranzr_http_first_byte_seconds", "Time from a request's first byte to its answer's first.", "kind", FIRST_BYTE_SECONDS);
        registry.counter("tranzr_http_received_bytes_total", "Bytes of the bodies of requests, as they come.", history::totalIn);
        registry.counter("tranzr_http_sent_bytes_total", "Bytes of the bodies of answers, as they go.", history::totalOut);
        failures = registry.counters("tranzr_failures_total", "Requests that failed, by the code of their answers.", "kind", "code");
        downloads = registry.counters("tranzr_downloads_total", "Requests for the bytes of files, by what came of them.", "result");
        uploadsStarted = registry.counter("tranzr_uploads_started_total", "Uploads that were begun.");
        uploadsEnded = registry.counters("tranzr_uploads_ended_total", "Uploads that have ended, or were refused at their start, by how.", "result");
        uploadSeconds = registry.histogram("tranzr_upload_seconds", "Time from the start of an upload to its completion.", REQUEST_SECONDS);
        uploadBytes = registry.histogram("tranzr_upload_size_bytes", "Sizes of the files that were completed.", FILE_BYTES);
        filesRemoved = registry.counter("tranzr_files_removed_total", "Completed files that were deleted, or that expired.");
        repeated = registry.counter("tranzr_uploads_repeated_bodies_total", "Bodies that brought only bytes that were there already.");
        resumed = registry.counter("tranzr_uploads_resumed_total", "How often an upload went on that had been interrupted.");
        commitSeconds = registry.histogram("tranzr_journal_commit_seconds", "Time until a commit was durable, as it seemed to who made it.", DISK_SECONDS);
        batchSeconds = registry.histogram("tranzr_journal_batch_seconds", "Time to write and force what was committed together.", DISK_SECONDS);
        batchRecords = registry.histogram("tranzr_journal_batch_records", "How many commits shared a force.", BATCH_RECORDS);
        journalBytes = registry.counter("tranzr_journal_written_bytes_total", "Bytes written to the journal.");
        forceSeconds = registry.histograms("tranzr_disk_force_seconds", "Time that forces to the disk (fsync) took, by where the file lies.", "of", DISK_SECONDS);
        for (String result : new String[] {COMPLETED, ABORTED, EXPIRED, REFUSED}) {
            uploadsEnded.with(result);
        }
        for (String result : new String[] {COMPLETED, PARTIAL, BROKEN_OFF, REFUSED, FAILED}) {
            downloads.with(result);
        }
    }

    Registry registry() {
        return registry;
    }

    MinuteHistory history() {
        return history;
    }

    Instant started() {
        return started;
    }

    Duration uptime() {
        return Duration.ofNanos(nanos.getAsLong() - startedNanos);
    }

    // Requests

    @Override
    public void received(int bytes) {
        history.in(bytes);
    }

    @Override
    public void sent(int bytes) {
        history.out(bytes);
    }

    @Override
    public void ended(Visit visit, Ended ended) {
        Optional<Routes.Route> route = visit.request().flatMap(request -> request.attached(Routes.Route.class));
        Load load = visit.method().equals("HEAD") ? Load.PLAIN : route.map(Routes.Route::load).orElse(Load.PLAIN);
        // What lasts as long as somebody watches says nothing of how long requests take.
        boolean stream = ended.status() < 300 && route.filter(known -> known.action().startsWith("event.")).isPresent();
        String kind = load == Load.UPLOAD ? "upload" : load == Load.DOWNLOAD ? "download" : stream ? "stream" : "other";
        requests.with(route.map(Routes.Route::action).orElse("unrouted"), Integer.toString(ended.status())).increment();
        requestSeconds.with(kind).observeNanos(ended.took().toNanos());
        if (ended.firstByte() != null) {
            firstByteSeconds.with(kind).observeNanos(ended.firstByte().toNanos());
        }
        boolean refused = ended.status() >= 400;
        if (refused || ended.status() == 0 || !ended.whole()) {
            String code = !refused ? BROKEN_OFF : visit.request().flatMap(request -> request.attached(Problem.class)).map(Problem::code)
                    .orElse("status_" + ended.status());
            failures.with(kind, code).increment();
        }
        if (load == Load.DOWNLOAD && ended.status() != 304) {
            downloads.with(download(visit.request().orElseThrow(), ended)).increment();
        }
    }

    private static String download(Request request, Ended ended) {
        if (ended.status() >= 400) {
            return ended.status() >= 500 ? FAILED : REFUSED;
        }
        boolean toTheEnd = request.attached(Sending.class).map(Sending::hasEnd).orElse(true);
        return ended.status() == 0 || !ended.whole() ? BROKEN_OFF : toTheEnd ? COMPLETED : PARTIAL;
    }

    /** The handler of a route; when that is one that begins uploads and it fails without having begun any, that is an upload that was refused. */
    Handler uploads(Routes.Route route, Handler handler) {
        if (!route.action().equals("upload.start") && !route.action().equals("upload.receive")) {
            return handler;
        }
        return request -> {
            AtomicInteger begun = new AtomicInteger();
            boolean[] done = new boolean[1];
            try {
                return ScopedValue.where(BEGUN, begun).call(() -> {
                    var answer = handler.handle(request);
                    done[0] = true;
                    return answer;
                });
            } finally {
                if (!done[0] && begun.get() == 0) {
                    uploadsEnded.with(REFUSED).increment();
                }
            }
        };
    }

    // Uploads

    @Override
    public void changed(Upload before, Upload after) {
        if (before == null) {
            uploadsStarted.increment();
            if (BEGUN.isBound()) {
                BEGUN.get().incrementAndGet();
            }
        }
        UploadState from = before == null ? UploadState.INITIALIZED : before.state();
        if (after == null) {
            if (from == UploadState.COMPLETED) {
                filesRemoved.increment();
            } else if (from != UploadState.EXPIRED) {
                uploadsEnded.with(ABORTED).increment();
            }
        } else if (after.state() == UploadState.COMPLETED && from != UploadState.COMPLETED) {
            uploadsEnded.with(COMPLETED).increment();
            uploadSeconds.observeNanos(Math.max(0, Duration.between(after.created(), clock.instant()).toNanos()));
            uploadBytes.observe(after.length());
        } else if (after.state() == UploadState.EXPIRED && from != UploadState.EXPIRED) {
            uploadsEnded.with(EXPIRED).increment();
        }
    }

    @Override
    public void repeated(UUID id) {
        repeated.increment();
    }

    @Override
    public void resumed(UUID id) {
        resumed.increment();
    }

    // Disk

    @Override
    public void committed(long nanos) {
        commitSeconds.observeNanos(nanos);
    }

    @Override
    public void durable(long records, long bytes, long nanos) {
        batchSeconds.observeNanos(nanos);
        batchRecords.observe(records);
        journalBytes.add(bytes);
    }

    /** Times the forces of the journal apart from those of all else. @param root of the data directory */
    TimedDisk.Timer forces(Path root) {
        Path journal = DataDirectory.journal(root);
        Histogram ofJournal = forceSeconds.with("journal");
        Histogram ofRest = forceSeconds.with("data");
        return (path, nanos) -> (path.startsWith(journal) ? ofJournal : ofRest).observeNanos(nanos);
    }

    // What was counted

    long uploads(String result) {
        return uploadsEnded.with(result).value();
    }

    long downloads(String result) {
        return downloads.with(result).value();
    }

    /** How often requests failed, by code. */
    Map<String, Long> failures() {
        Map<String, Long> byCode = new HashMap<>();
        failures.all().forEach((labels, counter) -> byCode.merge(labels.getLast(), counter.value(), Long::sum));
        return byCode;
    }
}
