package tranzr.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import tranzr.http.BadRequestException;

/**
 * The table of everything that can be answered instead of what was asked for: the stable code, the status, the title,
 * and whether the same request may succeed when it is sent again. {@code docs/api.md} and the OpenAPI description list
 * the same codes; a test compares them. A request that breaks HTTP itself has more, all of them 4xx, in {@code tranzr.http}.
 */
public enum ErrorCode {
    NOT_FOUND(404, "Not found", false),
    METHOD_NOT_ALLOWED(405, "Method not allowed", false),
    UPLOAD_EXPIRED(410, "The upload has expired", false),
    ALREADY_COMPLETED(409, "The upload is completed", false),
    NOT_COMPLETED(409, "The upload is not completed", false),
    WRONG_CHUNK_LENGTH(400, "Wrong chunk length", false),
    CHUNK_INDEX_OUT_OF_RANGE(400, "Chunk index out of range", false),
    RANGE_OUT_OF_BOUNDS(400, "Range out of bounds", false),
    RANGE_NOT_SATISFIABLE(416, "Range not satisfiable", false),
    PRECONDITION_FAILED(412, "Precondition failed", false),
    CHECKSUM_MISMATCH(422, "Checksum mismatch", true),
    HASH_MISMATCH(422, "Hash mismatch", false),
    CHUNK_CONFLICT(409, "Other bytes are already there", false),
    LENGTH_MISMATCH(409, "The upload has another length", false),
    CANNOT_JOIN(422, "The uploads cannot be joined", false),
    ID_TAKEN(409, "The id is in use", false),
    LENGTH_UNKNOWN(409, "The length is not known yet", false),
    MISSING_CHUNKS(409, "Chunks are missing", false),
    TOO_FRAGMENTED(409, "Too many gaps", false),
    FILE_TOO_LARGE(413, "File too large", false),
    NO_SPACE(507, "No space left", true),
    SUPERSEDED(409, "A newer request took over", true),
    BODY_INCOMPLETE(400, "The body broke off", true),
    INVALID_VALUE(400, "Invalid value", false),
    INVALID_JSON(400, "Invalid JSON", false),
    INVALID_QUERY(400, "Invalid query", false),
    INVALID_HEADER(400, "Invalid header field", false),
    INVALID_CONTENT_RANGE(400, "Invalid Content-Range", false),
    INVALID_DIGEST(400, "Invalid digest", false),
    INVALID_MULTIPART(400, "Invalid form", false),
    FIELD_TOO_LONG(400, "Field too long", false),
    BODY_TOO_LARGE(413, "Body too large", false),
    LENGTH_REQUIRED(411, "Length required", false),
    INVALID_SESSION_ID(404, "Invalid session ID", false),
    INVALID_FILE_HASH(409, "Invalid file hash", false),
    RESUME_NEEDS_UPLOAD_ID(409, "Resuming needs the id of the upload", false),
    SHARE_NOT_FOUND(404, "No such share", false),
    SHARE_EXPIRED(410, "The share has expired", false),
    DOWNLOAD_LIMIT_REACHED(410, "The share is used up", false),
    NOT_IN_SHARE(404, "No such file in the share", false),
    GRANT_EXPIRED(403, "The address has expired", false),
    NO_PREVIEW(404, "There is no preview", false),
    PASSWORD_REQUIRED(401, "Password required", false),
    WRONG_PASSWORD(401, "Wrong password", false),
    TOO_MANY_ATTEMPTS(429, "Too many attempts", true),
    TOO_MANY_REQUESTS(429, "Too many requests", true),
    TOO_MANY_TRANSFERS(429, "Too many transfers at a time", true),
    TOO_MANY_STREAMS(429, "Too many event streams at a time", true),
    BUSY(503, "The server is busy", true),
    TOKEN_REQUIRED(401, "Token required", false),
    WRONG_TOKEN(401, "Wrong token", false),
    SESSION_EXPIRED(401, "The login is over", false),
    SESSION_NOT_FOUND(404, "No such session", false),
    HTTPS_REQUIRED(403, "HTTPS is needed", false),
    SECOND_FACTOR_REQUIRED(403, "A second factor is needed", false),
    WRONG_CODE(403, "Wrong code", false),
    SECOND_FACTOR_EXISTS(409, "There is a second factor already", false),
    NO_SECOND_FACTOR(409, "There is no second factor", false),
    NOT_FOR_OPERATOR(409, "Not for the operator's token", false),
    FORBIDDEN(403, "Not allowed", false),
    ADDRESS_NOT_ALLOWED(403, "Not from this address", false),
    ROOM_NOT_FOUND(404, "No such room", false),
    ROOM_NOT_EMPTY(409, "The room is not empty", false),
    NAME_TAKEN(409, "The name is taken", false),
    LAST_OWNER(409, "The last owner of the room", false),
    TOKEN_NOT_FOUND(404, "No such token", false),
    LAST_ADMIN(409, "The last administrator", false),
    WEBHOOK_NOT_FOUND(404, "No such webhook", false),
    DELIVERY_NOT_FOUND(404, "No such delivery", false),
    TOO_MANY(409, "Too many of them", true),
    REQUEST_NOT_FOUND(404, "No such upload request", false),
    REQUEST_CLOSED(410, "The upload request is over", false),
    QUOTA_EXCEEDED(507, "Quota exceeded", true),
    FORBIDDEN_HOST(403, "Not served under this name", false),
    CSRF(403, "The token against forged requests is missing or wrong", false),
    CROSS_SITE(403, "Request from another site", false),
    DATA_CORRUPTED(500, "Stored data is damaged", false),
    OFFSET_MISMATCH(409, "Another offset", false),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type", false),
    UNSUPPORTED_VERSION(412, "Unsupported version of the protocol", false),
    UPGRADE_REQUIRED(426, "Upgrade required", false),
    WEBSOCKET_UNAVAILABLE(501, "No WebSockets here", false),
    UNAVAILABLE(503, "Not available now", true),
    INCONSISTENT_UPLOAD_LENGTH(400, "Inconsistent upload length values", false),
    COMPLETED_UPLOAD(400, "Upload is completed", false),
    SIGNATURE_INVALID(403, "The address does not hold", false),
    INVALID_PART(400, "Invalid part", false),
    INTERNAL_ERROR(500, "Internal error", false);

    private final int status;
    private final String title;
    private final boolean retryable;

    ErrorCode(int status, String title, boolean retryable) {
        this.status = status;
        this.title = title;
        this.retryable = retryable;
    }

    /** The code as clients see it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** Whether sending the same request again may succeed. */
    public boolean retryable() {
        return retryable;
    }

    /** A request that is refused with this code. @param field what is wrong in it, or null */
    public BadRequestException refusal(String field, String detail) {
        return new BadRequestException(status, wireName(), field, detail);
    }

    static Optional<ErrorCode> of(String wireName) {
        return Arrays.stream(values()).filter(code -> code.wireName().equals(wireName)).findAny();
    }
}
