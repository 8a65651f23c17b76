package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tranzr.model.Right.DELETE;
import static tranzr.model.Right.DOWNLOAD;
import static tranzr.model.Right.LIST;
import static tranzr.model.Right.SHARE;
import static tranzr.model.Right.UPLOAD;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.Delivery;
import tranzr.model.Digest;
import tranzr.model.FileAccess;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Role;
import tranzr.model.Room;
import tranzr.model.UploadRequest;
import tranzr.model.Webhook;
import tranzr.security.Tokens;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Shares;
import tranzr.transfer.TestBody;

/**
 * Every route, asked by everybody: what a token may at all, times what it is to the file, times the route. The routes come from the routes page;
 * one that is not decided about here fails the test. What is expected is written down here once more, and not taken from the code that decides.
 */
class PermissionMatrixTest {

    private static final String OPERATOR = "the-operators-own-token";
    private static final byte[] CONTENT = "content".getBytes();
    private static final UUID ROOM = Relation.ROOM;
    private static final Set<Right> ALL = EnumSet.of(UPLOAD, DOWNLOAD, SHARE, DELETE, LIST);
    private static final Set<Right> NOTHING = EnumSet.noneOf(Right.class);

    @TempDir
    Path folder;
    private ServedEngine server;
    private final SecureRandom random = new SecureRandom();
    private final List<String> wrong = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        server = new ServedEngine(folder, OPERATOR, null);
        server.engine().core().commit(List.of(new Change.EntityAdded(new Room(ROOM, "room", Instant.EPOCH, Quota.NONE))));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private record Bearer(String secret, UUID id) {
    }

    private Bearer token(Set<Right> rights, Map<UUID, Role> rooms, Instant expires) {
        String secret = Tokens.create(Tokens.Kind.ACCESS, random);
        UUID id = new UUID(random.nextLong(), random.nextLong());
        add(new AccessToken(id, Tokens.hash(secret), "token", Instant.EPOCH, rights, rooms, Quota.NONE, expires, List.of(), null));
        return new Bearer(secret, id);
    }

