package tranzr.transfer;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import tranzr.model.ByteRange;
import tranzr.model.Digest;

/**
 * Everything that can be wrong with a call of the engine. The doors turn each into an answer by one switch
 * ({@code tranzr.api.Problems}); thrown as {@link FailureException}.
 */
public sealed interface Failure {

    /** No upload or file of that id. */
    record UnknownFile(UUID id) implements Failure {
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

    /** The bytes of this request do not have the digest that came with them. Nothing of it was kept. */
    record ChecksumMismatch(Digest expected, Digest actual) implements Failure {
    }

    /** The whole does not have the expected digest. */
    record HashMismatch(Digest expected, Digest actual) implements Failure {
    }

    /** Other bytes than those that are already there, at {@code offset} first. */
    record ChunkConflict(long offset) implements Failure {
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

    /** A value that no field of this kind may have. */
    record InvalidValue(String field, String why) implements Failure {
    }

    record UnknownShare() implements Failure {
    }

    record ShareExpired() implements Failure {
    }

    record DownloadLimitReached() implements Failure {
    }

    record PasswordRequired() implements Failure {
    }

    record WrongPassword() implements Failure {
    }

    record TooManyAttempts(Duration retryAfter) implements Failure {
    }

    /** The bytes on disk are not those that were stored. */
    record Corrupt(UUID id) implements Failure {
    }

    /** The disk failed, or the server is stopping: nothing is accepted any more. */
    record Unavailable(String why) implements Failure {
    }
}
