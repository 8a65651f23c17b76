package tranzr.catalog.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.UploadState;
import tranzr.model.Upload;
import tranzr.catalog.CatalogWatch;
import tranzr.catalog.Catalog;
import tranzr.catalog.UsageContract;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.catalog.Samples;
import tranzr.disk.Disk;
import tranzr.disk.RealDisk;
import tranzr.model.ByteRange;

/** The contract, on a real disk, and what only this catalog does. */
final class JournalCatalogTest extends UsageContract {

    private static final UUID STORE = new UUID(1, 2);

    @TempDir
    Path directory;

    private final Disk disk = new RealDisk();
    private final List<String> redone = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger syncs = new AtomicInteger();
    private volatile CountDownLatch synced = new CountDownLatch(1);
    private long snapshotAfterBytes = Long.MAX_VALUE;

    @Override
    protected Catalog open() throws IOException {
        JournalCatalog.Options options = new JournalCatalog.Options(2 << 20, snapshotAfterBytes, failure -> { });
        return JournalCatalog.open(disk, directory, STORE, options,
                (id, offset, bytes) -> redone.add(id.getLeastSignificantBits() + "@" + offset + " "
                        + StandardCharsets.US_ASCII.decode(bytes)),
                this::sync);
    }

    private void sync() {
        syncs.incrementAndGet();
        synced.countDown();
    }

    @Test
    void whoWatchesIsToldOfEachUploadOnceACommitAndOfWhatBecameDurable() throws Exception {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        List<String> batches = Collections.synchronizedList(new ArrayList<>());
        CatalogWatch watch = new CatalogWatch() {
            @Override
            public void changed(Upload before, Upload after) {
                told.add((before == null ? "none" : before.state()) + ">" + (after == null ? "none" : after.state()));
            }

            @Override
            public void committed(long nanos) {
                told.add(nanos > 0 ? "durable" : "no time");
            }
        };
        Path own = directory.resolve("watched");
        JournalCatalog.Options options = new JournalCatalog.Options(1 << 20, Long.MAX_VALUE, failure -> { })
                .watchedBy(watch, (records, bytes, nanos) -> batches.add(records + (bytes > 0 && nanos > 0 ? "" : "?")));
        try (JournalCatalog watched = JournalCatalog.open(disk, own, STORE, options, (id, offset, bytes) -> { }, () -> { })) {
            watched.commit(Samples.file(1));
            watched.commit(Samples.created(2, 10));
            watched.commit(Samples.created(3, 10), new Change.UploadRemoved(Samples.id(3)));
            watched.commit(new Change.UploadRemoved(Samples.id(1)));
            assertThrows(ConflictException.class, () -> watched.commit(Samples.created(2, 10)));
        }
        assertEquals(List.of("none>COMPLETED", "durable", "none>INITIALIZED", "durable", "durable", "COMPLETED>none", "durable"), told);
        assertEquals(List.of("1", "1", "1", "1"), batches);
        try (JournalCatalog again = JournalCatalog.open(disk, own, STORE, options, (id, offset, bytes) -> { }, () -> { })) {
            assertEquals(1, again.counts().uploads().get(UploadState.INITIALIZED));
        }
        assertEquals(7, told.size(), "a replay is nothing new");
    }

    private JournalCatalog journalCatalog() {
        return (JournalCatalog) catalog;
    }

    private static Change carrying(long number, long start, String text) {
        return new Change.RangeStored(Samples.id(number), new ByteRange(start, start + text.length()), 5,
                text.getBytes(StandardCharsets.US_ASCII), Samples.T0, null);
    }

    private List<Long> snapshots() throws IOException {
        return Snapshot.list(disk, directory);
    }

    @Test
    void bytesThatTravelledInTheJournalAreWrittenAgainUntilTheStorageWasSynced() throws Exception {
        catalog.commit(Samples.created(1, 100), carrying(1, 0, "hello"));
        catalog.commit(carrying(1, 50, "world"));
        reopen();
        assertEquals(List.of("1@0 hello", "1@50 world"), redone);
        redone.clear();
        reopen();
        assertEquals(List.of("1@0 hello", "1@50 world"), redone);
        redone.clear();
        assertEquals(0, syncs.get());
        journalCatalog().compact();
        assertEquals(1, syncs.get());
        catalog.commit(carrying(1, 60, "again"));
        reopen();
        assertEquals(List.of("1@60 again"), redone);
        assertEquals(15, catalog.upload(Samples.id(1)).orElseThrow().ranges().total());
    }

