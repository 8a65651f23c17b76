package tranzr.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tranzr.catalog.Samples.at;
import static tranzr.catalog.Samples.completed;
import static tranzr.catalog.Samples.id;
import static tranzr.catalog.Samples.stored;
import static tranzr.catalog.Samples.token;
import static tranzr.catalog.Samples.upload;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tranzr.catalog.ConflictException.Reason;
import tranzr.model.AccessToken;
import tranzr.model.FileAccess;
import tranzr.model.Quota;
import tranzr.model.Room;
import tranzr.model.Scope;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.model.Usage;

/** What every catalog counts of what is used, how it keeps quotas, and how it treats tokens and rooms. */
public abstract class UsageContract extends CatalogContract {

    private static final UUID ANN = id(101);
    private static final UUID ROOM = id(102);
    private static final UUID OTHER_ROOM = id(103);
    private static final UUID REQUEST = id(104);
    private static final int JANUARY = 2026 * 12;

    private static Change created(long number, long length, FileAccess access) {
        return new Change.UploadCreated(upload(number, length).withAccess(access));
    }

    private static FileAccess inRoom() {
        return FileAccess.of(ANN, ROOM);
    }

    private Usage usage(Scope scope) {
        return catalog.usage(scope);
    }

    /** {@code bytes} in so many files, all of January 2026. */
    private static Usage of(long bytes, long files, long monthly) {
        return new Usage(bytes, files, JANUARY, monthly);
    }

    @Test
    void anUploadCountsWithItsWholeLengthFromItsBeginning() throws Exception {
        catalog.commit(created(1, 1000, inRoom()));
        for (Scope scope : List.of(Scope.TOTAL, Scope.token(ANN), Scope.room(ROOM))) {
            assertEquals(of(1000, 1, 1000), usage(scope), scope.toString());
        }
        catalog.commit(stored(1, 0, 1000));
        catalog.commit(completed(1));
        assertEquals(of(1000, 1, 1000), usage(Scope.TOTAL));
        assertEquals(Usage.NONE, usage(Scope.room(OTHER_ROOM)));
        reopen();
        assertEquals(of(1000, 1, 1000), usage(Scope.room(ROOM)));
    }

    @Test
    void whatWasGivenUpGivesBackWhatNeverCame() throws Exception {
        catalog.commit(created(1, 1000, inRoom()), created(2, 1000, inRoom()));
        catalog.commit(stored(1, 0, 300));
        catalog.commit(new Change.UploadRemoved(id(1)));
        catalog.commit(new Change.StateChanged(id(2), UploadState.INITIALIZED, UploadState.EXPIRED, at(5), at(6)));
        assertEquals(of(0, 0, 300), usage(Scope.room(ROOM)));
        catalog.commit(new Change.UploadRemoved(id(2)));
        assertEquals(of(0, 0, 300), usage(Scope.room(ROOM)));
        reopen();
        assertEquals(of(0, 0, 300), usage(Scope.TOTAL));
    }

    @Test
    void whatCameWholeStaysCountedForTheMonthAfterItWasDeleted() throws Exception {
        catalog.commit(created(1, 10, inRoom()), stored(1, 0, 10), completed(1));
        catalog.commit(new Change.UploadRemoved(id(1)));
        assertEquals(of(0, 0, 10), usage(Scope.token(ANN)));
    }

    @Test
    void aNewMonthBeginsAtNothing() throws Exception {
        catalog.commit(created(1, 10, inRoom()));
        Instant march = Instant.parse("2026-03-01T00:00:00Z");
        Upload later = new Upload(id(2), "later", 7, 7, 100, 1, UploadState.INITIALIZED, upload(2, 7).ranges(), null, null, null, march, march, null,
                inRoom());
        catalog.commit(new Change.UploadCreated(later));
        assertEquals(new Usage(17, 2, JANUARY + 2, 7), usage(Scope.room(ROOM)));
    }

    @Test
    void anUploadOfUnknownLengthCountsWithWhatHasCome() throws Exception {
        catalog.commit(created(1, Upload.UNKNOWN_LENGTH, inRoom()));
        assertEquals(of(0, 1, 0), usage(Scope.room(ROOM)));
        catalog.commit(stored(1, 0, 60));
        assertEquals(of(60, 1, 60), usage(Scope.room(ROOM)));
        refuses(Reason.QUOTA, new Change.Within(Scope.room(ROOM), new Quota(100, 9, 999)), stored(1, 60, 101));
        catalog.commit(stored(1, 60, 100), new Change.Within(Scope.room(ROOM), new Quota(100, 9, 999)));
        catalog.commit(new Change.LengthFixed(id(1), 100, 1));
        assertEquals(of(100, 1, 100), usage(Scope.room(ROOM)));
    }

