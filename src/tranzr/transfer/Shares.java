package tranzr.transfer;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.FileName;
import tranzr.model.IpRange;
import tranzr.model.Right;
import tranzr.model.Share;
import tranzr.model.SharePromise;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.security.LinkGrant;
import tranzr.security.Tokens;

/**
 * The engine of share links. Tokens and passwords come in as the client gave them; only hashes are kept.
 */
public final class Shares {

    /** The hexadecimal digits of a share's id: enough that no two shares have the same. */
    public static final int ID_LENGTH = 16;
    /** How long a grant in the place of a password holds. */
    public static final Duration GRANT = Duration.ofHours(1);
    private static final int MAX_ADDRESSES = 100;
    private static final int MAX_TITLE = 200;
    private static final UUID NOTHING_YET = new UUID(0, 0);

    /**
     * @param expires null for never
     * @param maxDownloads 0 for no limit
     * @param password as the recipient will type it; null for none
     * @param addresses from where it may be used; empty for anywhere
     * @param oneTime whether it is for one download, for good; {@code maxDownloads} is 1 then
     * @param notice whether its maker wants to hear of each use
     */
    public record Terms(Instant expires, long maxDownloads, String password, List<IpRange> addresses, boolean oneTime, boolean notice) {

        public Terms {
            addresses = List.copyOf(addresses);
        }

        /** For anywhere, without notice. */
        public Terms(Instant expires, long maxDownloads, String password) {
            this(expires, maxDownloads, password, List.of(), false, false);
        }
    }

    /**
     * A share as it is known just once.
     *
     * @param password in the clear, or null
     */
    public record Created(Share share, String token, String password) {
        /** For {@link Uploads#receive}. */
        public Change change() {
            return new Change.ShareCreated(share);
        }
    }

    /** A promised share as it is known just once. @param password in the clear, or null */
    public record Promised(SharePromise promise, String token, String password) {
    }

    /** Who asks. @param userAgent may be null; @param password as given, or null; @param grant in its place, or null */
    public record Visitor(InetAddress address, String userAgent, String password, String grant) {

        public Visitor(InetAddress address, String userAgent, String password) {
            this(address, userAgent, password, null);
        }

        Peer peer() {
            return new Peer(address, userAgent);
        }

