package tranzr.webhook;

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

/** What the changes of one commit mean to others. Used by one thread, for one commit. */
final class Events {

    static final String STARTED = "file-upload-started";
    static final String COMPLETED = "file-upload-completed";
    static final String ADDED = "file-added";
    static final String DELETED = "file-deleted";
    static final String SHARED = "share-created";
    static final String REVOKED = "share-revoked";
    static final String ACCESSED = "share-accessed";
    static final String RECEIVED = "request-received";
    /** Sent by hand only. */
    static final String PING = "ping";

    /** All that happens to files. */
    static final Set<String> TYPES = Set.of(STARTED, COMPLETED, ADDED, DELETED, SHARED, REVOKED, ACCESSED, RECEIVED);

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
    static List<Event> of(List<Change> changes, Catalog catalog, Instant now, Supplier<UUID> ids) {
        Events events = new Events(catalog, now, ids);
        changes.forEach(events::read);
        return events.found;
    }

    /** An event without a file, for trying a webhook. */
    static String ping(UUID id, UUID webhook, Instant now) {
        Map<String, Object> body = head(id, PING, now);
        body.put("webhookId", webhook.toString());
        return text(body);
    }

    private void read(Change change) {
        switch (change) {
            case Change.UploadCreated c -> {
                uploads.put(c.upload().id(), c.upload());
                add(STARTED, c.upload(), null);
            }
            case Change.LengthFixed c -> change(c.id(), upload -> upload.withLength(c.length(), c.totalChunks()));
            case Change.AccessChanged c -> change(c.id(), upload -> upload.withAccess(c.access()));
            case Change.FileDetailsChanged c -> change(c.id(), upload -> upload.withDetails(c.filename(), c.at(), c.expires()));
            case Change.UploadCompleted c -> complete(c);
            case Change.UploadRemoved c -> {
                Upload upload = upload(c.id());
                if (upload != null && upload.state() == UploadState.COMPLETED) {
                    add(DELETED, upload, null);
                }
            }
            case Change.ShareCreated c -> add(SHARED, upload(c.share().fileId()), c.share());
            case Change.ShareRemoved c -> {
                Share share = catalog.share(c.tokenHash()).orElse(null);
                // One that has expired is only cleared away.
                if (share != null && !share.isExpired(now)) {
                    add(REVOKED, upload(share.fileId()), share);
                }
            }
            case Change.DownloadStarted c -> catalog.share(c.tokenHash()).filter(share -> share.policy().notice())
                    .ifPresent(share -> add(ACCESSED, upload(share.fileId()), share));
            case Change.RangeStored _, Change.StateChanged _, Change.DigestExpected _, Change.ShareTermsChanged _, Change.DownloadFinished _,
                    Change.DownloadReleased _, Change.PasswordFailuresSet _, Change.SharePolicyChanged _, Change.EntityAdded _,
                    Change.EntityReplaced _, Change.EntityRemoved _, Change.Within _, Change.Present _ -> { }
        }
    }

    private void complete(Change.UploadCompleted change) {
        change(change.id(), upload -> upload.completed(change.sha256(), change.at(), change.expires()));
        Upload upload = upload(change.id());
        add(COMPLETED, upload, null);
        add(ADDED, upload, null);
        UUID request = upload == null ? null : upload.access().request();
        if (request != null && catalog.entity(UploadRequest.class, request).filter(UploadRequest::notice).isPresent()) {
            add(RECEIVED, upload, null);
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

    /** @param upload null when it is unknown; @param share null when it is about none */
    private void add(String type, Upload upload, Share share) {
        if (upload == null) {
            return;
        }
        UUID id = ids.get();
        Map<String, Object> body = head(id, type, now);
        body.put("fileId", upload.id().toString());
        body.put("fileName", upload.filename());
        long bytes = upload.lengthKnown() ? upload.length() : upload.announced();
        if (bytes != Upload.UNKNOWN_LENGTH) {
            body.put("totalBytes", bytes);
        }
        putIfKnown(body, "sha256", upload.sha256() == null ? null : upload.sha256().hex());
        putIfKnown(body, "roomId", upload.access().room());
        putIfKnown(body, "shareId", share == null ? null : Shares.idOf(share));
        putIfKnown(body, "requestId", upload.access().request());
        body.put("owner", upload.access().owner().toString());
        found.add(new Event(id, type, text(body), upload));
    }

    private static Map<String, Object> head(UUID id, String type, Instant now) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("eventId", id.toString());
        body.put("type", type);
        body.put("time", now.toString());
        return body;
    }

    private static void putIfKnown(Map<String, Object> body, String name, Object value) {
        if (value != null) {
            body.put(name, value.toString());
        }
    }

    private static String text(Map<String, Object> body) {
        return new String(Json.write(body), StandardCharsets.UTF_8);
    }
}
