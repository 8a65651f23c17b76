package tranzr.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.events.Event;
import tranzr.events.Events;
import tranzr.json.Json;
import tranzr.model.AccessToken;
import tranzr.model.Delivery;
import tranzr.model.Digest;
import tranzr.model.FileAccess;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Role;
import tranzr.model.Room;
import tranzr.model.Share;
import tranzr.model.UploadRequest;
import tranzr.model.Webhook;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Shares;

/** What events there are of what happens, and who hears of them. Nothing is sent here: all stays where it waits. */
class HooksTest {

    private static final String URL = "https://hook.example/";
    private static final UUID ROOM = new UUID(7, 7);

    @TempDir
    Path folder;
    private HookFixture at;

    @BeforeEach
    void open() throws Exception {
        at = new HookFixture(folder).unreachable().open();
    }

    @AfterEach
    void close() throws Exception {
        at.close();
    }

    private static Map<String, Object> body(Delivery delivery) {
        return Json.readObject(delivery.body().getBytes(StandardCharsets.UTF_8));
    }

    private Delivery last(String type) {
        return at.deliveries().stream().filter(delivery -> delivery.type().equals(type)).reduce((first, second) -> second).orElseThrow();
    }

    private List<Event> events(List<Change> changes) {
        List<Event> events = Events.of(changes, at.engine.core().catalog(), at.time.get(), UUID::randomUUID);
        assertEquals(changes.size(), events.size());
        return events;
    }

    @Test
    void withoutWebhooksACommitStaysAsItWas() {
        UUID file = at.file(Caller.operator(), "b");
        assertEquals(List.of(), at.hooks.with(events(List.of(new Change.UploadRemoved(file)))));
        at.file(Caller.operator(), "a");
        assertEquals(List.of(), at.deliveries());
    }

    @Test
    void whatHappensToAFileIsTold() {
        at.hook(Caller.operator(), URL);
        UUID file = at.file(Caller.operator(), "a\"ä.txt");
        assertEquals(Set.of("file-upload-started", "file-upload-completed", "file-added"), Set.copyOf(at.deliveries().stream().map(Delivery::type).toList()));
        Map<String, Object> added = body(last("file-added"));
        assertEquals(Map.of("eventId", last("file-added").event().toString(), "type", "file-added", "time", "2026-01-01T00:00:00Z", "fileId", file.toString(),
                "uploadId", file.toString(), "fileName", "a\"ä.txt", "totalBytes", 7, "sha256", Digest.sha256("content".getBytes()).hex(), "owner",
                AccessToken.OPERATOR_ID.toString()), added);
        assertNull(body(last("file-upload-started")).get("sha256"));

        Shares shares = at.engine.shares(Caller.operator());
        Shares.Created share = shares.create(file, new Shares.Terms(null, 0, null));
        assertEquals(Shares.idOf(share.share()), body(last("share-created")).get("shareId"));
        assertFalse(last("share-created").body().contains(share.token()), "the token is told");
        shares.revoke(share.share().tokenHash());
        assertEquals(Shares.idOf(share.share()), body(last("share-revoked")).get("shareId"));
        at.engine.uploads(Caller.operator()).delete(file);
        assertEquals(file.toString(), body(last("file-deleted")).get("fileId"));
    }

    @Test
    void anUploadGivenUpIsNoFileThatWasDeleted() {
        Webhook hook = at.hook(Caller.operator(), URL);
        var uploads = at.engine.uploads(Caller.operator());
        UUID id = uploads.start(new NewUpload(uploads.newId(), "a", 5, 5, 0, -1, null, null)).id();
        uploads.abort(id);
        assertEquals(List.of("file-upload-started"), at.types(hook));
    }

    @Test
    void aFileWhoseTimeIsOverIsToldAsDeletedAndItsExpiredLinkAsNothing() {
        Webhook hook = at.hook(Caller.operator(), URL, "file-deleted", "share-revoked");
        UUID file = at.file(Caller.operator(), "a");
        at.engine.shares(Caller.operator()).create(file, new Shares.Terms(at.time.get().plusSeconds(60), 0, null));
        at.time.updateAndGet(now -> now.plus(Duration.ofDays(8)));
        at.engine.cleanup().run();
        assertEquals(List.of(), at.types(hook));
        at.engine.uploads(Caller.SYSTEM).delete(file);
        assertEquals(List.of("file-deleted"), at.types(hook));
    }

