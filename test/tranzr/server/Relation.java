package tranzr.server;

import static tranzr.model.Right.DELETE;
import static tranzr.model.Right.DOWNLOAD;
import static tranzr.model.Right.LIST;
import static tranzr.model.Right.SHARE;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tranzr.model.FileAccess;
import tranzr.model.Right;
import tranzr.model.Role;

/** What a token is to the file, and what that alone lets it do. */
enum Relation {
    OWNER_OF_A_FILE_IN_NO_ROOM(EnumSet.copyOf(Right.ON_FILES)),
    STRANGER_TO_A_FILE_IN_NO_ROOM(EnumSet.noneOf(Right.class)),
    GRANTED_SOMETHING_ON_A_STRANGERS_FILE(EnumSet.of(DOWNLOAD, LIST)),
    OWNER_OF_THE_ROOM(EnumSet.copyOf(Right.ON_FILES)),
    WRITER_IN_THE_ROOM(EnumSet.of(DOWNLOAD, SHARE, LIST)),
    WRITER_WHO_BROUGHT_THE_FILE(EnumSet.copyOf(Right.ON_FILES)),
    READER_IN_THE_ROOM(EnumSet.of(DOWNLOAD, LIST)),
    READER_WHO_ONCE_BROUGHT_THE_FILE(EnumSet.of(DOWNLOAD, LIST)),
    READER_GRANTED_MORE(EnumSet.of(DOWNLOAD, DELETE, LIST)),
    WRITER_GRANTED_LESS(EnumSet.of(LIST)),
    MEMBER_GRANTED_NOTHING(EnumSet.noneOf(Right.class)),
    MEMBER_OF_ANOTHER_ROOM(EnumSet.noneOf(Right.class)),
    ONCE_A_MEMBER_WHO_BROUGHT_THE_FILE(EnumSet.noneOf(Right.class));

    final Set<Right> rights;

    Relation(Set<Right> rights) {
        this.rights = rights;
    }

    static final UUID ROOM = new UUID(7, 7);

    static Map<UUID, Role> rooms(Relation relation) {
        return switch (relation) {
            case OWNER_OF_THE_ROOM, MEMBER_GRANTED_NOTHING -> Map.of(ROOM, Role.OWNER);
            case WRITER_IN_THE_ROOM, WRITER_WHO_BROUGHT_THE_FILE, WRITER_GRANTED_LESS -> Map.of(ROOM, Role.WRITER);
            case READER_IN_THE_ROOM, READER_WHO_ONCE_BROUGHT_THE_FILE, READER_GRANTED_MORE -> Map.of(ROOM, Role.READER);
            case MEMBER_OF_ANOTHER_ROOM -> Map.of(new UUID(8, 8), Role.OWNER);
            default -> Map.of();
        };
    }

    static FileAccess access(Relation relation, UUID token) {
        UUID stranger = new UUID(9, 9);
        return switch (relation) {
            case OWNER_OF_A_FILE_IN_NO_ROOM -> FileAccess.of(token, null);
            case STRANGER_TO_A_FILE_IN_NO_ROOM -> FileAccess.of(stranger, null);
            case GRANTED_SOMETHING_ON_A_STRANGERS_FILE -> FileAccess.of(stranger, null).withGrants(Map.of(token, Set.of(DOWNLOAD, LIST)));
            case WRITER_WHO_BROUGHT_THE_FILE, READER_WHO_ONCE_BROUGHT_THE_FILE, ONCE_A_MEMBER_WHO_BROUGHT_THE_FILE -> FileAccess.of(token, ROOM);
            case READER_GRANTED_MORE -> FileAccess.of(stranger, ROOM).withGrants(Map.of(token, Set.of(DOWNLOAD, DELETE, LIST)));
            case WRITER_GRANTED_LESS -> FileAccess.of(stranger, ROOM).withGrants(Map.of(token, Set.of(LIST)));
            case MEMBER_GRANTED_NOTHING -> FileAccess.of(stranger, ROOM).withGrants(Map.of(token, Set.of()));
            case OWNER_OF_THE_ROOM, WRITER_IN_THE_ROOM, READER_IN_THE_ROOM, MEMBER_OF_ANOTHER_ROOM -> FileAccess.of(stranger, ROOM);
        };
    }
}
