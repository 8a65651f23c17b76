package tranzr.catalog.journal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.ByteRange;
import tranzr.model.Delivery;
import tranzr.model.Digest;
import tranzr.model.Entity;
import tranzr.model.FileAccess;
import tranzr.model.IpRange;
import tranzr.model.Notes;
import tranzr.model.OneTimeToken;
import tranzr.model.Priority;
import tranzr.model.Quota;
import tranzr.model.RangeSet;
import tranzr.model.Right;
import tranzr.model.Role;
import tranzr.model.Room;
import tranzr.model.Session;
import tranzr.model.SigningKey;
import tranzr.model.Share;
import tranzr.model.SharePromise;
import tranzr.model.Upload;
import tranzr.model.UploadRequest;
import tranzr.model.UploadState;
import tranzr.model.Webhook;

/** Changes with fields of every kind, the extremes often among them; whether they make sense is no concern here. */
final class RandomChanges {

    private static final String[] TEXTS = {"", "a", "report.pdf", "Übergröße.txt", "日本語/名前", "😀.png",
        "x".repeat(1000)};

    private final Random random;

    RandomChanges(long seed) {
        random = new Random(seed * 0x9E3779B97F4A7C15L); // seeds that are close give other beginnings
    }

    Change next() {
        return switch (random.nextInt(21)) {
            case 0 -> new Change.UploadCreated(upload());
            case 1 -> stored();
            case 2 -> new Change.LengthFixed(id(), length(), number() - 1);
            case 3 -> new Change.StateChanged(id(), state(), state(), instant(), instantOrNull());
            case 4 -> new Change.UploadCompleted(id(), digest(), instant(), instantOrNull());
            case 5 -> new Change.UploadRemoved(id());
            case 6 -> new Change.ShareCreated(share());
            case 7 -> new Change.ShareTermsChanged(digest(), instantOrNull(), number(), textOrNull());
            case 8 -> new Change.ShareRemoved(digest());
            case 9 -> new Change.DownloadStarted(digest(), slot());
            case 10 -> new Change.DownloadFinished(digest(), random.nextLong());
            case 11 -> new Change.DownloadReleased(digest(), random.nextLong());
            case 12 -> new Change.PasswordFailuresSet(digest(), random.nextInt(100), instantOrNull());
            case 13 -> new Change.EntityAdded(entity());
            case 14 -> new Change.DigestExpected(id(), digest());
            case 15 -> new Change.SharePolicyChanged(digest(), policy());
            case 16 -> new Change.AccessChanged(id(), access());
            case 17 -> new Change.EntityReplaced(entity(), entity());
            case 18 -> new Change.ChunksRecut(id(), 1 + number() / 2, number() - 1, random.nextBoolean() ? null : notes());
            case 19 -> new Change.FileDetailsChanged(id(), text(), instant(), instantOrNull());
            default -> new Change.EntityRemoved(entity().getClass(), id());
        };
    }

    List<Change> commit(int most) {
        List<Change> changes = new ArrayList<>();
        for (int count = random.nextInt(1, most + 1); count > 0; count--) {
            changes.add(next());
        }
        return changes;
    }

    Upload upload() {
        Upload upload = new Upload(id(), text(), length(), length(), 1 + number() / 2, number() - 1, state(), ranges(), digestOrNull(),
                digestOrNull(), digestOrNull(), instant(), instant(), instantOrNull(),
                random.nextBoolean() ? FileAccess.OPERATOR : access(), Priority.values()[random.nextInt(3)], random.nextBoolean() ? Notes.NONE : notes());
        return random.nextBoolean() ? upload : upload.at(id());
    }

    private Notes notes() {
        Map<String, String> values = new HashMap<>();
        for (int count = random.nextInt(4); count > 0; count--) {
            values.put(text(), text());
        }
        Duration lasts = random.nextBoolean() ? null : Duration.ofMillis(1 + number() / 2);
        return new Notes(text(), values, random.nextBoolean() ? null : new SharePromise(digest(), textOrNull(), lasts, number(), policy()), random.nextBoolean());
    }

    private Change stored() {
        byte[] bytes = random.nextBoolean() ? null : new byte[random.nextInt(8) == 0 ? 65_536 : random.nextInt(100)];
        if (bytes != null) {
            random.nextBytes(bytes);
        }
        long start = number() / 4;
        long length = bytes == null ? number() / 4 : bytes.length;
        return new Change.RangeStored(id(), new ByteRange(start, start + length), random.nextInt(), bytes, instant(),
                instantOrNull());
    }