    @Test
    void downloadsAreToldOnlyOfLinksWhoseMakerWantsIt() {
        Webhook hook = at.hook(Caller.operator(), URL, "share-accessed");
        UUID file = at.file(Caller.operator(), "a");
        Shares shares = at.engine.shares(Caller.operator());
        for (boolean notice : List.of(false, true)) {
            Share share = shares.create(file, new Shares.Terms(null, 0, null, List.of(), false, notice)).share();
            at.commit(new Change.DownloadStarted(share.tokenHash(), new Share.Slot(1, share.tokenHash(), at.time.get())));
            assertEquals(notice ? List.of("share-accessed") : List.of(), at.types(hook));
        }
    }

    @Test
    void whatAGuestSendsIsToldWhenTheRequestSaysSo() {
        at.commit(new Change.EntityAdded(new Room(ROOM, "room", Instant.EPOCH, Quota.NONE)));
        Webhook hook = at.hook(Caller.operator(), URL, "request-received");
        for (boolean notice : List.of(false, true)) {
            UUID id = UUID.randomUUID();
            UploadRequest request = new UploadRequest(id, Digest.sha256(id.toString().getBytes()), ROOM, AccessToken.OPERATOR_ID, "", Instant.EPOCH, null,
                    Long.MAX_VALUE, Quota.NONE, List.of(), null, notice);
            at.commit(new Change.EntityAdded(request));
            at.file(new Caller.Guest(request), "a");
            assertEquals(notice ? List.of("request-received") : List.of(), at.types(hook));
        }
        assertEquals(ROOM.toString(), body(last("request-received")).get("roomId"));
        assertTrue(body(last("request-received")).containsKey("requestId"));
    }

    @Test
    void nobodyHearsOfFilesThatTheOwnerMayNotList() {
        AccessToken writer = at.token(Right.ON_FILES, Map.of(ROOM, Role.WRITER), null);
        AccessToken reader = at.token(EnumSet.of(Right.LIST), Map.of(ROOM, Role.READER), null);
        AccessToken stranger = at.token(Right.ON_FILES, Map.of(), null);
        AccessToken expiring = at.token(Right.ON_FILES, Map.of(ROOM, Role.OWNER), at.time.get().plusSeconds(60));
        at.commit(new Change.EntityAdded(new Room(ROOM, "room", Instant.EPOCH, Quota.NONE)));
        List<Webhook> hooks = new ArrayList<>();
        for (AccessToken owner : List.of(writer, reader, stranger, expiring)) {
            hooks.add(at.hook(Caller.of(owner), URL, "file-deleted"));
        }
        UUID own = at.file(Caller.of(writer), "own");
        UUID inRoom = at.file(Caller.of(writer), "in room");
        UUID granted = at.file(Caller.operator(), "granted");
        at.access(inRoom, FileAccess.of(writer.id(), ROOM));
        at.access(granted, FileAccess.OPERATOR.withGrants(Map.of(stranger.id(), Set.of(Right.LIST))));
        List.of(own, inRoom, granted).forEach(at.engine.uploads(Caller.SYSTEM)::delete);
        assertEquals(List.of(2, 1, 1, 1), hooks.stream().map(hook -> at.types(hook).size()).toList());

        at.time.updateAndGet(now -> now.plusSeconds(60));
        UUID later = at.file(Caller.operator(), "later");
        at.access(later, FileAccess.of(writer.id(), ROOM));
        at.engine.uploads(Caller.SYSTEM).delete(later);
        assertTrue(at.deliveries().stream().noneMatch(delivery -> delivery.webhook().equals(hooks.get(3).id()) && delivery.body().contains(later.toString())),
                "an expired token's webhook heard of a file");
    }

    @Test
    void theWebhooksOfARevokedTokenGoWithAllThatWaits() {
        AccessToken token = at.token(Right.ON_FILES, Map.of(), null);
        Webhook hook = at.hook(Caller.of(token), URL);
        at.file(Caller.of(token), "a");
        assertEquals(3, at.types(hook).size());
        at.commit(new Change.EntityRemoved(AccessToken.class, token.id()));
        HookFixture.await("the webhook is gone", () -> at.hooks.find(hook.id()).isEmpty() && at.types(hook).isEmpty());
    }

