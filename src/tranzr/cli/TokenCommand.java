package tranzr.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tranzr.client.RefusedException;
import tranzr.server.ConfigException;

/** Makes, lists, revokes and renews the tokens that open the API. The secret alone goes to standard output. */
final class TokenCommand extends AccountCommand {

    private static final String RIGHTS = "--rights";
    private static final String ROOM = "--room";
    private static final String EXPIRES_IN = "--expires-in";
    private static final String FROM = "--from";
    private static final String REVOKE_SHARES = "--revoke-shares";

    @Override
    public String name() {
        return "token";
    }

    @Override
    public Group group() {
        return Group.ACCOUNTS;
    }

    @Override
    public String arguments() {
        return "create NAME --rights LIST | list | revoke TOKEN | rotate TOKEN [OPTION...]";
    }

    @Override
    public String summary() {
        return "make, list, revoke and renew tokens (TOKEN is an id, or a name that only one has); a secret is printed once and kept only as a hash";
    }

    @Override
    Map<String, String> ownOptions() {
        Map<String, String> options = new LinkedHashMap<>(quotaOptions());
        options.put(RIGHTS + " LIST", "of upload, download, share, delete, list, admin, with commas between");
        options.put(ROOM + " ROOM:ROLE", "a room by id or name, and owner, writer or reader; may come several times");
        options.put(EXPIRES_IN + " TIME", "how long it opens anything, such as 90d; without, for ever");
        options.put(FROM + " RANGES", "IP addresses and ranges from where it may be used, with commas between");
        options.put(REVOKE_SHARES, "with revoke: the links and upload requests that the token has made go too");
        return options;
    }

    @Override
    Set<String> repeatable() {
        return Set.of(ROOM);
    }

    @Override
    Map<String, Set<String>> words() {
        Map<String, Set<String>> words = new LinkedHashMap<>();
        words.put("create", Set.of(RIGHTS, ROOM, EXPIRES_IN, FROM, QUOTA_BYTES, QUOTA_FILES, QUOTA_MONTHLY));
        words.put("list", Set.of());
        words.put("revoke", Set.of(REVOKE_SHARES));
        words.put("rotate", Set.of());
        return words;
    }

    @Override
    ExitCode run(String word, Desk desk) throws ConfigException, RefusedException, IOException {
        switch (word) {
            case "create" -> create(desk);
            case "list" -> list(desk);
            case "revoke" -> revoke(desk);
            default -> rotate(desk);
        }
        return ExitCode.OK;
    }

    private void create(Desk desk) throws ConfigException, RefusedException, IOException {
        Arguments given = desk.arguments();
        Map<String, Object> terms = new LinkedHashMap<>();
        terms.put("name", given.word("NAME"));
        requireOnly(desk, "create");
        terms.put("rights", split(given.value(RIGHTS).orElseThrow(() -> new ConfigException("missing " + RIGHTS))));
        Map<String, Object> rooms = new TreeMap<>();
        for (String room : given.values(ROOM)) {
            int colon = room.lastIndexOf(':');
            if (colon < 1) {
                throw new ConfigException(ROOM + ": '" + room + "' is not ROOM:ROLE");
            }
            if (rooms.put(room.substring(0, colon), room.substring(colon + 1)) != null) {
                throw new ConfigException(ROOM + ": '" + room.substring(0, colon) + "' is named twice");
            }
        }
        terms.put("rooms", rooms);
        Map<String, Object> quota = quota(given);
        if (!quota.isEmpty()) {
            terms.put("quota", quota);
        }
        Optional<String> life = given.value(EXPIRES_IN);
        life.ifPresent(text -> terms.put("expires_in", text));
        given.value(FROM).ifPresent(text -> terms.put("addresses", split(text)));
        boolean first = desk.isOffline() && desk.api().list("/tokens", "token_id").isEmpty();
        Map<String, Object> made = desk.api().call("POST", "/tokens", terms);
        tellSecret(desk, made, "made");
        if (first || !desk.hasToken()) {
            desk.terminal().complain("it is the first token: from now on every server on this data asks for one, on loopback too");
            if (!((List<?>) made.get("rights")).contains("admin")) {
                desk.terminal().complain("it may not administer: make another with the right to admin by 'token create' while no server runs");
            }
        }
    }

    private static List<String> split(String text) {
        return List.of(text.split(",", -1)).stream().map(String::strip).toList();
    }

    private static void tellSecret(Desk desk, Map<String, Object> answer, String what) {
        if (!desk.printedAsJson(answer)) {
            desk.out().println(answer.get("token"));
        }
        desk.terminal().complain(what + " token '" + answer.get("name") + "' (" + answer.get("token_id") + "); its secret is told only here");
    }

    private void list(Desk desk) throws ConfigException, RefusedException, IOException {
        requireOnly(desk, "list");
        List<Map<String, Object>> tokens = desk.api().list("/tokens", "token_id");
        if (desk.printedAsJson(tokens)) {
            return;
        }
        for (Map<String, Object> token : tokens) {
            String rights = ((List<?>) token.get("rights")).stream().map(Object::toString).collect(Collectors.joining(","));
            String rooms = ((List<?>) token.get("rooms")).stream().map(room -> ((Map<?, ?>) room).get("name") + ":" + ((Map<?, ?>) room).get("role"))
                    .collect(Collectors.joining(", "));
            String expires = token.get("expires_at") == null ? "never expires" : "expires " + token.get("expires_at");
            desk.out().println(token.get("token_id") + "  " + token.get("name") + "  " + rights + "  " + expires + (rooms.isEmpty() ? "" : "  " + rooms));
        }
    }

    private void revoke(Desk desk) throws ConfigException, RefusedException, IOException {
        String named = desk.arguments().word("TOKEN");
        requireOnly(desk, "revoke");
        String id = tokenId(desk, named);
        desk.api().call("DELETE", "/tokens/" + id + (desk.arguments().has(REVOKE_SHARES) ? "?revoke_shares=true" : ""), null);
        if (!desk.printedAsJson(Map.of("revoked", id))) {
            desk.terminal().complain("revoked token " + id);
        }
    }

    private void rotate(Desk desk) throws ConfigException, RefusedException, IOException {
        String named = desk.arguments().word("TOKEN");
        requireOnly(desk, "rotate");
        tellSecret(desk, desk.api().call("POST", "/tokens/" + tokenId(desk, named) + "/rotate", null), "renewed");
    }
}
