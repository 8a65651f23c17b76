package tranzr.transfer;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import tranzr.catalog.Catalog;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.storage.Storage;

/**
 * Compares the catalog with the bytes, while nobody else uses either: every object present and long enough, the bytes of
 * completed files by their block sums, CRC-32C and SHA-256, those of open uploads by the CRC-32C of each durable range,
 * objects that nothing refers to, shares of what is not there. The journal's own check is another one, made before a catalog is
 * opened.
 * <p>A repair does only what loses nothing: it writes the block sums anew of a file whose SHA-256 is right, and sets aside
 * objects that nothing refers to. Memory does not depend on the size of a file. Used by one thread.
 */
public final class Fsck {

    /** How bad a finding is. */
    public enum Severity {
        /** Bytes or records that were acknowledged are damaged or gone. */
        ERROR,
        /** Nothing that was acknowledged is lost, but something is not as it should be. */
        WARNING
    }

    /** What was found; the name in lower case is stable. */
    public enum Kind {
        /** There is no object. */
        MISSING(Severity.ERROR),
        /** The object ends before its durable bytes do. */
        SHORT(Severity.ERROR),
        /** The disk cannot read the object. */
        UNREADABLE(Severity.ERROR),
        /** The bytes are not those that were acknowledged. */
        DAMAGED(Severity.ERROR),
        /** The record of a completed file contradicts itself. */
        BAD_RECORD(Severity.ERROR),
        /** The bytes are right, their block sums are not, or are missing: such a file cannot be downloaded. */
        BAD_SUMS(Severity.ERROR),
        /** Nothing refers to the object. */
        UNREFERENCED(Severity.WARNING),
        /** A share of a file that is not there or not completed. */
        SHARE_WITHOUT_FILE(Severity.WARNING);

        private final Severity severity;

        Kind(Severity severity) {
            this.severity = severity;
        }

        public Severity severity() {
            return severity;
        }
    }

    /**
     * One problem.
     *
     * @param id of the upload, file or object
     * @param what for people, one line
     * @param repairable whether a repair can mend it without losing anything
     * @param repaired whether it has been mended
     */
    public record Finding(Kind kind, UUID id, String what, boolean repairable, boolean repaired) {
        public Severity severity() {
            return kind.severity();
        }
    }

    /**
     * What a whole run came to.
     *
     * @param files uploads and files that were checked
     * @param bytes that were read and compared, without those that were read once more for a repair
     * @param problems findings, the repaired ones included
     */
    public record Summary(long files, long bytes, long problems, long repaired) {
        /** Whether nothing is wrong any more. */
        public boolean isClean() {
            return problems == repaired;
        }
    }

    /** Is told what is found, as it is found, on the thread of {@link Fsck#run}. */
    public interface Listener {
        void found(Finding finding);

        /** @param bytesDone of {@code bytesTotal}; called about once a block, so it should be cheap */
        default void progress(long bytesDone, long bytesTotal) {
        }
    }

    private final Catalog catalog;
    private final Storage storage;
    private final boolean repair;
    private final Listener listener;
    private final FileCheck check;
    private long files;
    private long bytesDone;
    private long bytesTotal;
    private long problems;
    private long repaired;

    private Fsck(Catalog catalog, Storage storage, boolean repair, Listener listener) {
        this.catalog = catalog;
        this.storage = storage;
        this.repair = repair;
        this.listener = listener;
        this.check = new FileCheck(storage, this::read);
    }

    /**
     * Checks everything.
     *
     * @param repair whether to mend what can be mended without losing anything
     * @throws IOException when the check itself cannot go on; an object that cannot be read is a finding instead
     */
    public static Summary run(Catalog catalog, Storage storage, boolean repair, Listener listener) throws IOException {
        return new Fsck(catalog, storage, repair, listener).run();
    }

    private Summary run() throws IOException {
        TreeSet<UUID> ids = new TreeSet<>();
        Set<UUID> apart = new HashSet<>();
        catalog.forEachUpload(upload -> {
            ids.add(upload.id());
            if (!upload.object().equals(upload.id()) && upload.state() != UploadState.EXPIRED) {
                apart.add(upload.object());
            }
            bytesTotal += upload.ranges().total();
        });
        for (UUID id : ids) {
            Upload upload = catalog.upload(id).orElse(null);
            if (upload != null) {
                files++;
                checkUpload(upload);
            }
        }
        checkObjects(apart);
        checkShares();
        return new Summary(files, bytesDone, problems, repaired);
    }

    private void read(long bytes) {
        bytesDone += bytes;
        listener.progress(bytesDone, bytesTotal);
    }