    @Test
    void whatIsMovedIsCountedWhereItNowIs() throws Exception {
        catalog.commit(created(1, 10, inRoom()), stored(1, 0, 10), completed(1));
        catalog.commit(new Change.AccessChanged(id(1), FileAccess.of(ANN, OTHER_ROOM)));
        assertEquals(0, usage(Scope.room(ROOM)).bytes());
        assertEquals(0, usage(Scope.room(ROOM)).files());
        assertEquals(10, usage(Scope.room(OTHER_ROOM)).bytes());
        assertEquals(1, usage(Scope.room(OTHER_ROOM)).files());
        assertEquals(of(10, 1, 10), usage(Scope.TOTAL));
        refuses(Reason.MISSING, new Change.AccessChanged(id(9), inRoom()));
    }

    @Test
    void aGuestGetsNoRoomBackForWhatCameWhole() throws Exception {
        FileAccess guest = new FileAccess(ANN, ROOM, REQUEST, Map.of());
        catalog.commit(created(1, 10, guest), stored(1, 0, 10), completed(1), created(2, 10, guest));
        catalog.commit(new Change.UploadRemoved(id(1)), new Change.UploadRemoved(id(2)));
        assertEquals(0, usage(Scope.room(ROOM)).files());
        assertEquals(1, usage(Scope.request(REQUEST)).files());
        assertEquals(10, usage(Scope.request(REQUEST)).bytes());
    }

    @Test
    void aQuotaHoldsForTheWholeCommitWhereverItStands() throws Exception {
        Change.Within two = new Change.Within(Scope.room(ROOM), new Quota(Long.MAX_VALUE, 2, Long.MAX_VALUE));
        ConflictException conflict = assertThrows(ConflictException.class,
                () -> catalog.commit(two, created(1, 1, inRoom()), created(2, 1, inRoom()), created(3, 1, inRoom())));
        assertEquals(Scope.room(ROOM), conflict.scope());
        assertEquals(Usage.NONE, usage(Scope.room(ROOM)));
        catalog.commit(created(1, 1, inRoom()), created(2, 1, inRoom()), two);
        catalog.commit(two);
        refuses(Reason.QUOTA, new Change.Within(Scope.room(ROOM), Quota.EMPTY));
        catalog.commit(new Change.Within(Scope.room(ROOM), Quota.EMPTY), new Change.UploadRemoved(id(1)), new Change.UploadRemoved(id(2)));
    }

    @Test
    void aQuotaIsExactWhenHundredsBeginAtOnce() throws Exception {
        Quota quota = new Quota(5_000, 1_000, Long.MAX_VALUE);
        CountDownLatch all = new CountDownLatch(200);
        List<Future<Boolean>> tries = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                Change begin = created(i, 100, inRoom());
                tries.add(threads.submit(() -> {
                    all.countDown();
                    all.await();
                    try {
                        catalog.commit(new Change.Within(Scope.room(ROOM), quota), begin);
                        return true;
                    } catch (ConflictException e) {
                        return false;
                    }
                }));
            }
        }
        int successes = 0;
        for (Future<Boolean> attempt : tries) {
            successes += attempt.get() ? 1 : 0;
        }
        assertEquals(50, successes);
        assertEquals(5_000, usage(Scope.room(ROOM)).bytes());
    }

    @Test
    void anEntityIsFoundByItsIdAndBySecretUntilEitherChanges() throws Exception {
        AccessToken ann = AccessToken.of(ANN, token("ann"), "ann", at(1));
        catalog.commit(new Change.EntityAdded(ann));
        refuses(Reason.EXISTS, new Change.EntityAdded(AccessToken.of(id(7), token("ann"), "thief", at(1))));
        refuses(Reason.EXISTS, new Change.EntityAdded(AccessToken.of(ANN, token("other"), "ann", at(1))));
        AccessToken rotated = ann.withHash(token("new"));
        catalog.commit(new Change.EntityReplaced(ann, rotated));
        refuses(Reason.STATE, new Change.EntityReplaced(ann, ann.withHash(token("newer"))));
        assertTrue(catalog.bySecret(token("ann")).isEmpty());
        assertEquals(Optional.of(rotated), catalog.bySecret(token("new")));
        assertEquals(Optional.of(rotated), catalog.entity(AccessToken.class, ANN));
        assertTrue(catalog.entity(Room.class, ANN).isEmpty());
        catalog.commit(new Change.EntityAdded(new Room(ANN, "same id, other kind", at(2), Quota.NONE)));
        catalog.commit(new Change.EntityRemoved(AccessToken.class, ANN), new Change.EntityAdded(AccessToken.of(id(8), token("new"), "heir", at(3))));
        assertEquals("heir", ((AccessToken) catalog.bySecret(token("new")).orElseThrow()).name());
        reopen();
        assertEquals("heir", ((AccessToken) catalog.bySecret(token("new")).orElseThrow()).name());
        refuses(Reason.MISSING, new Change.EntityRemoved(AccessToken.class, ANN));
        refuses(Reason.MISSING, new Change.EntityReplaced(rotated, rotated));
    }
}