    @Test
    void nothingIsForgottenWhenTheStorageCannotBeSynced() throws Exception {
        catalog.close();
        JournalCatalog.Options options = new JournalCatalog.Options(1 << 20, Long.MAX_VALUE, failure -> { });
        catalog = JournalCatalog.open(disk, directory, STORE, options, (id, offset, bytes) -> { }, () -> {
            throw new IOException("no sync");
        });
        catalog.commit(Samples.created(1, 100), carrying(1, 0, "hello"));
        assertThrows(IOException.class, journalCatalog()::compact);
        assertEquals(List.of(), snapshots());
        reopen();
        assertEquals(List.of("1@0 hello"), redone);
    }

    @Test
    void aSnapshotIsMadeInTheBackgroundWhenTheJournalHasGrown() throws Exception {
        catalog.close();
        snapshotAfterBytes = 2_000;
        catalog = open();
        for (int i = 0; i < 40; i++) {
            catalog.commit(Samples.file(i));
        }
        assertTrue(synced.await(20, TimeUnit.SECONDS));
        catalog.close();
        assertFalse(snapshots().isEmpty());
        catalog = open();
        assertEquals(40, catalog.uploads(null, 100, upload -> true).size());
    }

    @Test
    void closingMakesASnapshotWhenItSparesTheNextStartMuch() throws Exception {
        catalog.close();
        snapshotAfterBytes = 1 << 20;
        catalog = open();
        catalog.commit(Samples.file(1));
        catalog.close();
        assertEquals(List.of(), snapshots());
        catalog = open();
        List<Change> many = new ArrayList<>();
        for (int i = 2; i < 1000; i++) {
            many.addAll(Samples.file(i));
        }
        catalog.commit(many);
        catalog.close();
        assertEquals(List.of(2L), snapshots());
        catalog = open();
        assertEquals(999, catalog.uploads(null, 9999, upload -> true).size());
    }

    @Test
    void onlyTheLastTwoSnapshotsAreKept() throws Exception {
        for (int i = 0; i < 5; i++) {
            catalog.commit(Samples.file(i));
            journalCatalog().compact();
        }
        journalCatalog().compact();
        assertEquals(List.of(5L, 4L), snapshots());
        reopen();
        assertEquals(5, catalog.uploads(null, 100, upload -> true).size());
    }

    @Test
    void aCommitThatIsTooLargeIsRefusedBeforeAnythingHappens() throws Exception {
        List<Change> many = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            many.add(Samples.created(i, 10));
        }
        assertThrows(IllegalArgumentException.class, () -> catalog.commit(many));
        assertEquals(0, everything().size());
        catalog.commit(many.subList(0, 1000));
        assertEquals(1000, everything().size());
    }

    @Test
    void theCatalogOfAnotherStoreIsRefused() throws Exception {
        catalog.commit(Samples.file(1));
        journalCatalog().compact();
        catalog.close();
        JournalCatalog.Options options = new JournalCatalog.Options(1 << 20, 1 << 20, failure -> { });
        IOException refusal = assertThrows(IOException.class, () -> JournalCatalog.open(disk, directory, new UUID(9, 9), options,
                (id, offset, bytes) -> { }, () -> { }));
        assertTrue(refusal.getMessage().contains("belongs to store"), refusal.getMessage());
        catalog = open();
        assertEquals(1, everything().size());
    }

    @Test
    void readersSeeAWholeCommitOfOneFileOrNothingOfIt() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        List<String> partial = Collections.synchronizedList(new ArrayList<>());
        Thread reader = Thread.ofVirtual().start(() -> {
            while (done.getCount() > 0) {
                catalog.forEachUpload(upload -> {
                    if (upload.sha256() == null) {
                        partial.add(upload.toString());
                    }
                });
            }
        });
        for (int i = 0; i < 200; i++) {
            commitFile(i);
        }
        done.countDown();
        reader.join();
        assertEquals(List.of(), partial);
    }

    private void commitFile(int number) throws ConflictException, IOException {
        catalog.commit(Samples.file(number));
    }

    @Test
    void contentsOfRowsKeptAsBytesAreEqualToWhatWasPutIn() {
        for (long seed = 0; seed < 500; seed++) {
            RandomChanges random = new RandomChanges(seed);
            var upload = random.upload();
            UploadRow row = UploadRow.of(upload);
            assertEquals(upload, row.upload(), "seed " + seed);
            assertArrayEquals(UploadRow.bodyOf(row.content()), UploadRow.bodyOf(upload));
            var share = random.share();
            assertEquals(share, ShareRow.of(share).share(), "seed " + seed);
        }
    }
}
