package tranzr.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tranzr.catalog.Samples.at;
import static tranzr.catalog.Samples.completed;
import static tranzr.catalog.Samples.created;
import static tranzr.catalog.Samples.digest;
import static tranzr.catalog.Samples.file;
import static tranzr.catalog.Samples.id;
import static tranzr.catalog.Samples.share;
import static tranzr.catalog.Samples.slot;
import static tranzr.catalog.Samples.started;
import static tranzr.catalog.Samples.stored;
import static tranzr.catalog.Samples.token;
import static tranzr.catalog.Samples.upload;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.catalog.ConflictException.Reason;
import tranzr.model.AccessToken;
import tranzr.model.RangeSet;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** What every catalog must do, whatever keeps its records. */
public abstract class CatalogContract {

    protected Catalog catalog;

    /** A catalog over the records that earlier ones of the same test left, if any. */
    protected abstract Catalog open() throws IOException;

    @BeforeEach
    void openFirst() throws IOException {
        catalog = open();
    }

    @AfterEach
    void closeLast() throws IOException {
        catalog.close();
    }

    /** Closes the catalog and opens it again over the same records. */
    protected final void reopen() throws IOException {
        catalog.close();
        catalog = open();
    }

    private void refuses(Reason reason, Change... changes) {
        ConflictException refusal = assertThrows(ConflictException.class, () -> catalog.commit(changes));
        assertEquals(reason, refusal.reason(), refusal.getMessage());
    }

    private Upload uploadNow(long number) {
        return catalog.upload(id(number)).orElseThrow();
    }

    private Share shareNow(String name) {
        return catalog.share(token(name)).orElseThrow();
    }

    @Test
    void anEmptyCatalogKnowsNothing() {
        assertTrue(catalog.upload(id(1)).isEmpty());
        assertTrue(catalog.share(token("a")).isEmpty());
        assertTrue(catalog.token(token("a")).isEmpty());
        assertEquals(List.of(), catalog.uploads(null, 10, upload -> true));
        assertEquals(List.of(), catalog.uploads(id(1), 10, upload -> true));
        assertEquals(List.of(), catalog.shares(null, 10));
        assertEquals(List.of(), catalog.sharesOf(id(1)));
        assertEquals(List.of(), catalog.tokens());
    }

    @Test
    void anUploadIsCreatedOnce() throws Exception {
        catalog.commit(created(1, 250));
        assertEquals(upload(1, 250), uploadNow(1));
        refuses(Reason.EXISTS, created(1, 99));
        assertEquals(250, uploadNow(1).length());
    }

    @Test
    void aRangeIsAddedToAnOpenUploadOnly() throws Exception {
        refuses(Reason.MISSING, stored(1, 0, 10));
        catalog.commit(created(1, 10));
        catalog.commit(stored(1, 0, 5));
        Upload upload = uploadNow(1);
        assertEquals(UploadState.UPLOADING, upload.state());
        assertEquals(RangeSet.whole(5, stored(1, 0, 5).crc()), upload.ranges());
        assertEquals(at(2), upload.updated());
        assertEquals(at(2001), upload.expires());
        refuses(Reason.OVERLAP, stored(1, 0, 5));
        refuses(Reason.OVERLAP, stored(1, 4, 6));
        refuses(Reason.OVERLAP, stored(1, 8, 11));
        catalog.commit(stored(1, 5, 10));
        catalog.commit(new Change.StateChanged(id(1), UploadState.UPLOADING, UploadState.PENDING_ASSEMBLY, at(3), null));
        refuses(Reason.STATE, stored(1, 10, 11));
        catalog.commit(completed(1));
        refuses(Reason.STATE, stored(1, 10, 11));
    }

