package tranzr.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import tranzr.accounts.Identities;
import tranzr.api.Gate;
import tranzr.api.Problems;
import tranzr.api.Recorder;
import tranzr.api.Throttle;
import tranzr.api.curl.CurlApi;
import tranzr.api.live.EventRoutes;
import tranzr.api.live.SocketRoutes;
import tranzr.api.live.TransferRoutes;
import tranzr.api.rest.AttemptRoutes;
import tranzr.api.rest.AuditRoutes;
import tranzr.api.rest.ChunkRoutes;
import tranzr.api.rest.FileRoutes;
import tranzr.api.rest.LinkRoutes;
import tranzr.api.rest.MetricsRoutes;
import tranzr.api.rest.PreviewRoutes;
import tranzr.api.rest.ServiceRoutes;
import tranzr.api.rest.ShareRoutes;
import tranzr.api.rest.UploadRoutes;
import tranzr.api.rest.WebhookRoutes;
import tranzr.api.tus.TusDoor;
import tranzr.api.ui.LinkPage;
import tranzr.api.ui.Pages;
import tranzr.audit.AuditLog;
import tranzr.audit.AuditReader;
import tranzr.audit.Entry;
import tranzr.catalog.journal.JournalCatalog;
import tranzr.disk.Disk;
import tranzr.disk.RealDisk;
import tranzr.events.EventHub;
import tranzr.http.Cors;
import tranzr.http.HttpListener;
import tranzr.http.Limits;
import tranzr.json.Json;
import tranzr.limit.Concurrency;
import tranzr.limit.Rate;
import tranzr.limit.Schedule;
import tranzr.metrics.RecentLog;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;
import tranzr.model.IpRange;
import tranzr.model.Quota;
import tranzr.security.CountedPassword;
import tranzr.security.Tokens;
import tranzr.storage.StoredObject;
import tranzr.storage.local.LocalStorage;
import tranzr.transfer.Engine;
import tranzr.transfer.EngineSettings;
import tranzr.webhook.Hooks;

/**
 * All doors over a real engine in a folder, behind a real listener, with a clock that is set by hand and cheap passwords; and a
 * small client for it.
 */
public final class ServedEngine implements AutoCloseable {

    private static final LimitConfig LIMITS = new LimitConfig(Schedule.NONE, Schedule.NONE, Schedule.NONE, Concurrency.NONE, Concurrency.NONE,
            Concurrency.NONE, Concurrency.NONE, Rate.NONE, Rate.NONE, Rate.NONE, Rate.NONE);
    /** How long a browser stays logged in. */
    public static final Duration SESSION_TTL = Duration.ofHours(12);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /**
     * What it bears.
     *
     * @param quota of all files together
     * @param reserve in bytes
     */
    public record Bounds(Quota quota, long reserve, Throttle throttle, Limits connections, Set<IpRange> trustedProxies, Duration heartbeat) {

        public static final Bounds NONE = new Bounds(Quota.NONE, 0, LIMITS.throttle(InstantSource.system()),
                new Limits(PATIENCE, PATIENCE, 0, PATIENCE, 4000, 4000), Set.of(), PATIENCE);

        public Bounds quota(Quota other) {
            return new Bounds(other, reserve, throttle, connections, trustedProxies, heartbeat);
        }

        public Bounds reserve(long other) {
            return new Bounds(quota, other, throttle, connections, trustedProxies, heartbeat);
        }

        public Bounds throttle(Throttle other) {
            return new Bounds(quota, reserve, other, connections, trustedProxies, heartbeat);
        }

        public Bounds connections(Limits other) {
            return new Bounds(quota, reserve, throttle, other, trustedProxies, heartbeat);
        }

        public Bounds trustedProxies(Set<IpRange> others) {
            return new Bounds(quota, reserve, throttle, connections, others, heartbeat);
        }

        public Bounds heartbeat(Duration other) {
            return new Bounds(quota, reserve, throttle, connections, trustedProxies, other);
        }
    }

    /** One answer, read to its end. */
    public record Answer(int status, Map<String, List<String>> headers, byte[] body) {

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        public Map<String, Object> json() {
            return Json.readObject(body);
        }

        /** The entries of a bare array of objects. */
        @SuppressWarnings("unchecked")
        public List<Map<String, Object>> list() {
            return (List<Map<String, Object>>) Json.readObject(("{\"list\":" + text() + "}").getBytes(StandardCharsets.UTF_8)).get("list");
        }

        /** A field of the JSON answer as text; null when absent or null. */
        public String field(String name) {
            Object value = json().get(name);
            return value == null ? null : value.toString();
        }

        /** The header field's only line; null when absent. */
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
            if (!code.equals(expect(wanted).field("code"))) {
                throw new AssertionError("expected " + code + " but got " + this);
            }
            return this;
        }