    private void found(Kind kind, UUID id, String what) {
        found(new Finding(kind, id, what, false, false));
    }

    private void found(Finding finding) {
        problems++;
        repaired += finding.repaired() ? 1 : 0;
        listener.found(finding);
    }

    private void checkUpload(Upload upload) throws IOException {
        UUID id = upload.id();
        boolean completed = upload.state() == UploadState.COMPLETED;
        if (completed && !isConsistent(upload)) {
            found(Kind.BAD_RECORD, id, "is completed, but its record lacks bytes or the right SHA-256");
            return;
        }
        long needed = upload.ranges().end();
        if (needed == 0) {
            return; // no byte was acknowledged, so there need not be an object
        }
        OptionalLong size;
        try {
            size = storage.size(upload.object());
        } catch (IOException e) {
            found(Kind.UNREADABLE, id, "cannot be read: " + e.getMessage());
            return;
        }
        if (size.isEmpty()) {
            found(Kind.MISSING, id, "there are no bytes, but " + needed + " were acknowledged");
            return;
        }
        if (size.getAsLong() < needed) {
            found(Kind.SHORT, id, "there are " + size.getAsLong() + " bytes of " + needed);
            return;
        }
        try {
            if (completed) {
                checkFile(upload);
            } else {
                checkRanges(upload);
            }
        } catch (IOException e) {
            found(Kind.UNREADABLE, id, "cannot be read: " + e.getMessage());
        }
    }

    private static boolean isConsistent(Upload file) {
        return file.isWhole() && file.ranges().end() == file.length() && file.sha256() != null
                && (file.length() > 0 || file.sha256().equals(Digest.sha256(new byte[0])));
    }

    private void checkFile(Upload file) throws IOException {
        FileCheck.Result result = check.file(file);
        UUID id = file.id();
        if (!result.sha256().equals(file.sha256())) {
            found(Kind.DAMAGED, id, "its SHA-256 is " + result.sha256() + " instead of " + file.sha256()
                    + (result.badBlocks() == 0 ? "" : "; " + blocks(result)));
        } else if (result.crc() != file.ranges().crc(0)) {
            found(Kind.BAD_RECORD, id, "its SHA-256 is right, but the CRC-32C in its record is not");
        } else if (result.badBlocks() > 0) {
            String what = "its SHA-256 is right, its block sums are not: " + blocks(result);
            if (repair) {
                mendSums(file, what);
            } else {
                found(new Finding(Kind.BAD_SUMS, id, what, true, false));
            }
        }
    }

    private void mendSums(Upload file, String what) {
        try {
            found(new Finding(Kind.BAD_SUMS, file.id(), what, true, check.writeSums(file)));
        } catch (IOException e) {
            found(new Finding(Kind.BAD_SUMS, file.id(), what + "; the repair failed: " + e.getMessage(), true, false));
        }
    }

    private static String blocks(FileCheck.Result result) {
        return result.badBlocks() == 1 ? "block " + result.firstBad()
                : result.badBlocks() + " blocks, the first is " + result.firstBad();
    }

    private void checkRanges(Upload upload) throws IOException {
        for (int i = 0; i < upload.ranges().size(); i++) {
            ByteRange range = upload.ranges().get(i);
            if (check.crc(upload.object(), range) != upload.ranges().crc(i)) {
                found(Kind.DAMAGED, upload.id(), "bytes " + range + " are not those that were acknowledged");
            }
        }
    }

    /** @param apart objects of other ids than those of their uploads */
    private void checkObjects(Set<UUID> apart) throws IOException {
        for (UUID id : new TreeSet<>(storage.list())) {
            Upload upload = catalog.upload(id).orElse(null);
            boolean named = upload != null && upload.object().equals(id);
            if (!apart.contains(id) && (!named || upload.state() == UploadState.EXPIRED)) {
                if (repair) {
                    storage.quarantine(id);
                }
                found(new Finding(Kind.UNREFERENCED, id, !named ? "bytes that no record names"
                        : "bytes of an upload that was given up", true, repair));
            }
        }
    }

    private void checkShares() {
        Map<UUID, Long> lost = new TreeMap<>();
        catalog.forEachShare(share -> {
            for (Share.Member member : share.contents().members()) {
                if (catalog.upload(member.file()).filter(file -> file.state() == UploadState.COMPLETED).isEmpty()) {
                    lost.merge(member.file(), 1L, Long::sum);
                }
            }
        });
        lost.forEach((id, count) -> found(Kind.SHARE_WITHOUT_FILE, id, count + " of its shares, but no such file is there"));
    }
}
