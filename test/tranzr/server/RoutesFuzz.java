package tranzr.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.RawAnswers;
import tranzr.fuzz.Target;

/**
 * Requests to every route of a whole server. {@code {file}}, {@code {upload}}, {@code {share}} and {@code {guarded}} in an input stand for ids and tokens that
 * exist at that time.
 */
public final class RoutesFuzz implements FuzzTarget {

    private static final Pattern CLASS_NAME = Pattern.compile("tranzr\\.(?:[a-z.]+\\.)?[A-Z]");
    private static final int RENEWED_EVERY = 50;
    private static final String HASH = "A".repeat(43) + "=";
    private static final String[] REQUESTS = {
        "POST /upload/start|{\"filename\":\"a\",\"file_size\":100,\"chunk_size\":\"1KiB\",\"sha256\":null}", "POST /upload/start|{\"filename\":\"b\",\"file_size\":5,\"chunk_size\":2}",
        "PUT /uploads/{upload}/chunks/0\nContent-Range: bytes 0-4/5000\nX-Chunk-SHA256: " + "0".repeat(64) + "|hello", "PUT /upload/{upload}\nContent-Range: bytes 5-9/*|hello",
        "POST /upload/chunk?file_id={upload}&chunk_index=1&x=y|hello", "GET /upload/status/{upload}", "POST /upload/merge/{upload}|{\"sha256\":\"00\"}", "DELETE /upload/{upload}",
        "GET /files?limit=2&after={file}&status=completed", "GET /files/{file}", "GET /download/{file}\nRange: bytes=5-9\nIf-Range: \"x\"\nIf-None-Match: *", "HEAD /download/{file}",
        "POST /share/create/{file}?max_downloads=3|{\"expire_minutes\":1.5,\"password\":\"secret\",\"protected\":true}", "GET /shares?limit=5",
        "PATCH /shares/{share}|{\"max_downloads\":null,\"expires_at\":\"2026-02-01T00:00:00Z\"}", "DELETE /shares/0123456789abcdef", "GET /share/info/{share}",
        "GET /share/download/{guarded}/a.txt?password=x", "GET /s/{share}\nRange: bytes=0-0\nAccept: text/html", "GET /s/{guarded}\nAuthorization: Basic OnNlY3JldA==",
        "GET /health", "GET /", "PUT /name%20x.txt\nMax-Downloads: 1\nMax-Days: 2\nShare-Password: abc|bytes", "POST /\nContent-Type: multipart/form-data; boundary=b"
        + "|--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\ny\r\n--b--\r\n", "DELETE /delete/{file}/key", "OPTIONS /files",
        "POST /uploads/init|{\"filename\":\"a\",\"total_chunks\":2,\"chunk_size\":5}", "POST /uploads/{file}/complete", "POST /uploads/{upload}/complete", "GET /uploads/{upload}/status",
        "POST /upload/init|{\"file_id\":\"{upload}\",\"filename\":\"a\",\"size\":5000,\"chunk_size\":5000,\"chunks\":[{\"chunk_id\":0,\"size\":5000,\"checksum\":\"" + "0".repeat(64) + "\"}]}",
        "POST /upload/init|{\"file_id\":\"0f8fad5b-d9cb-469f-a165-70867728950e\",\"filename\":\"a\",\"size\":0,\"chunk_size\":1,\"chunks\":[]}", "GET /upload/missing/{upload}",
        "POST /assemble/{upload}", "POST /assemble/{file}", "GET /api/files?limit=3&after={file}", "GET /api/files/{upload}",
        "POST /upload/chunk\nContent-Type: multipart/form-data; boundary=b|--b\r\nContent-Disposition: form-data; name=\"file_id\"\r\n\r\n{upload}\r\n--b\r\n"
        + "Content-Disposition: form-data; name=\"chunk_id\"\r\n\r\n0\r\n--b\r\nContent-Disposition: form-data; name=\"checksum\"\r\n\r\n" + "0".repeat(64)
        + "\r\n--b\r\nContent-Disposition: form-data; name=\"chunk\"; filename=\"x\"\r\n\r\nhello\r\n--b--\r\n",
        "POST /initiateUploadSession|{\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":100,\"fileName\":\"a\"}", "POST /initiateUploadSession|{\"sessionId\":\"{upload}\",\"fileHash\":\"" + HASH
        + "\",\"totalFileSizeBytes\":5000}", "PATCH /uploadFileChunk|{\"sessionId\":\"{upload}\",\"fileHash\":\"" + HASH + "\",\"chunk\":\"aGVsbG8=\",\"startByte\":7,\"endByte\":11}",
        "PATCH /uploadChunk|{\"startByte\":0,\"endByte\":4,\"fileHash\":\"" + HASH + "\",\"sessionId\":\"{upload}\",\"chunk\":\"aGVsbG8\\u003d\"}", "GET /uploadStatus?sessionId={upload}&fileHash=" + HASH,
        "POST /byteRangesToUpload|{\"sessionId\":\"{upload}\",\"fileHash\":\"" + HASH + "\"}", "POST /endUpload|{\"sessionId\":\"{file}\",\"fileHash\":\"" + HASH + "\"}",
        "POST /upload/chunk\nContent-Type: multipart/form-data; boundary=b|--b\r\nContent-Disposition: form-data; name=\"chunk\"; filename=\"x\"\r\n\r\nhel",
        "POST /upload/chunk\nContent-Type: multipart/form-data; boundary=b|--b\r\nContent-Disposition: form-data; name=\"file_id\"\r\n\r\n{upload}\r\n--b\r\n"
        + "Content-Disposition: form-data; name=\"chunk_index\"\r\n\r\n0\r\n--b\r\nContent-Disposition: form-data; name=\"chunk\"; filename=\"x\"\r\n\r\nhello\r\n--b--\r\n"};

