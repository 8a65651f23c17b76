package tranzr.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.Session;
import tranzr.security.Tokens;
import tranzr.server.ServedEngine;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

class SessionsTest {

    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    @TempDir
    Path folder;
    private ServedEngine server;
    private Core core;
    private LiveCallers live;
    private Identities identities;
    private Sessions sessions;

    @BeforeEach
    void start() throws Exception {
        server = new ServedEngine(folder, "the-operators-own-token", null);
        core = server.engine().core();
        live = new LiveCallers();
        identities = new Identities(core, Optional.of(Tokens.hash("the-operators-own-token")), true);
        sessions = new Sessions(core, identities, new SecondFactor(core), live, Duration.ofHours(1));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private UUID token(String secret) throws Exception {
        UUID id = UUID.randomUUID();
        core.commit(List.of(new Change.EntityAdded(AccessToken.of(id, Tokens.hash(secret), "anna", core.now()))));
        return id;
    }

    private Sessions.Started login(String secret) {
        return login(secret, "");
    }

    private Sessions.Started login(String secret, String agent) {
        return sessions.login(new Sessions.Login(secret, Optional.empty(), HERE, agent, Optional.empty()));
    }

    @Test
    void aLoginThatOvertakesANewSecretLeavesNoSessionBehind() throws Exception {
        AccessTokens tokens = new AccessTokens(server.engine(), live, identities);
        for (int round = 0; round < 20; round++) {
            String secret = "tzk_round" + round;
            UUID id = token(secret);
            int logins = 20;
            CountDownLatch ready = new CountDownLatch(logins + 1);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<String>> cookies = new ArrayList<>();
                for (int i = 0; i < logins; i++) {
                    cookies.add(threads.submit(() -> {
                        ready.countDown();
                        ready.await();
                        try {
                            return login(secret).cookie();
                        } catch (FailureException e) {
                            assertTrue(e.failure() instanceof Failure.WrongToken || e.failure() instanceof Failure.TooManyAttempts, e.toString());
                            return null;
                        }
                    }));
                }
                Future<?> rotation = threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return tokens.rotate(Caller.operator(), id);
                });
                rotation.get();
                for (Future<String> cookie : cookies) {
                    if (cookie.get() != null) {
                        assertTrue(identities.session(cookie.get()).isEmpty());
                    }
                }
            }
            assertEquals(List.of(), core.catalog().entities(Session.class));
        }
    }

    @Test
    void whatASessionIsDoingEndsWithItAndNothingElseDoes() throws Exception {
        token("tzk_anna");
        Sessions.Started one = login("tzk_anna");
        Sessions.Started two = login("tzk_anna");
        CountDownLatch ended = new CountDownLatch(1);
        AtomicInteger others = new AtomicInteger();
        CountDownLatch entered = new CountDownLatch(1);
        Thread request = Thread.startVirtualThread(() -> {
            try (LiveCallers.Stay _ = live.enter(one.caller(), ended::countDown);
                    LiveCallers.Stay _ = live.enter(two.caller(), others::incrementAndGet);
                    LiveCallers.Stay _ = live.enter(Caller.of(one.token()), others::incrementAndGet)) {
                entered.countDown();
                ended.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        entered.await();
        sessions.revoke(two.caller(), one.session().id());
        assertTrue(ended.await(20, TimeUnit.SECONDS));
        request.join();
        assertEquals(0, others.get());
        assertTrue(identities.session(two.cookie()).isPresent());
    }

    @Test
    void theBrowsersNameIsKeptShortAndClean() throws Exception {
        token("tzk_anna");
        String agent = login("tzk_anna", " A\tb" + "\ud83d\ude00".repeat(500)).session().agent();
        assertEquals("Ab" + "\ud83d\ude00".repeat(Sessions.MAX_AGENT - 3), agent);
    }

    @Test
    void aSessionOfTheOperatorBelongsToTheTokenItWasOpenedWith() {
        Sessions.Started operator = login("the-operators-own-token");
        assertTrue(identities.session(operator.cookie()).isPresent());
        for (Optional<String> other : List.of(Optional.of("another-token"), Optional.<String>empty())) {
            Identities later = new Identities(core, other.map(Tokens::hash), true);
            assertTrue(later.session(operator.cookie()).isEmpty());
            assertTrue(later.isOver(operator.caller()));
        }
        assertFalse(identities.isOver(operator.caller()));
    }

    @Test
    void noSecretStandsInWhatIsPrinted() {
        Sessions.Login login = new Sessions.Login("tzk_secret", Optional.of("123456"), HERE, "agent", Optional.of("tzs_secret"));
        assertFalse(login.toString().contains("secret") || login.toString().contains("123456"), login.toString());
        Sessions.Started started = login("the-operators-own-token");
        assertFalse(started.toString().contains(started.cookie()), started.toString());
    }

    @Test
    void loginsAtTheSameMomentPassTheMostByAsManyAtMost() throws Exception {
        token("tzk_anna");
        int atOnce = 40;
        for (int i = 0; i < Sessions.MAX_PER_TOKEN - 10; i++) {
            login("tzk_anna");
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < atOnce; i++) {
                threads.submit(() -> login("tzk_anna"));
            }
        }
        assertTrue(core.catalog().entities(Session.class).size() <= Sessions.MAX_PER_TOKEN + atOnce);
        login("tzk_anna");
        assertEquals(Sessions.MAX_PER_TOKEN, core.catalog().entities(Session.class).size());
    }
}
