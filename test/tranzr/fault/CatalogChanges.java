package tranzr.fault;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import tranzr.catalog.Catalog;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;
import tranzr.model.Digest;
import tranzr.model.FileAccess;
import tranzr.model.Quota;
import tranzr.model.RangeSet;
import tranzr.model.Right;
import tranzr.model.Room;
import tranzr.model.Scope;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** Commits by chance that a catalog could be asked for, most of which it accepts. */
final class CatalogChanges {

    private static final Instant START = Instant.parse("2026-05-05T05:05:05.5Z");
    private static final List<UUID> OWNERS = List.of(new UUID(5, 0), new UUID(5, 1), new UUID(5, 2));

    private final Random random;

    CatalogChanges(Random random) {
        this.random = random;
    }

    /** @param now as it was after the last commit */
    List<Change> next(Catalog now) {
        List<Change> commit = new ArrayList<>();
        for (int count = random.nextInt(4) == 0 ? random.nextInt(2, 5) : 1; count > 0; count--) {
            commit.add(one(now));
        }
        if (random.nextInt(6) == 0) {
            commit.addAll(wholeFile(now));
        }
        return commit;
    }

    Change.UploadCreated create() {
        long length = random.nextInt(4) == 0 ? Upload.UNKNOWN_LENGTH : random.nextInt(200);
        return new Change.UploadCreated(new Upload(new UUID(random.nextLong(), random.nextLong()), "file " + random.nextInt(100),
                length, length, 50, length < 0 ? -1 : (length + 49) / 50, UploadState.INITIALIZED, RangeSet.EMPTY, null, null,
                random.nextBoolean() ? digest() : null, at(), at(), at(), access()));
    }

    private FileAccess access() {
        return random.nextInt(3) == 0 ? FileAccess.OPERATOR
                : new FileAccess(pick(), random.nextBoolean() ? pick() : null, random.nextInt(3) == 0 ? pick() : null, Map.of(pick(), Set.of(Right.DOWNLOAD)));
    }

    private UUID pick() {
        return OWNERS.get(random.nextInt(OWNERS.size()));
    }

    /** Every scope that anything of these changes is counted in. */
    static List<Scope> scopes() {
        List<Scope> scopes = new ArrayList<>(List.of(Scope.TOTAL, Scope.token(AccessToken.OPERATOR_ID)));
        for (UUID id : OWNERS) {
            scopes.addAll(List.of(Scope.token(id), Scope.room(id), Scope.request(id)));
        }
        return scopes;
    }

    /** With a share of it, alone or with files that are there already. */
    private List<Change> wholeFile(Catalog now) {
        Upload upload = create().upload().withLength(30, 1);
        Share share = share(upload.id());
        if (random.nextBoolean()) {
            List<UUID> files = new ArrayList<>(now.uploads(null, 2, file -> file.state() == UploadState.COMPLETED).stream().map(Upload::id).toList());
            files.add(random.nextInt(files.size() + 1), upload.id());
            share = share.withContents(Share.Contents.of(files, "title"));
        }
        return List.of(new Change.UploadCreated(upload), stored(upload, 0, 30),
                new Change.UploadCompleted(upload.id(), digest(), at(), null), new Change.ShareCreated(share));
    }

