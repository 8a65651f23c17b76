package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.Headers;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tranzr.http.Router.Route;

class RouterTest {

    private final List<String> calls = new ArrayList<>();
    private final Router router = new Router(Stream.of("GET /", "POST /", "PUT /{name}", "GET /health", "POST /upload/start", "PUT /upload/{file_id}",
            "DELETE /upload/{file_id}", "GET /upload/status/{file_id}", "GET /files/{file_id}", "HEAD /download/{file_id}", "GET /download/{file_id}",
            "GET /s/{token}", "GET /s/{token}/{filename}", "PUT /uploads/{file_id}/chunks/{chunk_index}", "OPTIONS /tus", "GET /a/{x}/c", "GET /{x}/b/d",
            "GET /a/b/{y}/e").map(this::route).toList());

    private Route route(String text) {
        String[] pieces = text.split(" ");
        return new Route(pieces[0], pieces[1], request -> {
            calls.add(text + parameters(pieces[1], request));
            return Response.empty(204);
        });
    }

    private static String parameters(String pattern, Request request) {
        StringBuilder text = new StringBuilder();
        for (String segment : pattern.split("/")) {
            text.append(segment.startsWith("{") ? " " + request.path(segment.substring(1, segment.length() - 1)) : "");
        }
        return text.toString();
    }

    private Response call(String method, String path) throws Exception {
        return router.handle(request(method, path));
    }

    private static Request request(String method, String path) {
        return new Request(new RequestHead(method, path, null, "a", new Headers(), 0), InputStream.nullInputStream(), null);
    }

    @ParameterizedTest
    @CsvSource({"GET,/,GET /", "POST,/,POST /", "PUT,/x.txt,PUT /{name} x.txt", "GET,/health,GET /health", "POST,/upload/start,POST /upload/start",
        "PUT,/upload/1,PUT /upload/{file_id} 1", "GET,/upload/status/7,GET /upload/status/{file_id} 7", "GET,/s/t/a%2Fb,GET /s/{token}/{filename} t a/b",
        "PUT,/uploads/1/chunks/2,PUT /uploads/{file_id}/chunks/{chunk_index} 1 2", "PUT,/%2e%2e,PUT /{name} ..", "PUT,/a%20b%2B+c,PUT /{name} a b++c",
        "HEAD,/health,GET /health", "HEAD,/download/1,HEAD /download/{file_id} 1", "OPTIONS,/tus,OPTIONS /tus", "GET,/a/b/c,GET /a/{x}/c b",
        "GET,/a/b/d,GET /{x}/b/d a", "GET,/a/b/q/e,GET /a/b/{y}/e q"})
    void theMostLiteralPatternIsCalled(String method, String path, String expected) throws Exception {
        assertEquals(204, call(method, path).status());
        assertEquals(List.of(expected), calls);
    }

    @ParameterizedTest
    @CsvSource({"GET,/nothing/here", "GET,/health/", "GET,//health", "GET,/Health/x", "PUT,//", "GET,/s/", "GET,/upload/status", "GET,/apixyz/1/2"})
    void otherPathsAreNotFound(String method, String path) throws Exception {
        int expected = path.equals("/upload/status") ? 405 : 404;
        assertEquals(expected, call(method, path).status());
        assertEquals(List.of(), calls);
    }

    @Test
    void whatARouteAnswersToOptionsSaysWhichMethodsAreAllowed() throws Exception {
        assertEquals("OPTIONS", call("OPTIONS", "/tus").headers().get("Allow"));
        Router own = new Router(List.of(new Route("OPTIONS", "/", _ -> Response.empty(204).header("Allow", "TRACE")), new Route("GET", "/", _ -> Response.empty(204)),
                new Route("OPTIONS", "/a", _ -> Response.empty(204)), new Route("GET", "/a", _ -> Response.empty(204))));
        assertEquals("TRACE", own.handle(request("OPTIONS", "/")).headers().get("Allow"));
        assertEquals("GET, HEAD, OPTIONS", own.handle(request("OPTIONS", "/a")).headers().get("Allow"));
    }

    @ParameterizedTest
    @CsvSource({"PATCH,/,'GET, HEAD, OPTIONS, POST'", "PUT,/upload/start,'OPTIONS, POST'", "PUT,/health,'GET, HEAD, OPTIONS'",
        "GET,/upload/1,'DELETE, OPTIONS, PUT'", "get,/health,'GET, HEAD, OPTIONS'"})
    void otherMethodsAreToldWhichAreAllowed(String method, String path, String allow) throws Exception {
        Response response = call(method, path);
        assertEquals(405, response.status());
        assertEquals(allow, response.headers().get("Allow"));
        assertEquals(List.of(), calls);
    }

    @Test
    void optionsTellsTheMethods() throws Exception {
        Response response = call("OPTIONS", "/upload/1");
        assertEquals(204, response.status());
        assertEquals("DELETE, OPTIONS, PUT", response.headers().get("Allow"));
    }

    @Test
    void routesThatContradictEachOtherAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Router(List.of(route("GET /{a}"), route("GET /{b}"))));
        assertThrows(IllegalArgumentException.class, () -> new Router(List.of(route("GET /{a}/{a}"))));
        assertThrows(IllegalArgumentException.class, () -> new Router(List.of(route("GET a"))));
    }
}
