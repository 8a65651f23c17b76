package tranzr.transfer;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Share;
import tranzr.model.Upload;

/**
 * The engine of share links. Tokens and passwords come in as the client gave them; only hashes are kept.
 */
public final class Shares {

    /**
     * @param expires null for never
     * @param maxDownloads 0 for no limit
     * @param password as the recipient will type it; null for none
     */
    public record Terms(Instant expires, long maxDownloads, String password) {
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

    /** Who asks, and for what. @param userAgent may be null; @param password may be null */
    public record Visitor(InetAddress address, String userAgent, String password) {
    }

    /** A visitor who may download. */
    public record Visit(Share share, Upload file, Visitor visitor) {
    }

    Shares() {
    }

    /** A strong random password that people can type. */
    public String generatePassword() {
        throw new UnsupportedOperationException();
    }

    /** Makes a share without committing it; the file need not be there yet. Fails with InvalidValue. */
    public Created draft(UUID fileId, Terms terms) {
        throw new UnsupportedOperationException();
    }

    /** Makes a share of a completed file. Fails with UnknownFile, NotCompleted, InvalidValue. */
    public Created create(UUID fileId, Terms terms) {
        throw new UnsupportedOperationException();
    }

    /** What a recipient may know, without a password. Fails with UnknownShare, ShareExpired; a used up share is answered. */
    public Visit info(String token) {
        throw new UnsupportedOperationException();
    }

    /**
     * Checks that the share lives and the password is right; counts nothing. Fails with UnknownShare, ShareExpired, PasswordRequired, WrongPassword,
     * TooManyAttempts.
     */
    public Visit enter(String token, Visitor visitor) {
        throw new UnsupportedOperationException();
    }

    /** Whether a new or continued download of this range would be allowed now: for HEAD. Fails with DownloadLimitReached. */
    public void checkLimit(Visit visit, ByteRange range) {
        throw new UnsupportedOperationException();
    }

    /**
     * Opens the file for the visitor, counting a download by the rule in {@code docs/api.md}; the count is durable before it returns. Fails with
     * DownloadLimitReached, Corrupt. The download must be ended.
     */
    public Download download(Visit visit, ByteRange range) {
        throw new UnsupportedOperationException();
    }

    /** A share by its token, or by its id (the first 16 hexadecimal digits of the token's hash, or all 64). Fails with UnknownShare. */
    public Share find(String tokenOrId) {
        throw new UnsupportedOperationException();
    }

    /** All shares, newest first. @param after the id of the last one seen, or null */
    public List<Share> list(Optional<String> after, int limit) {
        throw new UnsupportedOperationException();
    }

    public List<Share> of(UUID fileId) {
        throw new UnsupportedOperationException();
    }

    /** Sets all terms of a share; {@code keepPassword} leaves the password as it is. Fails with UnknownShare, InvalidValue. */
    public Share change(Digest tokenHash, Terms terms, boolean keepPassword) {
        throw new UnsupportedOperationException();
    }

    /** Revokes at once: no further request is served, transfers under way are ended. Fails with UnknownShare. */
    public void revoke(Digest tokenHash) {
        throw new UnsupportedOperationException();
    }
}
