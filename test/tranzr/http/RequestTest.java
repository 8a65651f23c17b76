package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.Headers;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.model.IpRange;

class RequestTest {

    private static Request request(String path, String query, String... fields) {
        Headers headers = new Headers();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        return new Request(new RequestHead("GET", path, query, "a", headers, 0), InputStream.nullInputStream(), null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {"/|[]", "/a/b|[a, b]", "/a/|[a, ]", "//|[, ]", "/%2e%2E/a%2Fb|[.., a/b]", "/%C3%BC%20+|[ü +]", "/%2525|[%25]"})
    void thePathIsDecodedOnceSegmentBySegment(String path, String expected) {
        assertEquals(expected, request(path, null).segments().toString());
        assertEquals(path, request(path, null).rawPath());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%4", "/%zz", "/%+1", "/%80", "/%C0%80", "/%00", "/a%00", "/\u00fc", "/%F4%90%80%80", "/%ED%B0%80"})
    void pathsThatAreNotPercentEncodedUtf8AreRefused(String path) {
        assertEquals("invalid_path", assertThrows(BadRequestException.class, () -> request(path, null)).code());
    }

    @Test
    void queryParametersAreDecoded() {
        Request request = request("/", "a=1&b=%C3%BC+%2B&c&d=&&=x&e=f=g");
        assertEquals(Optional.of("1"), request.query("a"));
        assertEquals(Optional.of("ü +"), request.query("b"));
        assertEquals(Optional.of(""), request.query("c"));
        assertEquals(Optional.of(""), request.query("d"));
        assertEquals(Optional.of("f=g"), request.query("e"));
        assertEquals(Optional.empty(), request.query("x"));
        assertEquals(Optional.empty(), request("/", null).query("a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=1&a=2", "a&a", "a=%zz", "a=%80", "b=%", "%61=1&a=1", "a=\u00fc"})
    void queriesThatAreAmbiguousOrMalformedAreRefused(String query) {
        assertEquals("invalid_query", assertThrows(BadRequestException.class, () -> request("/", query).query("a")).code());
    }

    @Test
    void aHeaderThatIsThereTwiceIsNotGuessed() {
        Request request = request("/", null, "X", "1", "x", "2", "Y", "3");
        assertEquals("invalid_header", assertThrows(BadRequestException.class, () -> request.header("X")).code());
        assertEquals(List.of("1", "2"), request.headers("X"));
        assertEquals(Optional.of("3"), request.header("y"));
        assertEquals(Optional.empty(), request.header("Z"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"application/json|application/json|true", "application/json|text/html|false", "*/*|application/json|false",
        "application/*|application/json|false", "text/html,application/xhtml+xml,*/*;q=0.8|text/html|true", "text/html,application/xhtml+xml,*/*;q=0.8|application/json|false",
        "application/json;q=0.5, text/plain|application/json|false", "application/json;q=0.5, text/plain|text/plain|true", "application/json;q=0|application/json|false",
        "APPLICATION/JSON; charset=utf-8 ;Q=0.9|application/json|true", "application/json, text/plain, */*|application/json|true", "application/json;q=x|application/json|false",
        "''|application/json|false", ",,application/json|application/json|true"})
    void whatTheClientPrefersIsFound(String accept, String type, boolean expected) {
        assertEquals(expected, request("/", null, "Accept", accept).accepts(type));
    }

    @Test
    void noAcceptNamesNothing() {
        assertEquals(false, request("/", null).accepts("text/html"));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"Bearer abc,abc", "bearer  abc,abc", "Bearer,-", "'Bearer ',-", "Basic abc,-", "Bearerabc,-"})
    void bearerTokensAreFound(String value, String token) {
        assertEquals(Optional.ofNullable(token), request("/", null, "Authorization", value).bearerToken());
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"Basic dXNlcjpwYXNzOndvcmQ=,user,pass:word", "basic Og==,'',''", "Basic OsO8,'',ü", "Basic dXNlcg==,-,-", "Basic ***,-,-",
        "Basic dXNlcjpwYXNzOndvcmQ = x,-,-", "Basic Ov8=,-,-", "Bearer Og==,-,-"})
    void basicCredentialsAreFound(String value, String user, String password) {
        assertEquals(Optional.ofNullable(user).map(found -> new Request.Credentials(found, password)),
                request("/", null, "Authorization", value).basicCredentials());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        // peer | Forwarded | X-Forwarded-For | -Proto | -Host || client | scheme | authority
        "9.9.9.9 | for=1.1.1.1;proto=https;host=x | 1.1.1.1 | https | x | 9.9.9.9 | - | -",
        "10.0.0.1 | - | - | - | - | 10.0.0.1 | - | -",
        "10.0.0.1 | - | 1.1.1.1 | https | x.example:8443 | 1.1.1.1 | https | x.example:8443",
        "10.0.0.1 | - | 6.6.6.6, 1.1.1.1 | ftp | a b | 1.1.1.1 | - | -",
        "10.0.0.1 | - | 6.6.6.6, 1.1.1.1, 10.0.0.2 | http, https | evil, x | 1.1.1.1 | https | x",
        "10.0.0.1 | - | 10.0.0.2 | - | - | 10.0.0.2 | - | -",
        "10.0.0.1 | - | 1.1.1.1, nonsense | - | - | 10.0.0.1 | - | -",
        "10.0.0.1 | - | 1.1.1.1:4711 | - | - | 1.1.1.1 | - | -",
        "10.0.0.1 | - | [2001:db8::1]:4711 | - | - | 2001:db8::1 | - | -",
        "10.0.0.1 | - | 2001:db8::1 | - | - | 2001:db8::1 | - | -",
        "10.0.0.1 | - | 1.1 | - | - | 10.0.0.1 | - | -",
        "10.0.0.1 | - | localhost | - | - | 10.0.0.1 | - | -",
        "10.0.0.1 | for=1.1.1.1;proto=https;host=x | 7.7.7.7 | http | y | 1.1.1.1 | https | x",
        "10.0.0.1 | For=\"[2001:db8::1]:4711\";Proto=HTTPS;host=\"x:1\" | - | - | - | 2001:db8::1 | https | x:1",
        "10.0.0.1 | for=6.6.6.6;host=evil, for=1.1.1.1;host=x;proto=https, for=10.0.0.2;host=inner | - | - | - | 1.1.1.1 | https | x",
        "10.0.0.1 | for=unknown;host=x | - | - | - | 10.0.0.1 | - | x",
        "10.0.0.1 | for=_hidden | - | - | - | 10.0.0.1 | - | -",
        "10.0.0.1 | for=\"1.1.1.1, for=2.2.2.2\" | - | - | - | 10.0.0.1 | - | -"})
    void proxiesAreBelievedOnlyWhenTrusted(String peer, String forwarded, String forwardedFor, String proto, String host, String client, String scheme, String authority) {
        Headers headers = new Headers();
        set(headers, "Forwarded", forwarded);
        set(headers, "X-Forwarded-For", forwardedFor);
        set(headers, "X-Forwarded-Proto", proto);
        set(headers, "X-Forwarded-Host", host);
        Set<IpRange> trusted = Set.of(IpRange.parse("10.0.0.1"), IpRange.parse("10.0.0.2"));
        assertEquals(new ProxyHeaders(InetAddress.ofLiteral(client), Optional.ofNullable(scheme), Optional.ofNullable(authority)),
                ProxyHeaders.read(InetAddress.ofLiteral(peer), trusted, headers));
    }

    private static void set(Headers headers, String name, String value) {
        if (value != null) {
            headers.set(name, value);
        }
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"files.example:8000,-,-,http://files.example:8000", "-,-,-,http://127.0.0.1:PORT", "a,https://x.example/,-,https://x.example",
        "a,-,for=1.1.1.1;proto=https;host=b,https://b", "[::1]:80,-,-,http://[::1]:80"})
    void theBaseUrlIsWhatTheClientUsed(String host, String configured, String forwarded, String expected) throws Exception {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        HttpListener.Options options = new HttpListener.Options(new java.net.InetSocketAddress(loopback, 0), Optional.ofNullable(configured), Set.of(IpRange.of(loopback)),
                java.time.Duration.ofSeconds(30));
        try (HttpListener listener = TestServer.OPENED.start(request -> Response.text(200, request.baseUrl() + " " + request.client().getHostAddress()), options)) {
            String answer = RawClient.exchange(listener.address(), "GET / HTTP/1." + (host == null ? 0 : 1) + "\r\n" + (host == null ? "" : "Host: " + host + "\r\n")
                    + (forwarded == null ? "" : "Forwarded: " + forwarded + "\r\n") + "\r\n").text();
            assertEquals(expected.replace("PORT", "" + listener.address().getPort()) + (forwarded == null ? " 127.0.0.1" : " 1.1.1.1"), answer);
        }
    }

    @Test
    void headersOfAnswersCannotBeBroken() {
        for (String value : List.of("a\r\nb", "a\nb", "a\rb", "a\0b", "€", "\u007f")) {
            assertThrows(IllegalArgumentException.class, () -> Response.empty(200).header("X", value));
        }
        for (String name : List.of("", "a b", "a:b", "a\r\n", "ü")) {
            assertThrows(IllegalArgumentException.class, () -> Response.empty(200).header(name, "x"));
        }
    }
}
