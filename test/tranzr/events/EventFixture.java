package tranzr.events;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.catalog.journal.JournalCatalog;
import tranzr.disk.Disk;
import tranzr.disk.RealDisk;
import tranzr.json.Json;
import tranzr.model.AccessToken;
import tranzr.model.Digest;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Role;
import tranzr.model.Upload;
import tranzr.security.SharePassword;
import tranzr.storage.StoredObject;
import tranzr.storage.local.LocalStorage;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.Engine;
import tranzr.transfer.EngineSettings;
import tranzr.transfer.FailureException;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Peer;
import tranzr.transfer.TestBody;
import tranzr.transfer.Uploads;

/** A hub over a real engine in a folder, whose clocks are set by hand and which tells when it is asked to; it can be opened again. */
final class EventFixture implements AutoCloseable {

    static final long SECOND = 1_000_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    final AtomicLong nanos = new AtomicLong();
    StreamSlots slots = StreamSlots.standard();
    private final Path folder;
    private LocalStorage storage;
    private JournalCatalog catalog;
    Engine engine;
    EventHub hub;

    EventFixture(Path folder) throws IOException {
        this.folder = folder;
        open();
    }

    void open() throws IOException {
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
        engine = Engine.open(catalog, storage, settings, time::get, new SecureRandom(), new SharePassword(10, new Random(8)), failure -> { });
        hub = EventHub.openIdle(engine.core(), failure -> new Reason(failure.getClass().getSimpleName(), "it failed"), slots, nanos::get);
    }

    void reopen() throws IOException {
        close();
        time.updateAndGet(now -> now.plusMillis(1));
        open();
    }

    /** As the hub's own thread does after the usual time. */
    void tick() {
        nanos.addAndGet(Transfers.INTERVAL_NANOS);
        hub.tick();
    }

    Subscription watch(Caller caller) {
        return hub.subscribe(caller, Peer.UNKNOWN, null, OptionalLong.empty());
    }

    Subscription watch(Caller caller, UUID file, long last) {
        return hub.subscribe(caller, Peer.UNKNOWN, file, last < 0 ? OptionalLong.empty() : OptionalLong.of(last));
    }

    AccessToken token(Set<Right> rights, Map<UUID, Role> rooms) {
        UUID id = UUID.randomUUID();
        AccessToken token = new AccessToken(id, Digest.sha256(id.toString().getBytes()), "token", time.get(), rights, rooms, Quota.NONE, null, List.of(), null);
        commit(new Change.EntityAdded(token));
        return token;
    }

    void commit(Change... changes) {
        try {
            engine.core().commit(List.of(changes));
        } catch (ConflictException e) {
            throw new AssertionError(e);
        }
    }

    UUID start(Caller caller, long length) {
        Uploads uploads = engine.uploads(caller);
        return uploads.start(new NewUpload(uploads.newId(), "file.bin", length, length, 1 << 20, -1, null, null)).id();
    }

    /** A completed file. */
    Upload file(Caller caller) {
        Uploads uploads = engine.uploads(caller);
        return uploads.receive(new NewUpload(uploads.newId(), "small.bin", 3, 3, 0, -1, null, null), new TestBody(new byte[3]), DigestClaim.NONE, null, List.of());
    }

    /** Brings a body in a thread of its own. @param ended counted down at its end */
    void bring(Peer peer, UUID id, long offset, StepBody body, CountDownLatch ended) {
        Thread.startVirtualThread(() -> {
            try {
                engine.uploads(Caller.SYSTEM, peer).writeRange(id, offset, -1, -1, body, DigestClaim.NONE);
            } catch (FailureException broken) {
                // What the test looks for is told by events.
            } finally {
                ended.countDown();
            }
        });
    }

    /** All that there is to tell now. */
    static List<Batch.Entry> take(Subscription subscription) {
        List<Batch.Entry> all = new ArrayList<>();
        for (Batch batch = subscription.next(Duration.ZERO); batch != null && !batch.entries().isEmpty(); batch = subscription.next(Duration.ZERO)) {
            all.addAll(batch.entries());
        }
        return all;
    }

    static List<String> types(List<Batch.Entry> entries) {
        return entries.stream().map(Batch.Entry::type).toList();
    }

    static Map<String, Object> json(Batch.Entry entry) {
        return Json.readObject(entry.text().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** The only transfer. */
    Transfer transfer() {
        List<Transfer> all = hub.transfers();
        if (all.size() != 1) {
            throw new AssertionError("not one: " + all);
        }
        return all.getFirst();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for: " + what);
            }
            try {
                never.await(5, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        hub.close();
        engine.close();
        catalog.close();
        storage.close();
    }
}