    @Test
    void anUploadOfTooManyPiecesTakesOnlyWhatClosesAGap() throws Exception {
        long[] starts = LongStream.range(0, RangeSet.MAX_RANGES).map(i -> 10 * i).toArray();
        long[] ends = LongStream.of(starts).map(start -> start + 5).toArray();
        Upload start = upload(1, Upload.UNKNOWN_LENGTH);
        catalog.commit(new Change.UploadCreated(start.withRanges(RangeSet.ofSorted(starts, ends, new int[starts.length]),
                UploadState.UPLOADING, at(1), null)));
        refuses(Reason.FRAGMENTED, stored(1, 6, 9));
        catalog.commit(stored(1, 5, 7));
        catalog.commit(stored(1, 9, 10));
        catalog.commit(stored(1, 7, 9));
        catalog.commit(stored(1, 10L * RangeSet.MAX_RANGES + 8, 10L * RangeSet.MAX_RANGES + 9));
        refuses(Reason.FRAGMENTED, stored(1, 26, 29));
        reopen();
        assertEquals(RangeSet.MAX_RANGES, uploadNow(1).ranges().size());
    }

    @Test
    void aLengthIsFixedOnceAndNotBelowWhatIsThere() throws Exception {
        refuses(Reason.MISSING, new Change.LengthFixed(id(1), 10, 1));
        catalog.commit(created(1, Upload.UNKNOWN_LENGTH), stored(1, 100, 150));
        refuses(Reason.LENGTH, new Change.LengthFixed(id(1), 149, 2));
        catalog.commit(new Change.LengthFixed(id(1), 160, 2));
        assertEquals(160, uploadNow(1).length());
        assertEquals(160, uploadNow(1).announced());
        assertEquals(2, uploadNow(1).totalChunks());
        refuses(Reason.LENGTH, new Change.LengthFixed(id(1), 160, 2));
        catalog.commit(new Change.StateChanged(id(1), UploadState.UPLOADING, UploadState.EXPIRED, at(3), null));
        refuses(Reason.STATE, new Change.LengthFixed(id(1), 160, 2));
    }

    @Test
    void anUploadChangesStateOnlyAlongTheArrows() throws Exception {
        refuses(Reason.MISSING, move(UploadState.UPLOADING, UploadState.EXPIRED));
        catalog.commit(created(1, 10), stored(1, 0, 5));
        refuses(Reason.STATE, move(UploadState.INITIALIZED, UploadState.EXPIRED));
        refuses(Reason.LENGTH, move(UploadState.UPLOADING, UploadState.PENDING_ASSEMBLY));
        refuses(Reason.STATE, move(UploadState.UPLOADING, UploadState.COMPLETED));
        refuses(Reason.STATE, move(UploadState.UPLOADING, UploadState.INITIALIZED));
        catalog.commit(stored(1, 5, 10));
        catalog.commit(move(UploadState.UPLOADING, UploadState.PENDING_ASSEMBLY));
        assertEquals(UploadState.PENDING_ASSEMBLY, uploadNow(1).state());
        assertEquals(at(7), uploadNow(1).updated());
        assertEquals(at(8), uploadNow(1).expires());
        catalog.commit(move(UploadState.PENDING_ASSEMBLY, UploadState.UPLOADING));
        assertEquals(10, uploadNow(1).ranges().total());
        catalog.commit(move(UploadState.UPLOADING, UploadState.EXPIRED));
        assertEquals(RangeSet.EMPTY, uploadNow(1).ranges());
        refuses(Reason.STATE, move(UploadState.EXPIRED, UploadState.UPLOADING));
        refuses(Reason.STATE, completed(1));
    }

    private static Change move(UploadState from, UploadState to) {
        return new Change.StateChanged(id(1), from, to, at(7), at(8));
    }

