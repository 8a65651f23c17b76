package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages of other origins are told. */
class CorsTest {

    private static final String ALLOWED = "Origin: https://app.example.org\r\n";
    private static final String PREFLIGHT = "Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: authorization, X-Foo, Evil, upload-offset,If-Match , b@d\r\n";

    private HttpListener listener;

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    private void start(String origins) throws IOException {
        Handler refusing = request -> {
            throw new BadRequestException(401, "token_required", null, "no");
        };
        Router router = new Router(List.of(new Router.Route("GET", "/file", request -> Response.text(200, "bytes").header("Vary", "Accept")),
                new Router.Route("PUT", "/file", refusing), new Router.Route("OPTIONS", "/own", refusing), new Router.Route("POST", "/own", refusing)));
        listener = TestServer.OPENED.start(router, new HttpListener.Options(TestServer.loopback(), Optional.empty(), Set.of(), Duration.ofSeconds(30))
                .openTo(Cors.parse(origins)));
    }

    private Map<String, String> fieldsOf(String method, String path, String fields) throws IOException {
        return RawClient.exchange(listener.address(), method + " " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").headers();
    }

    @Test
    void unlessItIsConfiguredNothingIsTold() throws Exception {
        start("none");
        for (Map<String, String> fields : List.of(fieldsOf("GET", "/file", ALLOWED), fieldsOf("OPTIONS", "/file", ALLOWED + PREFLIGHT))) {
            assertTrue(fields.keySet().stream().noneMatch(name -> name.startsWith("access-control-")), fields::toString);
        }
        assertEquals("Accept", fieldsOf("GET", "/file", ALLOWED).get("vary"));
    }

    @Test
    void aNamedOriginReadsAnswersAndErrors() throws Exception {
        start("https://app.example.org,http://localhost:3000");
        for (Map<String, String> fields : List.of(fieldsOf("GET", "/file", ALLOWED), fieldsOf("PUT", "/file", ALLOWED), fieldsOf("GET", "/none", ALLOWED))) {
            assertEquals("https://app.example.org", fields.get("access-control-allow-origin"));
            assertEquals("true", fields.get("access-control-allow-credentials"));
            assertTrue(fields.get("access-control-expose-headers").contains("X-Request-Id"));
            assertTrue(fields.get("vary").endsWith("Origin"));
        }
        assertEquals("Accept, Origin", fieldsOf("GET", "/file", ALLOWED).get("vary"));
        assertEquals("http://localhost:3000", fieldsOf("GET", "/file", "Origin: http://localhost:3000\r\n").get("access-control-allow-origin"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://app.example.org.evil.example", "https://evil-app.example.org", "http://app.example.org", "https://app.example.org:8443",
        "null", "*", "https://app.example.org/", "HTTPS://APP.EXAMPLE.ORG", "https://app.example.org\r\nOrigin: https://app.example.org"})
    void anotherOriginIsToldNothingButThatItMatters(String origin) throws Exception {
        start("https://app.example.org");
        for (Map<String, String> fields : List.of(fieldsOf("GET", "/file", "Origin: " + origin + "\r\n"),
                fieldsOf("OPTIONS", "/file", "Origin: " + origin + "\r\n" + PREFLIGHT))) {
            assertTrue(fields.keySet().stream().noneMatch(name -> name.startsWith("access-control-")), fields::toString);
            assertTrue(fields.get("vary").endsWith("Origin"));
        }
    }

    @Test
    void aPreflightIsAnsweredWithoutCredentialsByTheRoutesOfThePath() throws Exception {
        start("https://app.example.org");
        Map<String, String> fields = fieldsOf("OPTIONS", "/file", ALLOWED + PREFLIGHT);
        assertEquals("GET, HEAD, OPTIONS, PUT", fields.get("access-control-allow-methods"));
        assertEquals("authorization, x-foo, upload-offset, if-match", fields.get("access-control-allow-headers"));
        assertEquals("7200", fields.get("access-control-max-age"));
        assertEquals("OPTIONS, POST", fieldsOf("OPTIONS", "/own", ALLOWED + PREFLIGHT).get("access-control-allow-methods"));
        assertFalse(fieldsOf("OPTIONS", "/none", ALLOWED + PREFLIGHT).containsKey("access-control-allow-methods"));
    }

    @Test
    void whatClientsOfTusSendAndReadIsAllowed() throws Exception {
        start("https://app.example.org");
        String sent = "authorization, content-type, tus-resumable, upload-length, upload-defer-length, upload-metadata, upload-offset, upload-checksum, upload-concat, x-http-method-override, "
                + "x-requested-with, x-request-id";
        assertEquals(sent, fieldsOf("OPTIONS", "/file", ALLOWED + "Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: " + sent + "\r\n").get("access-control-allow-headers"));
        List<String> read = List.of(fieldsOf("GET", "/file", ALLOWED).get("access-control-expose-headers").split(", "));
        assertTrue(read.containsAll(List.of("Location", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Defer-Length", "Upload-Concat", "Upload-Expires", "Tus-Version",
                "Tus-Resumable", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm", "Upload-Complete", "Upload-Limit", "Upload-Draft-Interop-Version", "X-File-Id",
                "X-Content-SHA256", "X-Share-Url", "Retry-After")), read::toString);
    }

    @Test
    void anyOriginMeansNoCredentials() throws Exception {
        start("*");
        for (Map<String, String> fields : List.of(fieldsOf("GET", "/file", ALLOWED), fieldsOf("OPTIONS", "/file", ALLOWED + PREFLIGHT))) {
            assertEquals("*", fields.get("access-control-allow-origin"));
            assertFalse(fields.containsKey("access-control-allow-credentials"));
        }
    }

    @ParameterizedTest
    @CsvSource({"https://A.Example.org:443,https://a.example.org", "http://a:80,http://a", "http://a:443,http://a:443", "'https://[::1]:8443',https://[::1]:8443"})
    void originsAreWrittenAsBrowsersWriteThem(String given, String origin) {
        assertEquals(new Cors(Set.of(origin), false), Cors.parse(given));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "https://", "https://a/", "https://a?x", "https://a#x", "https://u@a", "ftp://a", "https://*", "https://*.a", "https://a,", "https://a:0",
        "https://a:99999", "https://a b", "none,none", "*,*"})
    void whatIsNoOriginIsRefused(String given) {
        assertThrows(IllegalArgumentException.class, () -> Cors.parse(given));
    }
}