        @Override
        public String toString() {
            return status + " " + headers + "\n" + text();
        }
    }

    private final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final AtomicReference<ServiceRoutes.Health> health = new AtomicReference<>(new ServiceRoutes.Health(true, List.of()));
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final CountedPassword passwords = new CountedPassword(10);
    private final LocalStorage storage;
    private final JournalCatalog catalog;
    private final Engine engine;
    private final AuditLog audit;
    private final HttpListener listener;
    private final Accounts accounts;
    private final EventHub events;
    private final Hooks hooks;
    private final List<Routes.Route> routes;
    private final List<Entry> recorded = new CopyOnWriteArrayList<>();

    /** @param token null for a server that is open to its machine */
    public ServedEngine(Path folder, String token, String baseUrl) throws IOException {
        this(folder, token, baseUrl, Quota.NONE);
    }

    /** @param quota of all files together */
    public ServedEngine(Path folder, String token, String baseUrl, Quota quota) throws IOException {
        this(folder, token, baseUrl, Bounds.NONE.quota(quota));
    }

    public ServedEngine(Path folder, String token, String baseUrl, Bounds bounds) throws IOException {
        Quota quota = bounds.quota();
        Disk disk = new RealDisk();
        Path journal = Files.createDirectories(folder.resolve("journal"));
        InstantSource clock = time::get;
        storage = LocalStorage.open(disk, folder.resolve("store"), clock);
        catalog = JournalCatalog.open(disk, journal, new UUID(1, 2), new JournalCatalog.Options(1 << 20, 64 << 20, failure -> { }),
                this::redo, storage::sync);
        EngineSettings settings = new EngineSettings(Duration.ofDays(7), Duration.ofDays(1000), 1L << 32, 8 << 20, bounds.reserve(),
                Duration.ofMinutes(10), Duration.ofDays(7), Duration.ofHours(24), quota);
        engine = Engine.open(catalog, storage, settings, clock, new SecureRandom(), passwords.passwords(), failure -> { });
        Problems problems = new Problems(new Random(1));
        audit = AuditLog.open(disk, folder.resolve("audit"), new AuditLog.Options(1 << 20, null), clock);
        accounts = new Accounts(engine, new Identities(engine.core(), Optional.ofNullable(token).map(Tokens::hash), token != null),
                SESSION_TTL);
        events = EventHub.open(engine.core(), Problems::reason);
        hooks = Hooks.open(engine.core(), events, true);
        Gate gate = new Gate(accounts.identities(), accounts.live(), accounts.factor(), accounts.signedUrls(), Cors.NONE, Optional.ofNullable(baseUrl));
        Meters meters = new Meters(clock, System::nanoTime);
        Protocols protocols = Protocols.over(engine, accounts, events, 8 << 20, clock, new SecureRandom());
        Routes.Doors doors = new Routes.Doors(new UploadRoutes(engine, 8 << 20, accounts.partUrls()), new ChunkRoutes(engine, protocols.chunkDoors()),
                new FileRoutes(engine, accounts.factor()),
                new ShareRoutes(engine, clock, accounts.factor()), new ServiceRoutes(health::get, "1.2.3"),
                new CurlApi(engine, clock, new SecureRandom()), accounts.tokenRoutes(), accounts.roomRoutes(), accounts.accessRoutes(quota),
                new AuditRoutes(new AuditReader(disk, folder.resolve("audit"))),
                accounts.sessionRoutes(), accounts.secondFactorRoutes(),
                new WebhookRoutes(hooks), accounts.requestRoutes(), new AttemptRoutes(engine, new AuditReader(disk, folder.resolve("audit"))), new Pages(),
                new EventRoutes(events, engine, bounds.heartbeat()), new TransferRoutes(events), new SocketRoutes(events, engine, bounds.heartbeat()),
                new MetricsRoutes(meters.registry()::write, new Stats(meters, new Gauges(catalog, engine, hooks, bounds.throttle(), disk, folder))::view, limit -> Collections.nCopies(limit, new RecentLog.Line(time.get(), "INFO", "tranzr.x", "message"))),
                new LinkRoutes(engine), new LinkPage(engine, new Pages()), new PreviewRoutes(engine),
                protocols);
        routes = Routes.of(doors);
        listener = HttpListener.start(new HttpListener.Options(new InetSocketAddress("127.0.0.1", 0), Optional.ofNullable(baseUrl),
                bounds.trustedProxies(), PATIENCE).limitedBy(bounds.connections()),
                new TusDoor(engine.maxFileSize()).around(Routes.handler(routes, gate, bounds.throttle(), new Recorder(recorded::add, clock), meters, problems)), problems);
    }

    public ServedEngine(Path folder) throws IOException {
        this(folder, null, null);
    }

    private void redo(UUID id, long offset, java.nio.ByteBuffer bytes) throws IOException {
        try (StoredObject object = storage.size(id).isPresent() ? storage.open(id) : storage.create(id)) {
            object.write(offset, bytes);
        }
    }

    /** How many passwords were hashed so far, whatever for. */
    public int hashedPasswords() {
        return passwords.derivations();
    }

    public AuditLog audit() {
        return audit;
    }

    /** What the audit log was told, oldest first. */
    public List<Entry> recorded() {
        return recorded;
    }

    List<Routes.Route> routes() {
        return routes;
    }

    /** Moves the clock on. */
    public void pass(Duration duration) {
        time.updateAndGet(now -> now.plus(duration));
    }

    /** Runs the clean-up that is due by the clock. */
    public void cleanUp() {
        engine.cleanup().run();
    }

    /** Ends what has expired by the clock. */
    public void endExpired() {
        accounts.watch().run();
    }

    /** Where all that happens is told. */
    public EventHub events() {
        return events;
    }

    /** The tag that a part with these bytes is answered. @param part from 1 on */
    public String partTag(UUID upload, long part, long offset, byte[] bytes) {
        return accounts.signedUrls().partTag(upload, part, new ByteRange(offset, offset + bytes.length), Crc32c.of(bytes, 0, bytes.length));
    }

    /** What all doors lead to. */
    public Engine engine() {
        return engine;
    }

    public int port() {
        return listener.address().getPort();
    }

    /** Lets {@code GET /health} fail in a way nobody foresaw. */
    public void breakHealth() {
        health.set(null);
    }

    public void health(boolean ready, String... reasons) {
        health.set(new ServiceRoutes.Health(ready, List.of(reasons)));
    }

    public InetSocketAddress address() {
        return listener.address();
    }

    public String url() {
        return "http://127.0.0.1:" + listener.address().getPort();
    }

    /** Sends a request to a path, or to one of our URLs. @param headers names and values in turn */
    public Answer send(String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url() + path))
                .timeout(PATIENCE).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(answer.statusCode(), answer.headers().map(), answer.body());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(method + " " + path, e);
        }
    }

    public Answer get(String path, String... headers) {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    public Answer head(String path, String... headers) {
        return send("HEAD", path, BodyPublishers.noBody(), headers);
    }

    public Answer delete(String path, String... headers) {
        return send("DELETE", path, BodyPublishers.noBody(), headers);
    }

    public Answer put(String path, byte[] body, String... headers) {
        return send("PUT", path, BodyPublishers.ofByteArray(body), headers);
    }

    /** POST with a JSON body; an empty text sends none. */
    public Answer post(String path, String json, String... headers) {
        return send("POST", path, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json), headers);
    }

    public Answer patch(String path, String json, String... headers) {
        return send("PATCH", path, BodyPublishers.ofString(json), headers);
    }

    /** Begins an upload of known size. @return its id */
    public String begin(long size, long chunkSize) {
        return post("/upload/start", "{\"filename\": \"file.bin\", \"file_size\": " + size + ", \"chunk_size\": " + chunkSize + "}")
                .expect(201).field("file_id");
    }

    /** Stores a completed file. @return its id */
    public String store(byte[] bytes) {
        String id = begin(bytes.length, 1 << 20);
        return put("/upload/" + id, bytes).expect(200).field("file_id");
    }

    /** As {@link #store(byte[])}, by a token. */
    public String store(byte[] bytes, String... as) {
        return Json.readObject(put("/file.bin", bytes, java.util.stream.Stream.concat(java.util.Arrays.stream(as), java.util.stream.Stream.of("Accept", "application/json")).toArray(String[]::new))
                .expect(201).body()).get("file_id").toString();
    }

    /** Sends the bytes of a request as they are and reads the answer until the server closes. */
    public String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", listener.address().getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Sends the beginning of a request and breaks off. */
    public void breakOff(String head, byte[] body) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", listener.address().getPort())) {
            socket.getOutputStream().write((head + "\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(body);
        }
    }

    /** A multipart form, sent part by part. */
    public final class Form {
        private static final String BOUNDARY = "----7MA4YWxkTrZu0gW";
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        public Form field(String name, Object value) {
            return part("name=\"" + name + "\"", value.toString().getBytes(StandardCharsets.UTF_8));
        }

        public Form file(String name, String filename, byte[] bytes) {
            return part("name=\"" + name + "\"; filename=\"" + filename + "\"\r\nContent-Type: application/octet-stream", bytes);
        }

        private Form part(String disposition, byte[] bytes) {
            body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(bytes);
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
            return this;
        }

        public Answer send(String method, String path, String... headers) {
            body.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
            String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
            all[headers.length] = "Content-Type";
            all[headers.length + 1] = "multipart/form-data; boundary=" + BOUNDARY;
            return ServedEngine.this.send(method, path, BodyPublishers.ofByteArray(body.toByteArray()), all);
        }
    }

    public Form form() {
        return new Form();
    }

    public static byte[] bytes(int count, long seed) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        client.shutdownNow();
        events.close();
        listener.close();
        hooks.close();
        accounts.close();
        engine.close();
        audit.close();
        catalog.close();
        storage.close();
    }
}
