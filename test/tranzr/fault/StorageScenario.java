package tranzr.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import tranzr.model.Crc32c;
import tranzr.storage.Joining;
import tranzr.storage.StoredObject;
import tranzr.storage.local.LocalStorage;

/**
 * Creates, writes, forces, seals, copies, joins, syncs, deletes and sets aside objects, is killed, and at every change of the disk looks
 * at what a power cut then could leave: every object that was forced or synced is there with every byte that it then
 * had, what was sealed passes its block sums, and what was not can be written on and sealed.
 */
public final class StorageScenario implements CrashScenario {

    private static final Path FOLDER = CrashDisk.ROOT.resolve("store");
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-31T12:00:00Z"));
    private static final int STEPS = 24;
    private static final int CHOICES = 4;
    /** One of so many states is looked at further: the power is cut again while it recovers. */
    private static final int AGAIN = 25;
    /** Writes are made of these; not a divisor of a sector or a block. */
    private static final int PIECE = 100;
    /** Sparse objects reach into their third block. */
    private static final int MOST_PIECES = (2 * StoredObject.BLOCK + 3000) / PIECE;

    private final boolean forces;

    public StorageScenario() {
        this(true);
    }

    private StorageScenario(boolean forces) {
        this.forces = forces;
    }

    /** The same on a disk that ignores every force: it has to find loss. */
    public static StorageScenario control() {
        return new StorageScenario(false);
    }

    @Override
    public String name() {
        return forces ? "storage" : "storage without force";
    }

    @Override
    public long run(long seed) throws IOException {
        Run run = new Run(seed);
        CrashDisk disk = new CrashDisk();
        if (!forces) {
            disk.ignoringForce();
        }
        run.live(disk, true);
        return run.states;
    }

    /**
     * Runs the same on a disk on which a call fails, and looks at the power cut at the end: what was promised before the
     * failure, or after it in spite of it, has to be there.
     *
     * @return the calls that were made
     */
    public static long runFailing(long seed, FaultPlan plan) throws IOException {
        Run run = new Run(seed);
        CrashDisk disk = new CrashDisk();
        LocalStorage.open(disk, FOLDER, CLOCK, 1).close();
        try {
            run.live(disk.plan(plan), false);
        } catch (IOException e) {
            return disk.calls(); // it could not be opened, so nothing was promised
        }
        long calls = disk.calls();
        disk.plan(FaultPlan.none());
        run.crashes(disk, 1);
        return calls;
    }

    /** What was asked of one object. */
    private static final class Model {
        final UUID id;
        /** Whose bytes these are, one after the other: its own, or those of which it is a copy. */
        final List<Model> contents;
        final boolean sparse;
        final BitSet written = new BitSet();
        final BitSet durable = new BitSet();
        /** Whether the object itself has to be there. */
        boolean promised;
        /** Whether anything was written since the last start, so that a sync takes it in. */
        boolean touched = true;
        boolean sealed;
        boolean setAside;
        /** Whether it takes no bytes any more. */
        boolean taken;
        boolean joined;

        private final Map<Integer, byte[]> pieces = new HashMap<>();
        /** Of a sealed object, which does not change any more. */
        private final Map<Long, ByteBuffer> blocks = new HashMap<>();

        Model(UUID id, boolean sparse) {
            this.id = id;
            this.contents = List.of(this);
            this.sparse = sparse;
        }

        /** A copy, or what is joined; the others must not change any more. */
        Model(UUID id, List<Model> of) {
            this.id = id;
            this.contents = List.copyOf(of);
            this.sparse = false;
            int at = 0;
            for (Model each : of) {
                each.taken = true;
                for (int p = each.written.nextSetBit(0); p >= 0; p = each.written.nextSetBit(p + 1)) {
                    written.set(at + p);
                }
                at += each.written.length();
            }
            taken = true;
            promise();
        }

        void promise() {
            promised = true;
            durable.or(written);
        }

        /** What is written there, always the same. */
        byte[] piece(int index) {
            if (contents.getFirst() != this) {
                int at = index;
                int of = 0;
                while (at >= contents.get(of).written.length()) {
                    at -= contents.get(of++).written.length();
                }
                return contents.get(of).piece(at);
            }
            return pieces.computeIfAbsent(index, i -> {
                byte[] bytes = new byte[PIECE];
                new Random(id.getLeastSignificantBits() * 1_000_003 + i).nextBytes(bytes);
                return bytes;
            });
        }

        long length() {
            return (long) written.length() * PIECE;
        }

        /** The content of a block, zeros where nothing was written. */
        ByteBuffer block(long index) {
            return sealed ? blocks.computeIfAbsent(index, this::makeBlock).clear() : makeBlock(index);
        }

