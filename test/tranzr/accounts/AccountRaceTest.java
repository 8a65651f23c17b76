package tranzr.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
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
import tranzr.model.AccessToken;
import tranzr.model.OneTimeToken;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Role;
import tranzr.model.Room;
import tranzr.model.Scope;
import tranzr.model.Upload;
import tranzr.server.ServedEngine;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.NewUpload;

/** Hundreds of threads at the same limit, name or token: what is promised holds exactly. */
class AccountRaceTest {

    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    @TempDir
    Path folder;
    private ServedEngine served;
    private Engine engine;
    private Identities identities;
    private AccessTokens tokens;
    private Rooms rooms;

    @BeforeEach
    void open() throws IOException {
        served = new ServedEngine(folder, null, null, new Quota(Long.MAX_VALUE, 60, Long.MAX_VALUE));
        engine = served.engine();
        identities = new Identities(engine.core(), Optional.empty(), true);
        LiveCallers live = new LiveCallers();
        tokens = new AccessTokens(engine, live, identities);
        rooms = new Rooms(engine.core(), live);
    }

    @AfterEach
    void close() throws IOException {
        served.close();
    }

    private AccessTokens.Made make(Set<Right> rights, Map<UUID, Role> memberOf, Quota quota) {
        return tokens.create(Caller.SYSTEM, new AccessTokens.Terms("t", rights, memberOf, quota, null, List.of()));
    }

