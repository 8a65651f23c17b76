package tranzr.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.catalog.journal.JournalCatalog;
import tranzr.disk.RealDisk;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.RangeSet;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/**
 * Prints what many completed files cost a catalog: heap per file, size on disk, and the time to open it. Arguments: a
 * directory to work in, the number of files (100,000), and {@code shares} to give each file a share.
 */
public final class CatalogBench {

    private static final int FILES_PER_COMMIT = 1_000;

    private CatalogBench() {
    }

    public static void main(String[] args) throws IOException, ConflictException {
        Path parent = Path.of(args.length > 0 ? args[0] : System.getProperty("java.io.tmpdir"));
        Path directory = Files.createTempDirectory(parent, "catalog");
        int files = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
        boolean shares = args.length > 2;
        long empty = usedHeap();
        try (JournalCatalog catalog = open(directory)) {
            fill(catalog, files, shares);
            System.out.printf("%,d files%s: %,d bytes of heap each%n", files, shares ? " with a share" : "",
                    (usedHeap() - empty) / files);
        }
        for (int round = 0; round < 3; round++) {
            long start = System.nanoTime();
            try (JournalCatalog catalog = open(directory)) {
                long opened = System.nanoTime();
                int first = catalog.uploads(null, 20, upload -> true).size();
                System.out.printf("opened in %d ms, the first %d listed in %d µs%n", (opened - start) / 1_000_000, first,
                        (System.nanoTime() - opened) / 1_000);
            }
        }
        try (var paths = Files.list(directory)) {
            for (Path path : paths.sorted().toList()) {
                System.out.printf("%,12d  %s%n", Files.size(path), path.getFileName());
                Files.delete(path);
            }
        }
        Files.delete(directory);
    }

    private static JournalCatalog open(Path directory) throws IOException {
        return JournalCatalog.open(new RealDisk(), directory, new UUID(1, 1),
                new JournalCatalog.Options(16 << 20, 64 << 20, failure -> System.err.println(failure)),
                (id, offset, bytes) -> { }, () -> { });
    }

    private static void fill(JournalCatalog catalog, int files, boolean shares) throws IOException, ConflictException {
        Random random = new Random(1);
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            Instant at = start.plusMillis(i * 1_000L + random.nextInt(1_000));
            UUID id = new UUID(random.nextLong(), random.nextLong());
            changes.add(new Change.UploadCreated(new Upload(id, "holiday picture " + i + ".jpg", 4_000_000, 4_000_000, 8 << 20, 1,
                    UploadState.INITIALIZED, RangeSet.EMPTY, null, null, digest(random), at, at, at.plusSeconds(86_400))));
            changes.add(new Change.RangeStored(id, new ByteRange(0, 4_000_000), random.nextInt(), null, at, null));
            changes.add(new Change.UploadCompleted(id, digest(random), at.plusMillis(80), at.plusSeconds(864_000)));
            if (shares) {
                changes.add(new Change.ShareCreated(new Share(digest(random), id, "pbkdf2-sha256$600000$" + "x".repeat(66), at,
                        at.plusSeconds(3_600), 5, 0, List.of(), 0, null)));
            }
            if (i % FILES_PER_COMMIT == FILES_PER_COMMIT - 1 || i == files - 1) {
                catalog.commit(changes);
                changes.clear();
            }
        }
    }

    private static Digest digest(Random random) {
        byte[] bytes = new byte[Digest.LENGTH];
        random.nextBytes(bytes);
        return Digest.of(bytes);
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