    @Test
    void anUploadIsCompletedOnceAndWhenWhole() throws Exception {
        refuses(Reason.MISSING, completed(1));
        catalog.commit(created(1, 10), stored(1, 0, 5));
        refuses(Reason.LENGTH, completed(1));
        catalog.commit(stored(1, 5, 10), completed(1));
        Upload done = uploadNow(1);
        assertEquals(UploadState.COMPLETED, done.state());
        assertEquals(digest("content1"), done.sha256());
        assertEquals(10, done.ranges().total());
        assertEquals(at(3), done.updated());
        assertEquals(null, done.expires());
        assertEquals(digest("key1"), done.deleteKey());
        refuses(Reason.STATE, completed(1));
        refuses(Reason.STATE, move(UploadState.COMPLETED, UploadState.EXPIRED));
        refuses(Reason.LENGTH, created(2, Upload.UNKNOWN_LENGTH), completed(2));
        catalog.commit(created(3, 0), completed(3));
        assertEquals(UploadState.COMPLETED, uploadNow(3).state());
    }

    @Test
    void removingAFileRemovesItsSharesAndNoOthers() throws Exception {
        refuses(Reason.MISSING, new Change.UploadRemoved(id(1)));
        catalog.commit(file(1));
        catalog.commit(file(2));
        catalog.commit(new Change.ShareCreated(share("a", 1, 1)), new Change.ShareCreated(share("b", 1, 1)),
                new Change.ShareCreated(share("c", 2, 1)));
        catalog.commit(new Change.ShareCreated(share("d", 1, 1)), new Change.UploadRemoved(id(1)));
        assertTrue(catalog.upload(id(1)).isEmpty());
        for (String name : List.of("a", "b", "d")) {
            assertTrue(catalog.share(token(name)).isEmpty(), name);
        }
        assertEquals(List.of(share("c", 2, 1)), catalog.shares(null, 10));
        assertEquals(List.of(), catalog.sharesOf(id(1)));
        refuses(Reason.MISSING, new Change.ShareRemoved(token("a")));
        refuses(Reason.MISSING, new Change.UploadRemoved(id(1)));
        catalog.commit(created(1, 20));
        assertEquals(20, uploadNow(1).length());
    }

    @Test
    void aShareIsOfACompletedFile() throws Exception {
        refuses(Reason.MISSING, new Change.ShareCreated(share("a", 1, 1)));
        catalog.commit(created(1, 10));
        refuses(Reason.STATE, new Change.ShareCreated(share("a", 1, 1)));
        catalog.commit(stored(1, 0, 10), completed(1), new Change.ShareCreated(share("a", 1, 1)));
        assertEquals(share("a", 1, 1), shareNow("a"));
        refuses(Reason.EXISTS, new Change.ShareCreated(share("a", 1, 7)));
        assertEquals(List.of(share("a", 1, 1)), catalog.sharesOf(id(1)));
    }

    @Test
    void theTermsOfAShareChangeAndNothingElse() throws Exception {
        refuses(Reason.MISSING, new Change.ShareTermsChanged(token("a"), null, 0, null));
        catalog.commit(file(1));
        catalog.commit(new Change.ShareCreated(share("a", 1, 3)), started("a", 1));
        catalog.commit(new Change.ShareTermsChanged(token("a"), at(9), 8, "other"));
        assertEquals(share("a", 1, 3).withSlots(1, List.of(slot(1))).withTerms(at(9), 8, "other"), shareNow("a"));
        catalog.commit(new Change.ShareTermsChanged(token("a"), null, 0, null));
        assertEquals(null, shareNow("a").expires());
        assertEquals(null, shareNow("a").password());
        assertEquals(0, shareNow("a").maxDownloads());
    }

    @Test
    void aRevokedShareIsGone() throws Exception {
        catalog.commit(file(1));
        catalog.commit(new Change.ShareCreated(share("a", 1, 3)));
        catalog.commit(new Change.ShareRemoved(token("a")));
        assertTrue(catalog.share(token("a")).isEmpty());
        refuses(Reason.MISSING, new Change.ShareRemoved(token("a")));
        refuses(Reason.MISSING, started("a", 1));
        refuses(Reason.MISSING, new Change.DownloadFinished(token("a"), 1));
        refuses(Reason.MISSING, new Change.DownloadReleased(token("a"), 1));
        refuses(Reason.MISSING, new Change.PasswordFailuresSet(token("a"), 1, at(1)));
    }

