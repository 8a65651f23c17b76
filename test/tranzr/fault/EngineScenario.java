package tranzr.fault;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import tranzr.access.Caller;
import tranzr.catalog.Catalog;
import tranzr.catalog.journal.JournalCatalog;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Quota;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.security.SharePassword;
import tranzr.storage.Storage;
import tranzr.storage.StoredObject;
import tranzr.storage.local.LocalStorage;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.Download;
import tranzr.transfer.Engine;
import tranzr.transfer.EngineSettings;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Shares;
import tranzr.transfer.Uploads;

/**
 * The whole engine over catalog and storage on a disk that loses power at any change: whatever a call has answered is there afterwards, byte for
 * byte, and what is there beside it is right as well.
 */
public final class EngineScenario implements CrashScenario {

    private static final UUID STORE = new UUID(7, 9);
    private static final Path JOURNAL = CrashDisk.ROOT.resolve("journal");
    private static final Path FILES = CrashDisk.ROOT.resolve("store");
    private static final int STEPS = 14;
    private static final int SEGMENT = 128 << 10;
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final EngineSettings SETTINGS = new EngineSettings(Duration.ofDays(7), Duration.ofDays(1), 1L << 40,
            8 << 20, 0, Duration.ofMinutes(10), Duration.ofDays(7), Duration.ofHours(24), Quota.NONE);

    private final boolean forces;

    public EngineScenario() {
        this(true);
    }

    private EngineScenario(boolean forces) {
        this.forces = forces;
    }

    /** The same on a disk that ignores every force: it has to find loss. */
    public static EngineScenario control() {
        return new EngineScenario(false);
    }

    @Override
    public String name() {
        return forces ? "engine" : "engine without force";
    }

    @Override
    public long run(long seed) throws Exception {
        Run run = new Run(seed);
        CrashDisk disk = new CrashDisk();
        if (!forces) {
            disk.ignoringForce();
        }
        Quiet.during("tranzr", () -> run.live(disk));
        if (run.found.get() != null) {
            throw run.found.get();
        }
        return run.states;
    }

    /**
     * Runs with one call of the disk failing: every call of the engine may fail then, but what was answered is there after
     * the process was started anew, and after a power cut.
     *
     * @param nth which call fails; when there are fewer, none does
     * @return whether the call was reached
     */
    public static boolean withFault(long seed, long nth, FaultPlan.Fault fault) throws Exception {
        Run run = new Run(seed);
        CrashDisk disk = new CrashDisk();
        disk.plan(FaultPlan.once(nth, fault));
        Quiet.during("tranzr", () -> {
            run.liveOnce(disk);
            disk.watch(() -> { });
            run.verify(disk.afterKill().plan(FaultPlan.none()));
            run.verify(disk.afterCrash(Fate.random(run.fates, disk.operations())).plan(FaultPlan.none()));
        });
        return disk.calls() >= nth;
    }

    private static final class Run {
        private final Random random;
        private final Random fates;
        private final AtomicReference<AssertionError> found = new AtomicReference<>();
        /** Replaced whole, never changed, so that a disk image goes with what was promised just then. */
        private volatile Map<UUID, Promise> promises = Map.of();
        private volatile Map<Digest, Long> downloads = Map.of();
        private final Map<Digest, String> tokens = new HashMap<>();
        private Engine engine;
        private volatile boolean looking;
        /** Whether calls of the disk fail, so that any call may. */
        private boolean failing;
        private long states;

        Run(long seed) {
            random = new Random(seed);
            fates = new Random(seed ^ 0x5DEECE66DL);
        }

        void live(CrashDisk disk) throws IOException {
            disk.watch(() -> look(disk));
            for (int life = 0; life < 2 && found.get() == null; life++) {
                try (LocalStorage storage = LocalStorage.open(disk, FILES, () -> NOW);
                        JournalCatalog catalog = catalog(disk, storage);
                        Engine opened = Engine.open(catalog, storage, SETTINGS, () -> NOW, new Random(random.nextLong()),
                                new SharePassword(1, random), _ -> { })) {
                    engine = opened;
                    for (int step = 0; step < STEPS && found.get() == null; step++) {
                        step();
                    }
                }
            }
        }

