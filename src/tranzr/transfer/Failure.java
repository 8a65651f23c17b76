package tranzr.transfer;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Right;
import tranzr.model.Scope;

/**
 * Everything that can be wrong with a call of the engine. The doors turn each into an answer by one switch
 * ({@code tranzr.api.Problems}); thrown as {@link FailureException}.
 */
public sealed interface Failure {

    /** No upload or file of that id. */
    record UnknownFile(UUID id) implements Failure {
    }

    /** What the caller may not do, or not now: by its rights, its quotas, the limits of the server. */
    sealed interface Refusal extends Failure {
    }

    /** The caller knows of the file, or needs not, but may not do this. */
    record Forbidden(Right right) implements Refusal {
    }

    /** No room of that id, or none that the caller may know of. */
    record UnknownRoom() implements Refusal {
    }

    /** No token of that id. */
    record UnknownToken() implements Refusal {
    }

    /** No upload request of that id, or none that the caller may know of. */
    record UnknownRequest() implements Refusal {
    }

    /** Without this token nobody could administer the server any more. */
    record LastAdmin() implements Refusal {
    }

    /** Without this member nobody could manage the room any more. */
    record LastOwner() implements Refusal {
    }

    /** There is a room of this name. */
    record NameTaken(String name) implements Refusal {
    }

    /** A room with files is not removed. */
    record RoomNotEmpty() implements Refusal {
    }

    /** Somebody has as many of something as anybody may have. */
    record TooMany(String what, int limit) implements Refusal {
    }

    /** No webhook of that id, or none that the caller may know of. */
    record UnknownWebhook() implements Refusal {
    }

    /** No delivery of that id waits for this webhook, and none was given up lately. */
    record UnknownDelivery() implements Refusal {
    }

    /** More than the token, the room, the upload request or the server may use. */
    record QuotaExceeded(Scope.Kind of) implements Refusal {
    }

    /** The upload request is over, revoked, or never was. */
    record RequestClosed() implements Refusal {
    }

    /** A token that is unknown, expired or used. */
    record WrongToken() implements Refusal {
    }

    /** The browser has not logged in, or too long ago, or was logged out. */
    record SessionExpired() implements Refusal {
    }

    /** No session of that id that the caller may know of. */
    record UnknownSession() implements Refusal {
    }

    /** The token has a second factor, and this needs it. */
    record SecondFactorRequired() implements Refusal {
    }

    /** A code of the second factor that is wrong, or was used before. */
    record WrongCode() implements Refusal {
    }

    /** The token has a second factor already. */
    record SecondFactorExists() implements Refusal {
    }

    /** The token has no second factor. */
    record NoSecondFactor() implements Refusal {
    }

    /** The token given at the server's start is in no catalog, so that it cannot have this. */
    record NotForOperator() implements Refusal {
    }

    /** An address that was not signed here as it came, or that has expired, was used up, or lost what it was signed by. */
    record SignatureInvalid() implements Refusal {
    }

    /** The link or token may not be used from this address. */
    record AddressNotAllowed() implements Refusal {
    }

    /** The upload was given up before. */
    record UploadExpired(UUID id) implements Failure {
    }

    /** Bytes or an abort for an upload that is completed or being completed. */
    record AlreadyCompleted(UUID id) implements Failure {
    }

    /** A download or share of what is not completed yet. */
    record NotCompleted(UUID id, String state) implements Failure {
    }

    /** A chunk of another length than its place has. {@code atMost}: {@code expected} is the most it may be. */
    record WrongLength(long expected, long actual, boolean atMost) implements Failure {
    }

    record ChunkIndexOutOfRange(long index, long totalChunks) implements Failure {
    }

    /** The range reaches past the end, or contradicts the length. */
    record RangeOutOfBounds(long start, long end, long length) implements Failure {
    }

    /** The bytes of this request do not have the digest that came with them, both in hexadecimal. Nothing of it was kept. */
    record ChecksumMismatch(String algorithm, String expected, String actual) implements Failure {
    }

    /** The whole does not have the expected digest. */
    record HashMismatch(Digest expected, Digest actual) implements Failure {
    }

    /** Other bytes than those that are already there, at {@code offset} first. */
    record ChunkConflict(long offset) implements Failure {
    }

    /** The upload has, or has already received, {@code actual} bytes. */
    record LengthMismatch(long expected, long actual) implements Failure {
    }

    /** A client chose an id for an upload that another has, or had. */
    record IdTaken() implements Failure {
    }

    /** Nobody has said yet how long the upload is. */
    record LengthUnknown(UUID id) implements Failure {
    }

    /** The upload is not whole. */
    record MissingChunks(UUID id, List<ByteRange> missing) implements Failure {
    }

    /** The upload would have too many gaps. */
    record TooFragmented(UUID id) implements Failure {
    }

    record TooLarge(long limit) implements Failure {
    }

    /** The store is, or would be, full. */
    record NoSpace(long needed, long available) implements Failure {
    }

    /** A newer request for the same bytes took over. */
    record Superseded(UUID id) implements Failure {
    }

    /** The body broke before its end; {@code kept} bytes of it are durable. {@code id} is null when it was not yet known which upload they are for. */
    record BodyBroken(UUID id, long kept) implements Failure {
    }

    /** Uploads cannot be made into one without their bytes being moved. */
    record CannotJoin(String why) implements Failure {
    }

    /** A value that no field of this kind may have. */
    record InvalidValue(String field, String why) implements Failure {
    }

    record UnknownShare() implements Failure {
    }

    record ShareExpired() implements Failure {
    }

    record DownloadLimitReached() implements Failure {
    }

    /** The link leads to no such file. @param which as it was asked for */
    record NotInShare(String which) implements Failure {
    }

    /** What cannot be shown, or may not be without its counting as a download. */
    record NoPreview(String why) implements Failure {
    }

    /** A grant that is over, or never was one for this link. */
    record GrantExpired() implements Failure {
    }

    record PasswordRequired() implements Failure {
    }

    record WrongPassword() implements Failure {
    }

    record TooManyAttempts(Duration retryAfter) implements Failure {
    }

    /** More requests than the address or token may make in the time. */
    record TooManyRequests(Duration retryAfter) implements Refusal {
    }

    /** More transfers at the same time than the token or address may have. */
    record TooManyTransfers(Duration retryAfter) implements Refusal {
    }

    /** More transfers at the same time than the server takes. */
    record Busy(Duration retryAfter) implements Refusal {
    }

    /** More watch at the same time than the server, the address or the token may have. */
    record TooManyStreams(Duration retryAfter) implements Refusal {
    }

    /** The bytes on disk are not those that were stored. */
    record Corrupt(UUID id) implements Failure {
    }

    /** The disk failed, or the server is stopping: nothing is accepted any more. */
    record Unavailable(String why) implements Failure {
    }
}
