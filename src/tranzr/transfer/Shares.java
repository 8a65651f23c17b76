package tranzr.transfer;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.IpRange;
import tranzr.model.Right;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.security.Tokens;

/**
 * The engine of share links. Tokens and passwords come in as the client gave them; only hashes are kept.
 */
public final class Shares {

    /** The hexadecimal digits of a share's id: enough that no two shares have the same. */
    public static final int ID_LENGTH = 16;
    private static final int MAX_ADDRESSES = 100;

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

    /** Who asks. @param userAgent may be null; @param password as given, or null */
    public record Visitor(InetAddress address, String userAgent, String password) {

        /** What tells this client from others, so that it can continue its own download. */
        Digest key() {
            return Digest.sha256((address.getHostAddress() + "\n" + (userAgent == null ? "" : userAgent))
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A visitor who may download. */
    public record Visit(Share share, Upload file, Visitor visitor) {
    }

    private final Core core;
    private final Permit permit;
    private final DownloadSlots slots;

    Shares(Core core, Permit permit, DownloadSlots slots) {
        this.core = core;
        this.permit = permit;
        this.slots = slots;
    }

    /** A strong random password that people can type. */
    public String generatePassword() {
        return core.passwords().generate();
    }

    /** Makes a share without committing it; the file need not be there yet. Fails with InvalidValue, TooManyAttempts, Forbidden. */
    public Created draft(UUID fileId, Terms terms) {
        permit.requireAtAll(Right.SHARE);
        requireFew(terms.addresses());
        String token = Tokens.create(Tokens.Kind.SHARE, core.random);
        String password = terms.password() == null ? null : core.passwords().hash(terms.password());
        Share share = new Share(Tokens.hash(token), fileId, password, core.now(), terms.expires(),
                terms.oneTime() ? 1 : terms.maxDownloads(), 0, List.of(), 0, null,
                new Share.Policy(permit.caller().owner(), terms.addresses(), terms.oneTime(), terms.notice()));
        return new Created(share, token, terms.password());
    }

    /** Makes a share of a completed file. Fails with UnknownFile, Forbidden, NotCompleted, InvalidValue. */
    public Created create(UUID fileId, Terms terms) {
        permit.require(fileId, Right.SHARE);
        Downloads.requireCompleted(core, fileId);
        Created created = draft(fileId, terms);
        try {
            core.commit(List.of(created.change()));
        } catch (ConflictException e) {
            throw new FailureException(new Failure.UnknownFile(fileId));
        }
        return created;
    }

    /** What a recipient at this address may know, without a password. Fails with UnknownShare, ShareExpired, AddressNotAllowed; a used up share is answered. */
    public Visit info(String token, InetAddress from) {
        return visit(token, new Visitor(from, null, null));
    }

    /**
     * Checks that the share lives, may be used from there, and the password is right; counts nothing. Fails with UnknownShare, ShareExpired, AddressNotAllowed,
     * PasswordRequired, WrongPassword, TooManyAttempts.
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
        if (visit.share().password() != null) {
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
        Upload file = core.catalog.upload(share.fileId())
                .filter(upload -> upload.state() == UploadState.COMPLETED)
                .orElseThrow(() -> new FailureException(new Failure.UnknownShare()));
        core.settle();
        return new Visit(share, file, visitor);
    }

    /** Whether a new or continued download of this range would be allowed now: for HEAD. Fails with DownloadLimitReached. */
    public void checkLimit(Visit visit, ByteRange range) {
        slots.check(visit, visit.visitor().key(), range);
    }

    /**
     * Opens the file for the visitor, counting a download by the rule in {@code docs/api.md}; the count is durable before it returns. Fails with
     * DownloadLimitReached, Corrupt. The download must be ended.
     */
    public Download download(Visit visit, ByteRange range) {
        Visitor visitor = visit.visitor();
        return new WatchedDownload(core, slots.open(visit, visitor.key(), range), new Peer(visitor.address(), visitor.userAgent()));
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

    private boolean isOurs(Share share) {
        return core.catalog.upload(share.fileId()).filter(file -> permit.allows(Right.SHARE, file)).isPresent();
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
     * Sets all terms of a share; {@code keepPassword} leaves the password as it is. What is for one download stays so. Fails with UnknownShare,
     * InvalidValue.
     */
    public Share change(Digest tokenHash, Terms terms, boolean keepPassword) {
        requireOurs(existing(tokenHash));
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
