package tranzr.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tranzr.client.RefusedException;
import tranzr.server.ConfigException;

/** Makes, lists and deletes rooms, and decides who their members are. */
final class RoomCommand extends AccountCommand {

    private static final String ROLE = "--role";

    @Override
    public String name() {
        return "room";
    }

    @Override
    public Group group() {
        return Group.ACCOUNTS;
    }

    @Override
    public String arguments() {
        return "create NAME | list | delete ROOM | add-member ROOM TOKEN --role ROLE | remove-member ROOM TOKEN [OPTION...]";
    }

    @Override
    public String summary() {
        return "make, list and delete rooms, and decide who their members are (ROOM and TOKEN are ids or names)";
    }

    @Override
    Map<String, String> ownOptions() {
        Map<String, String> options = new LinkedHashMap<>(quotaOptions());
        options.put(ROLE + " ROLE", "owner, writer or reader; also changes that of a member");
        return options;
    }

    @Override
    Set<String> repeatable() {
        return Set.of();
    }

    @Override
    Map<String, Set<String>> words() {
        Map<String, Set<String>> words = new LinkedHashMap<>();
        words.put("create", Set.of(QUOTA_BYTES, QUOTA_FILES, QUOTA_MONTHLY));
        words.put("list", Set.of());
        words.put("delete", Set.of());
        words.put("add-member", Set.of(ROLE));
        words.put("remove-member", Set.of());
        return words;
    }

    @Override
    ExitCode run(String word, Desk desk) throws ConfigException, RefusedException, IOException {
        switch (word) {
            case "create" -> create(desk);
            case "list" -> list(desk);
            case "delete" -> delete(desk);
            case "add-member" -> addMember(desk);
            default -> removeMember(desk);
        }
        return ExitCode.OK;
    }

    private void create(Desk desk) throws ConfigException, RefusedException, IOException {
        Map<String, Object> terms = new LinkedHashMap<>();
        terms.put("name", desk.arguments().word("NAME"));
        requireOnly(desk, "create");
        Map<String, Object> quota = quota(desk.arguments());
        if (!quota.isEmpty()) {
            terms.put("quota", quota);
        }
        Map<String, Object> made = desk.api().call("POST", "/rooms", terms);
        if (!desk.printedAsJson(made)) {
            desk.out().println(made.get("room_id"));
        }
    }

    private void list(Desk desk) throws ConfigException, RefusedException, IOException {
        requireOnly(desk, "list");
        List<Map<String, Object>> rooms = desk.api().list("/rooms", "room_id");
        if (!desk.printedAsJson(rooms)) {
            rooms.forEach(room -> desk.out().println(room.get("room_id") + "  " + room.get("name")));
        }
    }

    private void delete(Desk desk) throws ConfigException, RefusedException, IOException {
        String room = desk.arguments().word("ROOM");
        requireOnly(desk, "delete");
        desk.api().call("DELETE", "/rooms/" + segment(room), null);
        if (!desk.printedAsJson(Map.of("deleted", room))) {
            desk.terminal().complain("deleted room '" + room + "'");
        }
    }

    private void addMember(Desk desk) throws ConfigException, RefusedException, IOException {
        String room = desk.arguments().word("ROOM");
        String token = desk.arguments().word("TOKEN");
        requireOnly(desk, "add-member");
        String role = desk.arguments().value(ROLE).orElseThrow(() -> new ConfigException("missing " + ROLE));
        Map<String, Object> member = desk.api().call("PUT", path(room, tokenId(desk, token)), Map.of("role", role));
        if (!desk.printedAsJson(member)) {
            desk.terminal().complain("'" + member.get("name") + "' is " + member.get("role") + " of room '" + room + "'");
        }
    }

    private void removeMember(Desk desk) throws ConfigException, RefusedException, IOException {
        String room = desk.arguments().word("ROOM");
        String token = desk.arguments().word("TOKEN");
        requireOnly(desk, "remove-member");
        String id = tokenId(desk, token);
        desk.api().call("DELETE", path(room, id), null);
        if (!desk.printedAsJson(Map.of("removed", id))) {
            desk.terminal().complain("'" + token + "' is no member of room '" + room + "' any more");
        }
    }

    private static String path(String room, String token) {
        return "/rooms/" + segment(room) + "/members/" + token;
    }
}