    /** Runs all at the same moment. @return what each gave, or the failure that it met */
    private static List<Object> together(List<? extends Callable<?>> tasks) throws Exception {
        CountDownLatch ready = new CountDownLatch(tasks.size());
        List<Object> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Object>> running = new ArrayList<>();
            for (Callable<?> task : tasks) {
                running.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    try {
                        return task.call();
                    } catch (FailureException e) {
                        return e.failure();
                    }
                }));
            }
            for (Future<Object> each : running) {
                results.add(each.get());
            }
        }
        return results;
    }

    private static List<Object> times(int count, Callable<?> task) throws Exception {
        return together(java.util.Collections.nCopies(count, task));
    }

    private static <T> List<T> only(Class<T> kind, List<Object> results) {
        return results.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private Upload start(Caller caller, UUID room, long bytes) {
        var uploads = engine.uploads(caller);
        return uploads.start(new NewUpload(uploads.newId(), "f", bytes, bytes, 1024, -1, null, null, room));
    }

    @Test
    void exactlyAsManyFilesAsTheQuotaOfATokenAreTaken() throws Exception {
        Caller caller = Caller.of(make(Set.of(Right.UPLOAD), Map.of(), new Quota(Long.MAX_VALUE, 17, Long.MAX_VALUE)).token());
        List<Object> results = times(200, () -> start(caller, null, 10));
        assertEquals(17, only(Upload.class, results).size());
        assertEquals(183, results.stream().filter(new Failure.QuotaExceeded(Scope.Kind.TOKEN)::equals).count());
    }

    @Test
    void exactlyAsManyBytesAsTheQuotaOfARoomAreTaken() throws Exception {
        UUID room = rooms.create(Caller.SYSTEM, "room", new Quota(105, Long.MAX_VALUE, Long.MAX_VALUE)).id();
        Caller caller = Caller.of(make(Set.of(Right.UPLOAD), Map.of(room, Role.WRITER), Quota.NONE).token());
        List<Object> results = times(200, () -> start(caller, room, 10));
        assertEquals(10, only(Upload.class, results).size());
        assertEquals(100, rooms.usage(room).bytes());
    }

    @Test
    void exactlyAsManyFilesAsTheQuotaOfAllAreTakenAndWhatIsGivenUpMakesRoom() throws Exception {
        List<Object> results = times(200, () -> start(Caller.operator(), null, 10));
        List<Upload> taken = only(Upload.class, results);
        assertEquals(60, taken.size());
        List<Callable<?>> tasks = new ArrayList<>();
        taken.subList(0, 20).forEach(upload -> tasks.add(() -> {
            engine.uploads(Caller.operator()).abort(upload.id());
            return null;
        }));
        together(tasks);
        assertEquals(20, only(Upload.class, times(100, () -> start(Caller.operator(), null, 10))).size());
    }

    @Test
    void aOneTimeTokenLetsExactlyOneIn() throws Exception {
        Caller maker = Caller.of(make(Set.of(Right.LIST), Map.of(), Quota.NONE).token());
        String secret = new OneTimeTokens(engine, identities).create(maker, Right.LIST, null, Duration.ofMinutes(1)).secret();
        List<Object> results = times(100, () -> identities.of(secret, null, HERE));
        assertEquals(1, only(Caller.Once.class, results).size());
        // Whoever came too late counts as one who guesses.
        assertEquals(99, only(Failure.WrongToken.class, results).size() + only(Failure.TooManyAttempts.class, results).size());
    }

    @Test
    void ofManyNewSecretsAtOnceExactlyOneOpensInTheEnd() throws Exception {
        AccessTokens.Made made = make(Set.of(Right.LIST), Map.of(), Quota.NONE);
        List<String> secrets = new ArrayList<>(List.of(made.secret()));
        List<Callable<Object>> tasks = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            tasks.add(() -> tokens.rotate(Caller.SYSTEM, made.token().id()));
            tasks.add(() -> identities.of(made.secret(), null, HERE));
        }
        List<Object> results = together(tasks);
        only(AccessTokens.Made.class, results).forEach(each -> secrets.add(each.secret()));
        assertTrue(secrets.size() > 1, results.toString());
        long opening = secrets.stream().filter(secret -> {
            try {
                identities.of(secret, null, HERE);
                return true;
            } catch (FailureException e) {
                return false;
            }
        }).count();
        assertEquals(1, opening);
        served.pass(Duration.ofHours(1)); // the old secrets have counted as guesses
        FailureException refused = assertThrows(FailureException.class, () -> identities.of(made.secret(), null, HERE));
        assertEquals(new Failure.WrongToken(), refused.failure());
    }

    @Test
    void aTokenThatIsRotatedByItselfTwiceAtOnceGivesOneSecret() throws Exception {
        AccessTokens.Made made = make(Set.of(Right.LIST), Map.of(), Quota.NONE);
        List<Object> results = times(50, () -> tokens.rotate(Caller.of(made.token()), made.token().id()));
        assertEquals(1, only(AccessTokens.Made.class, results).size());
        assertEquals(49, only(Failure.WrongToken.class, results).size());
    }

    @Test
    void administratorsWhoRevokeEachOtherLeaveOne() throws Exception {
        for (int round = 0; round < 10; round++) {
            List<AccessToken> admins = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                admins.add(make(Set.of(Right.ADMIN), Map.of(), Quota.NONE).token());
            }
            List<Callable<Object>> tasks = new ArrayList<>();
            for (int i = 0; i < admins.size(); i++) {
                Caller caller = Caller.of(admins.get(i));
                UUID victim = admins.get((i + 1) % admins.size()).id();
                boolean demote = i % 2 == 0;
                tasks.add(() -> {
                    if (demote) {
                        return tokens.change(caller, victim, now -> new AccessTokens.Terms(now.name(), Set.of(Right.LIST), now.rooms(), now.quota(), null, List.of()));
                    }
                    tokens.revoke(caller, victim, false);
                    return "revoked";
                });
            }
            List<Object> results = together(tasks);
            long left = engine.core().catalog().entities(AccessToken.class).stream().filter(token -> token.rights().contains(Right.ADMIN)).count();
            assertEquals(1, left, results.toString());
            assertEquals(1, only(Failure.LastAdmin.class, results).size(), results.toString());
            for (AccessToken token : tokens.list(Caller.SYSTEM)) {
                tokens.revoke(Caller.SYSTEM, token.id(), false);
            }
        }
    }

    @Test
    void ownersWhoLeaveAtOnceLeaveOne() throws Exception {
        UUID room = rooms.create(Caller.SYSTEM, "room", Quota.NONE).id();
        List<Callable<Object>> tasks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            AccessToken owner = make(Set.of(Right.LIST), Map.of(room, Role.OWNER), Quota.NONE).token();
            tasks.add(() -> {
                rooms.removeMember(Caller.of(owner), room, owner.id());
                return "left";
            });
        }
        List<Object> results = together(tasks);
        assertEquals(1, rooms.members(Caller.SYSTEM, room).size());
        assertEquals(1, only(Failure.LastOwner.class, results).size());
    }

    @Test
    void oneNameMakesOneRoomHoweverManyAskForIt() throws Exception {
        List<Callable<Object>> tasks = new ArrayList<>();
        for (String name : List.of("Team", "team", "TEAM", "tEam")) {
            tasks.addAll(java.util.Collections.nCopies(30, () -> rooms.create(Caller.SYSTEM, name, Quota.NONE)));
        }
        List<Object> results = together(tasks);
        assertEquals(1, only(Room.class, results).size());
        assertEquals(119, only(Failure.NameTaken.class, results).size());
    }

    @Test
    void noFileIsEverInARoomThatIsGone() throws Exception {
        for (int round = 0; round < 20; round++) {
            UUID room = rooms.create(Caller.SYSTEM, "room", Quota.NONE).id();
            Caller caller = Caller.of(make(Set.of(Right.UPLOAD), Map.of(room, Role.WRITER), Quota.NONE).token());
            List<Callable<Object>> tasks = new ArrayList<>(java.util.Collections.nCopies(10, () -> start(caller, room, 10)));
            tasks.add(5, () -> {
                rooms.delete(Caller.SYSTEM, room);
                return "deleted";
            });
            List<Object> results = together(tasks);
            List<Upload> taken = only(Upload.class, results);
            if (results.contains("deleted")) {
                assertEquals(List.of(), taken);
                assertEquals(0, rooms.usage(room).files());
            } else {
                assertTrue(results.contains(new Failure.RoomNotEmpty()), results.toString());
                taken.forEach(upload -> engine.uploads(Caller.SYSTEM).abort(upload.id()));
                rooms.delete(Caller.SYSTEM, room);
            }
        }
    }

    @Test
    void aRevokedTokenLeavesNoOneTimeTokens() throws Exception {
        OneTimeTokens onceTokens = new OneTimeTokens(engine, identities);
        for (int round = 0; round < 10; round++) {
            AccessToken maker = make(Set.of(Right.LIST), Map.of(), Quota.NONE).token();
            List<Callable<Object>> tasks = new ArrayList<>(java.util.Collections.nCopies(20,
                    () -> onceTokens.create(Caller.of(maker), Right.LIST, null, Duration.ofHours(1))));
            tasks.add(10, () -> {
                tokens.revoke(Caller.SYSTEM, maker.id(), false);
                return "revoked";
            });
            List<Object> results = together(tasks);
            assertTrue(results.contains("revoked"), results.toString());
            assertEquals(List.of(), engine.core().catalog().entities(OneTimeToken.class));
        }
    }
}