    private Path folder;
    private ServedEngine served;
    private InetSocketAddress address;
    private int runs;
    private String file;
    private String upload;
    private String share;
    private String guarded;

    private RoutesFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(new RoutesFuzz());
    }

    @Override
    public String name() {
        return "routes";
    }

    @Override
    public List<String> parsers() {
        return List.of("tranzr.api.rest.Sizes", "tranzr.api.Paging", "tranzr.api.rest.ChunkPart", "tranzr.api.ChunkForm", "tranzr.api.curl.LinkOptions", "tranzr.http.Router", "tranzr.api.DigestClaims",
                "tranzr.api.Gate", "tranzr.api.chunky.ChunkMessage", "tranzr.api.chunky.SessionKey");
    }

    @Override
    public List<byte[]> seeds() {
        return Arrays.stream(REQUESTS).map(RoutesFuzz::request).toList();
    }

    private static byte[] request(String text) {
        int bar = text.indexOf('|');
        String[] lines = (bar < 0 ? text : text.substring(0, bar)).split("\n");
        String body = bar < 0 ? "" : text.substring(bar + 1);
        StringBuilder request = new StringBuilder(lines[0]).append(" HTTP/1.1\r\nHost: localhost\r\n");
        Arrays.stream(lines).skip(1).forEach(line -> request.append(line).append("\r\n"));
        // The length is put in when ids are, so that most mutated bodies come whole.
        return Target.bytes(request + (bar < 0 ? "" : "Content-Length: {length}\r\n") + "Connection: close\r\n\r\n" + body);
    }

    @Override
    public List<byte[]> words() {
        return Stream.of("{file}", "{upload}", "{share}", "{guarded}", "{length}", "GET ", "PUT ", "POST ", "PATCH ", "DELETE ", "HEAD ", "/upload/", "/s/", "/files", "?limit=", "&after=",
                "null", "\"none\"", "1e9", "Content-Range: bytes ", "Content-Digest: sha-256=:", "Repr-Digest: ", "Range: bytes=", "Max-Downloads: ", "Max-Days: ", "Expires-In: ",
                "\r\n", "Transfer-Encoding: chunked\r\n", "Accept: application/json\r\n", "If-Match: ", "X-Share-Password: ", "%2e%2e%2f", "%00", "file_size", "chunk_size", "{\"")
                .map(Target::bytes).toList();
    }

    @Override
    public int inputs() {
        return 1_200;
    }

    @Override
    public long maxAllocation() {
        return 64 << 20; // the whole server, with what it does in the background, and the client
    }

    @Override
    public boolean usesOtherThreads() {
        return true;
    }

    @Override
    public void run(byte[] input) throws IOException {
        if (served == null) {
            folder = Files.createTempDirectory("tranzr-fuzz");
            served = new ServedEngine(folder);
            address = new InetSocketAddress("127.0.0.1", URI.create(served.url()).getPort());
        }
        if (runs++ % RENEWED_EVERY == 0) {
            renew();
        }
        for (RawAnswers.Answer answer : RawAnswers.to(address, filledIn(input)).answers()) {
            Expect.that(answer.status() < 500 || answer.status() == 501, "an answer of " + answer);
            Expect.that(!answer.body().contains("Exception") && !CLASS_NAME.matcher(answer.body()).find() && !answer.body().contains(folder.toString()), "it tells too much: " + answer);
            Expect.that(answer.status() < 300 || answer.headers().containsKey("content-type") || answer.body().isEmpty(), "a body of no type: " + answer);
        }
        served.get("/health").expect(200);
    }

    private void renew() {
        served.pass(Duration.ofMinutes(20)); // what was guessed wrong is forgotten
        file = served.store(ServedEngine.bytes(5000, 1));
        upload = served.begin(5000, 1024);
        share = served.post("/share/create/" + file, "{\"protected\":false,\"max_downloads\":null,\"expire_minutes\":null}").expect(201).field("token");
        guarded = served.post("/share/create/" + file, "{\"password\":\"secret\",\"expire_minutes\":null}").expect(201).field("token");
    }

    private byte[] filledIn(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1).replace("{file}", file).replace("{upload}", upload).replace("{share}", share).replace("{guarded}", guarded);
        int body = text.indexOf("\r\n\r\n");
        return Target.bytes(text.replace("{length}", Integer.toString(body < 0 ? 0 : text.length() - body - 4)));
    }

    @Override
    public String toString() {
        return name();
    }

    @Override
    public void close() throws IOException {
        if (served == null) {
            return;
        }
        served.close();
        served = null;
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