    @Test
    void downloadsAreCountedUntilTheLimitAndGivenBackWhenReleased() throws Exception {
        catalog.commit(file(1));
        catalog.commit(new Change.ShareCreated(share("a", 1, 2)));
        catalog.commit(started("a", 1));
        refuses(Reason.EXISTS, started("a", 1));
        catalog.commit(started("a", 2));
        assertEquals(share("a", 1, 2).withSlots(2, List.of(slot(1), slot(2))), shareNow("a"));
        refuses(Reason.LIMIT, started("a", 3));
        refuses(Reason.MISSING, new Change.DownloadFinished(token("a"), 3));
        refuses(Reason.MISSING, new Change.DownloadReleased(token("a"), 3));
        catalog.commit(new Change.DownloadFinished(token("a"), 1));
        assertEquals(share("a", 1, 2).withSlots(2, List.of(slot(2))), shareNow("a"));
        refuses(Reason.LIMIT, started("a", 3));
        catalog.commit(new Change.DownloadReleased(token("a"), 2));
        assertEquals(share("a", 1, 2).withSlots(1, List.of()), shareNow("a"));
        catalog.commit(started("a", 3));
        refuses(Reason.LIMIT, started("a", 4));
    }

    @Test
    void aShareWithoutLimitIsNeverUsedUp() throws Exception {
        catalog.commit(file(1));
        catalog.commit(new Change.ShareCreated(share("a", 1, 0)));
        for (int i = 0; i < 20; i++) {
            catalog.commit(started("a", i), new Change.DownloadFinished(token("a"), i));
        }
        assertEquals(20, shareNow("a").used());
    }

    @Test
    void wrongPasswordsAreCounted() throws Exception {
        catalog.commit(file(1));
        catalog.commit(new Change.ShareCreated(share("a", 1, 1)));
        catalog.commit(new Change.PasswordFailuresSet(token("a"), 3, at(4)));
        assertEquals(share("a", 1, 1).withFailures(3, at(4)), shareNow("a"));
        catalog.commit(new Change.PasswordFailuresSet(token("a"), 0, null));
        assertEquals(share("a", 1, 1), shareNow("a"));
    }

    @Test
    void tokensAreAddedOnceAndRemovedOnce() throws Exception {
        AccessToken admin = new AccessToken(token("x"), "admin", at(1));
        catalog.commit(new Change.TokenAdded(admin));
        assertEquals(Optional.of(admin), catalog.token(token("x")));
        assertEquals(List.of(admin), catalog.tokens());
        refuses(Reason.EXISTS, new Change.TokenAdded(admin));
        refuses(Reason.MISSING, new Change.TokenRemoved(token("y")));
        reopen();
        assertEquals(List.of(admin), catalog.tokens());
        catalog.commit(new Change.TokenRemoved(token("x")));
        assertEquals(List.of(), catalog.tokens());
        refuses(Reason.MISSING, new Change.TokenRemoved(token("x")));
    }

    @Test
    void aCommitSeesItsOwnEarlierChanges() throws Exception {
        List<Change> all = new ArrayList<>(file(1));
        all.add(new Change.ShareCreated(share("a", 1, 1)));
        all.add(started("a", 1));
        all.add(new Change.DownloadReleased(token("a"), 1));
        catalog.commit(all);
        assertEquals(share("a", 1, 1), shareNow("a"));
        refuses(Reason.EXISTS, created(2, 1), created(2, 1));
        refuses(Reason.LIMIT, started("a", 2), started("a", 3));
        catalog.commit(new Change.UploadRemoved(id(1)), created(1, 77));
        assertEquals(77, uploadNow(1).length());
        assertTrue(catalog.share(token("a")).isEmpty());
    }

