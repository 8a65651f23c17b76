package tranzr.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tranzr.http.Request;
import tranzr.http.Response;

/**
 * The page of a list that a request asks for.
 *
 * @param limit the most entries of it
 * @param after the id of the last entry of the page before; empty for the first page
 */
public record Paging(int limit, Optional<String> after) {

    private static final int DEFAULT_LIMIT = 100;
    /** The most entries that a page may have. */
    public static final int MAX_LIMIT = 1000;

    public static Paging of(Request request) {
        return of(request, DEFAULT_LIMIT);
    }

    /** @param absent the limit of a request that names none */
    public static Paging of(Request request, int absent) {
        long limit = request.query("limit").map(text -> Fields.written(Map.of("limit", text)).whole("limit").orElseThrow())
                .orElse((long) absent);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw Fields.invalid("limit", "must be 1 to " + MAX_LIMIT);
        }
        return new Paging((int) limit, request.query("after"));
    }

    /** One entry more than a page holds, which tells whether there is a next page. */
    public int probe() {
        return limit + 1;
    }

    /**
     * A bare array of the page, with a link to the next one (RFC 8288) when there is one.
     *
     * @param probed the entries of the page and, if there is one, the first of the next
     * @param filters the query parameters beside limit and after
     */
    public <T> Response answer(List<T> probed, Function<T, String> id, Function<T, Map<String, Object>> view, String path,
            Map<String, String> filters) {
        List<T> page = probed.subList(0, Math.min(limit, probed.size()));
        Response response = Response.json(200, page.stream().map(view).toList()).header("Cache-Control", "no-store");
        if (probed.size() > limit) {
            StringBuilder next = new StringBuilder(path).append("?limit=").append(limit).append("&after=")
                    .append(id.apply(page.getLast()));
            filters.forEach((name, value) ->
                    next.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
            response.header("Link", "<" + next + ">; rel=\"next\"");
        }
        return response;
    }

    /** As {@link #answer}, of all entries there are. @throws tranzr.http.BadRequestException when the entry that the last page ended with is gone */
    public <T> Response answerOf(List<T> all, Function<T, String> id, Function<T, Map<String, Object>> view, String path, Map<String, String> filters) {
        int from = 0;
        if (after.isPresent()) {
            from = all.stream().map(id).toList().indexOf(after.get()) + 1;
            if (from == 0) {
                throw Fields.invalid("after", "names an entry that is not there any more; begin anew without it");
            }
        }
        return answer(all.subList(from, Math.min(all.size(), from + probe())), id, view, path, filters);
    }
}
