package tranzr.events;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import tranzr.catalog.Catalog;
import tranzr.catalog.Change;
import tranzr.json.Json;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadRequest;
import tranzr.model.UploadState;
import tranzr.transfer.Shares;

/**
 * What the changes of one commit mean to others, and the one form in which events are written. {@code docs/events.md} describes it. Used by one thread, for one
 * commit.
 */
public final class Events {

    public static final String STARTED = "file-upload-started";
    public static final String COMPLETED = "file-upload-completed";
    public static final String ADDED = "file-added";
    public static final String DELETED = "file-deleted";
    public static final String SHARED = "share-created";
    public static final String REVOKED = "share-revoked";
    public static final String ACCESSED = "share-accessed";
    public static final String RECEIVED = "request-received";
    public static final String PROGRESS = "file-upload-progress";
    public static final String ERROR = "error";
    /** What a subscriber missed is not told any more: what follows is all there is now. */
    public static final String RESET = "reset";
    /** Sent to webhooks by hand only. */
    public static final String PING = "ping";

    /** All that happens to files and is kept for webhooks. */
    public static final Set<String> TYPES = Set.of(STARTED, COMPLETED, ADDED, DELETED, SHARED, REVOKED, ACCESSED, RECEIVED);
    /** All that is told to who watches. */
    public static final Set<String> LIVE_TYPES = Set.of(STARTED, PROGRESS, COMPLETED, ADDED, DELETED, SHARED, REVOKED, ACCESSED, RECEIVED, ERROR, RESET);
    /** The code of an {@code error}: an upload was given up by who may. */
    public static final String ABORTED = "upload_aborted";
    private static final String EXPIRED = "upload_expired";

    private final Catalog catalog;
    private final Instant now;
    private final Supplier<UUID> ids;
    /** Uploads as the changes so far have made them. */
    private final Map<UUID, Upload> uploads = new HashMap<>();
    private final List<Event> found = new ArrayList<>();

    private Events(Catalog catalog, Instant now, Supplier<UUID> ids) {
        this.catalog = catalog;
        this.now = now;
        this.ids = ids;
    }

    /** @param catalog as it is before the commit; @param ids of the events, each unique */
    public static List<Event> of(List<Change> changes, Catalog catalog, Instant now, Supplier<UUID> ids) {
        if (changes.stream().noneMatch(Events::mayTell)) {
            return List.of();
        }
        Events events = new Events(catalog, now, ids);
        changes.forEach(events::read);
        return events.found;
    }

    /** Asked at each commit, most of which only store bytes. */
    private static boolean mayTell(Change change) {
        return switch (change) {
            case Change.UploadCreated _, Change.UploadCompleted _, Change.UploadRemoved _, Change.StateChanged _, Change.ShareCreated _, Change.ShareRemoved _,
                    Change.DownloadStarted _ -> true;
            default -> false;
        };
    }

    /** An event without a file, for trying a webhook. */
    public static String ping(UUID id, UUID webhook, Instant now) {
        Map<String, Object> body = head(id, PING, now);
        body.put("webhookId", webhook.toString());
        return text(body);
    }

    private void read(Change change) {
        switch (change) {
            case Change.UploadCreated c -> {
                uploads.put(c.upload().id(), c.upload());
                add(STARTED, c.upload());
            }
            case Change.LengthFixed c -> change(c.id(), upload -> upload.withLength(c.length(), c.totalChunks()));
            case Change.AccessChanged c -> change(c.id(), upload -> upload.withAccess(c.access()));
            case Change.FileDetailsChanged c -> change(c.id(), upload -> upload.withDetails(c.filename(), c.at(), c.expires()));
            case Change.UploadCompleted c -> complete(c);
            case Change.UploadRemoved c -> {
                Upload upload = upload(c.id());
                if (upload != null && upload.state() == UploadState.COMPLETED) {
                    add(DELETED, upload);
                } else if (upload != null && upload.state().isOpen()) {
                    failed(upload, ABORTED, "the upload was given up");
                }
            }
            case Change.StateChanged c when c.to() == UploadState.EXPIRED -> failed(upload(c.id()), EXPIRED, "nobody went on with the upload for too long");
            case Change.ShareCreated c -> add(SHARED, upload(c.share().fileId()), c.share());
            case Change.ShareRemoved c -> {
                Share share = catalog.share(c.tokenHash()).orElse(null);
                // One that has expired is only cleared away.
                if (share != null && !share.isExpired(now)) {
                    add(REVOKED, upload(share.fileId()), share);
                }
            }
            case Change.DownloadStarted c -> catalog.share(c.tokenHash())
                    .ifPresent(share -> add(ACCESSED, upload(share.fileId()), share, share.policy().notice()));
            case Change.RangeStored _, Change.ChunksRecut _, Change.StateChanged _, Change.DigestExpected _, Change.ShareTermsChanged _, Change.DownloadFinished _,
                    Change.DownloadReleased _, Change.PasswordFailuresSet _, Change.SharePolicyChanged _, Change.EntityAdded _,
                    Change.EntityReplaced _, Change.EntityRemoved _, Change.Within _, Change.Present _ -> { }
        }
    }

