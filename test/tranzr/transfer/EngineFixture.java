package tranzr.transfer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import tranzr.access.Caller;
import tranzr.catalog.journal.JournalCatalog;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.RealDisk;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Quota;
import tranzr.model.Upload;
import tranzr.security.CountedPassword;
import tranzr.storage.StoredObject;
import tranzr.storage.local.LocalStorage;

/** An engine over the real providers in a folder, with a clock that is set by hand; it can be opened again. */
final class EngineFixture implements AutoCloseable {

    static final UUID STORE = new UUID(1, 2);

    final Path folder;
    final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    final AtomicReference<IOException> failed = new AtomicReference<>();
    EngineSettings settings = new EngineSettings(Duration.ofDays(7), Duration.ofDays(1000), 1L << 40, 8 << 20, 0,
            Duration.ofMinutes(10), Duration.ofDays(7), Duration.ofHours(24), Quota.NONE);
    final CountedPassword passwords = new CountedPassword(10);
    private int opened;
    LocalStorage storage;
    JournalCatalog catalog;
    Engine engine;

    EngineFixture(Path folder) throws IOException {
        this.folder = folder;
        open();
    }

    void open() throws IOException {
        Disk disk = new RealDisk();
        Path journal = folder.resolve("journal");
        Files.createDirectories(journal);
        InstantSource clock = time::get;
        storage = LocalStorage.open(disk, folder.resolve("store"), clock);
        catalog = JournalCatalog.open(disk, journal, STORE, new JournalCatalog.Options(1 << 20, 64 << 20, failed::set),
                (id, offset, bytes) -> {
                    try (StoredObject object = openOrCreate(storage, id)) {
                        object.write(offset, bytes);
                    }
                }, storage::sync);
        engine = Engine.open(catalog, storage, settings, clock, new Random(opened++), passwords.passwords(),
                failed::set);
    }

    static StoredObject openOrCreate(LocalStorage storage, UUID id) throws IOException {
        try {
            return storage.open(id);
        } catch (java.nio.file.NoSuchFileException e) {
            return storage.create(id);
        }
    }

    void reopen() throws IOException {
        close();
        open();
    }

    void pass(Duration duration) {
        time.updateAndGet(now -> now.plus(duration));
    }

    Uploads uploads() {
        return engine.uploads(Caller.SYSTEM);
    }

    Upload start(long length, long chunkSize) {
        return uploads().start(new NewUpload(uploads().newId(), "file.bin", length, length, chunkSize, -1, null, null));
    }

    /** A completed file with these bytes. */
    Upload file(byte[] bytes) {
        return uploads().receive(new NewUpload(uploads().newId(), "file.bin", bytes.length, bytes.length, 0, -1, null, null),
                new TestBody(bytes), DigestClaim.NONE, null, java.util.List.of());
    }

    byte[] read(UUID id) throws IOException {
        try (Download download = engine.downloads(Caller.SYSTEM).open(id)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            download.writeTo(out, new ByteRange(0, engine.core().catalog().upload(id).orElseThrow().length()));
            return out.toByteArray();
        }
    }

    static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static Digest sha(byte[] bytes) {
        return Digest.sha256(bytes);
    }

    static Shares.Visitor visitor(String agent, String password) {
        return new Shares.Visitor(InetAddress.getLoopbackAddress(), agent, password);
    }

    /** Changes one byte of an upload's data file behind the engine's back. */
    void rot(UUID id, long offset) throws IOException {
        Path data = folder.resolve("store").resolve("files").resolve(id + ".data");
        try (DiskFile file = new RealDisk().open(data, Disk.Mode.WRITE)) {
            java.nio.ByteBuffer one = java.nio.ByteBuffer.allocate(1);
            file.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 1)).rewind();
            file.write(one, offset);
        }
    }

    @Override
    public void close() throws IOException {
        engine.close();
        catalog.close();
        storage.close();
    }
}
