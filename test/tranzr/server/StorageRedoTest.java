package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.catalog.Change;
import tranzr.disk.Disk;
import tranzr.disk.RealDisk;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;
import tranzr.model.RangeSet;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.storage.StoredObject;

/** Bytes that only the journal holds come back to the storage at the next start. */
class StorageRedoTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final byte[] BYTES = "acknowledged".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final Disk disk = new RealDisk();
    @TempDir
    Path folder;

    @Test
    void an_object_that_the_power_cut_took_is_written_again() throws Exception {
        UUID id = UUID.randomUUID();
        UUID other = UUID.randomUUID();
        try (Store store = open()) {
            for (UUID each : List.of(id, other)) {
                store.catalog().commit(created(each), new Change.RangeStored(each, new ByteRange(0, 4), crc(0, 4), part(0, 4), NOW, null));
            }
            store.catalog().commit(new Change.RangeStored(id, new ByteRange(4, BYTES.length), crc(4, BYTES.length), part(4, BYTES.length), NOW, null));
            assertEquals(List.of(), store.storage().list());
            crash(store);
        }
        try (Store store = open(); var object = store.storage().openToRead(id)) {
            ByteBuffer read = ByteBuffer.allocate(100);
            assertEquals(BYTES.length, object.read(0, read));
            assertArrayEquals(BYTES, Arrays.copyOf(read.array(), BYTES.length));
            assertEquals(2, store.storage().list().size());
        }
    }

    @Test
    void what_was_removed_later_does_not_come_back() throws Exception {
        UUID id = UUID.randomUUID();
        try (Store store = open()) {
            store.catalog().commit(created(id), new Change.RangeStored(id, new ByteRange(0, BYTES.length), crc(0, BYTES.length), BYTES, NOW, null));
            store.catalog().commit(new Change.UploadRemoved(id));
            crash(store);
        }
        try (Store store = open()) {
            assertTrue(store.catalog().upload(id).isEmpty());
            assertEquals(List.of(), store.storage().list());
        }
    }

    @Test
    void bytes_of_a_removed_upload_do_not_reach_the_next_one_of_its_id() throws Exception {
        UUID id = UUID.randomUUID();
        UUID object = UUID.randomUUID();
        byte[] other = "OTHER BYTES!".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        try (Store store = open()) {
            store.catalog().commit(created(id), new Change.RangeStored(id, new ByteRange(0, BYTES.length), crc(0, BYTES.length), BYTES, NOW, null));
            store.catalog().commit(new Change.UploadRemoved(id));
            // These are forced, and in no record.
            try (StoredObject open = store.storage().create(object)) {
                open.write(0, ByteBuffer.wrap(other));
                open.force();
            }
            store.catalog().commit(new Change.UploadCreated(upload(id).at(object)),
                    new Change.RangeStored(id, new ByteRange(0, 6), Crc32c.of(other, 0, 6), null, NOW, null));
            store.catalog().commit(new Change.RangeStored(id, new ByteRange(6, 12), Crc32c.of(other, 6, 6), Arrays.copyOfRange(other, 6, 12), NOW, null));
            crash(store);
        }
        try (Store store = open()) {
            assertEquals(List.of(object), store.storage().list());
            Upload upload = store.catalog().upload(id).orElseThrow();
            assertEquals(object, upload.object());
            try (StoredObject open = store.storage().openToRead(object)) {
                ByteBuffer read = ByteBuffer.allocate(100);
                assertEquals(other.length, open.read(0, read));
                assertArrayEquals(other, Arrays.copyOf(read.array(), other.length));
            }
        }
    }

    /** Copies the directory as a crash would leave it, and works on with the copy: closing could write a snapshot. */
    private void crash(Store store) throws Exception {
        Path from = store.directory().root();
        Path to = folder.resolve("crashed");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(each -> !each.getFileName().toString().equals("lock")).toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private Store open() throws Exception {
        Path crashed = folder.resolve("crashed");
        Path root = Files.exists(crashed) ? crashed : folder.resolve("data");
        return Store.open(disk, DataDirectory.open(disk, root, UUID::randomUUID), InstantSource.system(), failure -> {
            throw new AssertionError(failure);
        });
    }

    private static byte[] part(int from, int to) {
        return Arrays.copyOfRange(BYTES, from, to);
    }

    private static int crc(int from, int to) {
        return Crc32c.of(BYTES, from, to - from);
    }

    private static Change created(UUID id) {
        return new Change.UploadCreated(upload(id));
    }

    private static Upload upload(UUID id) {
        return new Upload(id, "a.txt", BYTES.length, BYTES.length, 1024, 1, UploadState.INITIALIZED, RangeSet.EMPTY, null, null,
                null, NOW, NOW, null);
    }
}