        /** What tells this client from others, so that it can continue its own download. */
        Digest key() {
            return Digest.sha256((address.getHostAddress() + "\n" + (userAgent == null ? "" : userAgent))
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A file of a link. @param index as in {@link Share.Member} */
    public record Item(int index, Upload file) {
    }

    /** A visitor who may download. @param items at least one, by rising index */
    public record Visit(Share share, List<Item> items, Visitor visitor) {

        /** The only file, or the first. */
        public Upload file() {
            return items.getFirst().file();
        }

        public List<Upload> files() {
            return items.stream().map(Item::file).toList();
        }

        LinkSpace space() {
            return new LinkSpace(files());
        }
    }

    /** What stands in a URL in the place of a password. */
    public record Grant(String text, Instant until) {
    }

    private final Core core;
    private final Permit permit;
    private final DownloadSlots slots;
    private final Checksums checksums;

    Shares(Core core, Permit permit, DownloadSlots slots, Checksums checksums) {
        this.core = core;
        this.permit = permit;
        this.slots = slots;
        this.checksums = checksums;
    }

    /** A strong random password that people can type. */
    public String generatePassword() {
        return core.passwords().generate();
    }

    /** Makes a share without committing it; the file need not be there yet. Fails with InvalidValue, TooManyAttempts, Forbidden. */
    public Created draft(UUID fileId, Terms terms) {
        return draft(Share.Contents.of(fileId), terms);
    }

    private Created draft(Share.Contents contents, Terms terms) {
        permit.requireAtAll(Right.SHARE);
        requireFew(terms.addresses());
        String token = Tokens.create(Tokens.Kind.SHARE, core.random);
        String password = terms.password() == null ? null : core.passwords().hash(terms.password());
        Share share = new Share(Tokens.hash(token), contents, password, core.now(), terms.expires(),
                terms.oneTime() ? 1 : terms.maxDownloads(), 0, List.of(), 0, null,
                new Share.Policy(permit.caller().owner(), terms.addresses(), terms.oneTime(), terms.notice()));
        return new Created(share, token, terms.password());
    }

    /**
     * A link that comes into being when the upload it is promised to completes, by {@link NewUpload#with(SharePromise)}. Fails with InvalidValue, TooManyAttempts, Forbidden.
     *
     * @param terms whose expiry is not used
     * @param lasts how long, from completion on; null for ever
     */
    public Promised promise(Terms terms, Duration lasts) {
        Created drafted = draft(NOTHING_YET, terms);
        Share share = drafted.share();
        return new Promised(new SharePromise(share.tokenHash(), share.password(), lasts, share.maxDownloads(), share.policy()), drafted.token(), drafted.password());
    }

    /** Makes a share of a completed file. Fails with UnknownFile, Forbidden, NotCompleted, InvalidValue. */
    public Created create(UUID fileId, Terms terms) {
        return create(Share.Contents.of(fileId), terms);
    }

    /**
     * Makes one share of several completed files. Fails with UnknownFile, Forbidden, NotCompleted, InvalidValue.
     *
     * @param files in their order
     * @param title for people; may be empty
     */
    public Created create(List<UUID> files, String title, Terms terms) {
        if (files.isEmpty() || files.size() > Share.MAX_FILES) {
            throw new FailureException(new Failure.InvalidValue("file_ids", "must be 1 to " + Share.MAX_FILES + " ids"));
        }
        if (new HashSet<>(files).size() < files.size()) {
            throw new FailureException(new Failure.InvalidValue("file_ids", "must not have a file twice"));
        }
        if (title.length() > MAX_TITLE || title.codePoints().anyMatch(c -> Character.isISOControl(c) || FileName.isInvisible(c) || c >= 0xD800 && c <= 0xDFFF)) {
            throw new FailureException(new Failure.InvalidValue("title", "must be at most " + MAX_TITLE + " printable characters"));
        }
        return create(Share.Contents.of(files, title), terms);
    }

    private Created create(Share.Contents contents, Terms terms) {
        for (Share.Member member : contents.members()) {
            permit.require(member.file(), Right.SHARE);
            Downloads.requireCompleted(core, member.file());
        }
        Created created = draft(contents, terms);
        try {
            core.commit(List.of(created.change()));
        } catch (ConflictException e) {
            UUID gone = contents.members().stream().map(Share.Member::file).filter(file -> core.catalog.upload(file).isEmpty()).findFirst()
                    .orElse(contents.members().getFirst().file());
            throw new FailureException(new Failure.UnknownFile(gone));
        }
        return created;
    }

    /** What a recipient at this address may know, without a password. Fails with UnknownShare, ShareExpired, AddressNotAllowed; a used up share is answered. */
    public Visit info(String token, InetAddress from) {
        return visit(token, new Visitor(from, null, null));
    }

    /**
     * Checks that the share lives, may be used from there, and the password is right; counts nothing. Fails with UnknownShare, ShareExpired, AddressNotAllowed,
     * PasswordRequired, WrongPassword, TooManyAttempts, GrantExpired.
     */
    public Visit enter(String token, Visitor visitor) {
        Visit visit;
        try {
            visit = visit(token, visitor);
        } catch (FailureException e) {
            boolean hidden = e.failure() instanceof Failure.UnknownShare || e.failure() instanceof Failure.AddressNotAllowed;
            if (hidden && visitor.password() != null) {
                // A link that does not exist, or not for this address, must cost what a wrong password costs.
                core.passwords().spendAsMuch(visitor.address(), visitor.password());
            }
            throw e;
        }
        if (visitor.grant() != null) {
            if (!LinkGrant.holds(visitor.grant(), token, visit.share().password(), core.now())) {
                throw new FailureException(new Failure.GrantExpired());
            }
        } else if (visit.share().password() != null) {
            core.passwords().require(new GuardedShare(core, visit.share()), visitor.address(), visitor.password());
        }
        return visit;
    }

    private Visit visit(String token, Visitor visitor) {
        Share share = core.catalog.share(Tokens.hash(token))
                .orElseThrow(() -> new FailureException(new Failure.UnknownShare()));
        if (!IpRange.admit(share.policy().addresses(), visitor.address())) {
            throw new FailureException(new Failure.AddressNotAllowed());
        }
        if (share.isExpired(core.now())) {
            throw new FailureException(new Failure.ShareExpired());
        }
        List<Item> items = new ArrayList<>();
        for (Share.Member member : share.contents().members()) {
            core.catalog.upload(member.file()).filter(upload -> upload.state() == UploadState.COMPLETED)
                    .ifPresent(file -> items.add(new Item(member.index(), file)));
        }
        if (items.isEmpty()) {
            throw new FailureException(new Failure.UnknownShare());
        }
        core.settle();
        return new Visit(share, List.copyOf(items), visitor);
    }

    /** A grant for whoever has entered, which holds until the link's end at most. Fails with UnknownShare. @param token as for {@link #enter} */
    public Grant grant(String token, Visit visit) {
        // As it is now: entering may have strengthened the stored password.
        Share now = existing(visit.share().tokenHash());
        Instant until = core.now().plus(GRANT);
        if (now.expires() != null && now.expires().isBefore(until)) {
            until = now.expires();
        }
        return new Grant(LinkGrant.of(token, now.password(), until), until.truncatedTo(ChronoUnit.SECONDS));
    }

    /** All files of the link as one archive, as it would be handed out now. */
    public Archive archive(Visit visit) {
        return Archive.of(visit);
    }

    /** Whether a new or continued download of this range of a file would be allowed now: for HEAD. Fails with DownloadLimitReached. */
    public void checkLimit(Visit visit, Item item, ByteRange range) {
        slots.check(visit, visit.space().of(item.file(), range));
    }

    /** As {@link #checkLimit(Visit, Item, ByteRange)}, for a range of the archive. */
    public void checkLimit(Visit visit, Archive archive, ByteRange range) {
        slots.check(visit, archive.layout().contentOf(range));
    }

    /**
     * Opens a file of the link for the visitor, counting a download by the rule in {@code docs/api.md}; the count is durable before it returns. Fails with
     * DownloadLimitReached, Corrupt. The download must be ended.
     */
    public Download download(Visit visit, Item item, ByteRange range) {
        Download opened = slots.open(visit, visit.space().of(item.file(), range), ended -> Downloads.open(core, item.file(), ended));
        return new WatchedDownload(core, item.file(), opened, visit.visitor().peer());
    }

    /** The same, of the only file or the first. */
    public Download download(Visit visit, ByteRange range) {
        return download(visit, visit.items().getFirst(), range);
    }

    /** The same, for all files at once. @param range of the archive, as is what is then written */
    public Download download(Visit visit, Archive archive, ByteRange range) {
        return slots.open(visit, archive.layout().contentOf(range), ended -> new ArchiveDownload(core, checksums, visit, archive.layout(), ended));
    }

    /** Opens a file for a preview, which counts nothing: so of links without a limit only. Fails with NoPreview, Corrupt. The download must be ended. */
    public Download preview(Visit visit, Item item) {
        if (visit.share().maxDownloads() > 0) {
            throw new FailureException(new Failure.NoPreview("this link is for a number of downloads, and a preview would give the file away"));
        }
        return Downloads.open(core, item.file(), _ -> { });
    }

    /** A share by its token, or by its id (the first {@link #ID_LENGTH} hexadecimal digits of the token's hash, or all 64). Fails with UnknownShare. */
    public Share find(String tokenOrId) {
        return core.catalog.share(Tokens.hash(tokenOrId)).or(() -> byId(tokenOrId)).filter(this::isOurs)
                .orElseThrow(() -> new FailureException(new Failure.UnknownShare()));
    }

    private void requireOurs(Share share) {
        if (!isOurs(share)) {
            throw new FailureException(new Failure.UnknownShare());
        }
    }

    /** Whose file a link leads to may see and revoke it, be it one of many. */
    private boolean isOurs(Share share) {
        return share.contents().members().stream().anyMatch(member -> mayShare(member.file()));
    }

    private boolean mayShare(UUID fileId) {
        return core.catalog.upload(fileId).filter(file -> permit.allows(Right.SHARE, file)).isPresent();
    }

    /** The files of a link that the caller may share: of the others it is told nothing. */
    public List<Item> itemsOf(Share share) {
        List<Item> items = new ArrayList<>();
        for (Share.Member member : share.contents().members()) {
            core.catalog.upload(member.file()).filter(file -> permit.allows(Right.SHARE, file)).ifPresent(file -> items.add(new Item(member.index(), file)));
        }
        return items;
    }

    private Optional<Share> byId(String id) {
        if (!id.matches("[0-9a-f]{16}|[0-9a-f]{64}")) {
            return Optional.empty();
        }
        if (id.length() == 2 * Digest.LENGTH) {
            return core.catalog.share(Digest.ofHex(id));
        }
        Share[] found = new Share[1];
        core.catalog.forEachShare(share -> {
            if (share.tokenHash().hex().startsWith(id)) {
                found[0] = share;
            }
        });
        return Optional.ofNullable(found[0]);
    }

    /** The id under which a share is listed. */
    public static String idOf(Share share) {
        return share.tokenHash().hex().substring(0, ID_LENGTH);
    }

    /** All shares of files that the caller may share, newest first. @param after the id of the last one seen, or null */
    public List<Share> list(Optional<String> after, int limit) {
        Digest last = after.map(id -> find(id).tokenHash()).orElse(null);
        List<Share> found = core.catalog.shares(last, limit, this::isOurs);
        core.settle();
        return found;
    }

    public List<Share> of(UUID fileId) {
        return core.catalog.sharesOf(fileId);
    }

    /**
     * Sets all terms of a share; {@code keepPassword} leaves the password as it is. What is for one download stays so. Who may not share all of its files
     * may not open it wider. Fails with UnknownShare, Forbidden, InvalidValue.
     */
    public Share change(Digest tokenHash, Terms terms, boolean keepPassword) {
        requireAllOurs(existing(tokenHash));
        if (terms.oneTime() && terms.maxDownloads() != 1) {
            throw new FailureException(new Failure.InvalidValue("max_downloads", "is 1 for a one-time link, for good"));
        }
        requireFew(terms.addresses());
        String hashed = keepPassword || terms.password() == null ? null : core.passwords().hash(terms.password());
        synchronized (core.shareTerms) {
            Share before = existing(tokenHash);
            if (before.policy().oneTime() && !terms.oneTime()) {
                throw new FailureException(new Failure.InvalidValue("one_time", "stays true"));
            }
            Share.Policy policy = new Share.Policy(before.policy().creator(), terms.addresses(), terms.oneTime(), terms.notice());
            try {
                core.commit(List.of(
                        new Change.ShareTermsChanged(tokenHash, terms.expires(), terms.maxDownloads(), keepPassword ? before.password() : hashed),
                        new Change.SharePolicyChanged(tokenHash, policy)));
            } catch (ConflictException e) {
                throw new FailureException(new Failure.UnknownShare());
            }
            return existing(tokenHash);
        }
    }

    private void requireAllOurs(Share share) {
        requireOurs(share);
        if (!share.contents().members().stream().allMatch(member -> mayShare(member.file()))) {
            throw new FailureException(new Failure.Forbidden(Right.SHARE));
        }
    }

    private static void requireFew(List<IpRange> addresses) {
        if (addresses.size() > MAX_ADDRESSES) {
            throw new FailureException(new Failure.InvalidValue("addresses", "must be " + MAX_ADDRESSES + " ranges at most"));
        }
    }

    private Share existing(Digest tokenHash) {
        return core.catalog.share(tokenHash).orElseThrow(() -> new FailureException(new Failure.UnknownShare()));
    }

    /** The hashes of links that a token has made. @param limit at most so many */
    public List<Digest> madeBy(UUID creator, int limit) {
        return core.catalog.shares(null, limit, share -> share.policy().creator().equals(creator)).stream().map(Share::tokenHash).toList();
    }

    /** Ends the transfers by links that are removed already. */
    public void cut(List<Digest> tokenHashes) {
        tokenHashes.forEach(slots::cancel);
    }

    /** Revokes at once: no further request is served, transfers under way are ended. Fails with UnknownShare. */
    public void revoke(Digest tokenHash) {
        core.catalog.share(tokenHash).ifPresent(this::requireOurs);
        try {
            core.commit(List.of(new Change.ShareRemoved(tokenHash)));
        } catch (ConflictException e) {
            throw new FailureException(new Failure.UnknownShare());
        }
        slots.cancel(tokenHash);
    }
}