    private RangeSet ranges() {
        int count = random.nextInt(10) == 0 ? 500 : random.nextInt(4);
        long[] starts = new long[count];
        long[] ends = new long[count];
        int[] crcs = new int[count];
        long at = random.nextInt(2);
        for (int i = 0; i < count; i++) {
            starts[i] = at + (i == 0 ? 0 : 1 + random.nextInt(1 << random.nextInt(31)));
            ends[i] = starts[i] + 1 + random.nextInt(1 << random.nextInt(31));
            crcs[i] = random.nextInt();
            at = ends[i];
        }
        return RangeSet.ofSorted(starts, ends, crcs);
    }

    Share share() {
        List<Share.Slot> open = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            open.add(slot());
        }
        return new Share(digest(), contents(), textOrNull(), instant(), instantOrNull(), number(), number(), open,
                random.nextInt(1000), instantOrNull(), policy());
    }

    private Share.Contents contents() {
        if (random.nextInt(3) > 0) {
            return Share.Contents.of(id());
        }
        List<Share.Member> members = new ArrayList<>();
        for (int index = random.nextInt(3); members.isEmpty() || random.nextInt(3) > 0; index += 1 + random.nextInt(3)) {
            members.add(new Share.Member(index, id()));
        }
        return new Share.Contents(members, text());
    }

    private Share.Policy policy() {
        return new Share.Policy(id(), ranges(random.nextInt(3)), random.nextBoolean(), random.nextBoolean());
    }

    private FileAccess access() {
        Map<UUID, Set<Right>> grants = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            grants.put(id(), rights());
        }
        return new FileAccess(id(), random.nextBoolean() ? null : id(), random.nextBoolean() ? null : id(), grants);
    }

    Entity entity() {
        return switch (random.nextInt(8)) {
            case 0 -> new AccessToken(id(), digest(), text(), instant(), rights(), Map.of(id(), role(), id(), role()), quota(), instantOrNull(),
                    ranges(random.nextInt(3)), random.nextBoolean() ? null : new AccessToken.Totp(text(), number(), random.nextBoolean()));
            case 1 -> new Room(id(), text(), instant(), quota());
            case 2 -> new UploadRequest(id(), digest(), id(), id(), text(), instant(), instantOrNull(), number(), quota(), List.of("png", "pdf"), textOrNull(),
                    random.nextBoolean(), random.nextInt(100), instantOrNull());
            case 3 -> new Session(id(), digest(), id(), instant(), instant(), text(), text(), instantOrNull());
            case 4 -> new OneTimeToken(id(), digest(), id(), Right.DELETE, random.nextBoolean() ? null : id(), instant(), instant());
            case 5 -> new Webhook(id(), id(), text(), text(), Set.of("file-added", "file-deleted"), instant(), random.nextBoolean());
            case 6 -> new SigningKey(id(), text(), instant());
            default -> new Delivery(id(), id(), id(), text(), text(), instant(), random.nextInt(100), instantOrNull(), textOrNull());
        };
    }

    private Set<Right> rights() {
        Set<Right> rights = new HashSet<>(List.of(Right.values()));
        rights.removeIf(_ -> random.nextBoolean());
        return rights;
    }

    private Role role() {
        return Role.values()[random.nextInt(Role.values().length)];
    }

    private Quota quota() {
        return random.nextBoolean() ? Quota.NONE : new Quota(number(), number(), number());
    }

    private List<IpRange> ranges(int count) {
        return List.of(IpRange.parse("10.0.0.0/8"), IpRange.parse("::1"), IpRange.parse("192.0.2.7")).subList(0, count);
    }

    private Share.Slot slot() {
        return new Share.Slot(random.nextLong(), digest(), instant());
    }

    private UploadState state() {
        return UploadState.values()[random.nextInt(UploadState.values().length)];
    }

    private UUID id() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private Digest digest() {
        byte[] bytes = new byte[Digest.LENGTH];
        random.nextBytes(bytes);
        return Digest.of(bytes);
    }

    private Digest digestOrNull() {
        return random.nextInt(3) == 0 ? null : digest();
    }

    private long length() {
        return random.nextInt(5) == 0 ? Upload.UNKNOWN_LENGTH : number();
    }

    /** Not negative; every magnitude is as likely. */
    private long number() {
        return random.nextInt(20) == 0 ? Long.MAX_VALUE : random.nextLong() >>> (1 + random.nextInt(63));
    }

    private Instant instant() {
        return switch (random.nextInt(12)) {
            case 0 -> Instant.MIN;
            case 1 -> Instant.MAX;
            case 2 -> Instant.EPOCH;
            case 3 -> Instant.ofEpochSecond(-1, 999_999_999);
            default -> Instant.ofEpochSecond(random.nextLong(4_000_000_000L), random.nextInt(1_000_000_000));
        };
    }

    private Instant instantOrNull() {
        return random.nextInt(4) == 0 ? null : instant();
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private String textOrNull() {
        return random.nextInt(4) == 0 ? null : text();
    }
}