    private Change one(Catalog now) {
        List<Upload> uploads = now.uploads(null, 100, upload -> true);
        List<Share> shares = now.shares(null, 100, share -> true);
        if (uploads.isEmpty() || random.nextInt(5) == 0) {
            return create();
        }
        Upload upload = uploads.get(random.nextInt(uploads.size()));
        return switch (random.nextInt(shares.isEmpty() ? 9 : 16)) {
            case 0 -> new Change.UploadRemoved(upload.id());
            case 1 -> new Change.StateChanged(upload.id(), upload.state(), UploadState.EXPIRED, at(), at());
            case 2 -> new Change.UploadCompleted(upload.id(), digest(), at(), null);
            case 3 -> random.nextBoolean() ? new Change.DigestExpected(upload.id(), digest()) : upload.lengthKnown() ? new Change.ShareCreated(share(upload.id()))
                    : new Change.LengthFixed(upload.id(), upload.ranges().end() + random.nextInt(3), 3);
            case 4 -> random.nextInt(3) == 0 ? new Change.AccessChanged(upload.id(), access())
                    : random.nextInt(3) == 0 ? new Change.FileDetailsChanged(upload.id(), "renamed " + random.nextInt(100), at(), random.nextBoolean() ? null : at()) : token(now);
            case 5, 6, 7, 8 -> range(upload);
            default -> ofShare(shares.get(random.nextInt(shares.size())));
        };
    }

    private Change range(Upload upload) {
        long end = upload.lengthKnown() ? upload.length() : upload.ranges().end() + 60;
        List<ByteRange> missing = upload.ranges().missing(new ByteRange(0, end));
        if (missing.isEmpty()) {
            return new Change.StateChanged(upload.id(), upload.state(), UploadState.PENDING_ASSEMBLY, at(), null);
        }
        ByteRange gap = missing.get(random.nextInt(missing.size()));
        long start = random.nextBoolean() ? gap.start() : gap.start() + random.nextLong(gap.length());
        return stored(upload, start, random.nextBoolean() ? gap.end() : start + random.nextLong(gap.end() - start) + 1);
    }

    private Change stored(Upload upload, long start, long end) {
        byte[] bytes = new byte[(int) (end - start)];
        random.nextBytes(bytes);
        int crc = Crc32c.of(bytes, 0, bytes.length);
        return new Change.RangeStored(upload.id(), new ByteRange(start, end), crc, random.nextInt(3) > 0 ? bytes : null, at(),
                at());
    }

    private Change ofShare(Share share) {
        Digest token = share.tokenHash();
        boolean open = !share.open().isEmpty();
        return switch (random.nextInt(6)) {
            case 0 -> new Change.ShareRemoved(token);
            case 1 -> new Change.ShareTermsChanged(token, at(), random.nextInt(5), null);
            case 2 -> new Change.PasswordFailuresSet(token, random.nextInt(5), at());
            case 3 -> open ? new Change.DownloadFinished(token, share.open().getFirst().id())
                    : new Change.DownloadFinished(token, 999);
            case 4 -> open ? new Change.DownloadReleased(token, share.open().getLast().id())
                    : new Change.DownloadStarted(token, slot());
            default -> new Change.DownloadStarted(token, slot());
        };
    }

    private Change token(Catalog now) {
        if (random.nextInt(4) == 0) {
            List<Room> rooms = now.entities(Room.class);
            return rooms.isEmpty() ? new Change.EntityAdded(new Room(new UUID(random.nextLong(), 1), "room", at(), Quota.NONE))
                    : new Change.EntityRemoved(Room.class, rooms.getFirst().id());
        }
        List<AccessToken> tokens = now.entities(AccessToken.class);
        if (tokens.isEmpty() || random.nextInt(3) == 0) {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            return new Change.EntityAdded(AccessToken.of(id, digest(), "token", at()));
        }
        AccessToken first = tokens.getFirst();
        return tokens.size() > 2 ? new Change.EntityRemoved(AccessToken.class, first.id())
                : new Change.EntityReplaced(first, first.withHash(digest()));
    }

    private Share share(UUID file) {
        return new Share(digest(), file, random.nextBoolean() ? "pbkdf2" : null, at(), at(), random.nextInt(4), 0, List.of(), 0,
                null);
    }

    private Share.Slot slot() {
        return new Share.Slot(random.nextLong(), digest(), at());
    }

    private Instant at() {
        return START.plusMillis(random.nextInt(10_000_000));
    }

    private Digest digest() {
        byte[] bytes = new byte[Digest.LENGTH];
        random.nextBytes(bytes);
        return Digest.of(bytes);
    }
}
