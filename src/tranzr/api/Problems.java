package tranzr.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import tranzr.events.Reason;
import tranzr.http.BadRequestException;
import tranzr.http.Handler;
import tranzr.http.HttpListener;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.ByteRange;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/**
 * Turns whatever a handler throws into an answer. Safe for several threads.
 */
public final class Problems implements HttpListener.ErrorMapper {

    private static final System.Logger LOG = System.getLogger(Problems.class.getName());
    private static final Duration WHEN_BACK = Duration.ofSeconds(5);

    private final RandomGenerator random;

    /** @param random for the ids under which unexpected errors are logged; safe for several threads */
    public Problems(RandomGenerator random) {
        this.random = random;
    }

    /** The answer in JSON, in the form that was asked for by {@link #tell}. */
    @Override
    public Response answer(Request request, Throwable thrown) {
        Problem problem = told(request, withMore(request, problemOf(request, thrown)));
        return unasked(request, request.attached(Problem.Form.class).map(form -> form.of(problem)).orElseGet(problem::toJson));
    }

    /** From now on what goes wrong with this request is told in another form. */
    public static void tell(Request request, Problem.Form form) {
        request.attach(Problem.Form.class, form);
    }

    /** Makes a handler answer its failures with a line of text, or in JSON when the client asks for that. */
    public Handler inText(Handler handler) {
        return request -> {
            try {
                return handler.handle(request);
            } catch (Exception e) {
                Problem problem = told(request, withMore(request, problemOf(request, e)));
                boolean json = request.accepts("application/json") || request.accepts("application/problem+json");
                return unasked(request, json ? problem.toJson() : problem.toText());
            }
        };
    }

    /** At {@code Basic} a browser asks its user itself, over a page that is about to ask: to the request of a script only what no browser knows is told. */
    private static Response unasked(Request request, Response response) {
        boolean ofScript = request.header("Sec-Fetch-Mode").filter(mode -> !mode.equalsIgnoreCase("navigate")).isPresent() || request.header("X-Requested-With").isPresent();
        return ofScript && response.status() == 401 ? response.header("WWW-Authenticate", Problem.SCRIPT_CHALLENGE) : response;
    }

    /** What the problem of a request tells beyond what went wrong. */
    private record More(String member, Object value, String words) {
    }

    /**
     * Has the problem that a request ends with, if it does, tell one thing more.
     *
     * @param words for people, to follow what went wrong and a semicolon
     */
    public static void mention(Request request, String member, Object value, String words) {
        request.attach(More.class, new More(member, value, words));
    }

    private static Problem withMore(Request request, Problem problem) {
        return request.attached(More.class).map(more -> new Problem(problem.status(), problem.code(), problem.title(), problem.detail() + "; " + more.words(),
                problem.retryable(), problem.retryAfter(), problem.extra()).with(more.member(), more.value())).orElse(problem);
    }

    /** Keeps the problem with the request, for those who record what came of it. */
    public static Problem told(Request request, Problem problem) {
        request.attach(Problem.class, problem);
        return problem;
    }

    private Problem problemOf(Request request, Throwable thrown) {
        return switch (thrown) {
            case FailureException e -> of(e.failure());
            case BadRequestException e -> of(e);
            // The engine keeps its own I/O errors to itself: what arrives here broke while a client's body was read.
            case IOException _, UncheckedIOException _ ->
                    Problem.of(ErrorCode.BODY_INCOMPLETE, "the connection broke before the body's end");
            default -> unexpected(request, thrown);
        };
    }

    private Problem unexpected(Request request, Throwable thrown) {
        String id = "%08x".formatted(random.nextInt());
        // The path may hold a share's token, so only the route's first word is logged.
        String about = request.method() + " /" + request.rawPath().replaceFirst("^/", "").replaceFirst("/.*", "/…");
        LOG.log(System.Logger.Level.ERROR, "incident " + id + ": " + about, thrown);
        return Problem.of(ErrorCode.INTERNAL_ERROR, "the server failed; its log tells why under incident " + id)
                .with("incident", id);
    }

