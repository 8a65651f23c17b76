package tranzr.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.FileAccess;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Role;
import tranzr.model.Room;
import tranzr.model.Upload;
import tranzr.model.UploadRequest;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Peer;
import tranzr.transfer.Shares;

/** Who is told what, in which order, and what becomes of those who come back or fall behind. */
class EventHubTest {

    private static final Caller ADMIN = Caller.operator();
    private static final List<String> SMALL = List.of(Events.STARTED, Events.PROGRESS, Events.COMPLETED, Events.ADDED);

    @TempDir
    Path folder;
    private EventFixture at;

    @BeforeEach
    void open() throws IOException {
        at = new EventFixture(folder);
    }

    @AfterEach
    void close() throws IOException {
        at.close();
    }

    private static List<String> take(Subscription subscription) {
        return EventFixture.types(EventFixture.take(subscription));
    }

    @Test
    void whatHappensIsToldInItsOrderWithNumbersThatRise() {
        Subscription all = at.watch(ADMIN);
        assertEquals(List.of(), take(all));
        UUID file = at.file(ADMIN).id();
        Shares shares = at.engine.shares(ADMIN);
        var share = shares.create(file, new Shares.Terms(null, 0, null));
        shares.download(shares.enter(share.token(), new Shares.Visitor(InetAddress.getLoopbackAddress(), "a", null)), new tranzr.model.ByteRange(0, 3)).end(true);
        shares.revoke(share.share().tokenHash());
        at.engine.uploads(ADMIN).delete(file);
        List<Batch.Entry> entries = EventFixture.take(all);
        List<String> expected = new ArrayList<>(SMALL);
        expected.addAll(List.of(Events.SHARED, Events.ACCESSED, Events.REVOKED, Events.DELETED));
        assertEquals(expected, EventFixture.types(entries));
        for (int i = 1; i < entries.size(); i++) {
            assertEquals(entries.get(i - 1).number() + 1, entries.get(i).number());
        }
        assertEquals(Set.of(file.toString()), Set.copyOf(entries.stream().map(entry -> EventFixture.json(entry).get("fileId").toString()).toList()));
        assertFalse(entries.toString().contains(share.token()), "the token is told");
    }

    @Test
    void nothingIsToldOfACommitThatFails() {
        Subscription all = at.watch(ADMIN);
        take(all);
        assertThrows(AssertionError.class, () -> at.commit(new Change.UploadRemoved(UUID.randomUUID())));
        UUID file = at.file(ADMIN).id();
        take(all);
        assertThrows(AssertionError.class, () -> at.commit(new Change.UploadRemoved(file), new Change.UploadRemoved(file)));
        assertEquals(List.of(), take(all));
    }

    @Test
    void othersFilesAreNotTold() {
        UUID room = UUID.randomUUID();
        at.commit(new Change.EntityAdded(new Room(room, "room", at.time.get(), Quota.NONE)));
        Caller owner = Caller.of(at.token(Right.ALL.stream().filter(right -> right != Right.ADMIN).collect(java.util.stream.Collectors.toSet()), Map.of()));
        Caller stranger = Caller.of(at.token(Set.of(Right.LIST, Right.UPLOAD), Map.of()));
        Caller reader = Caller.of(at.token(Set.of(Right.LIST), Map.of(room, Role.READER)));
        Caller blind = Caller.of(at.token(Set.of(Right.UPLOAD), Map.of(room, Role.OWNER)));
        Map<String, Subscription> watching = Map.of("owner", at.watch(owner), "stranger", at.watch(stranger), "reader", at.watch(reader), "blind", at.watch(blind));
        watching.values().forEach(EventHubTest::take);
        Upload file = at.file(owner);
        UUID going = at.start(owner, 100);
        at.tick();
        assertEquals(6, take(watching.get("owner")).size());
        for (String who : List.of("stranger", "reader", "blind")) {
            assertEquals(List.of(), take(watching.get(who)), who);
        }
        assertEquals(List.of(), take(at.watch(stranger)), "the state of others");
        assertEquals(List.of(Events.PROGRESS), take(at.watch(owner)));
        at.commit(new Change.AccessChanged(file.id(), FileAccess.of(UUID.randomUUID(), room)));
        at.engine.uploads(ADMIN).delete(file.id());
        assertEquals(List.of(), take(watching.get("owner")), "of what was taken from it");
        assertEquals(List.of(Events.DELETED), take(watching.get("reader")));
        assertEquals(List.of(), take(watching.get("blind")));
        at.engine.uploads(owner).abort(going);
        assertEquals(List.of(Events.ERROR), take(watching.get("owner")));
    }

