package tranzr.catalog.journal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import tranzr.model.AccessToken;
import tranzr.model.Delivery;
import tranzr.model.Digest;
import tranzr.model.Entity;
import tranzr.model.FileAccess;
import tranzr.model.IpRange;
import tranzr.model.OneTimeToken;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Role;
import tranzr.model.Room;
import tranzr.model.Session;
import tranzr.model.SigningKey;
import tranzr.model.Share;
import tranzr.model.UploadRequest;
import tranzr.model.Webhook;

/**
 * The form of tokens, rooms and the like in journal and snapshot: the number of the kind, then id and creation time, then what the kind has. The
 * numbers are fixed; a change of fields needs a new one.
 */
final class EntityCodec {

    private static final int ACCESS_TOKEN = 1;
    private static final int ROOM = 2;
    private static final int UPLOAD_REQUEST = 3;
    private static final int SESSION = 4;
    private static final int ONE_TIME_TOKEN = 5;
    private static final int WEBHOOK = 6;
    private static final int DELIVERY = 7;
    private static final int SIGNING_KEY = 8;

    private EntityCodec() {
    }

    static int numberOf(Class<? extends Entity> kind) {
        return kind == AccessToken.class ? ACCESS_TOKEN : kind == Room.class ? ROOM : kind == UploadRequest.class ? UPLOAD_REQUEST
                : kind == Session.class ? SESSION : kind == OneTimeToken.class ? ONE_TIME_TOKEN : kind == Webhook.class ? WEBHOOK
                : kind == SigningKey.class ? SIGNING_KEY : DELIVERY;
    }

    static Class<? extends Entity> kindOf(int number) throws BadRecordException {
        return switch (number) {
            case ACCESS_TOKEN -> AccessToken.class;
            case ROOM -> Room.class;
            case UPLOAD_REQUEST -> UploadRequest.class;
            case SESSION -> Session.class;
            case ONE_TIME_TOKEN -> OneTimeToken.class;
            case WEBHOOK -> Webhook.class;
            case DELIVERY -> Delivery.class;
            case SIGNING_KEY -> SigningKey.class;
            default -> throw new BadRecordException("unknown kind " + number + "; written by a newer version of Tranzr?");
        };
    }

    static void put(FieldWriter out, Entity entity) {
        out.u8(numberOf(entity.getClass()));
        out.uuid(entity.id());
        out.instant(entity.created());
        switch (entity) {
            case AccessToken token -> putToken(out, token);
            case Room room -> {
                out.textOrNull(room.name());
                putQuota(out, room.quota());
            }
            case UploadRequest request -> putRequest(out, request);
            case Session session -> {
                out.digest(session.hash());
                out.uuid(session.token());
                out.instant(session.expires());
                out.textOrNull(session.address());
                out.textOrNull(session.agent());
                out.instantOrNull(session.provenUntil());
            }
            case OneTimeToken token -> {
                out.digest(token.hash());
                out.uuid(token.token());
                out.u8(token.right().ordinal());
                uuidOrNull(out, token.file());
                out.instant(token.expires());
            }
            case Webhook hook -> {
                out.uuid(hook.owner());
                out.textOrNull(hook.url());
                out.textOrNull(hook.key());
                putTexts(out, List.copyOf(hook.events()));
                out.u8(hook.active() ? 1 : 0);
            }
            case Delivery delivery -> {
                out.uuid(delivery.webhook());
                out.uuid(delivery.event());
                out.textOrNull(delivery.type());
                out.textOrNull(delivery.body());
                out.varint(delivery.attempts());
                out.instantOrNull(delivery.next());
                out.textOrNull(delivery.lastResult());
            }
            case SigningKey key -> out.textOrNull(key.key());
        }
    }

    private static void putToken(FieldWriter out, AccessToken token) {
        out.digest(token.hash());
        out.textOrNull(token.name());
        putRights(out, token.rights());
        out.varint(token.rooms().size());
        token.rooms().forEach((room, role) -> {
            out.uuid(room);
            out.u8(role.ordinal());
        });
        putQuota(out, token.quota());
        out.instantOrNull(token.expires());
        putRanges(out, token.addresses());
        out.u8(token.totp() == null ? 0 : 1);
        if (token.totp() != null) {
            out.textOrNull(token.totp().secret());
            out.varint(token.totp().lastStep());
            out.u8(token.totp().confirmed() ? 1 : 0);
        }
    }

    private static void putRequest(FieldWriter out, UploadRequest request) {
        out.digest(request.hash());
        out.uuid(request.room());
        out.uuid(request.creator());
        out.textOrNull(request.title());
        out.instantOrNull(request.expires());
        out.varint(request.maxFileSize());
        putQuota(out, request.quota());
        putTexts(out, request.types());
        out.textOrNull(request.password());
        out.u8(request.notice() ? 1 : 0);
        out.varint(request.failedPasswords());
        out.instantOrNull(request.lastFailure());
    }

