package tranzr.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import tranzr.accounts.Identities;
import tranzr.api.Gate;
import tranzr.api.Problems;
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
import tranzr.api.rest.ServiceRoutes.Health;
import tranzr.api.rest.ShareRoutes;
import tranzr.api.rest.UploadRoutes;
import tranzr.api.rest.WebhookRoutes;
import tranzr.api.tus.TusDoor;
import tranzr.api.ui.LinkPage;
import tranzr.api.ui.Pages;
import tranzr.audit.TargetMask;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.disk.Disk;
import tranzr.disk.RealDisk;
import tranzr.events.EventHub;
import tranzr.disk.TimedDisk;
import tranzr.http.Handler;
import tranzr.metrics.RecentLog;
import tranzr.model.AccessToken;
import tranzr.model.Right;
import tranzr.security.SharePassword;
import tranzr.security.TlsIdentity;
import tranzr.security.Tokens;
import tranzr.server.StartException.Kind;
import tranzr.transfer.Core;
import tranzr.transfer.Engine;
import tranzr.transfer.EngineSettings;
import tranzr.transfer.FailureException;
import tranzr.webhook.Hooks;

/**
 * One running server, and the only place that joins the concrete parts. Opened from the disk up (lock, bytes, records, engine, listener) and closed from
 * the listener down, so that no request ever meets a part that is not there. Several can live in one process, each on its own data directory.
 * Safe for several threads.
 */
public final class Server implements AutoCloseable {

    private static final long LEAST_RESERVE = 1 << 20;
    private static final long USUAL_RESERVE = 64 << 20;

    private final Config config;
    private final Store store;
    private final Logs logs;
    private final Engine engine;
    private final Accounts accounts;
    private final EventHub events;
    private final Hooks hooks;
    private final Listeners listeners;
    private final CompletableFuture<IOException> failure;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Server(Config config, Store store, Logs logs, Engine engine, Accounts accounts, EventHub events, Hooks hooks,
            Listeners listeners, CompletableFuture<IOException> failure) {
        this.config = config;
        this.store = store;
        this.logs = logs;
        this.engine = engine;
        this.accounts = accounts;
        this.events = events;
        this.hooks = hooks;
        this.listeners = listeners;
        this.failure = failure;
    }