    /** How a refusal that the request itself earns is told. */
    public static Problem of(BadRequestException e) {
        Problem problem = ErrorCode.of(e.code())
                .map(code -> new Problem(e.status(), e.code(), code.title(), e.getMessage(), code.retryable(), null, Map.of()))
                .orElseGet(() -> new Problem(e.status(), e.code(), "Bad request", e.getMessage(), false, null, Map.of()));
        return e.field() == null ? problem : problem.with("field", e.field());
    }

    /** The one place that knows how each failure of the engine is told. */
    public static Problem of(Failure failure) {
        return switch (failure) {
            case Failure.UnknownFile _ -> Problem.of(ErrorCode.NOT_FOUND, "no upload or file has this id");
            case Failure.UploadExpired _ ->
                    Problem.of(ErrorCode.UPLOAD_EXPIRED, "the upload was given up for too long; start a new one");
            case Failure.AlreadyCompleted _ ->
                    Problem.of(ErrorCode.ALREADY_COMPLETED, "the upload is completed and does not change any more");
            case Failure.NotCompleted f ->
                    Problem.of(ErrorCode.NOT_COMPLETED, "the upload is not completed yet").with("upload_status", f.state());
            case Failure.WrongLength f -> Problem.of(ErrorCode.WRONG_CHUNK_LENGTH, "the body has " + f.actual()
                    + " bytes, but " + (f.atMost() ? "at most " : "") + f.expected() + " belong there")
                    .with("expected", f.expected()).with("actual", f.actual());
            case Failure.ChunkIndexOutOfRange f -> Problem.of(ErrorCode.CHUNK_INDEX_OUT_OF_RANGE,
                    "chunk " + f.index() + " is not one of the upload's " + f.totalChunks() + " chunks")
                    .with("chunk_index", f.index()).with("total_chunks", f.totalChunks());
            case Failure.RangeOutOfBounds f -> outOfBounds(f);
            case Failure.ChecksumMismatch f -> Problem.of(ErrorCode.CHECKSUM_MISMATCH,
                    "the bytes that arrived do not have the " + f.algorithm() + " that was sent with them; nothing of them was kept")
                    .with("expected", f.expected()).with("actual", f.actual());
            case Failure.HashMismatch f -> Problem.of(ErrorCode.HASH_MISMATCH,
                    "the whole file does not have the expected SHA-256")
                    .with("expected", f.expected().hex()).with("actual", f.actual().hex());
            case Failure.ChunkConflict f -> Problem.of(ErrorCode.CHUNK_CONFLICT,
                    "other bytes are already stored there; they stay as they are").with("offset", f.offset());
            case Failure.LengthMismatch f -> Problem.of(ErrorCode.LENGTH_MISMATCH, "the upload has " + f.actual() + " bytes, not " + f.expected())
                    .with("expected", f.expected()).with("actual", f.actual());
            case Failure.CannotJoin f -> Problem.of(ErrorCode.CANNOT_JOIN, "the uploads cannot be joined without copying: " + f.why());
            case Failure.IdTaken _ -> Problem.of(ErrorCode.ID_TAKEN, "this id is in use; choose another");
            case Failure.LengthUnknown _ -> Problem.of(ErrorCode.LENGTH_UNKNOWN, "nobody has said how long the upload is; send file_size, in bytes");
            case Failure.MissingChunks f -> Problem.of(ErrorCode.MISSING_CHUNKS, "the upload is not whole yet")
                    .with("missing_ranges", inclusive(f.missing()));
            case Failure.TooFragmented _ -> Problem.of(ErrorCode.TOO_FRAGMENTED,
                    "the upload has too many gaps; send chunks that close some of them first");
            case Failure.TooLarge f -> Problem.of(ErrorCode.FILE_TOO_LARGE, "more than " + f.limit() + " bytes are not taken")
                    .with("limit", f.limit());
            case Failure.NoSpace _ -> Problem.of(ErrorCode.NO_SPACE, "there is not enough free space for it");
            case Failure.Superseded _ -> Problem.of(ErrorCode.SUPERSEDED, "a newer request for the same bytes took over");
            case Failure.BodyBroken f -> {
                Problem broken = Problem.of(ErrorCode.BODY_INCOMPLETE, "the body broke off; " + f.kept() + " bytes of it are kept").with("kept", f.kept());
                yield f.id() == null ? broken : broken.with("file_id", f.id().toString());
            }
            case Failure.InvalidValue f ->
                    Problem.of(ErrorCode.INVALID_VALUE, f.field() + ": " + f.why()).with("field", f.field());
            case Failure.Corrupt _ -> Problem.of(ErrorCode.DATA_CORRUPTED,
                    "the stored bytes are not those that were uploaded; they are not handed out");
            case Failure.Unavailable f -> Problem.of(ErrorCode.UNAVAILABLE, f.why()).after(WHEN_BACK);
            case Failure.Refusal f -> refused(f);
            case Failure.UnknownShare _ -> Problem.of(ErrorCode.SHARE_NOT_FOUND, "there is no such share link");
            case Failure.ShareExpired _ -> Problem.of(ErrorCode.SHARE_EXPIRED, "the share link has expired");
            case Failure.NotInShare f -> Problem.of(ErrorCode.NOT_IN_SHARE, "this link leads to no file '" + f.which() + "', or to several of that name");
            case Failure.GrantExpired _ -> Problem.of(ErrorCode.GRANT_EXPIRED, "this address was good for a while only; begin again at the link itself");
            case Failure.NoPreview f -> Problem.of(ErrorCode.NO_PREVIEW, f.why());
            case Failure.DownloadLimitReached _ -> Problem.of(ErrorCode.DOWNLOAD_LIMIT_REACHED,
                    "the share link has been downloaded as often as it may be");
            case Failure.PasswordRequired _ -> Problem.of(ErrorCode.PASSWORD_REQUIRED,
                    "the link asks for a password, by HTTP Basic or X-Share-Password; a share link also by ?password=");
            case Failure.WrongPassword _ -> Problem.of(ErrorCode.WRONG_PASSWORD, "the password is wrong");
            case Failure.TooManyAttempts f -> Problem.of(ErrorCode.TOO_MANY_ATTEMPTS,
                    "too many wrong passwords, codes or tokens; wait before the next").after(f.retryAfter());
        };
    }