    @Test
    void anAttemptThatEndsWhenItsWebhookIsGoneLeavesNothing() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        at.resolver = host -> {
            begun.countDown();
            try {
                gone.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new java.net.UnknownHostException(host);
        };
        Webhook hook = at.hook(Caller.operator(), URL, "file-added");
        at.file(Caller.operator(), "a");
        HookFixture.await("the attempt", () -> begun.getCount() == 0);
        at.operator().delete(hook.id());
        assertEquals(List.of("file-added"), at.types(hook), "what is under way is left to its attempt");
        gone.countDown();
        HookFixture.await("nothing waits for it", () -> at.types(hook).isEmpty());
    }

    @Test
    void onlyWantedEventsOfActiveWebhooksAreKept() {
        Webhook all = at.hook(Caller.operator(), URL);
        Webhook added = at.hook(Caller.operator(), URL, "file-added");
        Webhook off = at.operator().create(new Webhooks.Terms(URL, Set.of(), false));
        at.file(Caller.operator(), "a");
        assertEquals(List.of(3, 1, 0), List.of(at.types(all).size(), at.types(added).size(), at.types(off).size()));
        assertEquals(1, at.deliveries().stream().filter(delivery -> delivery.type().equals("file-added")).map(Delivery::event).distinct().count(),
                "one event has one id, for whoever hears of it");
    }

    @Test
    void onlySoManyWaitAndTheRestIsCounted() {
        Webhook hook = at.hook(Caller.operator(), URL, "file-added");
        Instant later = at.time.get().plusSeconds(3600);
        for (int i = 0; i < Sender.MAX_WAITING; i += 500) {
            Change[] batch = new Change[500];
            for (int k = 0; k < batch.length; k++) {
                batch[k] = new Change.EntityAdded(new Delivery(new UUID(i, k), hook.id(), new UUID(i, k), "file-added", "{}", at.time.get(), 0, later, null));
            }
            at.commit(batch);
        }
        at.file(Caller.operator(), "a");
        Webhooks.View view = at.operator().get(hook.id());
        assertEquals(List.of(Sender.MAX_WAITING, 1L), List.of(view.waiting(), view.dropped()));
        assertEquals(Sender.MAX_WAITING, at.deliveries().size());
        at.operator().delete(hook.id());
        assertEquals(List.of(), at.deliveries());
    }

    @Test
    void aCommitGrowsOnlySoFar() {
        List<Change> removals = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            at.hook(Caller.operator(), URL, "file-deleted");
        }
        for (int i = 0; i < 20; i++) {
            removals.add(new Change.UploadRemoved(at.file(Caller.operator(), ("n".repeat(255) + "/").repeat(3) + "n".repeat(200))));
        }
        List<Change> all = at.hooks.with(events(removals));
        long bytes = all.stream().filter(Change.EntityAdded.class::isInstance).mapToLong(change -> ((Delivery) ((Change.EntityAdded) change).entity()).body().length()).sum();
        assertTrue(!all.isEmpty() && bytes < 256 << 10, all.size() + " changes of " + bytes + " bytes");
        assertTrue(at.operator().list(java.util.Optional.empty(), 20).stream().mapToLong(Webhooks.View::dropped).sum() > 0, "what was left out is not counted");
    }

    @Test
    void onAFullDiskADeletionGoesOnWithoutItsEvent() {
        Webhook hook = at.hook(Caller.operator(), URL, "file-deleted");
        UUID file = at.file(Caller.operator(), "a");
        at.full = true;
        at.engine.uploads(Caller.operator()).delete(file);
        at.full = false;
        assertEquals(List.of(), at.types(hook));
        assertEquals(1, at.operator().get(hook.id()).dropped());
    }

    private static FailureException failureOf(Runnable action) {
        try {
            action.run();
            return null;
        } catch (FailureException e) {
            return e;
        }
    }

    @Test
    void atMostTwentyBelongToATokenHoweverManyAreMadeAtOnce() throws Exception {
        AccessToken token = at.token(Right.ON_FILES, Map.of(), null);
        List<Thread> threads = new ArrayList<>();
        AtomicInteger refused = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                FailureException failure = failureOf(() -> at.hook(Caller.of(token), URL));
                refused.addAndGet(failure != null && failure.failure() instanceof Failure.TooMany ? 1 : 0);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(80, refused.get());
        assertEquals(Webhooks.MAX_PER_TOKEN, at.operator().list(java.util.Optional.empty(), 100).size());
    }
}