    static Entity entity(FieldReader in) throws BadRecordException {
        Class<? extends Entity> kind = kindOf(in.u8());
        UUID id = in.uuid();
        Instant created = in.instant();
        if (kind == AccessToken.class) {
            return token(in, id, created);
        } else if (kind == Room.class) {
            return new Room(id, in.text(), created, quota(in));
        } else if (kind == UploadRequest.class) {
            return new UploadRequest(id, in.digest(), in.uuid(), in.uuid(), in.text(), created, in.instantOrNull(), in.varint(), quota(in), texts(in),
                    in.textOrNull(), in.flag(), (int) in.varint(), in.instantOrNull());
        } else if (kind == Session.class) {
            return new Session(id, in.digest(), in.uuid(), created, in.instant(), in.text(), in.text(), in.instantOrNull());
        } else if (kind == OneTimeToken.class) {
            return new OneTimeToken(id, in.digest(), in.uuid(), right(in.u8()), uuidOrNull(in), created, in.instant());
        } else if (kind == Webhook.class) {
            return new Webhook(id, in.uuid(), in.text(), in.text(), new TreeSet<>(texts(in)), created, in.flag());
        } else if (kind == SigningKey.class) {
            return new SigningKey(id, in.text(), created);
        }
        return new Delivery(id, in.uuid(), in.uuid(), in.text(), in.text(), created, (int) in.varint(), in.instantOrNull(), in.textOrNull());
    }

    private static AccessToken token(FieldReader in, UUID id, Instant created) throws BadRecordException {
        Digest hash = in.digest();
        String name = in.text();
        Set<Right> rights = rights(in);
        Map<UUID, Role> rooms = new TreeMap<>();
        for (int left = in.count(17); left > 0; left--) {
            UUID room = in.uuid();
            rooms.put(room, role(in.u8()));
        }
        Quota quota = quota(in);
        Instant expires = in.instantOrNull();
        List<IpRange> addresses = ranges(in);
        AccessToken.Totp totp = in.flag() ? new AccessToken.Totp(in.text(), in.varint(), in.flag()) : null;
        return new AccessToken(id, hash, name, created, rights, rooms, quota, expires, addresses, totp);
    }

    /** What a file's record says beside the file itself. */
    static void putAccess(FieldWriter out, FileAccess access) {
        out.uuid(access.owner());
        uuidOrNull(out, access.room());
        uuidOrNull(out, access.request());
        out.varint(access.grants().size());
        access.grants().forEach((token, rights) -> {
            out.uuid(token);
            putRights(out, rights);
        });
    }

    static FileAccess access(FieldReader in) throws BadRecordException {
        UUID owner = in.uuid();
        UUID room = uuidOrNull(in);
        UUID request = uuidOrNull(in);
        Map<UUID, Set<Right>> grants = new TreeMap<>();
        for (int left = in.count(17); left > 0; left--) {
            UUID token = in.uuid();
            grants.put(token, rights(in));
        }
        try {
            return new FileAccess(owner, room, request, grants);
        } catch (IllegalArgumentException e) {
            throw new BadRecordException(e.getMessage(), e);
        }
    }

    static void putPolicy(FieldWriter out, Share.Policy policy) {
        out.uuid(policy.creator());
        putRanges(out, policy.addresses());
        out.u8(policy.oneTime() ? 1 : 0);
        out.u8(policy.notice() ? 1 : 0);
    }

    static Share.Policy policy(FieldReader in) throws BadRecordException {
        return new Share.Policy(in.uuid(), ranges(in), in.flag(), in.flag());
    }

    private static void putQuota(FieldWriter out, Quota quota) {
        out.varint(quota.bytes());
        out.varint(quota.files());
        out.varint(quota.monthlyBytes());
    }

    private static Quota quota(FieldReader in) throws BadRecordException {
        try {
            return new Quota(in.varint(), in.varint(), in.varint());
        } catch (IllegalArgumentException e) {
            throw new BadRecordException(e.getMessage(), e);
        }
    }

    /** A bit for each ordinal. */
    private static void putRights(FieldWriter out, Set<Right> rights) {
        out.u8(rights.stream().mapToInt(right -> 1 << right.ordinal()).sum());
    }

    private static Set<Right> rights(FieldReader in) throws BadRecordException {
        int bits = in.u8();
        Set<Right> rights = EnumSet.noneOf(Right.class);
        for (int i = 0; bits >> i != 0; i++) {
            if ((bits >> i & 1) != 0) {
                rights.add(right(i));
            }
        }
        return rights;
    }

    private static Right right(int ordinal) throws BadRecordException {
        if (ordinal >= Right.values().length) {
            throw new BadRecordException("unknown right " + ordinal);
        }
        return Right.values()[ordinal];
    }

    private static Role role(int ordinal) throws BadRecordException {
        if (ordinal >= Role.values().length) {
            throw new BadRecordException("unknown role " + ordinal);
        }
        return Role.values()[ordinal];
    }

    private static void putRanges(FieldWriter out, List<IpRange> ranges) {
        putTexts(out, ranges.stream().map(IpRange::toString).toList());
    }

    private static List<IpRange> ranges(FieldReader in) throws BadRecordException {
        try {
            return texts(in).stream().map(IpRange::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new BadRecordException("an address range " + e.getMessage(), e);
        }
    }

    private static void putTexts(FieldWriter out, List<String> texts) {
        out.varint(texts.size());
        texts.forEach(out::textOrNull);
    }

    private static List<String> texts(FieldReader in) throws BadRecordException {
        int count = in.count(1);
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(in.text());
        }
        return texts;
    }

    private static void uuidOrNull(FieldWriter out, UUID id) {
        out.u8(id == null ? 0 : 1);
        if (id != null) {
            out.uuid(id);
        }
    }

    private static UUID uuidOrNull(FieldReader in) throws BadRecordException {
        return in.flag() ? in.uuid() : null;
    }
}