        private ByteBuffer makeBlock(long index) {
            long start = index * StoredObject.BLOCK;
            ByteBuffer block = ByteBuffer.allocate((int) Math.min(StoredObject.BLOCK, length() - start));
            for (int p = written.nextSetBit((int) (start / PIECE)); p >= 0; p = written.nextSetBit(p + 1)) {
                byte[] piece = piece(p);
                int at = (int) ((long) p * PIECE - start);
                if (at >= block.capacity()) {
                    break;
                }
                int skip = Math.max(0, -at);
                block.put(at + skip, piece, skip, Math.min(PIECE, block.capacity() - at) - skip);
            }
            return block;
        }

        long blocks() {
            return (length() + StoredObject.BLOCK - 1) / StoredObject.BLOCK;
        }
    }

    private static final class Run {
        private final Random random;
        private final List<Model> objects = new ArrayList<>();
        private final ByteBuffer buffer = ByteBuffer.allocate(StoredObject.BLOCK);
        private long nextId;
        private long states;

        Run(long seed) {
            random = new Random(seed);
        }

        /** @param whole whether every call has to succeed, with a look at each change; else failed steps are passed over */
        void live(CrashDisk first, boolean whole) throws IOException {
            CrashDisk disk = first;
            if (whole) {
                disk.watch(() -> crashes(first, 0));
            }
            LocalStorage storage = LocalStorage.open(disk, FOLDER, CLOCK, 1);
            for (int step = 0; step < STEPS; step++) {
                if (whole && random.nextInt(12) == 0) {
                    CrashDisk next = disk.afterKill();
                    next.watch(() -> crashes(next, 0));
                    disk = next;
                    objects.forEach(each -> each.touched = false);
                    storage = LocalStorage.open(disk, FOLDER, CLOCK, 1);
                }
                try {
                    step(storage);
                } catch (IOException e) {
                    if (whole) {
                        throw e;
                    }
                }
            }
            storage.close();
        }

        private void step(LocalStorage storage) throws IOException {
            switch (random.nextInt(13)) {
                case 0, 1, 2 -> create(storage);
                case 3 -> {
                    storage.sync();
                    objects.stream().filter(each -> each.touched && !each.setAside).forEach(Model::promise);
                }
                case 4 -> remove(storage);
                case 5 -> copy(storage);
                case 6 -> join(storage);
                case 7 -> sealJoined(storage);
                default -> write(storage);
            }
        }

        private void create(LocalStorage storage) throws IOException {
            Model model = new Model(new UUID(0, ++nextId), random.nextInt(3) == 0);
            try (StoredObject object = storage.create(model.id)) {
                objects.add(model);
                writeSome(model, object);
                if (random.nextBoolean()) {
                    object.force();
                    model.promise();
                }
            }
        }

        private void writeSome(Model model, StoredObject object) throws IOException {
            int from = model.sparse && random.nextBoolean() ? random.nextInt(MOST_PIECES) : model.written.length();
            int count = random.nextInt(12);
            for (int p = from; p < Math.min(from + count, MOST_PIECES); p++) {
                object.write((long) p * PIECE, ByteBuffer.wrap(model.piece(p)));
                model.written.set(p);
                model.touched = true;
            }
        }

        /** Some object, or null when there is none of that kind. */
        private Model any(Predicate<Model> kind) {
            List<Model> all = objects.stream().filter(kind).toList();
            return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
        }

        private void write(LocalStorage storage) throws IOException {
            Model model = any(each -> !each.sealed && !each.setAside && !each.taken);
            if (model == null) {
                return;
            }
            try (StoredObject object = storage.open(model.id)) {
                writeSome(model, object);
                if (random.nextInt(3) > 0) {
                    object.force();
                    model.promise();
                    if (random.nextInt(3) == 0) {
                        noteAndSeal(model, object);
                        model.sealed = true;
                    }
                }
            }
        }

        private static void noteAndSeal(Model model, StoredObject object) throws IOException {
            for (long index = 0; index < model.blocks(); index++) {
                object.putSum(index, Crc32c.of(model.block(index)));
            }
            object.seal(model.length());
        }

        private void copy(LocalStorage storage) throws IOException {
            Model model = any(each -> each.sealed && !each.setAside);
            if (model != null) {
                UUID id = new UUID(0, ++nextId);
                if (storage.copy(model.id, id, model.length())) {
                    Model copy = new Model(id, List.of(model));
                    copy.joined = model.joined;
                    copy.sealed = true;
                    objects.add(copy);
                }
            }
        }