    /** How a failure is told where there is no answer to tell it by. */
    public static Reason reason(Failure failure) {
        Problem problem = of(failure);
        return new Reason(problem.code(), problem.detail());
    }

    private static Problem refused(Failure.Refusal refusal) {
        return switch (refusal) {
            case Failure.Forbidden f -> Problem.of(ErrorCode.FORBIDDEN, "this needs the right to " + f.right().wireName())
                    .with("right", f.right().wireName());
            case Failure.UnknownRoom _ -> Problem.of(ErrorCode.ROOM_NOT_FOUND, "there is no such room");
            case Failure.UnknownToken _ -> Problem.of(ErrorCode.TOKEN_NOT_FOUND, "there is no such token");
            case Failure.UnknownRequest _ -> Problem.of(ErrorCode.REQUEST_NOT_FOUND, "there is no such upload request");
            case Failure.LastAdmin _ -> Problem.of(ErrorCode.LAST_ADMIN,
                    "nobody could administer the server any more: first make another token with the right to admin and without expiry");
            case Failure.LastOwner _ -> Problem.of(ErrorCode.LAST_OWNER, "nobody could manage the room any more: first give it another owner");
            case Failure.NameTaken f -> Problem.of(ErrorCode.NAME_TAKEN, "there is a room of this name").with("name", f.name());
            case Failure.RoomNotEmpty _ -> Problem.of(ErrorCode.ROOM_NOT_EMPTY, "the room still holds files or uploads; move or delete them first");
            case Failure.UnknownWebhook _ -> Problem.of(ErrorCode.WEBHOOK_NOT_FOUND, "there is no such webhook");
            case Failure.UnknownDelivery _ -> Problem.of(ErrorCode.DELIVERY_NOT_FOUND, "no such delivery waits or was given up lately");
            case Failure.TooMany f -> Problem.of(ErrorCode.TOO_MANY, "there are " + f.limit() + " " + f.what() + " already, and no more are kept")
                    .with("limit", f.limit());
            case Failure.QuotaExceeded f -> Problem.of(ErrorCode.QUOTA_EXCEEDED, "that is more than the quota of the "
                    + f.of().name().toLowerCase(Locale.ROOT) + " leaves").with("quota", f.of().name().toLowerCase(Locale.ROOT));
            case Failure.RequestClosed _ -> Problem.of(ErrorCode.REQUEST_CLOSED, "this upload request takes nothing any more");
            case Failure.WrongToken _ -> Problem.of(ErrorCode.WRONG_TOKEN, "this token is not known");
            case Failure.SessionExpired _ -> Problem.of(ErrorCode.SESSION_EXPIRED, "log in again; what was uploaded is kept and goes on");
            case Failure.UnknownSession _ -> Problem.of(ErrorCode.SESSION_NOT_FOUND, "there is no such session");
            case Failure.SecondFactorRequired _ -> Problem.of(ErrorCode.SECOND_FACTOR_REQUIRED,
                    "send a code of the token's second factor as X-TOTP-Code, or by POST /session/prove first");
            case Failure.WrongCode _ -> Problem.of(ErrorCode.WRONG_CODE, "the code is wrong, or was used before");
            case Failure.SecondFactorExists _ -> Problem.of(ErrorCode.SECOND_FACTOR_EXISTS, "remove the one there is first");
            case Failure.NoSecondFactor _ -> Problem.of(ErrorCode.NO_SECOND_FACTOR, "the token has no second factor");
            case Failure.NotForOperator _ -> Problem.of(ErrorCode.NOT_FOR_OPERATOR,
                    "the token given at the server's start cannot have this; make a token for it");
            case Failure.SignatureInvalid _ -> Problem.of(ErrorCode.SIGNATURE_INVALID,
                    "this address does not hold: it is not as it was signed, or has ended; ask for another");
            case Failure.AddressNotAllowed _ -> Problem.of(ErrorCode.ADDRESS_NOT_ALLOWED, "not from this address");
            case Failure.TooManyRequests f -> Problem.of(ErrorCode.TOO_MANY_REQUESTS, "too many requests").after(f.retryAfter());
            case Failure.TooManyTransfers f -> Problem.of(ErrorCode.TOO_MANY_TRANSFERS,
                    "as many transfers go on as this address or token may have at a time").after(f.retryAfter());
            case Failure.TooManyStreams f -> Problem.of(ErrorCode.TOO_MANY_STREAMS,
                    "as many event streams are open as this address or token, or all together, may have").after(f.retryAfter());
            case Failure.Busy f -> Problem.of(ErrorCode.BUSY, "as many transfers go on as the server takes at a time").after(f.retryAfter());
        };
    }

    private static Problem outOfBounds(Failure.RangeOutOfBounds f) {
        if (f.end() >= 0 && f.end() <= f.length()) {
            return Problem.of(ErrorCode.RANGE_OUT_OF_BOUNDS, "the range lies elsewhere than this request's place, or names another length than the upload's " + f.length() + " bytes")
                    .with("start", f.start()).with("end", f.end()).with("length", f.length());
        }
        String length = f.length() < 0 ? "" : " of " + f.length() + " bytes";
        return Problem.of(ErrorCode.RANGE_OUT_OF_BOUNDS, "the bytes from " + f.start() + (f.end() < 0 ? "" : " to " + f.end())
                + " do not lie within the upload" + length)
                .with("start", f.start()).with("end", f.end()).with("length", f.length());
    }

    /** As {@code [[first, last], …]}, both inclusive. */
    public static List<List<Long>> inclusive(List<ByteRange> ranges) {
        return ranges.stream().filter(range -> !range.isEmpty())
                .map(range -> List.of(range.start(), range.end() - 1)).toList();
    }
}