        /** One life in which anything may fail; it ends when the engine takes nothing any more. */
        void liveOnce(CrashDisk disk) {
            try (LocalStorage storage = LocalStorage.open(disk, FILES, () -> NOW);
                    JournalCatalog catalog = catalog(disk, storage);
                    Engine opened = Engine.open(catalog, storage, SETTINGS, () -> NOW, new Random(random.nextLong()),
                            new SharePassword(1, random), _ -> { })) {
                engine = opened;
                for (int step = 0; step < STEPS && engine.unavailable() == null; step++) {
                    failing = true;
                    stepOrFail();
                }
            } catch (IOException | FailureException e) {
                // It did not start, or did not close: nothing more was promised.
                failing = true;
            }
        }

        private void stepOrFail() throws IOException {
            try {
                step();
            } catch (FailureException e) {
                check(e.failure() instanceof Failure.Unavailable || e.failure() instanceof Failure.NoSpace
                        || e.failure() instanceof Failure.Corrupt, "an unexpected answer: " + e.failure());
            }
        }

        private static JournalCatalog catalog(CrashDisk disk, Storage storage) throws IOException {
            return JournalCatalog.open(disk, JOURNAL, STORE, new JournalCatalog.Options(SEGMENT, 100 << 10, _ -> { }, null),
                    (id, offset, bytes) -> {
                        try (StoredObject object = openOrCreate(storage, id)) {
                            object.write(offset, bytes);
                        }
                    }, storage::sync);
        }

        private static StoredObject openOrCreate(Storage storage, UUID id) throws IOException {
            try {
                return storage.open(id);
            } catch (NoSuchFileException e) {
                return storage.create(id);
            }
        }

        private void promise(UUID id, Promise promise) {
            Map<UUID, Promise> next = new HashMap<>(promises);
            next.put(id, promise);
            promises = Map.copyOf(next);
        }

        private void step() throws IOException {
            List<UUID> open = promises.entrySet().stream().filter(e -> e.getValue().completed() == null && !e.getValue().mayBeGone())
                    .map(Map.Entry::getKey).sorted().toList();
            List<UUID> files = promises.entrySet().stream().filter(e -> e.getValue().completed() != null && !e.getValue().mayBeGone())
                    .map(Map.Entry::getKey).sorted().toList();
            switch (random.nextInt(14)) {
                case 0 -> start();
                case 1 -> receive(random.nextInt(70_000));
                case 2 -> receive(random.nextInt(400_000));
                case 3 -> remove(files, open);
                case 4 -> share(files);
                case 5 -> download();
                case 6 -> complete(open);
                case 7 -> again(files);
                case 8, 9 -> useAgain();
                case 10 -> join(files, open);
                default -> write(open);
            }
        }

        private byte[] content(int length) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            return bytes;
        }

        private void start() {
            byte[] content = content(random.nextInt(300_000));
            Upload upload = engine.uploads(Caller.SYSTEM).start(new NewUpload(engine.uploads(Caller.SYSTEM).newId(), "f", content.length, content.length,
                    1 + random.nextInt(150_000), -1, null, null));
            promise(upload.id(), Promise.of(content));
        }

        private void receive(int length) {
            byte[] content = content(length);
            UUID id = engine.uploads(Caller.SYSTEM).newId();
            Upload file = engine.uploads(Caller.SYSTEM).receive(new NewUpload(id, "f", length, length, 0, -1, null, null),
                    new ScenarioBody(content, Integer.MAX_VALUE), DigestClaim.NONE, null, List.of());
            check(file.sha256().equals(Digest.sha256(content)), "wrong digest");
            promise(id, Promise.file(content, file.sha256()));
        }

        /** The bytes of a file that is there, announced once more. */
        private void again(List<UUID> files) {
            if (files.isEmpty()) {
                return;
            }
            Promise had = promises.get(files.get(random.nextInt(files.size())));
            Uploads uploads = engine.uploads(Caller.SYSTEM);
            int length = had.content().length;
            Uploads.Copied copied = uploads.instant(new NewUpload(uploads.newId(), "g", length, length, 0, -1, had.completed(), null)).orElse(null);
            check(copied != null || failing, "the bytes of a file were not used again");
            if (copied != null) {
                promise(copied.file().id(), Promise.file(had.content(), had.completed()));
            }
        }

