package tranzr.model;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Whom a file belongs to, and who else may do what with it.
 *
 * @param owner the token that brought it; {@link AccessToken#OPERATOR_ID} for the operator
 * @param room whose members may use it; null when it is its owner's alone
 * @param request the upload request by which a guest brought it, or null
 * @param grants by token what it may do with this file, instead of what its role in the room gives: more, less or nothing
 */
public record FileAccess(UUID owner, UUID room, UUID request, Map<UUID, Set<Right>> grants) {

    /** The most tokens that one file may name. */
    public static final int MAX_GRANTS = 100;

    /** What belongs to the operator alone, as everything did before there were tokens with rights. */
    public static final FileAccess OPERATOR = new FileAccess(AccessToken.OPERATOR_ID, null, null, Map.of());

    public FileAccess {
        Objects.requireNonNull(owner);
        // Sorted, so that equal ones have the same form on the disk.
        grants = java.util.Collections.unmodifiableMap(new TreeMap<>(grants.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> Set.copyOf(entry.getValue())))));
        if (grants.size() > MAX_GRANTS) {
            throw new IllegalArgumentException("more than " + MAX_GRANTS + " grants");
        }
    }

    /** What {@code owner} brings, into a room or, with null, for itself. */
    public static FileAccess of(UUID owner, UUID room) {
        return new FileAccess(owner, room, null, Map.of());
    }

    public FileAccess withGrants(Map<UUID, Set<Right>> grants) {
        return new FileAccess(owner, room, request, grants);
    }
}