    @Test
    void whatACallerHasLostItIsNotToldAnyMore() {
        AccessToken token = at.token(Set.of(Right.LIST, Right.UPLOAD), Map.of());
        Subscription watching = at.watch(Caller.of(token));
        take(watching);
        at.file(Caller.of(token));
        assertEquals(4, take(watching).size());
        AccessToken less = new AccessToken(token.id(), token.hash(), token.name(), token.created(), Set.of(Right.UPLOAD), Map.of(), Quota.NONE, null, List.of(), null);
        at.commit(new Change.EntityReplaced(token, less));
        at.file(Caller.of(less));
        assertEquals(List.of(), take(watching));
        at.commit(new Change.EntityRemoved(AccessToken.class, token.id()));
        at.file(ADMIN);
        assertNull(watching.next(Duration.ZERO), "goes on without a token");
    }

    @Test
    void whoComesBackGoesOnWhereItWas() {
        Subscription first = at.watch(ADMIN);
        take(first);
        at.file(ADMIN);
        List<Batch.Entry> seen = EventFixture.take(first);
        first.close();
        UUID missed = at.file(ADMIN).id();
        List<Batch.Entry> later = EventFixture.take(at.watch(ADMIN, null, seen.get(1).number()));
        assertEquals(List.of(Events.COMPLETED, Events.ADDED, Events.STARTED, Events.COMPLETED, Events.ADDED),
                EventFixture.types(later).stream().filter(type -> !type.equals(Events.PROGRESS)).toList());
        assertEquals(seen.getLast(), later.get(1));
        assertEquals(missed.toString(), EventFixture.json(later.getLast()).get("fileId"));
        assertEquals(List.of(), take(at.watch(ADMIN, null, later.getLast().number())));
    }

    @Test
    void whoComesBackFromAnotherLifeOrWithNonsenseGetsTheNewestState() throws IOException {
        UUID going = at.start(ADMIN, 100);
        Subscription first = at.watch(ADMIN);
        long last = EventFixture.take(first).isEmpty() ? -1 : first.next(Duration.ZERO).position();
        at.file(ADMIN);
        last = EventFixture.take(first).getLast().number();
        at.reopen();
        for (long number : new long[] {last, 0, 1, Long.MAX_VALUE}) {
            List<Batch.Entry> state = EventFixture.take(at.watch(ADMIN, null, number));
            assertEquals(List.of(Events.RESET, Events.PROGRESS), EventFixture.types(state), "after " + number);
            assertEquals(going.toString(), EventFixture.json(state.get(1)).get("fileId"));
        }
    }

    @Test
    void whoFallsBehindIsToldSoAndGetsTheNewestState() {
        Subscription slow = at.watch(ADMIN);
        Subscription almost = at.watch(ADMIN);
        take(slow);
        take(almost);
        at.start(ADMIN, 10);
        for (int i = 0; i < EventHub.KEPT - 1; i++) {
            at.hub.publish("x", "{}", null, null);
        }
        assertEquals(EventHub.KEPT, take(almost).stream().filter(type -> !type.equals(Events.PROGRESS)).count());
        at.hub.publish("x", "{}", null, null);
        at.tick();
        assertEquals(List.of(Events.RESET, Events.PROGRESS), take(slow));
        assertEquals(List.of("x", Events.PROGRESS), take(almost));
        at.hub.publish("y", "{}", null, null);
        assertEquals(List.of("y"), take(slow));
    }

    @Test
    void whoWatchesOneUploadIsToldOfNoOther() {
        UUID mine = at.start(ADMIN, 0);
        at.start(ADMIN, 10);
        Subscription watching = at.watch(ADMIN, mine, -1);
        assertEquals(List.of(Events.PROGRESS), take(watching));
        at.file(ADMIN);
        at.engine.uploads(ADMIN).complete(mine, null, Duration.ofSeconds(10));
        at.tick();
        assertEquals(List.of(Events.PROGRESS, Events.COMPLETED, Events.ADDED), take(watching));
        at.engine.uploads(ADMIN).delete(mine);
        assertEquals(List.of(Events.DELETED), take(watching));
        assertNull(watching.next(Duration.ZERO), "goes on although the file is gone");
    }

    @Test
    void whoWatchesAnUploadThatIsGivenUpIsToldSoAndNothingMore() {
        UUID file = at.start(ADMIN, 10);
        Subscription watching = at.watch(ADMIN, file, -1);
        take(watching);
        at.engine.uploads(ADMIN).abort(file);
        List<Batch.Entry> end = EventFixture.take(watching);
        assertEquals(List.of(Events.ERROR), EventFixture.types(end));
        assertEquals(Events.ABORTED, EventFixture.json(end.getFirst()).get("code"));
        assertNull(watching.next(Duration.ZERO), "goes on although the upload is gone");
    }