        /** An id that was removed is used for other content. */
        private void useAgain() {
            List<UUID> gone = promises.entrySet().stream().filter(e -> e.getValue().gone()).map(Map.Entry::getKey).sorted().toList();
            if (gone.isEmpty()) {
                return;
            }
            UUID id = gone.get(random.nextInt(gone.size()));
            byte[] content = content(random.nextInt(200_000));
            promise(id, Promise.askedFor(content));
            NewUpload spec = new NewUpload(id, "h", content.length, content.length, 1 + random.nextInt(150_000), -1, null, null);
            if (random.nextBoolean()) {
                engine.uploads(Caller.SYSTEM).start(spec);
                promise(id, Promise.of(content));
            } else {
                Upload file = engine.uploads(Caller.SYSTEM).receive(spec, new ScenarioBody(content, Integer.MAX_VALUE), DigestClaim.NONE, null, List.of());
                promise(id, Promise.file(content, file.sha256()));
            }
        }

        /** Files and whole uploads become one more; some are removed, and what was made of them is asked for once more. */
        private void join(List<UUID> files, List<UUID> open) {
            Uploads uploads = engine.uploads(Caller.SYSTEM);
            List<UUID> whole = new ArrayList<>(files);
            open.stream().filter(id -> uploads.get(id).isWhole()).forEach(whole::add);
            if (whole.isEmpty()) {
                return;
            }
            List<UUID> parts = new ArrayList<>();
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                parts.add(whole.get(random.nextInt(whole.size())));
                content.writeBytes(promises.get(parts.getLast()).content());
            }
            NewUpload spec = new NewUpload(null, "j" + random.nextInt(2), Upload.UNKNOWN_LENGTH, Upload.UNKNOWN_LENGTH, 0, -1, null, null);
            UUID id = uploads.join(spec, parts).upload().id();
            Promise before = promises.get(id);
            check(before == null || before.gone() || java.util.Arrays.equals(before.content(), content.toByteArray()), "another is taken for what was asked for");
            promise(id, Promise.of(content.toByteArray()).with(new ByteRange(0, content.size())));
            check(id.equals(uploads.join(spec, parts).upload().id()), "the same request leads elsewhere");
            promise(id, promises.get(id).completedAs(uploads.complete(id, null, Duration.ofSeconds(20)).upload().sha256()));
        }

        private void write(List<UUID> open) {
            if (open.isEmpty()) {
                start();
                return;
            }
            UUID id = open.get(random.nextInt(open.size()));
            byte[] content = promises.get(id).content();
            Upload upload = engine.uploads(Caller.SYSTEM).get(id);
            if (upload.totalChunks() == 0 || !upload.state().isOpen()) {
                return;
            }
            long index = random.nextLong(upload.totalChunks());
            ByteRange range = upload.chunk(index);
            byte[] part = java.util.Arrays.copyOfRange(content, (int) range.start(), (int) range.end());
            boolean breaks = random.nextInt(4) == 0;
            try {
                engine.uploads(Caller.SYSTEM).writeChunk(id, index, new ScenarioBody(part, breaks ? random.nextInt(part.length) : Integer.MAX_VALUE),
                        random.nextBoolean() ? DigestClaim.NONE : DigestClaim.of(Digest.sha256(part)));
                promise(id, promises.get(id).with(range));
            } catch (FailureException e) {
                if (!breaks && failing) {
                    throw e;
                }
                check(breaks, "refused: " + e.failure());
            }
        }

        private void complete(List<UUID> open) {
            for (UUID id : open) {
                Upload upload = engine.uploads(Caller.SYSTEM).get(id);
                if (upload.isWhole()) {
                    Upload done = engine.uploads(Caller.SYSTEM).complete(id, null, Duration.ofSeconds(20)).upload();
                    promise(id, promises.get(id).completedAs(done.sha256()));
                }
            }
        }

        private void remove(List<UUID> files, List<UUID> open) {
            List<UUID> all = new ArrayList<>(files);
            all.addAll(open);
            if (!all.isEmpty()) {
                UUID id = all.get(random.nextInt(all.size()));
                promise(id, promises.get(id).leaving(false));
                engine.uploads(Caller.SYSTEM).delete(id);
                promise(id, promises.get(id).leaving(true));
            }
        }

        private void share(List<UUID> files) {
            if (!files.isEmpty()) {
                Shares.Created created = engine.shares(Caller.SYSTEM).create(files.get(random.nextInt(files.size())), new Shares.Terms(null, 3, null));
                tokens.put(created.share().tokenHash(), created.token());
                note(created.share().tokenHash(), 0);
            }
        }

        private void note(Digest share, long count) {
            Map<Digest, Long> next = new HashMap<>(downloads);
            next.put(share, count);
            downloads = Map.copyOf(next);
        }

        private void download() throws IOException {
            for (Map.Entry<Digest, String> token : tokens.entrySet()) {
                try {
                    Shares.Visit visit = engine.shares(Caller.SYSTEM).enter(token.getValue(), new Shares.Visitor(InetAddress.getLoopbackAddress(), null, null));
                    ByteRange whole = new ByteRange(0, visit.file().length());
                    try (Download download = engine.shares(Caller.SYSTEM).download(visit, whole)) {
                        // From here on bytes go out: the count must never be less again.
                        note(token.getKey(), downloads.get(token.getKey()) + 1);
                        download.writeTo(OutputStream.nullOutputStream(), whole);
                        download.end(true);
                    }
                } catch (FailureException e) {
                    continue;
                }
                return;
            }
        }

        /** Called before every change of the disk: a power cut just now, in one or two of the ways it may end. */
        private synchronized void look(CrashDisk disk) {
            if (looking || found.get() != null) {
                return;
            }
            looking = true;
            try {
                int ways = fates.nextInt(3);
                for (int way = 0; way < ways; way++) {
                    CrashDisk left = disk.afterCrash(Fate.random(fates, disk.operations()));
                    states++;
                    verify(left);
                }
            } catch (AssertionError | IOException e) {
                found.compareAndSet(null, e instanceof AssertionError wrong ? wrong : new AssertionError("does not start", e));
            } finally {
                looking = false;
            }
        }

        private void verify(CrashDisk left) throws IOException {
            Map<UUID, Promise> promised = promises;
            Map<Digest, Long> counted = downloads;
            try (LocalStorage storage = LocalStorage.open(left, FILES, () -> NOW); JournalCatalog catalog = catalog(left, storage)) {
                for (Map.Entry<UUID, Promise> each : promised.entrySet()) {
                    verify(catalog, storage, each.getKey(), each.getValue());
                }
                for (Map.Entry<Digest, Long> each : counted.entrySet()) {
                    long used = catalog.share(each.getKey()).map(Share::used).orElse(Long.MAX_VALUE);
                    check(used >= each.getValue(), "a share was used " + each.getValue() + " times, and knows of " + used);
                }
            }
        }

        private static void verify(Catalog catalog, Storage storage, UUID id, Promise promise) throws IOException {
            Upload upload = catalog.upload(id).orElse(null);
            check(upload != null || promise.mayBeGone() || promise.asked(), "lost " + id);
            check(upload == null || !promise.gone(), "deleted, and there again: " + id);
            if (upload == null || promise.mayBeGone()) {
                return;
            }
            for (ByteRange range : promise.stored()) {
                check(upload.ranges().contains(range), range + " of " + id + " was acknowledged and is lost");
            }
            check(promise.completed() == null || upload.state() == UploadState.COMPLETED && promise.completed().equals(upload.sha256()),
                    id + " was completed and is " + upload.state());
            if (upload.ranges().isEmpty()) {
                return;
            }
            try (StoredObject object = storage.openToRead(upload.object())) {
                for (ByteRange range : upload.ranges().ranges()) {
                    ByteBuffer is = ByteBuffer.allocate((int) range.length());
                    object.read(range.start(), is);
                    int wrong = java.util.Arrays.mismatch(is.array(), 0, is.position(), promise.content(), (int) range.start(), (int) range.end());
                    check(wrong < 0, "byte " + wrong + " of " + range + " of " + id + " is wrong or missing");
                }
                if (upload.state() == UploadState.COMPLETED) {
                    ByteBuffer block = ByteBuffer.allocate(StoredObject.BLOCK);
                    for (long index = 0; index * StoredObject.BLOCK < upload.length(); index++) {
                        object.readBlock(index, upload.length(), upload.ranges().crc(0), block);
                    }
                }
            }
        }

        private static void check(boolean holds, String what) {
            if (!holds) {
                throw new AssertionError(what);
            }
        }
    }
}
