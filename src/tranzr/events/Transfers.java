package tranzr.events;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import tranzr.catalog.Change;
import tranzr.model.ByteRange;
import tranzr.model.FileAccess;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.Peer;
import tranzr.transfer.Traffic;

/**
 * What is under way: hears of bytes from the engine and of commits from the hub, and tells the hub of progress and of failures. Bounded: of more than {@link #MOST}
 * uploads or downloads those that nobody works on are forgotten first, the longest quiet before the others. Safe for several threads.
 */
final class Transfers implements Traffic {

    /** Between two ticks; three of them and the last word on an upload are at most four a second. */
    static final long INTERVAL_NANOS = 340_000_000L;
    static final int MOST = 2048;
    static final int ENDED = 100;
    /** How long an upload that nobody goes on with stays among those under way. */
    private static final long QUIET_UPLOAD_NANOS = 3_600_000_000_000L;
    /** How long a download that broke, or fetched a part only, may be gone on with. */
    private static final long QUIET_DOWNLOAD_NANOS = 30_000_000_000L;
    /** How long the last word on an upload can be read. */
    private static final long LAST_WORD_NANOS = 10_000_000_000L;

    private static final Reason BROKEN_OFF = new Reason("broken_off", "the connection broke before the end");

    /** Who downloads what: connections of the same are one download. */
    private record Fetch(UUID file, InetAddress address, String agent) {
    }

    private final Core core;
    private final EventHub hub;
    private final Function<Failure, Reason> reasons;
    private final LongSupplier nanos;
    private final Map<UUID, LiveTransfer> uploads = new ConcurrentHashMap<>();
    private final Map<Fetch, LiveTransfer> downloads = new ConcurrentHashMap<>();
    /** The newest first; guarded by itself. */
    private final Deque<Transfer> ended = new ArrayDeque<>();

    Transfers(Core core, EventHub hub, Function<Failure, Reason> reasons, LongSupplier nanos) {
        this.core = core;
        this.hub = hub;
        this.reasons = reasons;
        this.nanos = nanos;
    }

    /** Takes over the uploads that were under way when the server stopped. */
    void recover() {
        Instant since = core.now().minusNanos(QUIET_UPLOAD_NANOS);
        core.catalog().forEachUpload(upload -> {
            if (upload.state().isOpen() && upload.updated().isAfter(since) && uploads.size() < MOST) {
                liveUpload(upload).verifying(upload.state() == UploadState.PENDING_ASSEMBLY, now());
            }
        });
    }

    private long now() {
        return nanos.getAsLong();
    }

    private LiveTransfer liveUpload(Upload upload) {
        LiveTransfer known = uploads.get(upload.id());
        if (known != null && !known.isOver()) {
            return known;
        }
        makeRoom(uploads);
        return uploads.compute(upload.id(), (id, old) -> old != null && !old.isOver() ? old
                : new LiveTransfer(hub.newId(), Transfer.Kind.UPLOAD, upload, upload.ranges().total(), upload.created(), now()));
    }

    /** One that may be forgotten, and when it was touched: a moment that does not change while others are compared with it. */
    private record Old<K>(K key, long touched) {
    }

    /** Forgets an eighth of what may be there, so that this need not be done each time. */
    private static <K> void makeRoom(Map<K, LiveTransfer> all) {
        if (all.size() >= MOST) {
            all.entrySet().stream().filter(entry -> entry.getValue().isWaiting() || entry.getValue().isOver())
                    .map(entry -> new Old<>(entry.getKey(), entry.getValue().touched())).sorted(Comparator.comparingLong(Old::touched))
                    .limit(MOST / 8).map(Old::key).toList().forEach(all::remove);
        }
    }

    @Override
    public Passage upload(Upload upload, Peer peer) {
        LiveTransfer transfer = liveUpload(upload);
        if (core.catalog().upload(upload.id()).isPresent()) {
            core.catalog().upload(upload.id()).ifPresent(known -> transfer.settle(known.ranges().total()));
        }
        transfer.begin(peer, now());
        return new Passage() {
            @Override
            public void moved(int bytes) {
                transfer.moved(bytes, now());
            }

            @Override
            public void end(long unkept, Failure failure) {
                Reason why = failure == null ? null : reasons.apply(failure);
                transfer.end(unkept, why, now());
                // A newer request for the same bytes is no fault of anybody's.
                if (why != null && !(failure instanceof Failure.Superseded)) {
                    tellError(transfer, why);
                }
                if (failure != null && core.catalog().upload(upload.id()).isEmpty()) {
                    finish(transfer, false, why);
                }
            }
        };
    }

