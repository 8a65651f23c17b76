package tranzr.transfer;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import tranzr.catalog.Catalog;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.storage.Storage;

/**
 * What a start finds when it compares the storage with the catalog, in one pass over each: with many files every further
 * pass would be felt.
 *
 * @param orphans objects that no record names
 * @param missing uploads and files that should have bytes and have none
 * @param pending uploads whose completion was under way
 * @param latest the last change of any record; the epoch when there is none
 */
record Reconciliation(Set<UUID> orphans, List<UUID> missing, List<UUID> pending, Instant latest) {

    static Reconciliation of(Catalog catalog, Storage storage) throws IOException {
        Set<UUID> objects = new HashSet<>(storage.list());
        List<UUID> missing = new ArrayList<>();
        List<UUID> pending = new ArrayList<>();
        Instant[] latest = {Instant.EPOCH};
        catalog.forEachUpload(upload -> {
            boolean there = upload.state() != UploadState.EXPIRED && objects.remove(upload.object());
            if (!there && shouldHaveBytes(upload)) {
                missing.add(upload.id());
            }
            if (upload.state() == UploadState.PENDING_ASSEMBLY) {
                pending.add(upload.id());
            }
            if (upload.updated().isAfter(latest[0])) {
                latest[0] = upload.updated();
            }
        });
        return new Reconciliation(objects, missing, pending, latest[0]);
    }

    private static boolean shouldHaveBytes(Upload upload) {
        return upload.state() != UploadState.EXPIRED && !upload.ranges().isEmpty();
    }
}
