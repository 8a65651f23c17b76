package tranzr.http;

import java.util.Map;

/**
 * The header fields that every answer carries, errors and refusals included. What a handler sets itself stays. There is no {@code Server} field.
 */
final class StandardFields {

    static final String REQUEST_ID = "X-Request-Id";

    private static final Map<String, String> VALUES = Map.of(
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "Cross-Origin-Resource-Policy", "same-origin");

    private StandardFields() {
    }

    /** Adds to the fields of an answer those that it lacks, and the request's id. */
    static void complete(Response response, String requestId) {
        VALUES.forEach(response::headerIfAbsent);
        response.header(REQUEST_ID, requestId);
    }
}
