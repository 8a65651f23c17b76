package tranzr.catalog.journal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Predicate;
import tranzr.catalog.Counts;
import tranzr.model.Digest;
import tranzr.model.Entity;
import tranzr.model.Scope;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.model.Usage;

/**
 * What the catalog knows, in memory. Any thread may read at any time without a lock; one thread at a time may change
 * it (the caller sees to that). A reader sees each upload and each share as it was after some commit, never in between.
 */
final class State {

    /** One file of a share of several. @param row null in a probe, which comes before all of the file */
    private record Place(UUID file, ShareRow row) {
        static final Comparator<Place> BY_FILE = Comparator.comparing(Place::file)
                .thenComparing(Place::row, Comparator.nullsFirst(ShareRow.NEWEST_FIRST));
    }

    private final ConcurrentHashMap<UploadRow, UploadRow> uploads = new ConcurrentHashMap<>();
    private final ConcurrentNavigableMap<UploadRow, Boolean> uploadsByAge = new ConcurrentSkipListMap<>(UploadRow.NEWEST_FIRST);
    private final ConcurrentHashMap<ShareRow, ShareRow> shares = new ConcurrentHashMap<>();
    private final ConcurrentNavigableMap<ShareRow, Boolean> sharesByAge = new ConcurrentSkipListMap<>(ShareRow.NEWEST_FIRST);
    private final ConcurrentNavigableMap<ShareRow, Boolean> sharesByFile = new ConcurrentSkipListMap<>(ShareRow.BY_FILE);
    /** The files of the shares of several. */
    private final ConcurrentSkipListSet<Place> places = new ConcurrentSkipListSet<>(Place.BY_FILE);
    private final ConcurrentHashMap<Class<? extends Entity>, ConcurrentHashMap<UUID, Entity>> entities = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Digest, Entity> secrets = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Scope, Usage> usages = new ConcurrentHashMap<>();
    /** How many uploads are in each state, by its ordinal. */
    private final AtomicLongArray byState = new AtomicLongArray(UploadState.values().length);
    private final DigestIndex digests = new DigestIndex();

    /** Null when unknown. */
    Upload upload(UUID id) {
        UploadRow row = uploads.get(UploadRow.probe(id));
        return row == null ? null : row.upload();
    }

    void put(Upload upload) {
        UploadRow row = uploads.get(UploadRow.probe(upload.id()));
        if (row != null && row.created().equals(upload.created())) {
            count(row, -1);
            row.set(upload);
            count(row, 1);
            digests.changed(row);
            return;
        }
        if (row != null) {
            removeUpload(upload.id());
        }
        add(UploadRow.of(upload));
    }

    void add(UploadRow row) {
        uploads.put(row, row);
        count(row, 1);
        uploadsByAge.put(row, Boolean.TRUE);
        digests.changed(row);
    }

    /** No effect when it is unknown. Its shares stay. */
    void removeUpload(UUID id) {
        UploadRow row = uploads.remove(UploadRow.probe(id));
        if (row != null) {
            uploadsByAge.remove(row);
            digests.gone(row);
            count(row, -1);
        }
    }

    private void count(UploadRow row, int more) {
        byState.getAndAdd(row.state().ordinal(), more);
    }

    Counts counts() {
        Map<UploadState, Long> counts = new EnumMap<>(UploadState.class);
        for (UploadState state : UploadState.values()) {
            counts.put(state, byState.get(state.ordinal()));
        }
        return new Counts(counts, shares.size());
    }

    /** As {@link tranzr.catalog.Catalog#files}. */
    List<Upload> files(Digest sha256, int limit, Predicate<Upload> filter) {
        return digests.find(sha256, limit, filter, uploads.values());
    }

    /** As {@link tranzr.catalog.Catalog#uploads}. */
    List<Upload> uploads(UUID after, int limit, Predicate<Upload> filter) {
        Collection<UploadRow> rows = uploadsByAge.keySet();
        if (after != null) {
            UploadRow last = uploads.get(UploadRow.probe(after));
            if (last == null) {
                return List.of();
            }
            rows = uploadsByAge.tailMap(last, false).keySet();
        }
        List<Upload> found = new ArrayList<>();
        for (UploadRow row : rows) {
            Upload upload = row.upload();
            if (filter.test(upload)) {
                found.add(upload);
                if (found.size() == limit) {
                    break;
                }
            }
        }
        return found;
    }

    /** Null when unknown. */
    Share share(Digest tokenHash) {
        ShareRow row = shares.get(ShareRow.probe(tokenHash));
        return row == null ? null : row.share();
    }