    @Test
    void aCommitThatFailsInItsLastChangeHasNoEffectAtAll() throws Exception {
        catalog.commit(file(1));
        catalog.commit(new Change.ShareCreated(share("a", 1, 5)), created(2, 10));
        AccessToken admin = new AccessToken(token("x"), "admin", at(1));
        Set<Object> before = everything();
        refuses(Reason.MISSING, created(9, 10), stored(2, 0, 5), started("a", 1),
                new Change.ShareCreated(share("b", 1, 1)), new Change.TokenAdded(admin), new Change.ShareRemoved(token("a")),
                new Change.UploadRemoved(id(1)), new Change.UploadRemoved(id(404)));
        assertEquals(before, everything());
        reopen();
        assertEquals(before, everything());
        assertEquals(List.of(share("a", 1, 5)), catalog.sharesOf(id(1)));
    }

    @Test
    void anEmptyCommitDoesNothing() throws Exception {
        catalog.commit(List.of());
        assertEquals(Set.of(), everything());
    }

    @Test
    void aHundredDownloadsAtOnceWithALimitOfOneGiveExactlyOne() throws Exception {
        catalog.commit(file(1));
        catalog.commit(new Change.ShareCreated(share("a", 1, 1)));
        CountDownLatch all = new CountDownLatch(100);
        List<Future<Boolean>> tries = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                Change start = started("a", i);
                tries.add(threads.submit(() -> {
                    all.countDown();
                    all.await();
                    return succeeds(start);
                }));
            }
        }
        int successes = 0;
        for (Future<Boolean> attempt : tries) {
            successes += attempt.get() ? 1 : 0;
        }
        assertEquals(1, successes);
        reopen();
        assertEquals(1, shareNow("a").used());
        assertEquals(1, shareNow("a").open().size());
    }

    private boolean succeeds(Change change) throws IOException {
        try {
            catalog.commit(change);
            return true;
        } catch (ConflictException e) {
            assertEquals(Reason.LIMIT, e.reason());
            return false;
        }
    }

    @Test
    void parallelRangesOfOneUploadAreAllKept() throws Exception {
        catalog.commit(created(1, 64 * 10));
        List<Callable<Void>> writers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            Change range = stored(1, 10L * i, 10L * i + 10);
            writers.add(() -> {
                catalog.commit(range);
                return null;
            });
        }
        Collections.shuffle(writers, new java.util.Random(5));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> writer : threads.invokeAll(writers)) {
                writer.get();
            }
        }
        catalog.settle();
        assertTrue(uploadNow(1).isWhole());
        reopen();
        assertTrue(uploadNow(1).isWhole());
    }

    @Test
    void uploadsArePagedNewestFirst() throws Exception {
        List<Long> numbers = new ArrayList<>(LongStream.range(0, 30).boxed().toList());
        Collections.shuffle(numbers, new java.util.Random(1));
        for (long number : numbers) {
            catalog.commit(created(number, 10));
        }
        assertEquals(LongStream.range(0, 30).map(i -> 29 - i).boxed().toList(), pages(7));
        assertEquals(List.of(id(28), id(26), id(24)),
                catalog.uploads(id(29), 3, upload -> upload.id().getLeastSignificantBits() % 2 == 0).stream().map(Upload::id).toList());
        assertEquals(List.of(), catalog.uploads(id(0), 5, upload -> true));
        assertEquals(List.of(), catalog.uploads(id(99), 5, upload -> true));
        catalog.commit(new Change.UploadRemoved(id(15)));
        reopen();
        assertEquals(29, pages(4).size());
        assertEquals(29L, pages(1).getFirst());
    }

    private List<Long> pages(int size) {
        List<Long> seen = new ArrayList<>();
        UUID after = null;
        while (true) {
            List<Upload> page = catalog.uploads(after, size, upload -> true);
            assertTrue(page.size() <= size);
            if (page.isEmpty()) {
                return seen;
            }
            page.forEach(upload -> seen.add(upload.id().getLeastSignificantBits()));
            after = page.getLast().id();
        }
    }

    @Test
    void uploadsOfTheSameInstantAreEachPagedOnce() throws Exception {
        for (long number = 0; number < 10; number++) {
            Upload upload = upload(5, 10);
            catalog.commit(new Change.UploadCreated(new Upload(id(number), upload.filename(), 10, 10, 10, 1, upload.state(),
                    RangeSet.EMPTY, null, null, null, at(5), at(5), null)));
        }
        assertEquals(10, new HashSet<>(pages(3)).size());
        assertEquals(10, pages(3).size());
    }

    @Test
    void sharesAreListedNewestFirst() throws Exception {
        for (long number = 0; number < 5; number++) {
            catalog.commit(file(number));
            catalog.commit(new Change.ShareCreated(share("s" + number, number, 1)));
        }
        Share older = share("older", 4, 1);
        Share newer = new Share(token("newer"), id(4), null, at(4000), null, 0, 0, List.of(), 0, null);
        catalog.commit(new Change.ShareCreated(newer));
        catalog.commit(new Change.ShareRemoved(token("s4")), new Change.ShareCreated(older));
        assertEquals(List.of(newer, older), catalog.sharesOf(id(4)));
        assertEquals(List.of(newer, older, shareNow("s3")), catalog.shares(null, 3));
        assertEquals(List.of(shareNow("s2"), shareNow("s1"), shareNow("s0")), catalog.shares(token("s3"), 9));
        assertEquals(List.of(), catalog.shares(token("s4"), 9));
        reopen();
        assertEquals(List.of(newer, older, shareNow("s3")), catalog.shares(null, 3));
    }

    @Test
    void everythingIsThereAfterReopening() throws Exception {
        catalog.commit(file(1));
        catalog.commit(created(2, Upload.UNKNOWN_LENGTH), stored(2, 0, 10), stored(2, 50, 60));
        catalog.commit(created(3, 10), stored(3, 0, 10),
                new Change.StateChanged(id(3), UploadState.UPLOADING, UploadState.PENDING_ASSEMBLY, at(5), at(6)));
        catalog.commit(created(4, 10),
                new Change.StateChanged(id(4), UploadState.INITIALIZED, UploadState.EXPIRED, at(5), at(6)));
        catalog.commit(new Change.ShareCreated(share("a", 1, 2)), started("a", 1), started("a", 2),
                new Change.DownloadFinished(token("a"), 1), new Change.PasswordFailuresSet(token("a"), 2, at(9)));
        catalog.commit(new Change.TokenAdded(new AccessToken(token("x"), "admin", at(1))));
        Set<Object> before = everything();
        assertEquals(6, before.size());
        for (int i = 0; i < 3; i++) {
            reopen();
            assertEquals(before, everything());
        }
        catalog.commit(stored(2, 10, 50));
        assertEquals(1, uploadNow(2).ranges().size());
    }

    @Test
    void aClosedCatalogRefusesCommits() throws Exception {
        catalog.commit(created(1, 10));
        catalog.close();
        assertThrows(IOException.class, () -> catalog.commit(created(2, 10)));
        assertThrows(IOException.class, catalog::settle);
        catalog.close();
        catalog = open();
        assertFalse(catalog.upload(id(2)).isPresent());
    }

    /** All uploads, shares and tokens. */
    protected final Set<Object> everything() {
        Set<Object> all = new HashSet<>();
        catalog.forEachUpload(all::add);
        catalog.forEachShare(all::add);
        all.addAll(catalog.tokens());
        assertEquals(all.stream().filter(Upload.class::isInstance).collect(Collectors.toSet()),
                new HashSet<>(catalog.uploads(null, Integer.MAX_VALUE, upload -> true)));
        assertEquals(all.stream().filter(Share.class::isInstance).collect(Collectors.toSet()),
                new HashSet<>(catalog.shares(null, Integer.MAX_VALUE)));
        return all;
    }
}