    /**
     * Opens the data directory, recovers what a crash left, and begins to answer.
     *
     * @param newToken told the token when one has to be made, before its hash is stored: nothing can tell it later
     * @throws StartException when it cannot start; nothing is left open then
     */
    public static Server start(Config config, Consumer<String> newToken) throws StartException {
        InstantSource clock = InstantSource.system();
        Meters meters = new Meters(clock, System::nanoTime);
        Disk disk = new TimedDisk(new RealDisk(), meters.forces(config.data()));
        SecureRandom random = new SecureRandom();
        CompletableFuture<IOException> failure = new CompletableFuture<>();
        DataDirectory.requirePrivate(config.data());
        RecentLog recent = RecentLog.of("tranzr", TargetMask::ofText);
        Store store = null;
        Logs logs = null;
        Engine engine = null;
        Accounts accounts = null;
        EventHub events = null;
        Hooks hooks = null;
        boolean started = false;
        try {
            store = Store.open(disk, DataDirectory.open(disk, config.data(), UUID::randomUUID), clock, failure::complete, meters, meters);
            logs = Logs.open(disk, store.directory().audit(), config.logs(), recent, clock);
            engine = Engine.open(store.catalog(), store.storage(), engineSettings(config, disk), clock, random,
                    new SharePassword(SharePassword.ITERATIONS, random), failure::complete);
            engine.cleanup().tell(logs::cleared);
            engine.watch(meters);
            accounts = new Accounts(engine, identities(config, engine.core(), newToken), config.sessionTtl());
            events = EventHub.open(engine.core(), Problems::reason);
            hooks = Hooks.open(engine.core(), events, config.webhookPrivate());
            Optional<ServerTls> tls = ServerTls.open(config, disk, store.directory().root(), clock, random);
            Throttle throttle = config.limits().throttle(clock);
            Gauges gauges = new Gauges(store.catalog(), engine, hooks, throttle, disk, store.directory().root());
            MetricsRoutes metrics = new MetricsRoutes(meters.registry()::write, new Stats(meters, gauges)::view, recent::newest);
            Listeners listeners = listen(config, tls, new Parts(engine, accounts, events, hooks, logs, meters, throttle, metrics), clock, random);
            Logs known = logs;
            Engine open = engine;
            gauges.register(meters, listeners, () -> health(open, known).ready());
            started = true;
            return new Server(config, store, logs, engine, accounts, events, hooks, listeners, failure);
        } catch (IOException e) {
            throw new StartException(Kind.REFUSED, "cannot start on " + config.data() + ": " + Settings.reason(e), e);
        } catch (FailureException e) {
            throw new StartException(Kind.REFUSED, "cannot start on " + config.data() + ": " + cause(failure, e).getMessage(), e);
        } finally {
            if (!started) {
                abandon(hooks, events, accounts, engine, logs, store, recent);
            }
        }
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress address() {
        return listeners.address();
    }

    /** The URL under which this machine reaches it, without a slash at the end. */
    public URI uri() {
        InetAddress address = address().getAddress();
        String host = address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress().replaceFirst("%.*", "");
        return URI.create((listeners.tls().isPresent() ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + address().getPort());
    }

    /** The certificate that new connections get; empty for plain HTTP. */
    public Optional<TlsIdentity> certificate() {
        return listeners.tls().map(ServerTls::identity);
    }

    /** Whether clients can know the certificate only by its fingerprint. */
    public boolean isSelfSigned() {
        return listeners.tls().filter(ServerTls::isSelfSigned).isPresent();
    }

    /** The port of plain HTTP that sends everybody to HTTPS; empty when there is none. */
    public OptionalInt redirectPort() {
        return listeners.redirectPort();
    }

    /** Where everything is kept; absolute. */
    public Path data() {
        return config.data();
    }

    public boolean isTokenRequired() {
        return isTokenRequired(config);
    }

    /** Which token is meant when one is required, in words for the operator. */
    public String tokenOrigin() {
        return config.token().isPresent() ? "the one that was given"
                : "the one that was told at the first start; if it is lost, give another by " + Settings.TOKEN_VARIABLE + " or "
                        + Option.TOKEN_FILE.flag();
    }

    /** Completed with the cause when the disk fails: nothing is accepted from then on, and the server should be closed. */
    public CompletableFuture<IOException> failure() {
        return failure;
    }

    /**
     * Takes no new requests, gives those in flight up to {@code grace}, then closes everything durably. Leaves no thread and no lock. Idempotent.
     *
     * @throws IOException when something could not be made durable; everything is closed all the same
     */
    public void close(Duration grace) throws IOException {
        if (closed.compareAndSet(false, true)) {
            try (store; logs; engine; accounts; events; hooks) {
                events.close(); // streams of events have no other end
                listeners.close(grace);
            }
        }
    }

    /** As {@link #close(Duration)} without waiting for requests in flight. */
    @Override
    public void close() throws IOException {
        close(Duration.ZERO);
    }

    /** With a proxy in front the peers of a server on loopback are not of its own machine. */
    private static boolean isTokenRequired(Config config) {
        return config.token().isPresent() || !config.isLoopback() || !config.trustedProxies().isEmpty();
    }

    /** Makes the first token, when one is needed and none can open everything. */
    private static Identities identities(Config config, Core core, Consumer<String> newToken) {
        boolean none = core.catalog().entities(AccessToken.class).stream().noneMatch(token ->
                token.rights().contains(Right.ADMIN) && !token.isExpired(core.now()));
        if (isTokenRequired(config) && config.token().isEmpty() && none) {
            String token = Tokens.create(Tokens.Kind.ACCESS, core.random());
            newToken.accept(token);
            try {
                UUID id = new UUID(core.random().nextLong(), core.random().nextLong());
                core.commit(List.of(new Change.EntityAdded(AccessToken.of(id, Tokens.hash(token), "admin", core.now()))));
            } catch (ConflictException e) {
                throw new IllegalStateException("a fresh random token is known already", e);
            }
        }
        return new Identities(core, config.token(), isTokenRequired(config));
    }

    private static EngineSettings engineSettings(Config config, Disk disk) throws IOException {
        EngineSettings standard = EngineSettings.DEFAULT;
        long reserve = config.reserve().isPresent() ? config.reserve().getAsLong() : usualReserve(disk.usableSpace(config.data()));
        return new EngineSettings(config.uploadTtl(), config.cleanupInterval(), config.maxFileSize().orElse(Long.MAX_VALUE), config.chunkSize(),
                reserve, standard.continueGrace(), standard.tombstoneTtl(), standard.quarantineTtl(), config.quota());
    }

    static long usualReserve(long usableSpace) {
        return usableSpace >= Store.SMALL_DISK_BYTES ? USUAL_RESERVE : Math.max(LEAST_RESERVE, usableSpace / 16);
    }

    /** What the doors lead to. */
    private record Parts(Engine engine, Accounts accounts, EventHub events, Hooks hooks, Logs logs, Meters meters, Throttle throttle, MetricsRoutes metrics) {
    }

    private static Listeners listen(Config config, Optional<ServerTls> tls, Parts parts, InstantSource clock, SecureRandom random) throws IOException, StartException {
        Problems problems = new Problems(random);
        Accounts accounts = parts.accounts();
        Gate gate = new Gate(accounts.identities(), accounts.live(), accounts.factor(), accounts.signedUrls(), config.connections().cors(), config.baseUrl());
        Handler handler = new TusDoor(parts.engine().maxFileSize()).around(Routes.handler(Routes.of(doors(config, parts, clock, random)), gate,
                parts.throttle(), parts.logs().recorder(), parts.meters(), problems));
        return Listeners.open(config, tls, handler, problems, Logs.both(parts.logs().observer(), parts.meters()));
    }

    private static Routes.Doors doors(Config config, Parts parts, InstantSource clock, SecureRandom random) {
        Engine engine = parts.engine();
        Accounts accounts = parts.accounts();
        Logs logs = parts.logs();
        Pages pages = new Pages();
        Protocols protocols = Protocols.over(engine, accounts, parts.events(), config.chunkSize(), clock, random);
        return new Routes.Doors(
                new UploadRoutes(engine, config.chunkSize(), accounts.partUrls()),
                new ChunkRoutes(engine, protocols.chunkDoors()),
                new FileRoutes(engine, accounts.factor()),
                new ShareRoutes(engine, clock, accounts.factor()),
                new ServiceRoutes(() -> health(engine, logs), Version.text()),
                new CurlApi(engine, clock, random),
                accounts.tokenRoutes(),
                accounts.roomRoutes(),
                accounts.accessRoutes(config.quota()),
                new AuditRoutes(logs.reader()),
                accounts.sessionRoutes(),
                accounts.secondFactorRoutes(),
                new WebhookRoutes(parts.hooks()),
                accounts.requestRoutes(),
                new AttemptRoutes(engine, logs.reader()),
                pages,
                new EventRoutes(parts.events(), engine, EventRoutes.HEARTBEAT),
                new TransferRoutes(parts.events()),
                new SocketRoutes(parts.events(), engine, EventRoutes.HEARTBEAT),
                parts.metrics(),
                new LinkRoutes(engine),
                new LinkPage(engine, pages),
                new PreviewRoutes(engine),
                protocols);
    }

    private static Health health(Engine engine, Logs logs) {
        List<String> reasons = new ArrayList<>();
        if (engine.unavailable() != null) {
            reasons.add(engine.unavailable());
        }
        boolean ready = reasons.isEmpty();
        if (engine.isFull()) {
            reasons.add("the disk is full up to the reserve: uploads are refused");
        }
        if (engine.missingObjects() > 0) {
            reasons.add(engine.missingObjects() + " files had no bytes on the disk at the start; fsck tells which");
        }
        if (logs.audit().healthReason() != null) {
            reasons.add(logs.audit().healthReason());
        }
        return new Health(ready, reasons);
    }

    private static Exception cause(CompletableFuture<IOException> failure, FailureException e) {
        return failure.isDone() ? failure.join() : e;
    }

    /** Closes what was opened before the start failed; the failure that is on its way says why. */
    private static void abandon(Hooks hooks, EventHub events, Accounts accounts, Engine engine, Logs logs, Store store, RecentLog recent) {
        try (recent; store; logs; engine; accounts; events; hooks) {
            // Only to be closed.
        } catch (IOException e) {
            System.getLogger(Server.class.getName()).log(System.Logger.Level.WARNING, "closing after a failed start: " + e);
        }
    }
}
