package tranzr.api;

import java.util.Optional;
import java.util.UUID;
import tranzr.http.BadRequestException;
import tranzr.http.Request;

/** Ids of uploads as they stand in paths and fields. */
public final class Ids {

    private Ids() {
    }

    /** The id in the path. @throws BadRequestException 404 when it is no id, since nothing can have it */
    public static UUID fileId(Request request) {
        return known(request.path("file_id"));
    }

    /** @throws BadRequestException 404 when it is no id, since nothing can have it */
    public static UUID known(String text) {
        return parse(text).orElseThrow(() -> new BadRequestException(ErrorCode.NOT_FOUND.status(),
                ErrorCode.NOT_FOUND.wireName(), "file_id", "no upload or file has this id"));
    }

    /** The id of a token in the path. @throws BadRequestException 404 when it is no id */
    public static UUID tokenId(Request request) {
        return parse(request.path("token_id")).orElseThrow(() -> new BadRequestException(ErrorCode.TOKEN_NOT_FOUND.status(),
                ErrorCode.TOKEN_NOT_FOUND.wireName(), "token_id", "no token has this id"));
    }

    /** The id of an upload request in the path. @throws BadRequestException 404 when it is no id */
    public static UUID requestId(Request request) {
        return parse(request.path("request_id")).orElseThrow(() -> new BadRequestException(ErrorCode.REQUEST_NOT_FOUND.status(),
                ErrorCode.REQUEST_NOT_FOUND.wireName(), "request_id", "no upload request has this id"));
    }

    /** The id of a session in the path. @throws BadRequestException 404 when it is no id */
    public static UUID sessionId(Request request) {
        return parse(request.path("session_id")).orElseThrow(() -> new BadRequestException(ErrorCode.SESSION_NOT_FOUND.status(),
                ErrorCode.SESSION_NOT_FOUND.wireName(), "session_id", "no session has this id"));
    }

    /** Only the canonical form, of either case; {@link UUID#fromString} alone takes shortened ones. */
    public static Optional<UUID> parse(String text) {
        if (!text.matches("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}")) {
            return Optional.empty();
        }
        return Optional.of(UUID.fromString(text));
    }
}
