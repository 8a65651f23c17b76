package tranzr.client;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.json.Json;
import tranzr.json.JsonException;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.FileName;

/** What a download reads: links that people paste, names and heads that servers send, what its own records say of pieces. */
public final class DownloadFuzz {

    private static final String TOKEN = "AbCdEfGh-_123";
    private static final String ID = "01234567-89ab-4def-8123-456789abcdef";
    private static final String HEX = Digest.sha256(new byte[0]).hex();
    private static final long SIZE = 100L << 20;

    private DownloadFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("client-link", "tranzr.client.DownloadAddress").seeds("https://h.example:8443/base/s/" + TOKEN + "/a%20b?password=x%26&download=1#y",
                        "http://h/share/download/" + TOKEN, "http://h/download/" + ID, "http://[::1]:8080/s/" + TOKEN + "/", "http://h/s/" + TOKEN + "/all.zip?file=3", "http://h/s/" + TOKEN + "?file=a+%C3%A4%2Fb%26c.txt")
                        .words("?file=", "/s/", "/share/download/", "/download/", TOKEN, ID, "%2F", "%00", "%ff", "?password=", "@", "..", "//", "+").text(DownloadFuzz::link),
                Target.of("client-name", "tranzr.client.ReceivedName").seeds("attachment; filename=\"a\\\"b.txt\"; filename*=UTF-8''a%2F..%2Fb", "attachment;filename=con.txt", "inline; filename*=utf-8'en'%C3%A4")
                        .words("; filename=", "filename*=", "UTF-8''", "%2F", "%00", "%E2%80%AE", "\"", "\\", "..", "/", ".", "%F0%9F%92%A1").latin(DownloadFuzz::name),
                Target.of("client-head", "tranzr.client.RemoteContent").seeds("ETag: \"sha256-" + HEX + "\"\nRepr-Digest: sha-256=:" + Digest.ofHex(HEX).base64() + ":\nX-Content-SHA256: " + HEX
                        + "\nContent-Range: bytes 0-99/1000\nContent-Disposition: attachment; filename=a")
                        .words(HEX, "sha-256=:", "bytes ", "-", "/", "*", "W/", "\"sha256-", "999999999999999999").latin(DownloadFuzz::head),
                Target.of("client-pieces", "tranzr.client.Pieces").seeds("{\"p\":[[0,16777216,5],[20000000,20000001,-7]]}", "{\"p\":[[0,104857600,1]]}", "{\"p\":[]}")
                        .words("[0,1,2]", "16777216", "-1", "104857600", "9223372036854775807", "1e5", "null", ",").bytes(DownloadFuzz::pieces));
    }

    private static void link(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            return;
        }
        try {
            DownloadAddress address = DownloadAddress.parse(uri);
            Expect.that(address.path().matches("/s/[A-Za-z0-9_-]+(\\?file=[A-Za-z0-9%*._-]+)?|/download/[0-9a-f-]{36}"), "a path that leads elsewhere: " + address.path());
            Expect.that(address.isAt(address.server()), "not at its own server: " + address.server());
            DownloadAddress again = DownloadAddress.parse(URI.create(address.server() + address.path()));
            Expect.same(address.path(), again.path(), "again");
            Expect.same(address.server(), again.server(), "again");
            Expect.same(address.file(), again.file(), "again");
        } catch (IllegalArgumentException e) {
            Expect.that(e.getMessage() != null && !e.getMessage().isBlank() && !e.getMessage().contains(TOKEN), "a refusal without words, or with the secret: " + e.getMessage());
        }
    }

    private static void name(String text) {
        ReceivedName.parse(text).ifPresent(DownloadFuzz::saved);
        saved(text);
        saved(new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_16));
    }

    private static void saved(String name) {
        List<String> numbered = ReceivedName.numbered(List.of(name, name, "b", name));
        Expect.that(numbered.stream().map(each -> each.toLowerCase(Locale.ROOT)).distinct().count() == 4, "names that meet: " + numbered);
        numbered.forEach(each -> Expect.same(null, FileName.objection(each).orElse(null), "a name that would be refused: " + each));
        numbered.forEach(each -> Expect.same(each, ReceivedName.safe(each).orElse(null), "a numbered name that is not safe"));
        ReceivedName.safe(name).ifPresent(safe -> {
            Expect.same(java.util.Optional.empty(), FileName.objection(safe), "a name that would be refused: " + safe);
            Expect.that(safe.chars().noneMatch(c -> c < ' ' || "\\/:*?\"<>|".indexOf(c) >= 0) && !safe.startsWith("."), "a name that is not plain: " + safe);
            Expect.same(safe, ReceivedName.safe(safe).orElse(null), "again");
        });
    }

    private static void head(String text) {
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line : text.split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.computeIfAbsent(line.substring(0, colon), _ -> new ArrayList<>()).add(line.substring(colon + 1).strip());
            }
        }
        HttpHeaders headers;
        try {
            headers = HttpHeaders.of(fields, (_, _) -> true);
        } catch (IllegalArgumentException e) {
            return; // names that the JDK would not take
        }
        headers.firstValue("Content-Range").flatMap(RemoteContent::parsePart).ifPresent(part ->
                Expect.that(!part.range().isEmpty() && part.range().end() <= part.size(), "a part outside of the whole: " + part));
        try {
            RemoteContent content = RemoteContent.of(headers, 5);
            Expect.that(content.isSame(content) && (content.tag() == null || content.tag().startsWith("\"")), "a weak tag: " + content.tag());
        } catch (IllegalArgumentException e) {
            Expect.that(e.getMessage() != null && !e.getMessage().isBlank(), "a refusal without words");
        }
    }

    private static void pieces(byte[] input) {
        Object json;
        try {
            json = Json.readObject(input).get("p");
        } catch (JsonException e) {
            return;
        }
        Pieces pieces = Pieces.ofJson(SIZE, json);
        Expect.that(pieces.end() <= SIZE && pieces.total() <= pieces.end(), "more than there is");
        long missing = pieces.missing(new ByteRange(0, SIZE)).stream().mapToLong(ByteRange::length).sum();
        Expect.same(SIZE, missing + pieces.total(), "there and missing");
        Expect.same(pieces.toJson(), Pieces.ofJson(SIZE, pieces.toJson()).toJson(), "again");
    }
}
