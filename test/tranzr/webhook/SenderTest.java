package tranzr.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.Delivery;
import tranzr.model.Right;
import tranzr.model.Webhook;
import tranzr.webhook.Receiver.Got;

/** What is sent, when again, and when no more: to a receiver on a real socket, by a clock that is set by hand. */
class SenderTest {

    private static final String BUSY = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";

    @TempDir
    Path folder;
    private HookFixture at;
    private Receiver receiver;

    @BeforeEach
    void open() throws Exception {
        at = new HookFixture(folder).open();
        receiver = Receiver.answering(Receiver.OK);
    }

    @AfterEach
    void close() throws Exception {
        receiver.close();
        at.close();
    }

    private Webhook added() {
        return at.hook(Caller.operator(), receiver.url() + "?a=1", "file-added");
    }

    private void awaitNothingWaits() {
        HookFixture.await("everything has arrived", () -> at.deliveries().isEmpty());
    }

    private void awaitAttempts(int count) {
        HookFixture.await(count + " attempts are written down", () -> at.deliveries().getFirst().attempts() == count);
    }

    @Test
    void anEventIsSentSignedAndThenForgotten() throws Exception {
        Webhook hook = added();
        UUID file = at.file(Caller.operator(), "grüße.txt");
        Got got = receiver.next();
        assertEquals("POST /hook?a=1 HTTP/1.1", got.line());
        assertEquals("127.0.0.1:" + receiver.port(), got.field("Host"));
        assertEquals("application/json", got.field("Content-Type"));
        assertEquals(List.of("file-added", "1"), List.of(got.field("X-Tranzr-Event"), got.field("X-Tranzr-Attempt")));
        assertEquals(got.field("X-Tranzr-Delivery"), got.member("eventId"));
        assertEquals(file.toString(), got.member("fileId"));
        assertEquals("grüße.txt", got.member("fileName"));
        assertEquals(Long.toString(at.time.get().getEpochSecond()), got.field("X-Tranzr-Timestamp"));

        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(hook.key().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update((got.field("X-Tranzr-Timestamp") + ".").getBytes(StandardCharsets.UTF_8));
        assertEquals("sha256=" + HexFormat.of().formatHex(mac.doFinal(got.body())), got.field("X-Tranzr-Signature"));
        assertFalse(got.fields().toString().contains(hook.key()));
        awaitNothingWaits();
        HookFixture.await("the view says so", () -> "status 200".equals(at.operator().get(hook.id()).lastResult()));
    }

    @Test
    void whatDoesNotArriveIsSentAgainLaterAndLaterWithTheSameId() {
        added();
        receiver.script(Receiver.always(BUSY));
        at.file(Caller.operator(), "a");
        String id = receiver.next().field("X-Tranzr-Delivery");
        Duration wait = Duration.ofSeconds(10);
        for (int attempt = 1; attempt <= 11; attempt++) {
            awaitAttempts(attempt);
            Delivery waiting = at.deliveries().getFirst();
            assertEquals("status 503", waiting.lastResult());
            Duration until = Duration.between(at.time.get(), waiting.next());
            assertTrue(until.compareTo(wait.multipliedBy(8).dividedBy(10)) >= 0 && until.compareTo(wait.multipliedBy(12).dividedBy(10)) <= 0,
                    "after " + attempt + " attempts it waits " + until);
            at.pass(Duration.ofMillis(Math.max(0, until.toMillis() - 1000)));
            assertEquals(0, receiver.left(), "it came too early");
            at.pass(Duration.ofMinutes(attempt < 9 ? 10 : 15));
            Got again = receiver.next();
            assertEquals(List.of(id, Integer.toString(attempt + 1)), List.of(again.field("X-Tranzr-Delivery"), again.field("X-Tranzr-Attempt")));
            wait = wait.multipliedBy(2).compareTo(Duration.ofHours(1)) > 0 ? Duration.ofHours(1) : wait.multipliedBy(2);
        }
        // Only when the last failure is written down does the clock count from it.
        awaitAttempts(12);
        receiver.script(Receiver.always(Receiver.OK));
        at.pass(Duration.ofHours(2));
        awaitNothingWaits();
    }

    @Test
    void afterADayItIsGivenUpAndSentAgainByHand() {
        Webhook hook = added();
        receiver.script(Receiver.always(BUSY));
        at.file(Caller.operator(), "a");
        String id = receiver.next().field("X-Tranzr-Delivery");
        int attempts = 1;
        Instant begun = at.time.get();
        while (at.deliveries().getFirst().next() != null) {
            awaitAttempts(attempts);
            if (at.deliveries().getFirst().next() != null) {
                at.pass(Duration.between(at.time.get(), at.deliveries().getFirst().next()).plusMinutes(15));
                receiver.next();
                attempts++;
            }
            int now = attempts;
            HookFixture.await("it is written down", () -> at.deliveries().getFirst().attempts() == now);
        }
        assertTrue(Duration.between(begun, at.time.get()).compareTo(Duration.ofHours(18)) > 0, "given up after " + Duration.between(begun, at.time.get()));
        HookFixture.await("it is counted", () -> at.operator().get(hook.id()).givenUp() == 1 && at.operator().get(hook.id()).waiting() == 0);
        at.pass(Duration.ofHours(3));
        receiver.script(Receiver.always(Receiver.OK));
        Delivery given = at.operator().deliveries(hook.id(), Optional.empty(), 10).getFirst();
        assertNull(given.next());
        at.operator().redeliver(hook.id(), given.id());
        assertEquals(id, receiver.next().field("X-Tranzr-Delivery"));
        awaitNothingWaits();
    }

    @Test
    void whatWasGivenUpIsForgottenAfterAWeek() {
        Webhook hook = added();
        at.commit(new Change.EntityAdded(new Delivery(new UUID(1, 1), hook.id(), new UUID(1, 2), "file-added", "{}", at.time.get(), 33, null, "status 500")));
        assertEquals(1, at.operator().get(hook.id()).givenUp());
        at.pass(Duration.ofDays(7));
        at.hooks.sweep();
        assertEquals(1, at.deliveries().size());
        at.pass(Duration.ofDays(1));
        at.hooks.sweep();
        assertEquals(List.of(), at.deliveries());
        assertEquals(0, at.operator().get(hook.id()).givenUp());
    }

    @Test
    void whatWaitsForADayOnAReceiverThatIsOutIsGivenUpWithoutBeingTried() {
        Webhook hook = added();
        receiver.script(Receiver.always(BUSY));
        for (int i = 0; i < 5; i++) {
            at.file(Caller.operator(), "a");
        }
        HookFixture.await("the outage has begun", () -> at.deliveries().stream().anyMatch(delivery -> delivery.attempts() > 0));
        at.pass(Duration.ofHours(25));
        HookFixture.await("all are given up", () -> {
            // What was just tried is seen by the next one.
            at.hooks.sweep();
            return at.operator().get(hook.id()).givenUp() == 5;
        });
        assertTrue(at.deliveries().stream().allMatch(delivery -> delivery.next() == null && delivery.attempts() < Backoff.MAX_ATTEMPTS));
    }

    @Test
    void theReceiverMayAskForMoreTimeWithinBounds() {
        Webhook hook = added();
        for (String[] each : List.of(new String[] {"1800", "PT30M"}, new String[] {"999999999", "PT1H"}, new String[] {"Thu, 01 Jan 2026 00:30:00 GMT", "PT30M"},
                new String[] {"soon", "PT0S"}, new String[] {"0", "PT0S"})) {
            receiver.script(Receiver.always("HTTP/1.1 429 Slow\r\nretry-after: " + each[0] + "\r\n\r\n"));
            Instant now = Instant.parse("2026-01-01T00:00:00Z");
            at.time.set(now);
            at.file(Caller.operator(), "a");
            receiver.next();
            Delivery waiting = tried(hook);
            Duration until = Duration.between(waiting.created(), waiting.next());
            Duration wanted = Duration.parse(each[1]);
            assertTrue(wanted.isZero() ? until.toSeconds() <= 12 : until.equals(wanted), each[0] + " made it wait " + until);
            at.hooks.remove(hook.id());
            hook = added();
        }
    }

    /** What it waits for to be told again; a webhook before it may have left something until the next sweep. */
    private Delivery tried(Webhook hook) {
        Supplier<Optional<Delivery>> found = () -> at.deliveries().stream().filter(delivery -> delivery.webhook().equals(hook.id())).findFirst();
        HookFixture.await("an attempt is written down", () -> found.get().filter(delivery -> delivery.attempts() == 1).isPresent());
        return found.get().orElseThrow();
    }

    @Test
    void aReceiverThatIsGoneIsSwitchedOff() {
        Webhook hook = added();
        receiver.script(Receiver.always("HTTP/1.1 410 Gone\r\n\r\n"));
        at.file(Caller.operator(), "a");
        HookFixture.await("it is off", () -> !at.hooks.find(hook.id()).orElseThrow().active());
        assertNull(at.deliveries().getFirst().next());
        at.file(Caller.operator(), "b");
        assertEquals(1, at.deliveries().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"})
    void redirectsAreNotFollowed(String status) throws Exception {
        try (Receiver inner = Receiver.answering(Receiver.OK)) {
            Webhook hook = added();
            receiver.script(Receiver.always("HTTP/1.1 " + status + "\r\nLocation: " + inner.url() + "\r\nContent-Length: 0\r\n\r\n"));
            at.file(Caller.operator(), "a");
            receiver.next();
            awaitAttempts(1);
            assertEquals("status " + status.substring(0, 3), at.operator().deliveries(hook.id(), Optional.empty(), 1).getFirst().lastResult());
            assertEquals(0, inner.connections());
        }
    }

    @Test
    void aStopInTheMiddleSendsItAgainAfterTheStart() throws Exception {
        Webhook hook = added();
        CountDownLatch asked = new CountDownLatch(1);
        receiver.script((got, connection) -> {
            asked.countDown();
            new CountDownLatch(1).await();
        });
        at.file(Caller.operator(), "a");
        String id = receiver.next().field("X-Tranzr-Delivery");
        assertTrue(asked.await(20, TimeUnit.SECONDS));
        receiver.script(Receiver.always(Receiver.OK));
        at.reopen();
        assertEquals(id, receiver.next().field("X-Tranzr-Delivery"));
        awaitNothingWaits();
        assertEquals(hook.key(), at.operator().get(hook.id()).hook().key());
    }

    @Test
    void aSlowReceiverDelaysNoOtherAndIsAskedByFourAtATime() throws Exception {
        AtomicInteger most = new AtomicInteger();
        AtomicInteger now = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        try (Receiver slow = new Receiver((got, connection) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            go.await();
            now.decrementAndGet();
            connection.getOutputStream().write(Receiver.OK.getBytes());
        })) {
            at.hook(Caller.operator(), slow.url(), "file-added");
            added();
            for (int i = 0; i < 20; i++) {
                at.file(Caller.operator(), "file " + i);
                assertEquals("file " + i, receiver.next().member("fileName"));
            }
            assertEquals(4, slow.connections());
            go.countDown();
            awaitNothingWaits();
            assertEquals(List.of(20, 4), List.of(slow.connections(), most.get()));
        }
    }

    @Test
    void oneAtATimeIsTriedWhileAReceiverIsOutAndAllFollowInOrder() {
        Webhook hook = added();
        receiver.script(Receiver.always(BUSY));
        at.file(Caller.operator(), "file 0");
        receiver.next();
        awaitAttempts(1);
        for (int outage = 0; outage < 2; outage++) {
            at.pass(Duration.ofMinutes(11));
            receiver.next();
            int attempts = outage + 2;
            awaitAttempts(attempts);
        }
        for (int i = 1; i < 10; i++) {
            at.time.updateAndGet(time -> time.plusMillis(1));
            at.file(Caller.operator(), "file " + i);
        }
        assertEquals(0, receiver.left(), "what comes in an outage is tried at once");
        receiver.script(Receiver.always(Receiver.OK));
        at.pass(Duration.ofMinutes(11));
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            names.add(receiver.next().member("fileName"));
        }
        awaitNothingWaits();
        assertEquals(10, Set.copyOf(names).size());
        HookFixture.await("the last is counted", () -> at.operator().get(hook.id()).waiting() == 0);
    }

    @Test
    void whatWaitsIsNotSentWhenTheOwnerHasLostItsRight() throws Exception {
        AccessToken token = at.token(Right.ON_FILES, Map.of(), null);
        receiver.script(Receiver.always(BUSY));
        at.hook(Caller.of(token), receiver.url(), "file-added");
        at.file(Caller.of(token), "a");
        receiver.next();
        awaitAttempts(1);
        AccessToken less = new AccessToken(token.id(), token.hash(), token.name(), token.created(), Set.of(Right.UPLOAD), Map.of(), token.quota(), null, List.of(), null);
        at.commit(new Change.EntityReplaced(token, less));
        at.pass(Duration.ofHours(1));
        awaitNothingWaits();
        assertEquals(0, receiver.left());
    }

    @Test
    void aPingIsSentWhateverTheWebhookWants() {
        Webhook hook = added();
        Delivery ping = at.operator().ping(hook.id());
        Got got = receiver.next();
        assertEquals(List.of("ping", ping.event().toString(), hook.id().toString()), List.of(got.field("X-Tranzr-Event"), got.field("X-Tranzr-Delivery"), got.member("webhookId")));
        awaitNothingWaits();
    }

    @Test
    void keysAreRandom() {
        assertNotEquals(added().key(), added().key());
        assertTrue(added().key().matches("whsec_[\\w-]{43}"));
    }

    @Test
    void whateverAReceiverDoesEndsWithinBounds() throws Exception {
        at.patience = Duration.ofSeconds(2);
        at.reopen();
        List<Receiver.Script> scripts = List.of((got, connection) -> { },
                (got, connection) -> connection.setSoLinger(true, 0),
                (got, connection) -> new CountDownLatch(1).await(),
                (got, connection) -> endless(connection, "HTTP/1.1 200 OK\r\nX: "),
                (got, connection) -> endless(connection, ""),
                (got, connection) -> endless(connection, "HTTP/1.1 100 Continue\r\n\r\n"),
                Receiver.always("HTTP/2 200\r\n\r\n"), Receiver.always("220 smtp ready\r\n\r\n"), Receiver.always("HTTP/1.1 200"),
                Receiver.always("HTTP/1.1 99999 x\r\n\r\n"), Receiver.always("HTTP/1.1 101 Switching\r\n\r\n"));
        for (Receiver.Script script : scripts) {
            receiver.script(script);
            Webhook hook = added();
            at.file(Caller.operator(), "a");
            receiver.next();
            awaitAttempts(1);
            String told = at.deliveries().getFirst().lastResult();
            assertTrue(told.length() < 80 && !told.contains("smtp") && !told.startsWith("status"), told);
            at.operator().delete(hook.id());
        }
    }

    @Test
    void anAnswerIsTakenWithoutWaitingForItsBody() {
        receiver.script((got, connection) -> endless(connection, "HTTP/1.1 204 No\r\n\r\n"));
        added();
        at.file(Caller.operator(), "a");
        awaitNothingWaits();
        receiver.script((got, connection) -> {
            connection.getOutputStream().write("HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\nContent-Length: 99\n\nmore".getBytes());
            new CountDownLatch(1).await();
        });
        at.file(Caller.operator(), "b");
        awaitNothingWaits();
    }

    private static void endless(Socket connection, String beginning) throws Exception {
        OutputStream out = connection.getOutputStream();
        out.write(beginning.getBytes());
        while (true) {
            out.write(beginning.isEmpty() ? new byte[8192] : beginning.contains("100") ? beginning.getBytes() : "y".repeat(8192).getBytes());
        }
    }
}
