package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.catalog.Catalog;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.catalog.journal.JournalCatalog;
import tranzr.disk.RealDisk;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;
import tranzr.model.Digest;
import tranzr.model.RangeSet;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.storage.StoredObject;
import tranzr.storage.local.LocalStorage;

class FsckTest {

    private static final int BLOCK = StoredObject.BLOCK;
    private static final Instant T0 = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    Path temp;

    private final List<Fsck.Finding> findings = new ArrayList<>();
    private final List<Long> progress = new ArrayList<>();
    private LocalStorage storage;
    private JournalCatalog catalog;

    @BeforeEach
    void open() throws IOException {
        RealDisk disk = new RealDisk();
        Files.createDirectory(temp.resolve("journal"));
        storage = LocalStorage.open(disk, temp.resolve("store"), () -> T0);
        catalog = JournalCatalog.open(disk, temp.resolve("journal"), new UUID(1, 2),
                new JournalCatalog.Options(64 << 10, 64 << 20, e -> { }), (id, offset, bytes) -> { }, storage::sync);
    }

    @AfterEach
    void close() throws IOException {
        catalog.close();
        storage.close();
    }

    private Fsck.Summary check(boolean repair) throws IOException {
        findings.clear();
        progress.clear();
        return Fsck.run(catalog, storage, repair, new Fsck.Listener() {
            @Override
            public void found(Fsck.Finding finding) {
                findings.add(finding);
            }

            @Override
            public void progress(long bytesDone, long bytesTotal) {
                progress.add(bytesDone);
                assertTrue(bytesDone <= bytesTotal);
            }
        });
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static UUID id(int n) {
        return new UUID(0x4000, n);
    }

    private Path file(int n, String ending) {
        return temp.resolve("store/files/" + id(n) + ending);
    }

    private void begin(int n, long length) throws IOException, ConflictException {
        catalog.commit(new Change.UploadCreated(new Upload(id(n), "f", length, length, 1 << 20, 1, UploadState.INITIALIZED,
                RangeSet.EMPTY, null, null, null, T0, T0, null)));
    }

    private void put(int n, byte[] bytes, int from, int to) throws IOException, ConflictException {
        try (StoredObject object = storage.size(id(n)).isPresent() ? storage.open(id(n)) : storage.create(id(n))) {
            object.write(from, ByteBuffer.wrap(bytes, from, to - from));
            object.force();
        }
        catalog.commit(new Change.RangeStored(id(n), new ByteRange(from, to), Crc32c.of(bytes, from, to - from), null, T0, null));
    }

    private void complete(int n, byte[] bytes) throws IOException, ConflictException {
        begin(n, bytes.length);
        put(n, bytes, 0, bytes.length);
        try (StoredObject object = storage.open(id(n))) {
            for (int at = 0; at < bytes.length; at += BLOCK) {
                object.putSum(at / BLOCK, Crc32c.of(bytes, at, Math.min(BLOCK, bytes.length - at)));
            }
            object.seal(bytes.length);
        }
        catalog.commit(new Change.UploadCompleted(id(n), Digest.sha256(bytes), T0, null));
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    private void assertFound(Fsck.Kind kind, int n, boolean repairable, boolean repaired) {
        assertEquals(1, findings.size(), findings.toString());
        Fsck.Finding finding = findings.getFirst();
        assertEquals(kind, finding.kind(), finding.what());
        assertEquals(id(n), finding.id());
        assertEquals(repairable, finding.repairable(), finding.what());
        assertEquals(repaired, finding.repaired(), finding.what());
    }

    @Test
    void aStoreInOrderIsClean() throws Exception {
        complete(1, bytes(3 * BLOCK + 5));
        complete(2, bytes(100));
        begin(3, 0);
        catalog.commit(new Change.UploadCompleted(id(3), Digest.sha256(new byte[0]), T0, null));
        begin(4, 1000);
        byte[] parts = bytes(2 * BLOCK);
        begin(5, parts.length);
        put(5, parts, 10, 20);
        put(5, parts, BLOCK - 5, 2 * BLOCK);
        Fsck.Summary summary = check(true);
        assertEquals(List.of(), findings);
        long bytes = 3L * BLOCK + 5 + 100 + 10 + BLOCK + 5;
        assertEquals(new Fsck.Summary(5, bytes, 0, 0), summary);
        assertTrue(summary.isClean());
        assertEquals(bytes, progress.getLast());
    }

    @Test
    void damagedBytesOfAFileAreFoundAndLeftAlone() throws Exception {
        complete(1, bytes(3 * BLOCK));
        flip(file(1, ".data"), 2 * BLOCK + 7);
        byte[] before = Files.readAllBytes(file(1, ".data"));
        byte[] sums = Files.readAllBytes(file(1, ".sums"));
        Fsck.Summary summary = check(true);
        assertFound(Fsck.Kind.DAMAGED, 1, false, false);
        assertTrue(findings.getFirst().what().contains("block 2"), findings.getFirst().what());
        assertFalse(summary.isClean());
        assertArrayEquals(before, Files.readAllBytes(file(1, ".data")));
        assertArrayEquals(sums, Files.readAllBytes(file(1, ".sums")));
    }

    @Test
    void damagedBytesOfAFileOfOneBlockAreFound() throws Exception {
        complete(1, bytes(100));
        flip(file(1, ".data"), 99);
        check(false);
        assertFound(Fsck.Kind.DAMAGED, 1, false, false);
    }

    @Test
    void damagedBytesOfAnOpenUploadAreFoundInTheirRange() throws Exception {
        byte[] bytes = bytes(2 * BLOCK);
        begin(1, bytes.length);
        put(1, bytes, 0, 100);
        put(1, bytes, BLOCK, 2 * BLOCK);
        flip(file(1, ".data"), 500);
        check(false);
        assertEquals(List.of(), findings, "what was not acknowledged may be anything");
        flip(file(1, ".data"), BLOCK + 1);
        check(false);
        assertFound(Fsck.Kind.DAMAGED, 1, false, false);
        assertTrue(findings.getFirst().what().contains("[" + BLOCK + ", "), findings.getFirst().what());
    }

    @Test
    void missingAndShortObjectsAreFound() throws Exception {
        complete(1, bytes(1000));
        Files.write(file(1, ".data"), bytes(999));
        check(true);
        assertFound(Fsck.Kind.SHORT, 1, false, false);
        Files.delete(file(1, ".data"));
        check(true);
        assertFound(Fsck.Kind.MISSING, 1, false, false);
    }

    @Test
    void missingOrDamagedSumsAreWrittenAnewWhenTheBytesAreRight() throws Exception {
        complete(1, bytes(3 * BLOCK + 1));
        byte[] sums = Files.readAllBytes(file(1, ".sums"));
        for (byte[] damaged : new byte[][] {null, new byte[0], Arrays.copyOf(sums, sums.length - 1), new byte[sums.length],
                Arrays.copyOf(sums, 32)}) {
            if (damaged == null) {
                Files.delete(file(1, ".sums"));
            } else {
                Files.write(file(1, ".sums"), damaged);
            }
            check(false);
            assertFound(Fsck.Kind.BAD_SUMS, 1, true, false);
            assertTrue(check(true).isClean());
            assertFound(Fsck.Kind.BAD_SUMS, 1, true, true);
            assertArrayEquals(sums, Files.readAllBytes(file(1, ".sums")));
            check(false);
            assertEquals(List.of(), findings);
        }
    }

    @Test
    void sumsOfANewerFormatAreNotOverwritten() throws Exception {
        complete(1, bytes(2 * BLOCK));
        byte[] sums = Files.readAllBytes(file(1, ".sums"));
        ByteBuffer.wrap(sums).putInt(4, 2);
        ByteBuffer.wrap(sums).putInt(28, Crc32c.of(sums, 0, 28));
        Files.write(file(1, ".sums"), sums);
        check(true);
        assertFound(Fsck.Kind.UNREADABLE, 1, false, false);
        assertArrayEquals(sums, Files.readAllBytes(file(1, ".sums")));
    }

    @Test
    void objectsThatNothingRefersToAreSetAsideAndNotDeleted() throws Exception {
        storage.create(id(7)).close();
        check(false);
        assertFound(Fsck.Kind.UNREFERENCED, 7, true, false);
        assertTrue(check(true).isClean());
        assertFound(Fsck.Kind.UNREFERENCED, 7, true, true);
        assertTrue(Files.exists(temp.resolve("store/quarantine/20260131T120000Z-" + id(7) + ".data")));
        check(false);
        assertEquals(List.of(), findings);
    }

    @Test
    void bytesOfAnUploadThatWasGivenUpAreUnreferenced() throws Exception {
        begin(1, 100);
        put(1, bytes(100), 0, 10);
        catalog.commit(new Change.StateChanged(id(1), UploadState.UPLOADING, UploadState.EXPIRED, T0, null));
        check(false);
        assertFound(Fsck.Kind.UNREFERENCED, 1, true, false);
    }

    @Test
    void aShareOfAFileThatLivesIsInOrder() throws Exception {
        complete(1, bytes(10));
        catalog.commit(new Change.ShareCreated(new Share(Digest.sha256(bytes(3)), id(1), null, T0, null, 0, 0, List.of(), 0, null)));
        assertTrue(check(false).isClean());
    }

    @Test
    void oneBadFileDoesNotKeepTheOthersFromBeingChecked() throws Exception {
        for (int n = 1; n <= 3; n++) {
            complete(n, bytes(2 * BLOCK + n));
        }
        Files.delete(file(1, ".data"));
        flip(file(3, ".data"), 0);
        Fsck.Summary summary = check(false);
        assertEquals(3, summary.files());
        assertEquals(List.of(id(1), id(3)), findings.stream().map(Fsck.Finding::id).toList());
    }

    @Test
    void aShareOfWhatIsNotThereIsFound() throws Exception {
        Share share = new Share(Digest.sha256(bytes(3)), id(9), null, T0, null, 0, 0, List.of(), 0, null);
        Catalog withShare = (Catalog) Proxy.newProxyInstance(Catalog.class.getClassLoader(), new Class<?>[] {Catalog.class},
                (proxy, method, arguments) -> {
                    if (!method.getName().equals("forEachShare")) {
                        return method.invoke(catalog, arguments);
                    }
                    @SuppressWarnings("unchecked")
                    Consumer<Share> action = (Consumer<Share>) arguments[0];
                    action.accept(share);
                    return null;
                });
        assertEquals(1, Fsck.run(withShare, storage, true, findings::add).problems());
        assertFound(Fsck.Kind.SHARE_WITHOUT_FILE, 9, false, false);
    }

    @Test
    void recordsThatContradictTheBytesAreFound() throws Exception {
        begin(1, 0);
        catalog.commit(new Change.UploadCompleted(id(1), Digest.sha256(bytes(1)), T0, null));
        check(true);
        assertFound(Fsck.Kind.BAD_RECORD, 1, false, false);
        catalog.commit(new Change.UploadRemoved(id(1)));

        byte[] bytes = bytes(100);
        begin(2, 100);
        storage.create(id(2)).close();
        Files.write(file(2, ".data"), bytes);
        catalog.commit(new Change.RangeStored(id(2), new ByteRange(0, 100), 4711, null, T0, null),
                new Change.UploadCompleted(id(2), Digest.sha256(bytes), T0, null));
        check(true);
        assertFound(Fsck.Kind.BAD_RECORD, 2, false, false);
    }
}
