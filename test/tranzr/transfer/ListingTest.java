package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.Digest;
import tranzr.model.FileAccess;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.transfer.Listing.Page;
import tranzr.transfer.Listing.Query;
import tranzr.transfer.Listing.Sort;

/** Lists in every order are compared with all records sorted at once. */
class ListingTest {

    private static final UUID ANN = new UUID(3, 3);

    @TempDir
    Path folder;
    private EngineFixture fixture;
    private final Random random = new Random(5);

    @BeforeEach
    void open() throws Exception {
        fixture = new EngineFixture(folder);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    /** Names, sizes and times of which many are equal, so that the id has to decide. */
    private void begin(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            if (random.nextBoolean()) {
                fixture.pass(Duration.ofSeconds(1));
            }
            String name = (random.nextBoolean() ? "Report " : "report ") + random.nextInt(6);
            long length = random.nextInt(8) == 0 ? Upload.UNKNOWN_LENGTH : random.nextInt(5);
            Uploads uploads = fixture.uploads();
            Upload upload = uploads.start(new NewUpload(uploads.newId(), name, length, length, 10, -1, null, null));
            if (i % 3 == 0) {
                fixture.engine.core().commit(List.of(new Change.AccessChanged(upload.id(), FileAccess.of(ANN, null))));
            }
        }
    }

    private List<Upload> all(Sort sort, boolean ascending, Predicate<Upload> filter) {
        Comparator<Upload> key = switch (sort) {
            case CREATED -> Comparator.comparing(Upload::created);
            case UPDATED -> Comparator.comparing(Upload::updated);
            case NAME -> Comparator.comparing(Upload::filename, String.CASE_INSENSITIVE_ORDER).thenComparing(Upload::filename);
            case SIZE -> Comparator.comparing(Upload::length);
        };
        return fixture.catalog.uploads(null, Integer.MAX_VALUE, filter).stream()
                .sorted((ascending ? key : key.reversed()).thenComparing(upload -> upload.id().toString())).toList();
    }

    private static List<UUID> ids(List<Upload> uploads) {
        return uploads.stream().map(Upload::id).toList();
    }

    @Test
    void everyOrderIsPagedThroughWithoutAGapOrARepetition() throws Exception {
        begin(100);
        Listing listing = fixture.engine.listing(Caller.SYSTEM);
        for (Sort sort : Sort.values()) {
            for (boolean ascending : new boolean[] {true, false}) {
                for (int limit : new int[] {1, 7, 100, 500}) {
                    List<UUID> seen = new ArrayList<>();
                    UUID after = null;
                    while (true) {
                        Page page = listing.page(new Query(sort, ascending, after, limit, true, _ -> true));
                        assertEquals(100, page.total());
                        if (page.entries().isEmpty()) {
                            break;
                        }
                        seen.addAll(ids(page.entries()));
                        after = seen.getLast();
                    }
                    assertEquals(ids(all(sort, ascending, _ -> true)), seen, sort + " " + ascending + " " + limit);
                }
            }
        }
    }

    @Test
    void whatTheCallerMayNotListIsNeitherListedNorCounted() throws Exception {
        begin(30);
        Caller ann = Caller.of(new AccessToken(ANN, Digest.sha256(new byte[] {1}), "ann", fixture.time.get(), Right.ON_FILES, java.util.Map.of(), Quota.NONE, null, List.of(), null));
        Predicate<Upload> hers = upload -> upload.access().owner().equals(ANN);
        for (Sort sort : Sort.values()) {
            Page page = fixture.engine.listing(ann).page(new Query(sort, true, null, 1000, true, _ -> true));
            assertEquals(ids(all(sort, true, hers)), ids(page.entries()));
            assertEquals(10, page.total());
        }
        Page newest = fixture.engine.listing(ann).page(new Query(Sort.CREATED, false, null, 4, true, upload -> upload.lengthKnown()));
        assertEquals(ids(all(Sort.CREATED, false, hers.and(Upload::lengthKnown)).subList(0, 4)), ids(newest.entries()));
        assertEquals(all(Sort.CREATED, false, hers.and(Upload::lengthKnown)).size(), newest.total());
    }

    @Test
    void withoutACountNothingIsCountedAndAnUnknownBeginningGivesNothing() throws Exception {
        begin(3);
        Listing listing = fixture.engine.listing(Caller.SYSTEM);
        assertEquals(Page.UNCOUNTED, listing.page(new Query(Sort.NAME, true, null, 2, false, _ -> true)).total());
        assertEquals(Page.UNCOUNTED, listing.page(new Query(Sort.CREATED, false, null, 2, false, _ -> true)).total());
        assertEquals(new Page(List.of(), 3), listing.page(new Query(Sort.NAME, true, new UUID(9, 9), 2, true, _ -> true)));
    }
}