    void put(Share share) {
        ShareRow row = shares.get(ShareRow.probe(share.tokenHash()));
        if (row != null && row.isOf(share)) {
            Share before = row.isOfSeveral() ? row.share() : share;
            row.set(share);
            if (before.contents().members().size() != share.contents().members().size()) {
                before.contents().members().stream().filter(member -> !share.contents().has(member.file()))
                        .forEach(gone -> places.remove(new Place(gone.file(), row)));
            }
            return;
        }
        if (row != null) {
            removeShare(share.tokenHash());
        }
        add(ShareRow.of(share));
    }

    void add(ShareRow row) {
        shares.put(row, row);
        sharesByAge.put(row, Boolean.TRUE);
        if (row.isOfSeveral()) {
            row.share().contents().members().forEach(member -> places.add(new Place(member.file(), row)));
        } else {
            sharesByFile.put(row, Boolean.TRUE);
        }
    }

    /** No effect when it is unknown. */
    void removeShare(Digest tokenHash) {
        ShareRow row = shares.remove(ShareRow.probe(tokenHash));
        if (row != null) {
            sharesByAge.remove(row);
            if (row.isOfSeveral()) {
                row.share().contents().members().forEach(member -> places.remove(new Place(member.file(), row)));
            } else {
                sharesByFile.remove(row);
            }
        }
    }

    /** The rows of one file's shares, also of those it is in with others, newest first. */
    List<ShareRow> sharesOf(UUID fileId) {
        List<ShareRow> found = new ArrayList<>();
        for (ShareRow row : sharesByFile.tailMap(ShareRow.probe(fileId)).keySet()) {
            if (!row.fileId().equals(fileId)) {
                break;
            }
            found.add(row);
        }
        int alone = found.size();
        for (Place place : places.tailSet(new Place(fileId, null))) {
            if (!place.file().equals(fileId)) {
                break;
            }
            found.add(place.row());
        }
        if (found.size() > alone) {
            found.sort(ShareRow.NEWEST_FIRST);
        }
        return found;
    }

    /** As {@link tranzr.catalog.Catalog#shares}. */
    List<Share> shares(Digest after, int limit, Predicate<Share> filter) {
        Collection<ShareRow> rows = sharesByAge.keySet();
        if (after != null) {
            ShareRow last = shares.get(ShareRow.probe(after));
            if (last == null) {
                return List.of();
            }
            rows = sharesByAge.tailMap(last, false).keySet();
        }
        return rows.stream().map(ShareRow::share).filter(filter).limit(limit).toList();
    }

    /** Null when unknown. */
    Entity entity(Class<? extends Entity> kind, UUID id) {
        return ofKind(kind).get(id);
    }

    /** Null when unknown. */
    Entity bySecret(Digest secret) {
        return secrets.get(secret);
    }

    void put(Entity entity) {
        Entity before = ofKind(entity.getClass()).put(entity.id(), entity);
        if (entity.secret() != null) {
            secrets.put(entity.secret(), entity);
        }
        if (before != null && before.secret() != null && !before.secret().equals(entity.secret())) {
            secrets.remove(before.secret(), before);
        }
    }

    /** No effect when it is unknown. */
    void removeEntity(Class<? extends Entity> kind, UUID id) {
        Entity before = ofKind(kind).remove(id);
        // Another may have the secret by now.
        if (before != null && before.secret() != null) {
            secrets.remove(before.secret(), before);
        }
    }

    /** Of every kind. */
    List<Entity> entities() {
        return entities.values().stream().flatMap(each -> each.values().stream()).toList();
    }

    Collection<Entity> entities(Class<? extends Entity> kind) {
        return ofKind(kind).values();
    }

    private ConcurrentHashMap<UUID, Entity> ofKind(Class<? extends Entity> kind) {
        return entities.computeIfAbsent(kind, key -> new ConcurrentHashMap<>());
    }

    /** {@link Usage#NONE} when nothing was counted. */
    Usage usage(Scope scope) {
        return usages.getOrDefault(scope, Usage.NONE);
    }

    void put(Scope scope, Usage usage) {
        usages.put(scope, usage);
    }

    Map<Scope, Usage> usages() {
        return usages;
    }

    /** Newest first. */
    Collection<UploadRow> uploadRows() {
        return uploadsByAge.keySet();
    }

    /** Newest first. */
    Collection<ShareRow> shareRows() {
        return sharesByAge.keySet();
    }

    int uploadCount() {
        return uploads.size();
    }

    int shareCount() {
        return shares.size();
    }
}
