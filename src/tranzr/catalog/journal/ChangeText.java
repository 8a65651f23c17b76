package tranzr.catalog.journal;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.Delivery;
import tranzr.model.Digest;
import tranzr.model.Entity;
import tranzr.model.FileAccess;
import tranzr.model.OneTimeToken;
import tranzr.model.Notes;
import tranzr.model.Priority;
import tranzr.model.Room;
import tranzr.model.Scope;
import tranzr.model.Session;
import tranzr.model.SigningKey;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadRequest;
import tranzr.model.Usage;
import tranzr.model.Webhook;

/** Changes and what they change in words, on one line, for people. Digests are shortened and passwords left out. */
final class ChangeText {

    private static final int DIGITS = 8;

    private ChangeText() {
    }

    static String of(Change change) {
        return switch (change) {
            case Change.UploadCreated c -> "upload created: " + of(c.upload());
            case Change.RangeStored c -> "range stored: " + c.id() + " " + c.range() + " crc " + String.format("%08x", c.crc())
                    + (c.bytes() == null ? "" : ", its bytes with it") + expires(c.expires());
            case Change.LengthFixed c -> "length fixed: " + c.id() + " " + c.length() + " bytes, " + c.totalChunks() + " chunks";
            case Change.ChunksRecut c -> "chunks recut: " + c.id() + " " + c.totalChunks() + " of " + c.chunkSize() + " bytes";
            case Change.StateChanged c -> "state changed: " + c.id() + " from " + c.from().wireName() + " to "
                    + c.to().wireName() + expires(c.expires());
            case Change.DigestExpected c -> "digest expected: " + c.id() + " sha256 " + brief(c.expected());
            case Change.UploadCompleted c -> "upload completed: " + c.id() + " sha256 " + brief(c.sha256())
                    + expires(c.expires());
            case Change.UploadRemoved c -> "upload removed: " + c.id();
            case Change.ShareCreated c -> "share created: " + of(c.share());
            case Change.ShareTermsChanged c -> "share terms changed: " + brief(c.tokenHash())
                    + terms(c.maxDownloads(), c.password(), c.expires());
            case Change.ShareRemoved c -> "share removed: " + brief(c.tokenHash());
            case Change.DownloadStarted c -> "download started: " + brief(c.tokenHash()) + " slot " + c.slot().id() + " client "
                    + brief(c.slot().client());
            case Change.DownloadFinished c -> "download finished: " + brief(c.tokenHash()) + " slot " + c.slot();
            case Change.DownloadReleased c -> "download given back: " + brief(c.tokenHash()) + " slot " + c.slot();
            case Change.PasswordFailuresSet c -> "wrong passwords: " + brief(c.tokenHash()) + " " + c.failures();
            case Change.SharePolicyChanged c -> "share policy changed: " + brief(c.tokenHash()) + of(c.policy());
            case Change.AccessChanged c -> "access changed: " + c.id() + of(c.access());
            case Change.FileDetailsChanged c -> "file details changed: " + c.id() + " " + quote(c.filename()) + expires(c.expires());
            case Change.EntityAdded c -> "added " + of(c.entity());
            case Change.EntityReplaced c -> "changed " + of(c.after());
            case Change.EntityRemoved c -> "removed " + nameOf(c.kind()) + ": " + c.id();
            case Change.Within c -> "within: " + c.scope();
            case Change.Present c -> "present: " + c.id();
        };
    }

    /** When the change says it was made; null when it does not. */
    static Instant time(Change change) {
        return switch (change) {
            case Change.UploadCreated c -> c.upload().created();
            case Change.RangeStored c -> c.at();
            case Change.StateChanged c -> c.at();
            case Change.UploadCompleted c -> c.at();
            case Change.ShareCreated c -> c.share().created();
            case Change.DownloadStarted c -> c.slot().at();
            case Change.PasswordFailuresSet c -> c.at();
            case Change.FileDetailsChanged c -> c.at();
            case Change.EntityAdded c -> c.entity().created();
            case Change.LengthFixed _, Change.ChunksRecut _, Change.DigestExpected _, Change.UploadRemoved _, Change.ShareTermsChanged _,
                    Change.ShareRemoved _, Change.DownloadFinished _, Change.DownloadReleased _, Change.SharePolicyChanged _,
                    Change.AccessChanged _, Change.EntityReplaced _, Change.EntityRemoved _, Change.Within _, Change.Present _ -> null;
        };
    }

