package tranzr.http;

import com.sun.net.httpserver.Headers;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.IpRange;

/** Values of header fields. */
public final class FieldFuzz {

    private static final String TAG = "\"abc\"";
    private static final String SUM = Digest.sha256(new byte[0]).base64();

    private static final String COOKIE = "__Host-tranzr";
    private static final String APP = "https://app.example.org";

    private FieldFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("range", "tranzr.http.RangeHeader").seeds("bytes=0-99", "bytes=5-", "bytes=-7", "bytes=0-1,5-9", "bytes 0-99/100", "bytes 0-0/*")
                        .words("bytes=", "bytes ", "-", "/", "*", "0", ",").latin(FieldFuzz::range),
                Target.of("entity-tags", "tranzr.http.EntityTags").seeds(TAG, "*", "W/" + TAG + ", \"x\"", "\"a,b\"\n" + TAG, "\"a\\\"" + TAG)
                        .words(TAG, "W/", ",", "*", "\"").latin(FieldFuzz::entityTags),
                Target.of("digest-fields", "tranzr.http.DigestFields").seeds("sha-256=:" + SUM + ":", "sha-512=:AAAA:, sha-256=:" + SUM + ":;a=b", "crc32c=:4waSgw==:, sha-256=:" + SUM + ":")
                        .words("sha-256=", "crc32c=", "4waSgw==", ":", "=", ";", ",", SUM).latin(FieldFuzz::digest),
                Target.of("structured-fields", "tranzr.http.StructuredFields").seeds("?1;a=b", "1000", "-12.5;x", "max-size=10, b=?0;q=1.5, c", "a=(1 \"x\" tok/en:*);p, d=:AAAA:", "u=@1659578233", "d=%\"f%c3%bc\"",
                        "sha-256=10, sha-512=3", "a=1,\nb=2", "999999999999999", "\"a\\\"b\"").words("?1", "?0", ";", "=", "(", ")", ":", "\"", "\\", "%", "@", ",", "\t", "-", ".", "999999999999999", "*").latin(FieldFuzz::structured),
                Target.of("header-parameters", "tranzr.http.HeaderParameters", "tranzr.http.Syntax").seeds("multipart/form-data; boundary=x",
                        "form-data; name=\"a\\\"b\"; filename=\"c%22d\"", "attachment; filename*=UTF-8''a%20b", "x;;a=b;")
                        .words("; name=", "\"", "\\", "%22", "%0D", "filename*=", "UTF-8''").latin(FieldFuzz::parameters),
                Target.of("content-disposition", "tranzr.http.ContentDisposition").seeds("a.txt", "a\"b\r\nX: y", "größe 100%.txt", "a\\b/c;d", "日本語")
                        .words("\"", "\r\n", "\\", "%", "\u0000", "filename=", "\u202e").text(FieldFuzz::disposition),
                Target.of("forwarded", "tranzr.http.ProxyHeaders").seeds("Forwarded\nfor=192.0.2.1;proto=https;host=a.example, for=\"[2001:db8::1]:80\"",
                        "X-Forwarded-For\n192.0.2.1, 127.0.0.1", "X-Forwarded-Host\na.example:8080", "X-Forwarded-Proto\nhttps")
                        .words("for=", "host=", "proto=", "127.0.0.1", "::1", "[", "]", "unknown", "\"", ",", ";").latin(FieldFuzz::forwarded),
                Target.of("cookie", "tranzr.http.Request").seeds("__Host-tranzr=abc", "a=b; __Host-tranzr=\"abc\"; c=d", "__Host-tranzr=a; __Host-tranzr=b", "x\n__Host-tranzr=abc=")
                        .words(COOKIE, "=", ";", "\"", " ", "\n", ",", "\\").latin(FieldFuzz::cookie),
                Target.of("origins", "tranzr.http.Cors").seeds("none", "*", "https://app.example.org", "https://a.example, http://localhost:3000", "HTTPS://[2001:db8::1]:8443", "https://a:443,http://a:80")
                        .words("https://", "http://", ":", ",", "/", "@", "[", "]", "?", "#", "*", "none", "0").text(FieldFuzz::origins),
                Target.of("cors-fields", "tranzr.http.Cors", "tranzr.http.StandardFields").seeds("https://app.example.org\nPUT\nauthorization, X-Foo, Evil", "null\n\n", "https://app.example.org\nGET\nb@d,,x-")
                        .words("https://app.example.org", "https://", "\n", ",", "x-", "authorization", "\r", "\"").latin(FieldFuzz::crossOrigin));
    }

    /** Whoever refuses says so in a way that can be told to the client. */
    static void refusal(BadRequestException e) {
        Expect.that(e.status() >= 400 && e.status() < 500 && e.code().matches("[a-z][a-z0-9_]*") && !e.getMessage().isBlank(),
                "a refusal without sense: " + e.status() + " " + e.code() + " " + e.getMessage());
    }

    private static void range(String text) {
        for (long length : new long[] {0, 1, 100, Long.MAX_VALUE}) {
            if (RangeHeader.select(Optional.of(text), length) instanceof RangeHeader.Selection.Part(ByteRange part)) {
                Expect.that(part.start() >= 0 && part.start() < part.end() && part.end() <= length, part + " of " + length);
                String canonical = "bytes=" + part.start() + "-" + (part.end() - 1);
                Expect.same(new RangeHeader.Selection.Part(part), RangeHeader.select(Optional.of(canonical), length), canonical);
            }
        }
        try {
            RangeHeader.ContentRange parsed = RangeHeader.parseContentRange(text);
            Expect.that(parsed.range().start() >= 0 && parsed.range().length() > 0, "an empty range: " + parsed);
            Expect.that(parsed.total() == -1 || parsed.range().end() <= parsed.total(), "more than all: " + parsed);
            Expect.same(parsed, RangeHeader.parseContentRange("bytes " + parsed.range().start() + "-" + (parsed.range().end() - 1) + "/"
                    + (parsed.total() < 0 ? "*" : parsed.total())), "again");
        } catch (BadRequestException e) {
            refusal(e);
        }
    }

    private static void entityTags(String text) {
        List<String> lines = List.of(text.split("\n", -1));
        boolean strong = !EntityTags.matchFails(lines, TAG);
        Expect.that(!strong || EntityTags.noneMatchFails(lines, TAG), "what is equal strongly is equal weakly");
        Expect.that(!EntityTags.noneMatchFails(lines, TAG) || text.contains(TAG) || text.contains("*"), "a tag that is not there matches");
        Expect.that(EntityTags.matchFails(lines, null), "nothing matches what does not exist");
        Expect.same(text.strip().equals(TAG), EntityTags.allowsRange(Optional.of(text), TAG), "If-Range");
    }

    private static void digest(String text) {
        try {
            List<String> lines = List.of(text.split("\n", -1));
            Optional<Digest> digest = DigestFields.sha256("Content-Digest", lines);
            if (digest.isPresent()) {
                Expect.that(text.contains("sha-256="), "a digest out of nothing");
                Expect.same(digest, DigestFields.sha256("Content-Digest", List.of("sha-256=:" + digest.get().base64() + ":")), "again");
            }
            Optional<Integer> crc = DigestFields.crc32c("Content-Digest", lines);
            if (crc.isPresent()) {
                Expect.that(text.contains("crc32c="), "a checksum out of nothing");
                String base64 = Base64.getEncoder().encodeToString(ByteBuffer.allocate(4).putInt(crc.get()).array());
                Expect.same(crc, DigestFields.crc32c("Content-Digest", List.of("crc32c=:" + base64 + ":")), "again");
            }
        } catch (BadRequestException e) {
            refusal(e);
        }
    }

    /** What is read is the same when it is written down and read again, in whichever place of the grammar it stands. */
    private static void structured(String text) {
        List<String> lines = List.of(text.split("\n", -1));
        StructuredFields.item(lines).ifPresent(item -> Expect.same(written(item), written(StructuredFields.item(List.of(written(item))).orElse(null)), "again"));
        StructuredFields.dictionary(lines).ifPresent(members -> {
            String whole = members.entrySet().stream().map(member -> member.getKey() + "=" + written(member.getValue())).collect(Collectors.joining(", "));
            Map<String, Object> again = StructuredFields.dictionary(List.of(whole)).orElse(Map.of());
            Expect.same(members.keySet(), again.keySet(), "the keys again");
            members.forEach((key, value) -> Expect.same(written(value), written(again.get(key)), key));
        });
        Optional<Boolean> flag = StructuredFields.flag(lines);
        Expect.that(flag.isEmpty() || text.contains(flag.get() ? "?1" : "?0"), "a flag out of nothing");
        StructuredFields.whole(lines).ifPresent(number -> {
            Expect.that(number >= 0 && number <= StructuredFields.MAX_INTEGER, "no Integer: " + number);
            Expect.that(text.chars().anyMatch(c -> c >= '0' && c <= '9'), "a number out of nothing");
        });
        DigestFields.preferred(lines).ifPresent(algorithm -> Expect.that(text.contains("sha-"), "a wish out of nothing: " + algorithm));
    }

    /** As RFC 9651, section 4.1 has it. */
    private static String written(Object value) {
        return switch (value) {
            case Boolean flag -> flag ? "?1" : "?0";
            case byte[] bytes -> ":" + Base64.getEncoder().encodeToString(bytes) + ":";
            case String string -> '"' + string.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
            case StructuredFields.Token token -> token.text();
            case StructuredFields.Date date -> "@" + date.seconds();
            case StructuredFields.DisplayString display -> display(display.text());
            case List<?> items -> items.stream().map(FieldFuzz::written).collect(Collectors.joining(" ", "(", ")"));
            case null -> "nothing";
            default -> value.toString();
        };
    }

    private static String display(String text) {
        StringBuilder written = new StringBuilder("%\"");
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            written.append("%%%02x".formatted(b & 0xff));
        }
        return written.append('"').toString();
    }

    private static void parameters(String text) {
        for (boolean form : new boolean[] {false, true}) {
            try {
                HeaderParameters parsed = HeaderParameters.parse(text, form);
                parsed.parameters().keySet().forEach(name -> Expect.that(Syntax.isToken(name), "no token: " + name));
                if (!form) {
                    Expect.same(parsed, HeaderParameters.parse(rendered(parsed), false), "again");
                }
                for (String value : parsed.parameters().values()) {
                    extended(value);
                }
            } catch (IllegalArgumentException e) {
                Expect.that(e.getMessage() != null && !e.getMessage().isBlank(), "a refusal without words");
            }
        }
    }

    private static String rendered(HeaderParameters parsed) {
        StringBuilder text = new StringBuilder(parsed.value());
        parsed.parameters().forEach((name, value) -> text.append("; ").append(name).append("=\"")
                .append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append('"'));
        return text.toString();
    }

    private static void extended(String value) {
        try {
            HeaderParameters.extendedValue(value);
        } catch (IllegalArgumentException e) {
            Expect.that(e.getMessage() != null, "a refusal without words");
        }
    }

    private static void disposition(String name) throws CharacterCodingException {
        String field = ContentDisposition.attachment(name);
        Expect.that(field.chars().allMatch(c -> c >= ' ' && c < 0x7f), "not all of it is printable ASCII: " + field);
        HeaderParameters parsed = HeaderParameters.parse(field, false);
        Expect.same("attachment", parsed.value(), "the type");
        Expect.that(Set.of("filename", "filename*").containsAll(parsed.parameters().keySet()), "a name broke out: " + field);
        String plain = parsed.parameters().get("filename");
        Expect.that(plain.chars().noneMatch(c -> "\"\\%/".indexOf(c) >= 0), "a sign that clients misread: " + plain);
        String extended = parsed.parameters().get("filename*");
        String broken = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8); // half characters become question marks
        Expect.same(broken, extended == null ? plain : HeaderParameters.extendedValue(extended), "the name");
        Expect.same(Optional.of(broken), ContentDisposition.filename(field), "the name, as of an upload");
        ContentDisposition.filename(name); // whatever comes
    }

    private static Request request(String method, Headers headers) {
        return new Request(new RequestHead(method, "/", null, "a", headers, 0), InputStream.nullInputStream(), null);
    }

    /** Only a cookie that is there once, and of nothing but the characters of one, is believed. */
    private static void cookie(String text) {
        Headers headers = new Headers();
        for (String line : asInAHead(text).split("\n", -1)) {
            addLine(headers, "Cookie", line);
        }
        Optional<String> value = request("GET", headers).cookie(COOKIE);
        value.ifPresent(found -> {
            Expect.that(text.contains(found) && found.chars().allMatch(c -> c > ' ' && c < 0x7f && "\",;\\".indexOf(c) < 0), "a value out of nothing: " + found);
            Headers again = new Headers();
            again.add("Cookie", "x=y; " + COOKIE + "=\"" + found + "\"");
            Expect.same(value, request("GET", again).cookie(COOKIE), "again");
            again.add("Cookie", COOKIE + "=other");
            Expect.same(Optional.empty(), request("GET", again).cookie(COOKIE), "beside another");
        });
    }

    private static String asInAHead(String text) {
        return text.substring(0, Math.min(text.length(), ServerProperties.MAX_HEAD_BYTES));
    }

    private static void addLine(Headers headers, String name, String value) {
        if (value.chars().noneMatch(c -> c == '\r' || c == '\n')) {
            headers.add(name, value);
        }
    }

    private static void origins(String text) {
        Cors cors;
        try {
            cors = Cors.parse(text);
        } catch (IllegalArgumentException e) {
            Expect.that(e.getMessage() != null && !e.getMessage().isBlank(), "a refusal without words");
            return;
        }
        for (String origin : cors.origins()) {
            Expect.that(origin.matches("https?://[!-~&&[^/@?#,\"<> ]]+"), "no origin that a browser would send: " + origin);
            Expect.same(new Cors(Set.of(origin), false), Cors.parse(origin), "again");
        }
        Expect.that(!cors.isAny() || cors.origins().isEmpty() && text.equals("*"), "open to all by " + text);
    }

    /** A page that is not named is told nothing, and what a named one sends comes back as far as it is a token that is known. */
    private static void crossOrigin(String text) {
        String[] parts = Arrays.copyOf(asInAHead(text).split("\n", -1), 3);
        Headers headers = new Headers();
        String[] names = {"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"};
        for (int i = 0; i < names.length; i++) {
            addLine(headers, names[i], parts[i] == null ? "" : parts[i]);
        }
        for (String configured : List.of(APP, "*", "none")) {
            Response response = Response.empty(204).header("Allow", "GET, PUT");
            Cors.parse(configured).complete(request("OPTIONS", headers), response);
            StandardFields.complete(response, "0123456789abcdef");
            boolean named = !configured.equals("none") && headers.containsKey("Origin") && (configured.equals("*") || headers.getFirst("Origin").equals(APP));
            Expect.same(named, response.headers().containsKey("Access-Control-Allow-Origin"), configured + " tells the page");
            Expect.same(named && configured.equals(APP), response.headers().containsKey("Access-Control-Allow-Credentials"), configured + " takes credentials");
            response.headers().values().forEach(value -> Expect.that(value.chars().allMatch(c -> c >= ' ' && c < 0x7f), "not printable: " + value));
            String fields = response.headers().getOrDefault("Access-Control-Allow-Headers", "");
            Expect.that(fields.isEmpty() || List.of(fields.split(", ")).stream().allMatch(Syntax::isToken), "no tokens: " + fields);
            Expect.same("nosniff", response.headers().get("X-Content-Type-Options"), "the standard fields");
        }
    }

    private static void forwarded(String text) throws Exception {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i + 1 < lines.length; i += 2) {
            headers.put(lines[i], List.of(lines[i + 1]));
        }
        headers.putIfAbsent("Forwarded", lines.length % 2 == 0 ? List.of() : List.of(text));
        InetAddress proxy = InetAddress.ofLiteral("127.0.0.1");
        Set<IpRange> trusted = Set.of(IpRange.of(proxy));
        ProxyHeaders ignored = ProxyHeaders.read(InetAddress.ofLiteral("192.0.2.7"), trusted, headers);
        Expect.same(new ProxyHeaders(InetAddress.ofLiteral("192.0.2.7"), Optional.empty(), Optional.empty()), ignored, "who is no proxy is not believed");
        ProxyHeaders read = ProxyHeaders.read(proxy, trusted, headers);
        read.scheme().ifPresent(scheme -> Expect.that(scheme.equals("http") || scheme.equals("https"), "scheme " + scheme));
        read.authority().ifPresent(authority -> Expect.that(RequestHead.isAuthority(authority), "authority " + authority));
        String plain = read.client().getHostAddress();
        ProxyHeaders again = ProxyHeaders.read(proxy, trusted, Map.of("Forwarded",
                List.of("for=\"" + (plain.contains(":") ? "[" + plain + "]" : plain) + "\"")));
        Expect.that(plain.contains("%") || again.client().equals(read.client()), "again " + Arrays.asList(again, read));
    }
}
