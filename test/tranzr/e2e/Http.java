package tranzr.e2e;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** A small client for the tests: paths in, answers out. Safe for several threads. */
public final class Http implements AutoCloseable {

    /** One answer, read to its end. */
    public record Answer(int status, Map<String, List<String>> headers, byte[] body) {

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        public Map<String, Object> json() {
            try {
                return JSON.std.mapFrom(body);
            } catch (IOException e) {
                throw new AssertionError("no JSON object: " + this, e);
            }
        }

        public List<Object> jsonList() {
            try {
                return JSON.std.listFrom(body);
            } catch (IOException e) {
                throw new AssertionError("no JSON array: " + this, e);
            }
        }

        /** A field of the JSON answer as text; null when it is not there. */
        public String field(String name) {
            Object value = json().get(name);
            return value == null ? null : value.toString();
        }

        public long number(String name) {
            return ((Number) json().get(name)).longValue();
        }

        /** The first line of a header field; null when there is none. */
        public String header(String name) {
            return headers.entrySet().stream().filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(entry -> entry.getValue().getFirst()).findFirst().orElse(null);
        }

        /** This answer, if it has that status. @throws AssertionError with all of the answer otherwise */
        public Answer expect(int wanted) {
            if (status != wanted) {
                throw new AssertionError("expected " + wanted + " but got " + this);
            }
            return this;
        }

        /** As {@link #expect(int)}, and the problem's stable code. */
        public Answer expect(int wanted, String code) {
            expect(wanted);
            if (!code.equals(field("code"))) {
                throw new AssertionError("expected code " + code + " but got " + this);
            }
            return this;
        }

        @Override
        public String toString() {
            return status + " " + headers + "\n" + (body.length > 2000 ? body.length + " bytes" : text());
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE).build();
    private static final Pattern TOKEN = Pattern.compile("tzk_[A-Za-z0-9_-]{43}");

    private final ServerProcess server;
    private final String token;

    public Http(ServerProcess server) {
        this(server, null);
    }

    private Http(ServerProcess server, String token) {
        this.server = server;
        this.token = token;
    }

    /** Uses the token that the server told at its first start, wherever no other is given. */
    public static Http asAdmin(ServerProcess server) {
        return new Http(server, tokenTold(server));
    }

    /** The token that the server told at its first start. */
    public static String tokenTold(ServerProcess server) {
        return TOKEN.matcher(server.output()).results().findFirst().orElseThrow().group();
    }

    /** Sends a request. @param headers names and values in turn */
    public Answer send(String method, String path, BodyPublisher body, String... headers) {
        try {
            return trySend(method, path, body, headers);
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path + "; the server said:\n" + server.output(), e);
        }
    }

    /** As {@link #send}, for requests whose connection is expected to break. */
    public Answer trySend(String method, String path, BodyPublisher body, String... headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : server.url() + path))
                .timeout(PATIENCE).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (token != null && !List.of(headers).contains("Authorization")) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(answer.statusCode(), answer.headers().map(), answer.body());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public Answer get(String path, String... headers) {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    public Answer delete(String path, String... headers) {
        return send("DELETE", path, BodyPublishers.noBody(), headers);
    }

    public Answer put(String path, byte[] body, String... headers) {
        return send("PUT", path, BodyPublishers.ofByteArray(body), headers);
    }

    public Answer post(String path) {
        return send("POST", path, BodyPublishers.noBody());
    }

    public Answer postJson(String path, String json) {
        return send("POST", path, BodyPublishers.ofString(json), "Content-Type", "application/json");
    }

    /** Begins an upload of known size. @return its id */
    public String begin(String filename, long size, long chunkSize) {
        return postJson("/upload/start", "{\"filename\": \"" + filename + "\", \"file_size\": " + size + ", \"chunk_size\": "
                + chunkSize + "}").expect(201).field("file_id");
    }

    public Answer chunk(String id, long index, byte[] bytes, String... headers) {
        return put("/uploads/" + id + "/chunks/" + index, bytes, headers);
    }

    public Answer status(String id) {
        return get("/upload/status/" + id).expect(200);
    }

    /** Uploads in one request and completes. @return the file's id */
    public String store(String filename, byte[] bytes) {
        String id = begin(filename, bytes.length, 1 << 20);
        put("/upload/" + id, bytes).expect(200);
        post("/upload/merge/" + id).expect(200);
        return id;
    }

    /** Bytes that differ at every place, the same for the same seed. */
    public static byte[] bytes(int count, long seed) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    public static byte[] part(byte[] whole, long from, long to) {
        return Arrays.copyOfRange(whole, Math.toIntExact(from), Math.toIntExact(Math.min(to, whole.length)));
    }

    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest(bytes));
    }

    public static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Asks again and again until it is so. @throws AssertionError after half a minute */
    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for: " + what);
            }
            try {
                never.await(10, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
