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
import static tranzr.catalog.Samples.started;
import static tranzr.catalog.Samples.stored;
import static tranzr.catalog.Samples.token;
import static tranzr.catalog.Samples.upload;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tranzr.catalog.ConflictException.Reason;
import tranzr.model.AccessToken;
import tranzr.model.RangeSet;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** What every catalog must do, whatever keeps its records. */
public abstract class CatalogContract extends ChangeContract {

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
        AccessToken admin = AccessToken.of(id(1), token("x"), "admin", at(1));
        Set<Object> before = everything();
        refuses(Reason.MISSING, created(9, 10), stored(2, 0, 5), started("a", 1),
                new Change.ShareCreated(share("b", 1, 1)), new Change.EntityAdded(admin), new Change.ShareRemoved(token("a")),
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
        List<Upload> even = catalog.uploads(id(29), 3, upload -> upload.id().getLeastSignificantBits() % 2 == 0);
        assertEquals(List.of(id(28), id(26), id(24)), even.stream().map(Upload::id).toList());
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
    void filesAreFoundByTheirDigestWheneverItIsAsked() throws Exception {
        catalog.commit(file(1));
        catalog.commit(created(2, 10), stored(2, 0, 10));
        assertEquals(List.of(), found("content2", 9));
        assertEquals(List.of(1L), found("content1", 9));
        catalog.commit(completed(2));
        catalog.commit(created(3, 10), stored(3, 0, 10), new Change.UploadCompleted(id(3), digest("content2"), at(5), null));
        assertEquals(List.of(2L, 3L), found("content2", 9));
        assertEquals(1, found("content2", 1).size());
        assertEquals(List.of(3L), catalog.files(digest("content2"), 1, upload -> upload.id().equals(id(3))).stream()
                .map(upload -> upload.id().getLeastSignificantBits()).toList());
        catalog.commit(new Change.UploadRemoved(id(2)));
        assertEquals(List.of(3L), found("content2", 9));
        reopen();
        assertEquals(List.of(3L), found("content2", 9));
        assertEquals(List.of(), found("none", 9));
    }

    @Test
    void ofManyFilesThatComeAndGoNoneIsLostAndNoneLeft() throws Exception {
        Random random = new Random(3);
        Set<Long> there = new HashSet<>();
        assertEquals(List.of(), found("content0", 1));
        for (int i = 0; i < 2000; i++) {
            long number = random.nextLong(200);
            if (there.add(number)) {
                catalog.commit(created(number, 10), stored(number, 0, 10), new Change.UploadCompleted(id(number), digest("content" + number % 70), at(5), null));
            } else {
                there.remove(number);
                catalog.commit(new Change.UploadRemoved(id(number)));
            }
        }
        for (long content = 0; content < 70; content++) {
            long wanted = content;
            assertEquals(there.stream().filter(number -> number % 70 == wanted).sorted().toList(), found("content" + content, 9));
        }
    }

    private List<Long> found(String content, int limit) {
        return catalog.files(digest(content), limit, upload -> true).stream().map(upload -> upload.id().getLeastSignificantBits()).sorted().toList();
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
        assertEquals(List.of(newer, older, shareNow("s3")), catalog.shares(null, 3, share -> true));
        assertEquals(List.of(shareNow("s2"), shareNow("s1"), shareNow("s0")), catalog.shares(token("s3"), 9, share -> true));
        assertEquals(List.of(), catalog.shares(token("s4"), 9, share -> true));
        reopen();
        assertEquals(List.of(newer, older, shareNow("s3")), catalog.shares(null, 3, share -> true));
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
        catalog.commit(new Change.EntityAdded(AccessToken.of(id(1), token("x"), "admin", at(1))));
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
        all.addAll(catalog.entities(AccessToken.class));
        assertEquals(all.stream().filter(Upload.class::isInstance).collect(Collectors.toSet()),
                new HashSet<>(catalog.uploads(null, Integer.MAX_VALUE, upload -> true)));
        assertEquals(all.stream().filter(Share.class::isInstance).collect(Collectors.toSet()),
                new HashSet<>(catalog.shares(null, Integer.MAX_VALUE, share -> true)));
        for (UploadState state : UploadState.values()) {
            assertEquals(all.stream().filter(one -> one instanceof Upload upload && upload.state() == state).count(), catalog.counts().uploads().get(state), state.toString());
        }
        assertEquals(all.stream().filter(Share.class::isInstance).count(), catalog.counts().shares());
        return all;
    }

    @Test
    void whatThereIsIsCountedThroughEveryChangeAndAfterAReopening() throws Exception {
        catalog.commit(created(1, 10), created(2, 10), created(3, 10), created(4, 10));
        catalog.commit(stored(2, 0, 5));
        catalog.commit(stored(3, 0, 10));
        catalog.commit(completed(3));
        catalog.commit(new Change.ShareCreated(share("a", 3, 5)), new Change.ShareCreated(share("b", 3, 5)));
        catalog.commit(new Change.StateChanged(id(4), UploadState.INITIALIZED, UploadState.EXPIRED, at(5), at(6)));
        assertEquals(List.of(1L, 1L, 0L, 1L, 1L, 2L), counts());
        everything();
        reopen();
        assertEquals(List.of(1L, 1L, 0L, 1L, 1L, 2L), counts());
        catalog.commit(new Change.UploadRemoved(id(3)), new Change.UploadRemoved(id(1)), created(1, 7));
        refuses(Reason.EXISTS, stored(2, 5, 10), created(2, 1));
        catalog.commit(stored(2, 5, 10), new Change.StateChanged(id(2), UploadState.UPLOADING, UploadState.PENDING_ASSEMBLY, at(7), null));
        assertEquals(List.of(1L, 0L, 1L, 0L, 1L, 0L), counts());
        everything();
        reopen();
        assertEquals(List.of(1L, 0L, 1L, 0L, 1L, 0L), counts());
    }

    /** Of uploads by state, and of shares. */
    private List<Long> counts() {
        List<Long> counts = new ArrayList<>();
        for (UploadState state : UploadState.values()) {
            counts.add(catalog.counts().uploads().get(state));
        }
        counts.add(catalog.counts().shares());
        return counts;
    }
}