    @Test
    void whoWatchesOneFileThatIsCompleteOrQuietIsToldItsStateAtOnce() throws IOException {
        UUID done = at.file(ADMIN).id();
        UUID quiet = at.start(ADMIN, 10);
        at.reopen();
        at.nanos.addAndGet(2 * 3600 * EventFixture.SECOND);
        at.hub.tick();
        assertEquals("completed", EventFixture.json(EventFixture.take(at.watch(ADMIN, done, -1)).getFirst()).get("state"));
        Map<String, Object> waiting = EventFixture.json(EventFixture.take(at.watch(ADMIN, quiet, -1)).getFirst());
        assertEquals(List.of("waiting", 0, 10), List.of(waiting.get("state"), waiting.get("bytesUploaded"), waiting.get("totalBytes")));
    }

    @Test
    void aGuestIsToldOfItsOwnUploadWhatItsStatusTells() {
        UUID room = UUID.randomUUID();
        at.commit(new Change.EntityAdded(new Room(room, "room", at.time.get(), Quota.NONE)));
        UploadRequest request = new UploadRequest(UUID.randomUUID(), tranzr.model.Digest.sha256(new byte[1]), room, AccessToken.OPERATOR_ID, "", at.time.get(), null,
                Long.MAX_VALUE, Quota.NONE, List.of(), null, false);
        at.commit(new Change.EntityAdded(request));
        Caller guest = new Caller.Guest(request);
        UUID mine = at.start(guest, 0);
        Subscription watching = at.watch(guest, mine, -1);
        Subscription all = at.watch(guest);
        take(watching);
        at.engine.uploads(guest).complete(mine, null, Duration.ofSeconds(10));
        at.engine.shares(ADMIN).create(mine, new Shares.Terms(null, 0, null));
        assertEquals(List.of(Events.PROGRESS, Events.COMPLETED), take(watching));
        assertEquals(List.of(), take(all));
    }

    @Test
    void theServersOwnTroubleIsForAdministrators() {
        Subscription admin = at.watch(ADMIN);
        Subscription user = at.watch(Caller.of(at.token(Set.of(Right.LIST, Right.UPLOAD), Map.of())));
        take(admin);
        take(user);
        at.hub.live().broken(new Failure.Unavailable("the disk failed"));
        Map<String, Object> told = EventFixture.json(EventFixture.take(admin).getFirst());
        assertEquals(List.of(Events.ERROR, "server", "Unavailable"), List.of(told.get("type"), told.get("operation"), told.get("code")));
        assertEquals(List.of(), take(user));
    }

    @Test
    void onlySoManyWatch() throws Exception {
        at.close();
        at.slots = new StreamSlots(5, 3, 2);
        at.open();
        Caller one = Caller.of(at.token(Set.of(Right.LIST), Map.of()));
        Caller two = Caller.of(at.token(Set.of(Right.LIST), Map.of()));
        Peer here = new Peer(InetAddress.getByName("10.0.0.1"), null);
        Peer there = new Peer(InetAddress.getByName("10.0.0.2"), null);
        Subscription first = at.hub.subscribe(one, here, null, OptionalLong.empty());
        at.hub.subscribe(one, here, null, OptionalLong.empty());
        refused(one, there, "of a token");
        at.hub.subscribe(two, here, null, OptionalLong.empty());
        refused(two, here, "of an address");
        at.hub.subscribe(two, there, null, OptionalLong.empty());
        at.hub.subscribe(ADMIN, there, null, OptionalLong.empty());
        refused(ADMIN, there, "in all");
        first.close();
        first.close();
        at.hub.subscribe(ADMIN, here, null, OptionalLong.empty());
        refused(ADMIN, there, "in all, again");
    }

    private void refused(Caller caller, Peer peer, String why) {
        assertInstanceOf(Failure.TooManyStreams.class,
                assertThrows(FailureException.class, () -> at.hub.subscribe(caller, peer, null, OptionalLong.empty()), why).failure());
    }

    @Test
    void whoWaitsIsWokenByWhatComesAndByTheEnd() throws Exception {
        EventHub running = EventHub.open(at.engine.core(), failure -> new Reason("x", "y"));
        try {
            Subscription watching = running.subscribe(ADMIN, Peer.UNKNOWN, null, OptionalLong.empty());
            watching.next(Duration.ZERO);
            BlockingQueue<Batch> told = new LinkedBlockingQueue<>();
            FutureTask<Boolean> waiting = new FutureTask<>(() -> {
                for (Batch batch = watching.next(Duration.ofHours(1)); batch != null; batch = watching.next(Duration.ofHours(1))) {
                    told.add(batch);
                }
                return true;
            });
            Thread.startVirtualThread(waiting);
            at.file(ADMIN);
            List<String> types = new ArrayList<>();
            while (!types.contains(Events.ADDED)) {
                Batch batch = told.poll(20, TimeUnit.SECONDS);
                assertNotNull(batch, "nobody was woken after " + types);
                types.addAll(EventFixture.types(batch.entries()));
            }
            running.close();
            assertTrue(waiting.get(20, TimeUnit.SECONDS));
            assertThrows(FailureException.class, () -> running.subscribe(ADMIN, Peer.UNKNOWN, null, OptionalLong.empty()));
        } finally {
            running.close();
        }
    }
}
