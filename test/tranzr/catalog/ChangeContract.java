package tranzr.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.catalog.ConflictException.Reason;
import tranzr.model.AccessToken;
import tranzr.model.Notes;
import tranzr.model.RangeSet;
import tranzr.model.Share;
import tranzr.model.SharePromise;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** What each change does, and when it is refused; the part of {@link CatalogContract} that concerns single changes. */
abstract class ChangeContract {

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

    final void refuses(Reason reason, Change... changes) {
        ConflictException refusal = assertThrows(ConflictException.class, () -> catalog.commit(changes));
        assertEquals(reason, refusal.reason(), refusal.getMessage());
    }

    final Upload uploadNow(long number) {
        return catalog.upload(id(number)).orElseThrow();
    }

    final Share shareNow(String name) {
        return catalog.share(token(name)).orElseThrow();
    }

    @Test
    void anEmptyCatalogKnowsNothing() {
        assertTrue(catalog.upload(id(1)).isEmpty());
        assertTrue(catalog.share(token("a")).isEmpty());
        assertTrue(catalog.bySecret(token("a")).isEmpty());
        assertEquals(List.of(), catalog.uploads(null, 10, upload -> true));
        assertEquals(List.of(), catalog.uploads(id(1), 10, upload -> true));
        assertEquals(List.of(), catalog.shares(null, 10, share -> true));
        assertEquals(List.of(), catalog.sharesOf(id(1)));
        assertEquals(List.of(), catalog.entities(AccessToken.class));
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
    void anOpenUploadIsCountedInOtherChunksAndKeepsWhatIsThere() throws Exception {
        refuses(Reason.MISSING, new Change.ChunksRecut(id(1), 4, 3, null));
        catalog.commit(created(1, 10), stored(1, 0, 5));
        catalog.commit(new Change.ChunksRecut(id(1), 4, 3, null));
        assertEquals(4, uploadNow(1).chunkSize());
        assertEquals(3, uploadNow(1).totalChunks());
        assertEquals(5, uploadNow(1).ranges().total());
        catalog.commit(stored(1, 5, 10), completed(1));
        refuses(Reason.STATE, new Change.ChunksRecut(id(1), 5, 2, null));
    }

    @Test
    void aRecutMayBringOtherNotesAndKeepsWhatWasPromised() throws Exception {
        SharePromise promise = new SharePromise(digest("promised"), null, Duration.ofHours(1), 3, Share.Policy.OPERATOR);
        Upload plain = created(1, 10).upload();
        catalog.commit(new Change.UploadCreated(new Upload(plain.id(), plain.filename(), plain.length(), plain.announced(), plain.chunkSize(), plain.totalChunks(), plain.state(),
                plain.ranges(), null, null, null, plain.created(), plain.updated(), plain.expires(), plain.access(), plain.priority(), new Notes("door", Map.of("a", "b"), promise))));
        catalog.commit(new Change.ChunksRecut(id(1), 4, 3, null));
        assertEquals(new Notes("door", Map.of("a", "b"), promise), uploadNow(1).notes());
        catalog.commit(new Change.ChunksRecut(id(1), 5, 2, new Notes("door", Map.of("c", "d"))));
        assertEquals(new Notes("door", Map.of("c", "d"), promise), uploadNow(1).notes());
    }

    @Test
    void notesStayAndWhatWasPromisedGoesWithTheCompletion() throws Exception {
        SharePromise promise = new SharePromise(digest("promised"), null, Duration.ofHours(1), 3, Share.Policy.OPERATOR);
        Upload plain = created(1, 10).upload();
        Notes notes = new Notes("door", Map.of("b", "2", "a", "1"), promise);
        Upload upload = new Upload(plain.id(), plain.filename(), 10, 10, 10, 1, plain.state(), plain.ranges(), null, null, null, plain.created(), plain.updated(), plain.expires(),
                plain.access(), plain.priority(), notes);
        catalog.commit(new Change.UploadCreated(upload), stored(1, 0, 10));
        assertEquals(notes, uploadNow(1).notes());
        catalog.commit(completed(1));
        assertEquals(notes.with(null), uploadNow(1).notes());
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
    void aDigestIsExpectedOnceAndBeforeCompletion() throws Exception {
        Change expected = new Change.DigestExpected(id(1), digest("content1"));
        refuses(Reason.MISSING, expected);
        catalog.commit(created(1, 10), stored(1, 0, 10));
        catalog.commit(expected);
        assertEquals(digest("content1"), uploadNow(1).expected());
        assertEquals(UploadState.UPLOADING, uploadNow(1).state());
        refuses(Reason.EXISTS, expected);
        catalog.commit(completed(1));
        refuses(Reason.STATE, expected);
        catalog.commit(created(2, 0), completed(2));
        refuses(Reason.STATE, new Change.DigestExpected(id(2), digest("content2")));
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
        assertEquals(List.of(share("c", 2, 1)), catalog.shares(null, 10, share -> true));
        assertEquals(List.of(), catalog.sharesOf(id(1)));
        refuses(Reason.MISSING, new Change.ShareRemoved(token("a")));
        refuses(Reason.MISSING, new Change.UploadRemoved(id(1)));
        catalog.commit(created(1, 20));
        assertEquals(20, uploadNow(1).length());
    }

    @Test
    void aFileThatGoesLeavesTheSharesOfSeveralAndTheLastOneTakesThemWithIt() throws Exception {
        for (long number = 1; number <= 4; number++) {
            catalog.commit(file(number));
        }
        Share all = share("all", List.of(3L, 1L, 2L), 7);
        catalog.commit(new Change.ShareCreated(all), new Change.ShareCreated(share("one", 1, 1)), new Change.ShareCreated(share("pair", List.of(1L, 4L), 1)));
        catalog.commit(started("all", 5));
        Share begun = shareNow("all");
        for (long number = 1; number <= 3; number++) {
            assertTrue(catalog.sharesOf(id(number)).contains(begun), "" + number);
        }
        assertEquals(List.of(shareNow("all"), shareNow("pair"), shareNow("one")).size(), catalog.sharesOf(id(1)).size());
        catalog.commit(new Change.UploadRemoved(id(1)));
        Share left = shareNow("all");
        assertEquals(List.of(new Share.Member(0, id(3)), new Share.Member(2, id(2))), left.contents().members());
        assertEquals(begun.withContents(left.contents()), left);
        assertEquals(List.of(new Share.Member(1, id(4))), shareNow("pair").contents().members());
        assertTrue(catalog.share(token("one")).isEmpty());
        assertEquals(List.of(), catalog.sharesOf(id(1)));
        // An id that is used anew gets into nothing that it was in before.
        catalog.commit(file(1));
        assertEquals(List.of(), catalog.sharesOf(id(1)));
        catalog.commit(new Change.UploadRemoved(id(3)), new Change.UploadRemoved(id(2)), new Change.UploadRemoved(id(4)));
        assertEquals(List.of(), catalog.shares(null, 10, share -> true));
        assertEquals(List.of(), catalog.sharesOf(id(2)));
    }

    @Test
    void aShareOfSeveralNeedsEachOfThemCompletedAndIsGoneAtOnceWhenItIsRevoked() throws Exception {
        catalog.commit(file(1));
        refuses(Reason.MISSING, new Change.ShareCreated(share("a", List.of(1L, 2L), 1)));
        catalog.commit(created(2, 10));
        refuses(Reason.STATE, new Change.ShareCreated(share("a", List.of(1L, 2L), 1)));
        catalog.commit(stored(2, 0, 10), completed(2), new Change.ShareCreated(share("a", List.of(1L, 2L), 1)));
        assertEquals(share("a", List.of(1L, 2L), 1), shareNow("a"));
        catalog.commit(new Change.UploadRemoved(id(1)), created(1, 20), new Change.ShareRemoved(token("a")));
        assertEquals(List.of(), catalog.sharesOf(id(2)));
        assertTrue(catalog.share(token("a")).isEmpty());
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
    void nameAndTimeOfAFileAreChangedAndStayChanged() throws Exception {
        Change renamed = new Change.FileDetailsChanged(id(1), "Other Näme.pdf", at(5), at(9000));
        refuses(Reason.MISSING, renamed);
        catalog.commit(created(1, 10), stored(1, 0, 10));
        refuses(Reason.STATE, renamed);
        catalog.commit(completed(1));
        Upload before = uploadNow(1);
        catalog.commit(renamed);
        assertEquals(before.withDetails("Other Näme.pdf", at(5), at(9000)), uploadNow(1));
        reopen();
        assertEquals(before.withDetails("Other Näme.pdf", at(5), at(9000)), uploadNow(1));
        assertEquals(List.of(uploadNow(1)), catalog.files(before.sha256(), 10, upload -> true));
        catalog.commit(new Change.FileDetailsChanged(id(1), "file", at(6), null));
        reopen();
        assertEquals(before.withDetails("file", at(6), null), uploadNow(1));
        refuses(Reason.STATE, new Change.UploadRemoved(id(1)), created(1, 10), renamed);
    }

    @Test
    void tokensAreAddedOnceAndRemovedOnce() throws Exception {
        AccessToken admin = AccessToken.of(id(1), token("x"), "admin", at(1));
        catalog.commit(new Change.EntityAdded(admin));
        assertEquals(Optional.of(admin), catalog.bySecret(token("x")));
        assertEquals(List.of(admin), catalog.entities(AccessToken.class));
        refuses(Reason.EXISTS, new Change.EntityAdded(admin));
        refuses(Reason.MISSING, new Change.EntityRemoved(AccessToken.class, id(2)));
        reopen();
        assertEquals(List.of(admin), catalog.entities(AccessToken.class));
        catalog.commit(new Change.EntityRemoved(AccessToken.class, id(1)));
        assertEquals(List.of(), catalog.entities(AccessToken.class));
        refuses(Reason.MISSING, new Change.EntityRemoved(AccessToken.class, id(1)));
    }
}