    @Override
    public Passage download(Upload file, ByteRange range, Peer peer) {
        Fetch fetch = new Fetch(file.id(), peer.address(), peer.agent());
        makeRoom(downloads);
        LiveTransfer transfer = downloads.compute(fetch, (key, old) -> {
            LiveTransfer live = old != null && !old.isOver() ? old : new LiveTransfer(hub.newId(), Transfer.Kind.DOWNLOAD, file, 0, core.now(), now());
            live.begin(peer, now());
            return live;
        });
        return new Passage() {
            @Override
            public void moved(int bytes) {
                transfer.moved(bytes, now());
            }

            @Override
            public void end(long unkept, Failure failure) {
                // What a broken body of an upload keeps is of no concern here.
                Reason why = failure == null ? null : failure instanceof Failure.BodyBroken ? BROKEN_OFF : reasons.apply(failure);
                if (why != null) {
                    tellError(transfer, why);
                }
                if (transfer.end(unkept, why, now()) && (transfer.isWhole() || failure instanceof Failure.Corrupt)) {
                    downloads.remove(fetch, transfer);
                    finish(transfer, failure == null, why);
                }
            }
        };
    }

    @Override
    public void hashed(UUID id, long bytes) {
        Optional.ofNullable(uploads.get(id)).ifPresent(transfer -> transfer.hashed(bytes, now()));
    }

    /** See {@link EventHub#report}. An upload that nobody has worked on lately comes back among those under way. */
    void reported(Upload upload, ClientReport report) {
        if (core.catalog().upload(upload.id()).filter(known -> known.state().isOpen()).isPresent()) {
            liveUpload(upload).reported(report, now());
        }
    }

    @Override
    public void refused(Upload upload, Failure failure) {
        LiveTransfer transfer = liveUpload(upload);
        Reason why = reasons.apply(failure);
        transfer.failed(why);
        tellError(transfer, why);
    }

    @Override
    public void broken(Failure failure) {
        Reason why = reasons.apply(failure);
        Map<String, Object> body = Events.head(hub.newId(), Events.ERROR, core.now());
        body.put("operation", "server");
        body.put("code", why.code());
        body.put("reason", why.text());
        hub.publish(Events.ERROR, Events.text(body), null, null);
    }

    private void tellError(LiveTransfer transfer, Reason why) {
        if (!transfer.mayTellError(now())) {
            return;
        }
        Transfer view = transfer.view(now());
        Map<String, Object> body = Events.head(hub.newId(), Events.ERROR, core.now());
        Events.putFile(body, view.file(), view.filename(), view.totalBytes());
        Events.putIfKnown(body, "roomId", transfer.access().room());
        body.put("operation", view.kind().name().toLowerCase(Locale.ROOT));
        body.put("code", why.code());
        body.put("reason", why.text());
        hub.publish(Events.ERROR, Events.text(body), view.file(), transfer.access());
    }

    /** Called when these changes are durable. */
    void committed(List<Change> changes) {
        for (Change change : changes) {
            switch (change) {
                case Change.UploadCreated c -> liveUpload(c.upload());
                case Change.RangeStored c -> with(c.id(), transfer -> transfer.stored(c.range().length(), now()));
                case Change.LengthFixed c -> with(c.id(), transfer -> transfer.total(c.length(), now()));
                case Change.AccessChanged c -> with(c.id(), transfer -> transfer.access(c.access()));
                case Change.StateChanged c when c.to() == UploadState.EXPIRED ->
                        with(c.id(), transfer -> finish(transfer, false, new Reason("upload_expired", "nobody went on with the upload for too long")));
                case Change.StateChanged c -> with(c.id(), transfer -> transfer.verifying(c.to() == UploadState.PENDING_ASSEMBLY, now()));
                case Change.UploadCompleted c -> with(c.id(), transfer -> finish(transfer, true, null));
                case Change.UploadRemoved c -> with(c.id(), transfer -> finish(transfer, false,
                        transfer.hasFailed() ? null : new Reason(Events.ABORTED, "the upload was given up")));
                default -> { }
            }
        }
    }

    private void with(UUID id, Consumer<LiveTransfer> action) {
        LiveTransfer transfer = uploads.get(id);
        if (transfer != null && !transfer.isOver()) {
            action.accept(transfer);
        }
    }

    /** @param why null for the last thing that went wrong */
    private void finish(LiveTransfer transfer, boolean whole, Reason why) {
        transfer.over(whole, why, core.now(), now());
        if (whole && transfer.kind == Transfer.Kind.UPLOAD && hub.subscribers() > 0) {
            tellProgress(transfer);
        }
        Transfer view = transfer.view(now());
        synchronized (ended) {
            ended.addFirst(view);
            if (ended.size() > ENDED) {
                ended.removeLast();
            }
        }
    }

