package tranzr.catalog.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import tranzr.catalog.Change;
import tranzr.catalog.Samples;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.fault.CrashDisk;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.model.AccessToken;
import tranzr.model.Entity;

/** Records of the journal and snapshots: as if their checksums were right whatever they hold. */
public final class CatalogFuzz {

    private static final UUID STORE = new UUID(3, 4);
    private static final long SEQUENCE = 17;

    private CatalogFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("journal-record", "tranzr.catalog.journal.RecordCodec", "tranzr.catalog.journal.RowCodec", "tranzr.catalog.journal.FieldReader", "tranzr.catalog.journal.EntityCodec").seeds(commits())
                        .words("\u0001", "\u00ff\u00ff\u00ff\u00ff\u000f", "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u0001", "\u0080\u0080\u0000").inputs(15_000)
                        .bytes(CatalogFuzz::record),
                Target.of("entity", "tranzr.catalog.journal.EntityCodec").seeds(entities()).words("\u0001", "\u0000", "\u00ff\u00ff\u00ff\u00ff\u000f", "\u0080\u0080\u0000", "10.0.0.0/8", "::1")
                        .inputs(15_000).bytes(CatalogFuzz::entity),
                Target.of("snapshot", "tranzr.catalog.journal.Snapshot", "tranzr.catalog.journal.UploadRow", "tranzr.catalog.journal.ShareRow").seeds(snapshots())
                        .words("\u0001", "\u0002", "\u000f\u0000\u0000\u0000", "\u00ff\u00ff\u00ff\u00ff\u000f").inputs(6_000).bytes(CatalogFuzz::snapshot));
    }

    private static List<byte[]> commits() {
        List<byte[]> commits = new ArrayList<>();
        for (long seed = 0; seed < 60; seed++) {
            commits.add(bytes(RecordCodec.encode(new RandomChanges(seed).commit(4))));
        }
        return commits;
    }

    private static List<byte[]> entities() {
        List<byte[]> entities = new ArrayList<>();
        for (long seed = 0; seed < 60; seed++) {
            entities.add(written(new RandomChanges(seed).entity()));
        }
        return entities;
    }

    private static byte[] written(Entity entity) {
        FieldWriter out = new FieldWriter(64);
        EntityCodec.put(out, entity);
        return bytes(out.view());
    }

    /** As {@link #record}, for one entity alone, so that what is tried is not spent on the rest of a record. */
    private static void entity(byte[] input) throws BadRecordException {
        Entity entity;
        try {
            entity = EntityCodec.entity(new FieldReader(input));
        } catch (BadRecordException e) {
            Expect.that(e.getMessage() != null && !e.getMessage().isBlank(), "a refusal without words");
            return;
        }
        FieldReader again = new FieldReader(written(entity));
        Expect.same(entity, EntityCodec.entity(again), "again");
        Expect.that(!again.hasMore(), "more was written than is read");
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** What is read can be written, and is then the same. */
    private static void record(byte[] input) throws BadRecordException {
        List<Change> changes;
        try {
            changes = RecordCodec.decode(ByteBuffer.wrap(input));
        } catch (BadRecordException e) {
            Expect.that(e.getMessage() != null && !e.getMessage().isBlank(), "a refusal without words");
            return;
        }
        byte[] written = bytes(RecordCodec.encode(changes));
        List<Change> again = RecordCodec.decode(ByteBuffer.wrap(written));
        Expect.that(Arrays.equals(written, bytes(RecordCodec.encode(again))), "written twice it is not the same: " + changes);
        Expect.same(told(changes), told(again), "again");
    }

    private static List<String> told(List<Change> changes) {
        return changes.stream().map(change -> change instanceof Change.RangeStored stored
                ? stored.id() + " " + stored.range() + " " + stored.crc() + " " + stored.at() + " " + stored.expires() + " " + Arrays.toString(stored.bytes())
                : change.toString()).toList();
    }

    private static List<byte[]> snapshots() {
        State empty = new State();
        State full = new State();
        for (int i = 1; i <= 5; i++) {
            full.put(Samples.upload(i, i * 1000));
            full.put(AccessToken.of(Samples.id(i), Samples.token("t" + i), "name " + i, Samples.at(i)));
        }
        for (long seed = 0; seed < 40; seed++) {
            for (Change change : new RandomChanges(seed).commit(6)) {
                switch (change) {
                    case Change.UploadCreated created -> full.put(created.upload());
                    case Change.ShareCreated created -> full.put(created.share());
                    case Change.EntityAdded added -> full.put(added.entity());
                    default -> { }
                }
            }
        }
        return List.of(fileOf(empty), fileOf(full));
    }

    private static byte[] fileOf(State state) {
        CrashDisk disk = new CrashDisk();
        try {
            Snapshot.write(disk, CrashDisk.ROOT, STORE, Image.of(state, SEQUENCE));
            try (DiskFile file = disk.open(CrashDisk.ROOT.resolve(Snapshot.TEMPORARY), Disk.Mode.READ)) {
                ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
                file.read(bytes, 0);
                return bytes.array();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void snapshot(byte[] input) throws IOException {
        readSnapshot(input);
        readSnapshot(withChecksums(input));
    }

    private static void readSnapshot(byte[] file) throws IOException {
        CrashDisk disk = new CrashDisk();
        try (DiskFile open = disk.open(Snapshot.file(CrashDisk.ROOT, SEQUENCE), Disk.Mode.CREATE)) {
            open.write(ByteBuffer.wrap(file), 0);
        }
        State state;
        try {
            state = Snapshot.read(disk, CrashDisk.ROOT, SEQUENCE, STORE).state();
        } catch (IOException e) {
            Expect.that(e.getMessage() != null && !e.getMessage().isBlank(), "a refusal without words");
            return;
        }
        state.uploadRows().forEach(row -> unpacked(row::upload));
        state.shareRows().forEach(row -> unpacked(row::share));
        byte[] written = fileOf(state);
        Expect.that(written.length > 0, "it cannot be written again");
    }

    /** Rows stay packed until they are asked for; a checksum that fits to nonsense is found then. */
    private static void unpacked(Runnable row) {
        try {
            row.run();
        } catch (IllegalStateException e) {
            Expect.that(e.getCause() instanceof BadRecordException, "another failure: " + e);
        }
    }

    /** Makes the checksums of the header and of all blocks right, as far as blocks can be found. */
    private static byte[] withChecksums(byte[] input) {
        byte[] file = input.clone();
        if (file.length < Snapshot.HEADER_BYTES) {
            return file;
        }
        ByteBuffer bytes = ByteBuffer.wrap(file);
        bytes.putInt(Snapshot.HEADER_BYTES - 4, crc(file, 0, Snapshot.HEADER_BYTES - 4, null));
        int at = Snapshot.HEADER_BYTES;
        for (int number = 0; at + Snapshot.BLOCK_HEADER_BYTES < file.length; number++) {
            int rest = file.length - at - Snapshot.BLOCK_HEADER_BYTES;
            int length = bytes.getInt(at);
            if (length <= 0 || length > rest) {
                length = rest;
                bytes.putInt(at, length);
            }
            bytes.putInt(at + 4, crc(file, at + Snapshot.BLOCK_HEADER_BYTES, length, number));
            at += Snapshot.BLOCK_HEADER_BYTES + length;
        }
        return file;
    }

    private static int crc(byte[] bytes, int from, int length, Integer number) {
        CRC32C crc = new CRC32C();
        if (number != null) {
            crc.update(ByteBuffer.allocate(4).putInt(0, number));
        }
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }
}
