package tranzr.client;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import tranzr.json.Json;
import tranzr.json.JsonException;
import tranzr.model.ByteRange;

/** {@link Http} over the JDK's client, by HTTP/1.1: one connection for each request that is under way. */
final class JdkHttp implements Http {

    private static final String BUFFER_PROPERTY = "jdk.httpclient.bufsize";
    private static final int MAX_ANSWER_BYTES = 16 << 20;
    private static final int PAGE = 1000;
    /** The same from every version, since it is by this and the address that the server knows the parts of one download. */
    private static final String USER_AGENT = "tranzr-client";

    static {
        // The JDK reads by 16 KiB, and each read costs it two threads' work: a fast link would be half as fast. It looks at this once in the life of a process.
        if (System.getProperty(BUFFER_PROPERTY) == null) {
            System.setProperty(BUFFER_PROPERTY, "131072");
        }
    }

    private final URI server;
    private final String token;
    private final Duration timeout;
    private final InstantSource clock;
    private final HttpClient client;

    /**
     * @param token null for none
     * @param pin the fingerprint of the certificate; null for those that the system trusts
     * @param timeout for a connection, and for a call as a whole
     * @throws IllegalArgumentException for what cannot be, with a message for a person
     */
    JdkHttp(URI server, String token, String pin, Duration timeout, InstantSource clock) {
        this.server = ServerUrl.of(server);
        this.token = token;
        this.timeout = timeout;
        this.clock = clock;
        if (token != null && !token.matches("[\\x21-\\x7e]+")) {
            throw new IllegalArgumentException("a token has neither blanks nor letters beyond ASCII");
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("a timeout is positive");
        }
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).connectTimeout(timeout)
                .executor(Thread::startVirtualThread);
        if (pin != null) {
            if (!"https".equalsIgnoreCase(server.getScheme())) {
                throw new IllegalArgumentException("a fingerprint goes with https, and " + server + " is not");
            }
            builder.sslContext(PinnedTrust.context(pin));
        }
        this.client = builder.build();
    }

    @Override
    public URI server() {
        return server;
    }

    @Override
    public Answer call(String method, String path, Map<String, ?> body) throws IOException, RefusedException {
        HttpResponse<byte[]> answer = plain(method, path, body);
        return new Answer(answer.statusCode(), answer.headers(), object(answer.body()));
    }

    @Override
    public List<Map<String, Object>> list(String path, String id) throws IOException, RefusedException {
        List<Map<String, Object>> all = new ArrayList<>();
        String first = path + (path.contains("?") ? "&" : "?") + "limit=" + PAGE;
        String next = first;
        while (true) {
            HttpResponse<byte[]> answer = plain("GET", next, null);
            List<Map<String, Object>> page = page(answer.body());
            all.addAll(page);
            if (answer.headers().firstValue("Link").isEmpty() || page.isEmpty()) {
                return all;
            }
            String following = first + "&after=" + URLEncoder.encode(String.valueOf(page.getLast().get(id)), StandardCharsets.UTF_8);
            if (following.equals(next)) {
                throw notTranzr(null);
            }
            next = following;
        }
    }

    @Override
    public Answer put(String path, Map<String, String> headers, Source source, ByteRange range, Attempt attempt) throws IOException, RefusedException {
        Outflow body = range.isEmpty() ? null : new Outflow(source, range);
        Exchange exchange = new Exchange(request("PUT", path, headers, body == null ? BodyPublishers.noBody() : body), info -> collector(info.statusCode()), attempt);
        exchange.future.whenComplete((_, _) -> {
            if (body != null) {
                body.cancel();
            }
        });
        try {
            if (body != null) {
                body.pump(attempt, timeout);
            }
        } catch (IOException | RuntimeException e) {
            exchange.end();
            if (exchange.isStopped()) {
                throw new StoppedException();
            }
            throw e;
        }
        HttpResponse<byte[]> answer = checked(exchange.await(attempt.answerWithin()));
        return new Answer(answer.statusCode(), answer.headers(), object(answer.body()));
    }

    @Override
    public Answer get(String path, Map<String, String> headers, Check check, Sink sink, Attempt attempt) throws IOException, RefusedException {
        AtomicReference<Inflow> inflow = new AtomicReference<>();
        Exchange exchange = new Exchange(request("GET", path, headers, null), info -> {
            if (info.statusCode() / 100 != 2) {
                return collector(info.statusCode());
            }
            try {
                check.accept(info.statusCode(), info.headers());
            } catch (IOException | RuntimeException e) {
                throw new Inflow.LocalFailure(e);
            }
            inflow.set(new Inflow(sink, attempt));
            return inflow.get();
        }, attempt);
        HttpResponse<byte[]> answer = checked(exchange.await(inflow, attempt));
        return new Answer(answer.statusCode(), answer.headers(), Map.of());
    }

    @Override
    public Answer head(String path, Map<String, String> headers) throws IOException, RefusedException {
        HttpResponse<byte[]> answer = checked(new Exchange(request("HEAD", path, headers, null), info -> collector(info.statusCode()), Attempt.FREE).await(timeout));
        return new Answer(answer.statusCode(), answer.headers(), Map.of());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpResponse<byte[]> plain(String method, String path, Map<String, ?> body) throws IOException, RefusedException {
        Map<String, String> headers = body == null ? Map.of() : Map.of("Content-Type", "application/json");
        BodyPublisher content = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(Json.write(body));
        return checked(new Exchange(request(method, path, headers, content), info -> collector(info.statusCode()), Attempt.FREE).await(timeout));
    }

    /** @param body null for a method that has none */
    private HttpRequest request(String method, String path, Map<String, String> headers, BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path)).method(method, body == null ? BodyPublishers.noBody() : body);
        request.setHeader("User-Agent", USER_AGENT);
        if (token != null) {
            request.setHeader("Authorization", "Bearer " + token);
        }
        headers.forEach(request::setHeader);
        return request.build();
    }

    private static Collector collector(int status) {
        return new Collector(status / 100 == 2 ? MAX_ANSWER_BYTES : Refusal.MAX_BYTES);
    }

    private HttpResponse<byte[]> checked(HttpResponse<byte[]> answer) throws RefusedException, IOException {
        if (answer.statusCode() / 100 != 2) {
            throw Refusal.of(answer.statusCode(), answer.headers(), answer.body(), clock.instant());
        }
        return answer;
    }

    private static Map<String, Object> object(byte[] body) throws IOException {
        try {
            return body.length == 0 ? Map.of() : Json.readObject(body);
        } catch (JsonException e) {
            throw notTranzr(e);
        }
    }

    private static List<Map<String, Object>> page(byte[] body) throws IOException {
        byte[] wrapped = ("{\"list\":" + new String(body, StandardCharsets.UTF_8) + "}").getBytes(StandardCharsets.UTF_8);
        List<Map<String, Object>> page = new ArrayList<>();
        if (!(object(wrapped).get("list") instanceof List<?> entries)) {
            throw notTranzr(null);
        }
        for (Object entry : entries) {
            if (!(entry instanceof Map)) {
                throw notTranzr(null);
            }
            @SuppressWarnings("unchecked")
            Map<String, Object> object = (Map<String, Object>) entry;
            page.add(object);
        }
        return page;
    }

    private static IOException notTranzr(Exception why) {
        return new IOException("the server's answer is not what Tranzr answers", why);
    }

    /** One request under way. */
    private final class Exchange {

        private final CompletableFuture<HttpResponse<byte[]>> future;
        private volatile boolean stopped;

        Exchange(HttpRequest request, BodyHandler<byte[]> handler, Attempt attempt) {
            future = client.sendAsync(request, handler);
            attempt.onStop(() -> {
                stopped = true;
                future.cancel(true);
            });
        }

        boolean isStopped() {
            return stopped;
        }

        void end() {
            future.cancel(true);
        }

        /** The whole answer. */
        HttpResponse<byte[]> await(Duration patience) throws IOException {
            try {
                return future.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                future.cancel(true);
                throw new StalledException("no answer within " + StalledException.text(patience));
            } catch (InterruptedException e) {
                future.cancel(true);
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } catch (ExecutionException | CancellationException e) {
                throw failure(e);
            }
        }

        /** The same, as long as its bytes come. */
        HttpResponse<byte[]> await(AtomicReference<Inflow> inflow, Attempt attempt) throws IOException {
            long begun = System.nanoTime();
            while (true) {
                Inflow body = inflow.get();
                // Nothing of a body has to leave our buffers first, so that the head may take no longer than any other piece.
                Duration patience = attempt.patience();
                long left = patience.toNanos() - (System.nanoTime() - (body == null ? begun : body.moved()));
                try {
                    return future.get(Math.max(0, left), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    if (left <= 0 && body == inflow.get()) {
                        future.cancel(true);
                        throw new StalledException((body == null ? "no answer within " : "nothing came for ") + StalledException.text(patience));
                    }
                } catch (InterruptedException e) {
                    future.cancel(true);
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", e);
                } catch (ExecutionException | CancellationException e) {
                    throw failure(e);
                }
            }
        }

        private IOException failure(Exception e) {
            if (stopped) {
                return new StoppedException();
            }
            Throwable cause = e;
            while ((cause instanceof ExecutionException || cause instanceof CompletionException) && cause.getCause() != null) {
                cause = cause.getCause();
            }
            for (Throwable each = cause; each != null; each = each.getCause()) {
                if (each instanceof Inflow.LocalFailure local) {
                    if (local.getCause() instanceof IOException own) {
                        return own;
                    }
                    throw (RuntimeException) local.getCause();
                }
            }
            return Trouble.of(server.toString(), cause);
        }
    }
}