    /** Lets go of what is over or has been quiet for long. @param telling whether to tell the progress that is due */
    void tick(boolean telling) {
        long now = now();
        for (Map.Entry<UUID, LiveTransfer> entry : uploads.entrySet()) {
            LiveTransfer transfer = entry.getValue();
            if (transfer.isOver() ? transfer.isQuiet(now, LAST_WORD_NANOS) : transfer.isQuiet(now, QUIET_UPLOAD_NANOS)) {
                uploads.remove(entry.getKey(), transfer);
            } else if (telling && !transfer.isOver() && transfer.takeNews(now, INTERVAL_NANOS)) {
                tellProgress(transfer);
            }
        }
        for (Map.Entry<Fetch, LiveTransfer> entry : downloads.entrySet()) {
            LiveTransfer transfer = entry.getValue();
            if (transfer.isQuiet(now, QUIET_DOWNLOAD_NANOS)) {
                downloads.computeIfPresent(entry.getKey(), (key, live) -> {
                    if (live != transfer || !live.isQuiet(now, QUIET_DOWNLOAD_NANOS)) {
                        return live;
                    }
                    finish(live, !live.hasFailed(), null);
                    return null;
                });
            }
        }
    }

    private void tellProgress(LiveTransfer transfer) {
        FileAccess access = transfer.access();
        hub.publish(text(transfer), transfer.file, access, transfer::told);
    }

    private String text(LiveTransfer transfer) {
        Transfer view = transfer.view(now());
        Map<String, Object> body = progress(view, transfer.access().room());
        if (transfer.bytesHashed() >= 0) {
            body.put("bytesHashed", transfer.bytesHashed());
        }
        transfer.report().ifPresent(report -> body.put("client", client(report, transfer.view(now()).bytes())));
        return Events.text(body);
    }

    /** What the server knows itself wins: where the client is behind that, it is taken to have sent that much. */
    private static Map<String, Object> client(ClientReport report, long known) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("state", report.state().wireName());
        if (report.bytesHashed() >= 0) {
            body.put("bytesHashed", report.bytesHashed());
        }
        if (report.bytesUploaded() >= 0) {
            body.put("bytesUploaded", Math.max(report.bytesUploaded(), known));
        }
        return body;
    }

    private Map<String, Object> progress(Transfer view, UUID room) {
        Map<String, Object> body = new LinkedHashMap<>(Events.head(hub.newId(), Events.PROGRESS, core.now()));
        Events.putFile(body, view.file(), view.filename(), view.totalBytes());
        Events.putIfKnown(body, "roomId", room);
        body.put("bytesUploaded", view.bytes());
        if (view.percentage() >= 0) {
            body.put("percentage", view.percentage());
        }
        body.put("uploadSpeed", Math.round(view.speed()));
        if (view.secondsLeft() >= 0) {
            body.put("estimatedTimeRemaining", view.secondsLeft());
        }
        body.put("state", switch (view.state()) {
            case ACTIVE -> "uploading";
            case WAITING -> "waiting";
            case VERIFYING -> "verifying";
            case DONE -> "completed";
            case FAILED -> "failed";
        });
        return body;
    }

    /** The state of a file that is not among those under way, as somebody who watches it alone is told at first. */
    Optional<Told> stateOf(UUID file) {
        return core.catalog().upload(file).filter(upload -> upload.state() != UploadState.EXPIRED).map(upload -> {
            boolean complete = upload.state() == UploadState.COMPLETED;
            Transfer view = new Transfer(file, Transfer.Kind.UPLOAD, file, upload.filename(), Events.sizeOf(upload), complete ? upload.length() : upload.ranges().total(), 0,
                    upload.priority(), null, null, 0, 0, upload.created(), null, complete ? Transfer.State.DONE
                            : upload.state() == UploadState.PENDING_ASSEMBLY ? Transfer.State.VERIFYING : Transfer.State.WAITING, null);
            return new Told(-1, -1, Events.PROGRESS, Events.text(progress(view, upload.access().room())), file, upload.access());
        });
    }

    /** The newest progress of an upload. @param live only when it is under way */
    Optional<Told> told(UUID file, boolean live) {
        return Optional.ofNullable(uploads.get(file)).filter(transfer -> !live || !transfer.isOver()).map(LiveTransfer::told);
    }

    /** As {@link #told}, of all. */
    void forEachTold(boolean live, Consumer<Told> action) {
        for (LiveTransfer transfer : uploads.values()) {
            Told told = transfer.told();
            if (told != null && !(live && transfer.isOver())) {
                action.accept(told);
            }
        }
    }

    List<Transfer> list() {
        List<Transfer> all = new ArrayList<>();
        for (Collection<LiveTransfer> some : List.of(uploads.values(), downloads.values())) {
            some.stream().filter(transfer -> !transfer.isOver()).map(transfer -> transfer.view(now())).forEach(all::add);
        }
        all.sort(Comparator.comparing(Transfer::started).reversed());
        synchronized (ended) {
            all.addAll(ended);
        }
        return all;
    }
}
