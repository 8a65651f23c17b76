package tranzr.http;

import java.util.List;

/**
 * Finds the route of a request by its decoded segments. A pattern is like {@code /uploads/{file_id}/chunks/{chunk_index}}: literal segments win over named
 * ones, and a longer literal prefix wins. Knows path without method: 405 with {@code Allow}. HEAD falls back to GET, OPTIONS
 * answers 204 with {@code Allow}.
 */
public final class Router implements Handler {

    /** A method, a pattern and its handler. */
    public record Route(String method, String pattern, Handler handler) {
    }

    public Router(List<Route> routes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Response handle(Request request) throws Exception {
        throw new UnsupportedOperationException();
    }
}