        private void join(LocalStorage storage) throws IOException {
            List<Model> parts = new ArrayList<>();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                // What a process before this one has left without a force the catalog gives back first, and it counts as written then.
                Model part = any(each -> !each.setAside && !each.written.isEmpty() && (each.touched || each.durable.equals(each.written)));
                if (part != null) {
                    parts.add(part);
                }
            }
            UUID id = new UUID(0, ++nextId);
            if (!parts.isEmpty() && storage.join(parts.stream().map(part -> new Joining.Part(part.id, part.length())).toList(), id)) {
                Model whole = new Model(id, parts);
                whole.joined = true;
                objects.add(whole);
            }
        }

        private void sealJoined(LocalStorage storage) throws IOException {
            Model model = any(each -> each.joined && !each.sealed && !each.setAside);
            if (model != null) {
                try (StoredObject object = storage.open(model.id)) {
                    noteAndSeal(model, object);
                    model.sealed = true;
                }
            }
        }

        private void remove(LocalStorage storage) throws IOException {
            Model model = any(each -> !each.setAside);
            if (model == null) {
                return;
            }
            if (random.nextBoolean()) {
                objects.remove(model);
                storage.delete(model.id);
            } else {
                model.setAside = true;
                storage.quarantine(model.id);
            }
        }

        private void crashes(CrashDisk disk, int depth) {
            for (int i = 0; i < (depth == 0 ? CHOICES : 1); i++) {
                states++;
                try {
                    recover(disk.afterCrash(Fate.random(random, disk.operations())), depth);
                } catch (IOException e) {
                    throw new AssertionError("cannot recover", e);
                }
            }
        }

        private void recover(CrashDisk left, int depth) throws IOException {
            if (depth < 2 && random.nextInt(AGAIN) == 0) {
                left.watch(() -> crashes(left, depth + 1));
            }
            LocalStorage storage = LocalStorage.open(left, FOLDER, CLOCK, 1);
            for (Model model : objects) {
                if (model.promised) {
                    checkPresent(storage, left, model);
                }
            }
            Model open = any(each -> each.promised && !each.sealed && !each.setAside);
            if (open != null) {
                goOn(storage, open);
            }
            storage.close();
        }

        private void checkPresent(LocalStorage storage, CrashDisk disk, Model model) throws IOException {
            if (model.setAside && model.joined) {
                return; // Its pieces are moved one by one, so that some may be here and some there.
            }
            if (model.setAside && storage.size(model.id).isEmpty()) {
                Path aside = FOLDER.resolve("quarantine/20260131T120000Z-" + model.id + ".data");
                check(disk.exists(aside) && disk.size(aside) >= (long) model.durable.length() * PIECE, model,
                        "neither here nor set aside");
                return;
            }
            check(storage.list().contains(model.id), model, "is not listed");
            boolean verified = model.sealed && !model.setAside;
            try (StoredObject object = storage.openToRead(model.id)) {
                if (verified) {
                    for (long index = 0; index < model.blocks(); index++) {
                        ByteBuffer expected = model.block(index);
                        object.readBlock(index, model.length(), Crc32c.of(expected), buffer);
                        check(buffer.equals(expected), model, "block " + index + " is another");
                    }
                    return;
                }
                for (int p = model.durable.nextSetBit(0); p >= 0; p = model.durable.nextSetBit(p + 1)) {
                    object.read((long) p * PIECE, buffer.clear().limit(PIECE));
                    check(buffer.flip().equals(ByteBuffer.wrap(model.piece(p))), model, "piece " + p + " is another");
                }
            }
        }

        /** Writes on, and completes the object with sums of what is there now, whatever the sums' file held. */
        private void goOn(LocalStorage storage, Model model) throws IOException {
            long length;
            int[] sums;
            try (StoredObject object = storage.open(model.id)) {
                if (!model.taken) {
                    object.write((long) model.durable.length() * PIECE, ByteBuffer.wrap(model.piece(0)));
                }
                object.force();
                sums = new int[(int) (object.size() / StoredObject.BLOCK) + 1];
                length = object.size();
                for (int index = 0; (long) index * StoredObject.BLOCK < length; index++) {
                    object.read((long) index * StoredObject.BLOCK, buffer.clear());
                    sums[index] = Crc32c.of(buffer.flip());
                    object.putSum(index, sums[index]);
                }
                object.seal(length);
            }
            try (StoredObject object = storage.openToRead(model.id)) {
                for (int index = 0; (long) index * StoredObject.BLOCK < length; index++) {
                    object.readBlock(index, length, sums[index], buffer);
                }
            }
        }

        private static void check(boolean holds, Model model, String what) {
            if (!holds) {
                throw new AssertionError(model.id + ": " + what);
            }
        }
    }
}