    private void complete(Change.UploadCompleted change) {
        change(change.id(), upload -> upload.completed(change.sha256(), change.at(), change.expires()));
        Upload upload = upload(change.id());
        add(COMPLETED, upload);
        add(ADDED, upload);
        UUID request = upload == null ? null : upload.access().request();
        if (request != null && catalog.entity(UploadRequest.class, request).filter(UploadRequest::notice).isPresent()) {
            add(RECEIVED, upload);
        }
    }

    /** Null when it is unknown: the commit is going to fail then. */
    private Upload upload(UUID id) {
        Upload changed = uploads.get(id);
        return changed != null ? changed : catalog.upload(id).orElse(null);
    }

    private void change(UUID id, java.util.function.UnaryOperator<Upload> how) {
        Upload upload = upload(id);
        if (upload != null) {
            uploads.put(id, how.apply(upload));
        }
    }

    private void add(String type, Upload upload) {
        add(type, upload, null, true);
    }

    private void add(String type, Upload upload, Share share) {
        add(type, upload, share, true);
    }

    /** @param upload null when it is unknown; @param share null when it is about none; @param lasting whether webhooks hear of it */
    private void add(String type, Upload upload, Share share, boolean lasting) {
        if (upload == null) {
            return;
        }
        UUID id = ids.get();
        Map<String, Object> body = head(id, type, now);
        putFile(body, upload.id(), upload.filename(), sizeOf(upload));
        if (type.equals(COMPLETED)) {
            body.put("bytesUploaded", upload.length());
            body.put("percentage", 100);
        }
        putIfKnown(body, "sha256", upload.sha256() == null ? null : upload.sha256().hex());
        putIfKnown(body, "roomId", upload.access().room());
        putIfKnown(body, "shareId", share == null ? null : Shares.idOf(share));
        putIfKnown(body, "requestId", upload.access().request());
        body.put("owner", upload.access().owner().toString());
        found.add(new Event(id, type, text(body), upload, lasting));
    }

    private void failed(Upload upload, String code, String reason) {
        if (upload != null) {
            UUID id = ids.get();
            Map<String, Object> body = head(id, ERROR, now);
            putFile(body, upload.id(), upload.filename(), sizeOf(upload));
            putIfKnown(body, "roomId", upload.access().room());
            body.put("operation", "upload");
            body.put("code", code);
            body.put("reason", reason);
            found.add(new Event(id, ERROR, text(body), upload, false));
        }
    }

    /** In bytes, as far as it is known or announced; {@link Upload#UNKNOWN_LENGTH} otherwise. */
    static long sizeOf(Upload upload) {
        return upload.lengthKnown() ? upload.length() : upload.announced();
    }

    /** @param bytes {@link Upload#UNKNOWN_LENGTH} when unknown */
    static void putFile(Map<String, Object> body, UUID file, String name, long bytes) {
        body.put("fileId", file.toString());
        body.put("uploadId", file.toString());
        body.put("fileName", name);
        if (bytes != Upload.UNKNOWN_LENGTH) {
            body.put("totalBytes", bytes);
        }
    }

    static Map<String, Object> head(UUID id, String type, Instant now) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("eventId", id.toString());
        body.put("type", type);
        body.put("time", now.toString());
        return body;
    }

    static void putIfKnown(Map<String, Object> body, String name, Object value) {
        if (value != null) {
            body.put(name, value.toString());
        }
    }

    static String text(Map<String, Object> body) {
        return new String(Json.write(body), StandardCharsets.UTF_8);
    }
}