    static String of(Upload upload) {
        UUID id = upload.id();
        String length = upload.lengthKnown() ? upload.length() + " bytes" : "length unknown";
        return id + " " + quote(upload.filename()) + " " + length + ", chunks of " + upload.chunkSize() + ", "
                + upload.state().wireName() + ", has " + upload.ranges().total() + " in " + upload.ranges().size() + " ranges"
                + (upload.sha256() == null ? "" : ", sha256 " + brief(upload.sha256())) + expires(upload.expires())
                + (upload.priority() == Priority.NORMAL ? "" : ", priority " + upload.priority())
                + (upload.access().equals(FileAccess.OPERATOR) ? "" : of(upload.access()))
                + of(upload.notes())
                + (upload.object().equals(upload.id()) ? "" : ", object " + upload.object());
    }

    private static String of(Notes notes) {
        return (notes.door().isEmpty() ? "" : ", by " + quote(notes.door()))
                + (notes.promise() == null ? "" : ", to be shared " + brief(notes.promise().tokenHash())) + (notes.part() ? ", a part" : "");
    }

    static String of(Share share) {
        return brief(share.tokenHash()) + " of " + of(share.contents()) + ", used " + share.used() + ", open " + share.open().size()
                + terms(share.maxDownloads(), share.password(), share.expires())
                + (share.policy().equals(Share.Policy.OPERATOR) ? "" : of(share.policy()));
    }

    private static String of(Share.Contents contents) {
        return contents.areSeveral() ? contents.members().size() + " files " + contents.members().stream().map(member -> member.index() + ": " + member.file()).toList()
                + (contents.title().isEmpty() ? "" : " " + quote(contents.title())) : contents.members().getFirst().file().toString();
    }

    private static String of(FileAccess access) {
        return ", of " + access.owner() + (access.room() == null ? "" : ", in room " + access.room())
                + (access.request() == null ? "" : ", by request " + access.request())
                + (access.grants().isEmpty() ? "" : ", grants " + access.grants());
    }

    private static String of(Share.Policy policy) {
        return ", by " + policy.creator() + (policy.addresses().isEmpty() ? "" : ", from " + policy.addresses())
                + (policy.oneTime() ? ", one-time" : "") + (policy.notice() ? ", with notice" : "");
    }

    /** Without what is secret. */
    static String of(Entity entity) {
        return nameOf(entity.getClass()) + ": " + entity.id() + switch (entity) {
            case AccessToken token -> " " + brief(token.hash()) + " " + quote(token.name()) + " " + token.rights() + ", rooms " + token.rooms()
                    + (token.addresses().isEmpty() ? "" : ", from " + token.addresses()) + (token.totp() == null ? "" : ", with a second factor")
                    + expires(token.expires());
            case Room room -> " " + quote(room.name());
            case UploadRequest request -> " " + brief(request.hash()) + " into room " + request.room() + " by " + request.creator()
                    + (request.password() == null ? "" : ", with a password") + expires(request.expires());
            case Session session -> " " + brief(session.hash()) + " of " + session.token() + " from " + session.address() + expires(session.expires());
            case OneTimeToken token -> " " + brief(token.hash()) + " of " + token.token() + " for " + token.right()
                    + (token.file() == null ? "" : " of " + token.file()) + expires(token.expires());
            case Webhook hook -> " of " + hook.owner() + " to " + quote(hook.url()) + " for " + hook.events() + (hook.active() ? "" : ", off");
            case Delivery delivery -> " " + delivery.type() + " to " + delivery.webhook() + ", attempts " + delivery.attempts()
                    + (delivery.next() == null ? ", given up" : ", next " + delivery.next());
            case SigningKey _ -> "";
        };
    }

    static String of(Scope scope, Usage usage) {
        return scope.kind() + " " + scope.id() + " " + usage.bytes() + " bytes in " + usage.files() + " files, " + usage.monthlyBytes() + " in month "
                + usage.month() / 12 + "-" + (usage.month() % 12 + 1);
    }

    private static String nameOf(Class<? extends Entity> kind) {
        return kind == AccessToken.class ? "token" : kind.getSimpleName().replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    }

    private static String terms(long maxDownloads, String password, Instant expires) {
        return ", " + (maxDownloads == 0 ? "no limit" : "limit " + maxDownloads)
                + (password == null ? ", no password" : ", with a password") + expires(expires);
    }

    private static String expires(Instant at) {
        return at == null ? "" : ", expires " + at;
    }

    private static String brief(Digest digest) {
        return digest.hex().substring(0, DIGITS) + "…";
    }

    /** Control characters cannot move the reader's cursor. */
    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || c == 0x2028 || c == 0x2029) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }
}
