package tranzr.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.Digest;
import tranzr.model.Right;
import tranzr.model.Session;
import tranzr.security.Tokens;
import tranzr.security.Totp;
import tranzr.server.ServedEngine;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

class SecondFactorTest {

    @TempDir
    Path folder;
    private ServedEngine server;
    private Core core;
    private SecondFactor factor;
    private final SecureRandom random = new SecureRandom();
    private final UUID id = UUID.randomUUID();

    @BeforeEach
    void start() throws Exception {
        server = new ServedEngine(folder, "the-operators-own-token", null);
        core = server.engine().core();
        factor = new SecondFactor(core);
        core.commit(List.of(new Change.EntityAdded(AccessToken.of(id, Tokens.hash("tzk_anna"), "anna", core.now()))));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private Caller caller() {
        return Caller.of(core.catalog().entity(AccessToken.class, id).orElseThrow());
    }

    private Caller inSession() throws Exception {
        Session session = new Session(UUID.randomUUID(), Tokens.hash("tzs_" + random.nextLong()), id, core.now(), core.now().plus(Duration.ofHours(1)), "192.0.2.1", "",
                null);
        core.commit(List.of(new Change.EntityAdded(session)));
        return new Caller.Bearer(core.catalog().entity(AccessToken.class, id).orElseThrow(), session.id());
    }

    /** Gives the token a second factor in force. @return its secret */
    private String enrolled() {
        String secret = factor.enrol(caller()).secret();
        factor.confirm(caller(), Totp.code(secret, core.now()));
        server.pass(Totp.STEP);
        return secret;
    }

    private String code(String secret) {
        return Totp.code(secret, core.now());
    }

    /** Six digits that are no code of now. */
    private String wrongCode(String secret) {
        for (int i = 0;; i++) {
            String code = "%06d".formatted(i);
            if (Totp.accept(secret, code, core.now(), 0).isEmpty()) {
                return code;
            }
        }
    }

    private static <F extends Failure> F fails(Class<F> with, Runnable call) {
        return with.cast(assertThrows(FailureException.class, call::run).failure());
    }

    @Test
    void itGuardsNothingUntilACodeHasShownThatItsUserHasIt() {
        factor.require(caller(), Optional.empty());
        SecondFactor.Enrolment enrolment = factor.enrol(caller());
        assertTrue(enrolment.uri().startsWith("otpauth://totp/Tranzr:anna?secret=" + enrolment.secret() + "&"), enrolment.uri());
        assertFalse(enrolment.toString().contains(enrolment.secret()));
        factor.require(caller(), Optional.empty());
        fails(Failure.WrongCode.class, () -> factor.confirm(caller(), wrongCode(enrolment.secret())));
        factor.require(caller(), Optional.empty());
        factor.confirm(caller(), code(enrolment.secret()));
        fails(Failure.SecondFactorRequired.class, () -> factor.require(caller(), Optional.empty()));
        // Neither is it replaced now, nor confirmed again.
        fails(Failure.SecondFactorExists.class, () -> factor.enrol(caller()));
        fails(Failure.SecondFactorExists.class, () -> factor.confirm(caller(), code(enrolment.secret())));
    }

    @Test
    void aSecretThatWasNotConfirmedIsReplacedByTheNext() {
        String first = factor.enrol(caller()).secret();
        String second = factor.enrol(caller()).secret();
        fails(Failure.WrongCode.class, () -> factor.confirm(caller(), code(first)));
        factor.confirm(caller(), code(second));
    }

    @Test
    void withoutASessionEachOperationTakesACodeOfItsOwn() {
        String secret = enrolled();
        String code = code(secret);
        factor.require(caller(), Optional.of(code));
        fails(Failure.WrongCode.class, () -> factor.require(caller(), Optional.of(code)));
        fails(Failure.SecondFactorRequired.class, () -> factor.require(caller(), Optional.empty()));
        server.pass(Totp.STEP);
        factor.require(caller(), Optional.of(code(secret)));
    }

    @Test
    void theCodeOfTheConfirmationIsNotAcceptedAgain() {
        String secret = factor.enrol(caller()).secret();
        String code = code(secret);
        factor.confirm(caller(), code);
        fails(Failure.WrongCode.class, () -> factor.require(caller(), Optional.of(code)));
    }

    @Test
    void aSessionThatHasShownACodeNeedsNoneForFiveMinutes() throws Exception {
        String secret = enrolled();
        Caller session = inSession();
        Caller other = inSession();
        fails(Failure.SecondFactorRequired.class, () -> factor.require(session, Optional.empty()));
        factor.prove(session, code(secret));
        factor.require(session, Optional.empty());
        server.pass(SecondFactor.PROVEN.minusSeconds(1));
        factor.require(session, Optional.empty());
        fails(Failure.SecondFactorRequired.class, () -> factor.require(other, Optional.empty()));
        fails(Failure.SecondFactorRequired.class, () -> factor.require(caller(), Optional.empty()));
        server.pass(Duration.ofSeconds(1));
        fails(Failure.SecondFactorRequired.class, () -> factor.require(session, Optional.empty()));
        // A code that comes with the operation itself counts as well.
        factor.require(other, Optional.of(code(secret)));
        factor.require(other, Optional.empty());
        fails(Failure.UnknownSession.class, () -> factor.prove(caller(), code(secret)));
    }

    @Test
    void fiveWrongCodesAreFreeAndThenTheWaitGrowsAlsoForARightOne() {
        String secret = enrolled();
        for (int i = 0; i < 5; i++) {
            fails(Failure.WrongCode.class, () -> factor.require(caller(), Optional.of(wrongCode(secret))));
        }
        assertEquals(Duration.ofSeconds(1), fails(Failure.TooManyAttempts.class, () -> factor.require(caller(), Optional.of(code(secret)))).retryAfter());
        server.pass(Duration.ofSeconds(1));
        fails(Failure.WrongCode.class, () -> factor.require(caller(), Optional.of(wrongCode(secret))));
        assertEquals(Duration.ofSeconds(2), fails(Failure.TooManyAttempts.class, () -> factor.require(caller(), Optional.of(code(secret)))).retryAfter());
        for (int i = 0; i < 20; i++) {
            server.pass(Duration.ofMinutes(15));
            fails(Failure.WrongCode.class, () -> factor.require(caller(), Optional.of(wrongCode(secret))));
        }
        assertEquals(Duration.ofMinutes(15), fails(Failure.TooManyAttempts.class, () -> factor.require(caller(), Optional.of(code(secret)))).retryAfter());
        server.pass(Duration.ofMinutes(15));
        factor.require(caller(), Optional.of(code(secret)));
        server.pass(Totp.STEP);
        fails(Failure.WrongCode.class, () -> factor.require(caller(), Optional.of(wrongCode(secret))));
        factor.require(caller(), Optional.of(code(secret)));
    }

    @Test
    void whatIsNoCodeIsNoTry() {
        String secret = enrolled();
        for (int i = 0; i < 20; i++) {
            assertEquals("code", fails(Failure.InvalidValue.class, () -> factor.require(caller(), Optional.of("12345"))).field());
        }
        factor.require(caller(), Optional.of(code(secret)));
    }

    @Test
    void ofAHundredWithTheSameCodeAtTheSameMomentOneIsLetIn() throws Exception {
        for (int round = 0; round < 5; round++) {
            String secret = enrolled();
            String code = code(secret);
            List<Boolean> passed = together(100, () -> {
                try {
                    factor.require(caller(), Optional.of(code));
                    return true;
                } catch (FailureException e) {
                    assertTrue(e.failure() instanceof Failure.WrongCode || e.failure() instanceof Failure.TooManyAttempts, e.toString());
                    return false;
                }
            });
            assertEquals(1, passed.stream().filter(won -> won).count());
            factor.reset(Caller.operator(), id);
            server.pass(Totp.STEP);
        }
    }

    @Test
    void ofAHundredWrongCodesAtTheSameMomentFiveAreLookedAt() throws Exception {
        String secret = enrolled();
        String code = wrongCode(secret);
        List<Boolean> looked = together(100, () -> assertThrows(FailureException.class, () -> factor.require(caller(), Optional.of(code))).failure() instanceof Failure.WrongCode);
        assertEquals(5, looked.stream().filter(one -> one).count());
    }

    @Test
    void aChangeOfTheTokenInBetweenCostsNoCode() throws Exception {
        String secret = enrolled();
        String code = code(secret);
        CountDownLatch done = new CountDownLatch(1);
        Thread changing = Thread.startVirtualThread(() -> {
            for (int i = 0; done.getCount() > 0; i++) {
                AccessToken now = core.catalog().entity(AccessToken.class, id).orElseThrow();
                try {
                    core.commit(List.of(new Change.EntityReplaced(now, now.withRooms(Map.of()).withHash(Digest.sha256(new byte[] {(byte) i})))));
                } catch (tranzr.catalog.ConflictException e) {
                    continue; // the code was faster
                }
            }
        });
        try {
            for (int i = 0; i < 5; i++) {
                factor.require(caller(), Optional.of(code(secret)));
                server.pass(Totp.STEP);
            }
        } finally {
            done.countDown();
            changing.join();
        }
        fails(Failure.WrongCode.class, () -> factor.require(caller(), Optional.of(code)));
    }

    @Test
    void itIsTakenAwayWithACodeOrByAnAdministrator() throws Exception {
        fails(Failure.NoSecondFactor.class, () -> factor.remove(caller(), Optional.empty()));
        factor.enrol(caller());
        factor.remove(caller(), Optional.empty());
        String secret = enrolled();
        fails(Failure.SecondFactorRequired.class, () -> factor.remove(caller(), Optional.empty()));
        fails(Failure.WrongCode.class, () -> factor.remove(caller(), Optional.of(wrongCode(secret))));
        factor.remove(caller(), Optional.of(code(secret)));
        factor.require(caller(), Optional.empty());
        fails(Failure.NoSecondFactor.class, () -> factor.accept(id, code(secret)));

        String lost = enrolled();
        for (int i = 0; i < 5; i++) {
            fails(Failure.WrongCode.class, () -> factor.require(caller(), Optional.of(wrongCode(lost))));
        }
        UUID user = UUID.randomUUID();
        core.commit(List.of(new Change.EntityAdded(new AccessToken(user, Tokens.hash("tzk_user"), "user", core.now(), Set.of(Right.LIST), Map.of(),
                tranzr.model.Quota.NONE, null, List.of(), null))));
        Caller nobodySpecial = Caller.of(core.catalog().entity(AccessToken.class, user).orElseThrow());
        fails(Failure.Forbidden.class, () -> factor.reset(nobodySpecial, id));
        fails(Failure.UnknownToken.class, () -> factor.reset(Caller.operator(), UUID.randomUUID()));
        factor.reset(Caller.operator(), id);
        factor.require(caller(), Optional.empty());
        fails(Failure.NoSecondFactor.class, () -> factor.reset(Caller.operator(), id));
        enrolled(); // and no wait is left of the lost one
    }

    @Test
    void theOperatorHasNoneAndWhoHasNoTokenOfItsOwnCannotHaveOne() {
        for (Runnable call : List.<Runnable>of(() -> factor.enrol(Caller.operator()), () -> factor.confirm(Caller.operator(), "123456"),
                () -> factor.remove(Caller.operator(), Optional.empty()), () -> factor.prove(Caller.operator(), "123456"),
                () -> factor.reset(Caller.operator(), AccessToken.OPERATOR_ID), () -> factor.accept(AccessToken.OPERATOR_ID, "123456"))) {
            fails(Failure.NotForOperator.class, call);
        }
        factor.require(Caller.operator(), Optional.empty());
        Caller once = new Caller.Once(((Caller.Bearer) caller()).token(), Right.DELETE, null, UUID.randomUUID());
        fails(Failure.Forbidden.class, () -> factor.enrol(once));
        enrolled();
        factor.require(once, Optional.empty());
        fails(Failure.Forbidden.class, () -> factor.remove(once, Optional.empty()));
    }

    @Test
    void theLastCodeIsRememberedOverARestart() throws Exception {
        String secret = enrolled();
        String code = code(secret);
        factor.require(caller(), Optional.of(code));
        Instant then = core.now();
        server.close();
        server = new ServedEngine(folder, "the-operators-own-token", null);
        core = server.engine().core();
        factor = new SecondFactor(core);
        server.pass(Duration.between(core.now(), then));
        assertEquals(then, core.now());
        fails(Failure.WrongCode.class, () -> factor.require(caller(), Optional.of(code)));
        server.pass(Totp.STEP);
        factor.require(caller(), Optional.of(code(secret)));
    }

    private static <T> List<T> together(int count, Callable<T> task) throws Exception {
        CountDownLatch ready = new CountDownLatch(count);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                running.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return task.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : running) {
                results.add(future.get());
            }
            return results;
        }
    }
}