    private void add(AccessToken token) {
        try {
            server.engine().core().commit(List.of(new Change.EntityAdded(token)));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A fresh file or upload with this access. */
    private UUID file(RouteRules.State state, FileAccess access) {
        var uploads = server.engine().uploads(Caller.SYSTEM);
        UUID id = uploads.newId();
        NewUpload spec = new NewUpload(id, "file.bin", CONTENT.length, CONTENT.length, 0, -1, null, Tokens.hash("key"));
        if (state == RouteRules.State.OPEN) {
            uploads.start(spec);
        } else {
            uploads.receive(spec, new TestBody(CONTENT), DigestClaim.NONE, null, List.of());
        }
        try {
            server.engine().core().commit(List.of(new Change.AccessChanged(id, access)));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return id;
    }

    /** The route asked for this file or share. */
    private ServedEngine.Answer ask(Routes.Route route, UUID file, String share, String... headers) {
        return ask(route, file, share, null, headers);
    }

    private ServedEngine.Answer ask(Routes.Route route, UUID file, String share, UUID request, String... headers) {
        return RouteCalls.send(server, route, file, share, request, CONTENT, headers);
    }

    private void expect(Routes.Route route, String who, int wanted, ServedEngine.Answer answer) {
        boolean right = wanted == 200 ? answer.status() / 100 == 2 : answer.status() == wanted;
        if (!right) {
            wrong.add(route.method() + " " + route.pattern() + " by " + who + ": wanted " + wanted + ", got " + answer.status());
        }
    }

    private static String[] as(Bearer bearer) {
        return new String[] {"Authorization", "Bearer " + bearer.secret()};
    }

    @Test
    void everyRouteIsDecidedAbout() {
        assertEquals(new TreeSet<>(RouteRules.all().keySet()), server.routes().stream().map(route -> route.method() + " " + route.pattern())
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void everybodyGetsWhatRoleGrantAndTokenAllowAndNothingElse() {
        for (Routes.Route route : server.routes()) {
            switch (RouteRules.all().get(route.method() + " " + route.pattern())) {
                case RouteRules.OnFile rule -> askOnFile(route, rule);
                case RouteRules.OnShare rule -> askOnShare(route, rule);
                case RouteRules.AtAll rule -> askAtAll(route, rule);
                case RouteRules.Admin _ -> askAsAdmin(route);
                case RouteRules.Anybody _ -> expect(route, "any token", 200, ask(route, null, null, as(token(EnumSet.of(LIST), Map.of(), null))));
                case RouteRules.Nothing rule -> askForNothing(route, rule);
                case RouteRules.OnWebhook _ -> askOnWebhook(route);
                case RouteRules.OnSession _ -> askOnSession(route);
                case RouteRules.Self rule -> askOfItself(route, rule);
                case RouteRules.InRoom rule -> askInRoom(route, rule);
                case RouteRules.Decides _ -> askWhoDecides(route);
                case RouteRules.OnRequest _ -> askOnRequest(route);
                case RouteRules.Signed rule -> askSigned(route, rule);
                case RouteRules.Open _ -> { }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** What the token was made for: all, all but the right, only the right. */
    private static Map<String, Set<Right>> tokensFor(Right right) {
        Set<Right> others = EnumSet.copyOf(ALL);
        others.remove(right);
        Map<String, Set<Right>> tokens = new LinkedHashMap<>();
        tokens.put("every right", ALL);
        tokens.put("all rights but " + right, others);
        tokens.put("only " + right, EnumSet.of(right));
        return tokens;
    }

    private void askOnFile(Routes.Route route, RouteRules.OnFile rule) {
        for (Relation relation : Relation.values()) {
            tokensFor(rule.right()).forEach((name, rights) -> {
                Bearer bearer = token(rights, Relation.rooms(relation), null);
                UUID file = file(rule.state(), Relation.access(relation, bearer.id()));
                expect(route, name + ", " + relation, statusOf(rule.right(), rights, relation), ask(route, file, null, as(bearer)));
            });
        }
        UUID file = file(rule.state(), FileAccess.of(new UUID(9, 9), ROOM));
        expect(route, "an admin", 200, ask(route, file, null, as(token(EnumSet.of(Right.ADMIN), Map.of(), null))));
        askWithoutRight(route, file(rule.state(), FileAccess.OPERATOR), null);
    }

    /** Without the right at all it is forbidden at the gate; else a file that one may not know of is not there. */
    private static int statusOf(Right right, Set<Right> token, Relation relation) {
        Set<Right> both = token.isEmpty() ? NOTHING : EnumSet.copyOf(token);
        both.retainAll(relation.rights);
        return !token.contains(right) ? 403 : both.contains(right) ? 200 : both.isEmpty() ? 404 : 403;
    }

    private void askOnShare(Routes.Route route, RouteRules.OnShare rule) {
        for (Relation relation : Relation.values()) {
            tokensFor(rule.right()).forEach((name, rights) -> {
                Bearer bearer = token(rights, Relation.rooms(relation), null);
                UUID file = file(RouteRules.State.COMPLETED, Relation.access(relation, bearer.id()));
                int status = statusOf(rule.right(), rights, relation);
                expect(route, name + ", " + relation, rights.contains(SHARE) && status != 200 ? 404 : status, ask(route, file, share(file), as(bearer)));
            });
        }
        UUID file = file(RouteRules.State.COMPLETED, FileAccess.of(new UUID(9, 9), ROOM));
        expect(route, "an admin", 200, ask(route, file, share(file), as(token(EnumSet.of(Right.ADMIN), Map.of(), null))));
        askWithoutRight(route, file, share(file));
    }

    private String share(UUID file) {
        return server.engine().shares(Caller.SYSTEM).create(file, new Shares.Terms(null, 0, null)).token();
    }

    private void askAtAll(Routes.Route route, RouteRules.AtAll rule) {
        tokensFor(rule.right()).forEach((name, rights) ->
                expect(route, name, rights.contains(rule.right()) ? 200 : 403, ask(route, null, null, as(token(rights, Map.of(), null)))));
        expect(route, "an admin", 200, ask(route, null, null, as(token(EnumSet.of(Right.ADMIN), Map.of(), null))));
        askWithoutRight(route, null, null);
    }

    private void askAsAdmin(Routes.Route route) {
        expect(route, "a token with every other right", 403, askAbout(route, other(), newRoom(), as(token(ALL, Map.of(), null))));
        expect(route, "an admin", 200, askAbout(route, other(), newRoom(), as(token(EnumSet.of(Right.ADMIN), Map.of(), null))));
        expect(route, "nobody", 401, askAbout(route, other(), newRoom()));
    }

    private void askForNothing(Routes.Route route, RouteRules.Nothing rule) {
        expect(route, "any token", rule.status(), ask(route, null, null, as(token(EnumSet.of(LIST), Map.of(), null))));
        expect(route, "an admin", rule.status(), ask(route, null, null, as(token(EnumSet.of(Right.ADMIN), Map.of(), null))));
        expect(route, "nobody", 401, ask(route, null, null));
    }

    private void askOnSession(Routes.Route route) {
        Bearer self = token(EnumSet.of(LIST), Map.of(), null);
        for (Map.Entry<String, Bearer> who : Map.of("its own token", self, "an admin", token(EnumSet.of(Right.ADMIN), Map.of(), null)).entrySet()) {
            String path = route.pattern().replace("{session_id}", server.post("/login", "", as(self)).expect(200).field("session_id"));
            expect(route, "another token", 404, server.delete(path, as(token(ALL, Map.of(), null))));
            expect(route, "nobody", 401, server.delete(path));
            expect(route, who.getKey(), 200, server.delete(path, as(who.getValue())));
        }
    }

    /** Signed while its signer owned the file; what it is to the file by then decides, whoever asks. */
    private void askSigned(Routes.Route route, RouteRules.Signed rule) {
        RouteRules.State state = rule.right() == UPLOAD ? RouteRules.State.OPEN : RouteRules.State.COMPLETED;
        for (Relation relation : Relation.values()) {
            Bearer signer = token(ALL, Relation.rooms(relation), null);
            UUID file = file(state, FileAccess.of(signer.id(), null));
            String url = signed(rule.right(), file, signer);
            try {
                server.engine().core().commit(List.of(new Change.AccessChanged(file, Relation.access(relation, signer.id()))));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            int wanted = relation.rights.contains(rule.right()) ? 200 : 403;
            expect(route, "a signer that is " + relation, wanted, server.send(route.method(), url, rule.right() == UPLOAD ? BodyPublishers.ofByteArray(CONTENT) : BodyPublishers.noBody()));
        }
        UUID file = file(state, FileAccess.OPERATOR);
        for (String[] headers : List.of(new String[0], as(token(EnumSet.of(Right.ADMIN), Map.of(), null)))) {
            expect(route, "whoever has no signed address", 403, server.send(route.method(), "/direct/" + file + "/1", BodyPublishers.noBody(), headers));
        }
    }

    @SuppressWarnings("unchecked")
    private String signed(Right right, UUID file, Bearer by) {
        return right == DOWNLOAD ? server.post("/download-url/" + file, "", as(by)).expect(201).field("url")
                : (String) ((List<Map<String, Object>>) server.post("/upload/urls/" + file, "", as(by)).expect(200).json().get("signed_urls")).getFirst().get("url");
    }

    private void askOnWebhook(Routes.Route route) {
        Bearer owner = token(EnumSet.of(LIST), Map.of(), null);
        Bearer less = token(EnumSet.of(UPLOAD, DOWNLOAD, SHARE, DELETE), Map.of(), null);
        expect(route, "another token", 404, askWebhook(route, owner, as(token(ALL, Map.of(ROOM, Role.OWNER), null))));
        expect(route, "its owner without the right", 403, askWebhook(route, less, as(less)));
        expect(route, "its owner", 200, askWebhook(route, owner, as(owner)));
        expect(route, "an admin", 200, askWebhook(route, owner, as(token(EnumSet.of(Right.ADMIN), Map.of(), null))));
        expect(route, "nobody", 401, askWebhook(route, owner));
    }

    /** Of a fresh webhook with something that waits; nothing listens there. */
    private ServedEngine.Answer askWebhook(Routes.Route route, Bearer owner, String... headers) {
        Webhook hook = new Webhook(UUID.randomUUID(), owner.id(), "http://127.0.0.1:1/", "whsec_x", Set.of(), Instant.EPOCH, true);
        Delivery delivery = new Delivery(UUID.randomUUID(), hook.id(), UUID.randomUUID(), "ping", "{}", Instant.EPOCH, 1,
                Instant.parse("2100-01-01T00:00:00Z"), null);
        try {
            server.engine().core().commit(List.of(new Change.EntityAdded(hook), new Change.EntityAdded(delivery)));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        String path = route.pattern().replace("{webhook_id}", hook.id().toString()).replace("{delivery_id}", delivery.id().toString());
        return server.send(route.method(), path, BodyPublishers.noBody(), headers);
    }

    private void askOfItself(Routes.Route route, RouteRules.Self rule) {
        Bearer self = token(EnumSet.of(LIST), Map.of(), null);
        expect(route, "another token", rule.others(), askAbout(route, self.id(), null, as(token(ALL, Map.of(), null))));
        expect(route, "itself", 200, askAbout(route, self.id(), null, as(self)));
        expect(route, "an admin", 200, askAbout(route, self.id(), null, as(token(EnumSet.of(Right.ADMIN), Map.of(), null))));
        expect(route, "nobody", 401, askAbout(route, self.id(), null));
    }

    private void askInRoom(Routes.Route route, RouteRules.InRoom rule) {
        Map<Role, Integer> wanted = new TreeMap<>(Map.of(Role.OWNER, rule.owner(), Role.WRITER, rule.writer(), Role.READER, rule.reader()));
        wanted.forEach((role, status) -> {
            UUID room = newRoom();
            Bearer member = token(EnumSet.of(LIST), Map.of(room, Role.READER), null);
            expect(route, "the room's " + role, status, askAbout(route, member.id(), room, as(token(ALL, Map.of(room, role), null))));
        });
        UUID room = newRoom();
        Bearer member = token(EnumSet.of(LIST), Map.of(room, Role.READER), null);
        expect(route, "a stranger", 404, askAbout(route, member.id(), room, as(token(ALL, Map.of(ROOM, Role.OWNER), null))));
        expect(route, "nobody", 401, askAbout(route, member.id(), room));
        expect(route, "an admin", 200, askAbout(route, member.id(), room, as(token(EnumSet.of(Right.ADMIN), Map.of(), null))));
    }

    private void askWhoDecides(Routes.Route route) {
        for (Relation relation : Relation.values()) {
            Bearer bearer = token(ALL, Relation.rooms(relation), null);
            UUID file = file(RouteRules.State.COMPLETED, Relation.access(relation, bearer.id()));
            boolean decides = relation == Relation.OWNER_OF_A_FILE_IN_NO_ROOM || relation == Relation.OWNER_OF_THE_ROOM;
            int hidden = relation.rights.isEmpty() ? 404 : 403;
            // Who owns the room decides even about what was taken from it.
            int status = decides ? 200 : relation == Relation.MEMBER_GRANTED_NOTHING ? 404 : hidden;
            expect(route, relation.toString(), status, ask(route, file, null, as(bearer)));
        }
        UUID file = file(RouteRules.State.COMPLETED, FileAccess.OPERATOR);
        expect(route, "an admin", 200, ask(route, file, null, as(token(EnumSet.of(Right.ADMIN), Map.of(), null))));
        expect(route, "nobody", 401, ask(route, file, null));
    }

    private void askOnRequest(Routes.Route route) {
        Map<UUID, Role> owns = Map.of(ROOM, Role.OWNER);
        Map<UUID, Role> writes = Map.of(ROOM, Role.WRITER);
        Bearer maker = token(ALL, writes, null);
        expect(route, "its maker", 200, ask(route, null, null, request(maker.id()), as(maker)));
        Bearer left = token(ALL, Map.of(), null);
        expect(route, "its maker, who has left the room", 404, ask(route, null, null, request(left.id()), as(left)));
        Bearer lowered = token(ALL, Map.of(ROOM, Role.READER), null);
        expect(route, "its maker, who only reads by now", 404, ask(route, null, null, request(lowered.id()), as(lowered)));
        Bearer narrowed = token(EnumSet.of(SHARE, LIST), writes, null);
        expect(route, "its maker, who may not bring files any more", 404, ask(route, null, null, request(narrowed.id()), as(narrowed)));
        UUID stranger = new UUID(9, 9);
        expect(route, "an owner of the room", 200, ask(route, null, null, request(stranger), as(token(ALL, owns, null))));
        expect(route, "an owner of the room without the right to share", 403, ask(route, null, null, request(stranger), as(token(EnumSet.of(UPLOAD), owns, null))));
        expect(route, "another writer", 404, ask(route, null, null, request(stranger), as(token(ALL, writes, null))));
        expect(route, "an owner of another room", 404, ask(route, null, null, request(stranger), as(token(ALL, Map.of(new UUID(8, 8), Role.OWNER), null))));
        expect(route, "an admin", 200, ask(route, null, null, request(stranger), as(token(EnumSet.of(Right.ADMIN), Map.of(), null))));
        expect(route, "nobody", 401, ask(route, null, null, request(stranger)));
    }

    private UUID request(UUID creator) {
        UUID id = new UUID(random.nextLong() & ~0xf000L | 0x4000L, random.nextLong());
        try {
            server.engine().core().commit(List.of(new Change.EntityAdded(new UploadRequest(id, Tokens.hash(id.toString()), ROOM, creator, "", Instant.EPOCH, null,
                    Long.MAX_VALUE, Quota.NONE, List.of(), null, false))));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return id;
    }

    /** A token, with a second factor. */
    private UUID other() {
        AccessToken other = AccessToken.of(new UUID(random.nextLong(), random.nextLong()), Tokens.hash("tzk_" + random.nextLong()), "other", Instant.EPOCH)
                .withTotp(new AccessToken.Totp("MFRGGZDFMZTWQ2LK", 0, true));
        add(other);
        return other.id();
    }

    private UUID newRoom() {
        UUID id = new UUID(random.nextLong(), random.nextLong());
        try {
            server.engine().core().commit(List.of(new Change.EntityAdded(new Room(id, "room " + id, Instant.EPOCH, Quota.NONE))));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return id;
    }

    private ServedEngine.Answer askAbout(Routes.Route route, UUID token, UUID room, String... headers) {
        String path = route.pattern().replace("{token_id}", String.valueOf(token)).replace("{room_id}", String.valueOf(room));
        String json = switch (route.pattern()) {
            case "/tokens", "/rooms" -> "{\"name\": \"n" + random.nextLong() + "\", \"rights\": [\"list\"]}";
            case "/rooms/{room_id}/members/{token_id}" -> "{\"role\": \"writer\"}";
            case "/rooms/{room_id}/requests" -> "{}";
            default -> "{\"name\": \"n" + random.nextLong() + "\"}";
        };
        boolean sends = Set.of("POST", "PUT", "PATCH").contains(route.method()) && !route.pattern().endsWith("/rotate");
        return server.send(route.method(), path, sends ? BodyPublishers.ofString(json) : BodyPublishers.noBody(), headers);
    }

    private void askWithoutRight(Routes.Route route, UUID file, String share) {
        server.pass(Duration.ofMinutes(5)); // or it would be slowed down as one who guesses
        expect(route, "nobody", 401, ask(route, file, share));
        expect(route, "an unknown token", 401, ask(route, file, share, "Authorization", "Bearer " + Tokens.create(Tokens.Kind.ACCESS, random)));
        Bearer expired = token(EnumSet.of(Right.ADMIN), Map.of(), Instant.EPOCH);
        expect(route, "an expired token", 401, ask(route, file, share, as(expired)));
        // A share's token is no token of the API, and neither is a delete key.
        String link = share != null ? share : share(file(RouteRules.State.COMPLETED, FileAccess.OPERATOR));
        expect(route, "a share link", 401, ask(route, file, share, "Authorization", "Bearer " + link));
    }

    @Test
    void listsShowWhatMayBeSeenAndNothingElse() {
        for (Relation relation : Relation.values()) {
            Bearer bearer = token(ALL, Relation.rooms(relation), null);
            UUID file = file(RouteRules.State.COMPLETED, Relation.access(relation, bearer.id()));
            String share = Digest.sha256(share(file).getBytes()).hex().substring(0, Shares.ID_LENGTH);
            boolean inFiles = server.get("/files?limit=1000", as(bearer)).expect(200).list().stream().anyMatch(entry -> entry.get("file_id").equals(file.toString()));
            assertEquals(relation.rights.contains(LIST), inFiles, relation + " in files");
            boolean inShares = server.get("/shares?limit=1000", as(bearer)).expect(200).list().stream().anyMatch(entry -> entry.containsValue(share));
            assertEquals(relation.rights.contains(SHARE), inShares, relation + " in shares");
        }
    }

    @Test
    void aTokenBringsFilesIntoRoomsWhereItMayWrite() {
        Map<Role, Integer> wanted = new TreeMap<>(Map.of(Role.OWNER, 201, Role.WRITER, 201, Role.READER, 403));
        wanted.forEach((role, status) -> {
            String[] headers = as(token(ALL, Map.of(ROOM, role), null));
            server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 1, \"room\": \"room\"}", headers).expect(status);
            server.put("/f?room=" + ROOM, CONTENT, headers).expect(status);
        });
        String[] stranger = as(token(ALL, Map.of(), null));
        server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 1, \"room\": \"room\"}", stranger).expect(404, "room_not_found");
        server.put("/f?room=nowhere", CONTENT, as(token(EnumSet.of(Right.ADMIN), Map.of(), null))).expect(404);
    }
}
