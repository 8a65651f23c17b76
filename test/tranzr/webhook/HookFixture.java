package tranzr.webhook;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLSocketFactory;
import tranzr.access.Caller;
import tranzr.catalog.Catalog;
import tranzr.catalog.Change;
import tranzr.catalog.journal.JournalCatalog;
import tranzr.disk.Disk;
import tranzr.disk.NoSpaceException;
import tranzr.disk.RealDisk;
import tranzr.events.EventHub;
import tranzr.events.Reason;
import tranzr.model.AccessToken;
import tranzr.model.Delivery;
import tranzr.model.Digest;
import tranzr.model.FileAccess;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Role;
import tranzr.model.Webhook;
import tranzr.security.SharePassword;
import tranzr.storage.StoredObject;
import tranzr.storage.local.LocalStorage;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.Engine;
import tranzr.transfer.EngineSettings;
import tranzr.transfer.NewUpload;
import tranzr.transfer.TestBody;

/** Webhooks over a real engine in a folder, with a clock that is set by hand; it can be opened again. */
final class HookFixture implements AutoCloseable {

    final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    HttpPost.Resolver resolver = host -> {
        throw new java.net.UnknownHostException(host);
    };
    HttpPost.Connector connector = Socket::connect;
    boolean privateAllowed = true;
    Duration patience = Duration.ofSeconds(20);
    volatile boolean full;
    private final Path folder;
    private LocalStorage storage;
    private JournalCatalog catalog;
    Engine engine;
    Hooks hooks;

    HookFixture(Path folder) {
        this.folder = folder;
    }

    HookFixture open() throws IOException {
        Disk disk = new RealDisk();
        Path journal = Files.createDirectories(folder.resolve("journal"));
        storage = LocalStorage.open(disk, folder.resolve("store"), time::get);
        catalog = JournalCatalog.open(disk, journal, new UUID(1, 2), new JournalCatalog.Options(1 << 20, 64 << 20, failure -> { }), (id, offset, bytes) -> {
            try (StoredObject object = storage.list().contains(id) ? storage.open(id) : storage.create(id)) {
                object.write(offset, bytes);
            }
        }, storage::sync);
        EngineSettings settings = new EngineSettings(Duration.ofDays(7), Duration.ofDays(1000), 1L << 32, 8 << 20, 0, Duration.ofMinutes(10),
                Duration.ofDays(7), Duration.ofHours(24), Quota.NONE);
        engine = Engine.open(filling(catalog), storage, settings, time::get, new SecureRandom(), new SharePassword(10, new Random(8)), failure -> { });
        hooks = Hooks.open(engine.core(), EventHub.open(engine.core(), failure -> new Reason("failed", failure.toString())), privateAllowed, timer -> new HttpPost(host -> resolver.resolve(host), (socket, to, millis) -> connector.connect(socket, to, millis),
                () -> (SSLSocketFactory) SSLSocketFactory.getDefault(), privateAllowed, patience, timer));
        return this;
    }

    /** The catalog, without room for anything but removals while {@link #full}. */
    private Catalog filling(Catalog real) {
        return (Catalog) Proxy.newProxyInstance(Catalog.class.getClassLoader(), new Class<?>[] {Catalog.class}, (proxy, method, arguments) -> {
            if (full && method.getName().equals("commit")
                    && ((List<?>) arguments[0]).stream().anyMatch(change -> change instanceof Change.EntityAdded || change instanceof Change.EntityReplaced)) {
                throw new NoSpaceException("full", null);
            }
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    void reopen() throws IOException {
        close();
        open();
    }

    /** Moves the clock on and lets what is due go out. */
    void pass(Duration duration) {
        time.updateAndGet(now -> now.plus(duration));
        hooks.wake();
    }

    /** Nothing gets through. */
    HookFixture unreachable() {
        connector = (socket, to, millis) -> {
            throw new java.net.ConnectException("refused");
        };
        return this;
    }

    Webhooks operator() {
        return hooks.webhooks(Caller.operator());
    }

    Webhook hook(Caller owner, String url, String... events) {
        return hooks.webhooks(owner).create(new Webhooks.Terms(url, Set.of(events), true));
    }

    AccessToken token(Set<Right> rights, Map<UUID, Role> rooms, Instant expires) {
        UUID id = UUID.randomUUID();
        AccessToken token = new AccessToken(id, Digest.sha256(id.toString().getBytes()), "token", time.get(), rights, rooms, Quota.NONE, expires, List.of(), null);
        commit(new Change.EntityAdded(token));
        return token;
    }

    void commit(Change... changes) {
        try {
            engine.core().commit(List.of(changes));
        } catch (tranzr.catalog.ConflictException e) {
            throw new AssertionError(e);
        }
    }

    /** A completed file. @return its id */
    UUID file(Caller owner, String name) {
        var uploads = engine.uploads(owner);
        byte[] bytes = "content".getBytes();
        return uploads.receive(new NewUpload(uploads.newId(), name, bytes.length, bytes.length, 0, -1, null, null), new TestBody(bytes), DigestClaim.NONE, null,
                List.of()).id();
    }

    /** In the order in which they came about. */
    List<Delivery> deliveries() {
        return catalog.entities(Delivery.class).stream().sorted(java.util.Comparator.comparing(Delivery::created).thenComparing(Delivery::type)).toList();
    }

    List<String> types(Webhook hook) {
        return deliveries().stream().filter(delivery -> delivery.webhook().equals(hook.id())).map(Delivery::type).toList();
    }

    void access(UUID file, FileAccess access) {
        commit(new Change.AccessChanged(file, access));
    }

    /** Asks again and again until it is so. @throws AssertionError after a while */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
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
    public void close() throws IOException {
        hooks.close();
        engine.close();
        catalog.close();
        storage.close();
    }
}
