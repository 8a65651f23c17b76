package tranzr.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a token is in a room. The ordinals are part of the format on the disk: new ones come last. */
public enum Role {
    /** Everything on every file of the room, and who its members are. */
    OWNER(Right.ON_FILES),
    /** Brings files, reads and shares all of them; deletes its own. */
    WRITER(EnumSet.of(Right.UPLOAD, Right.DOWNLOAD, Right.SHARE, Right.LIST)),
    /** Sees and reads. */
    READER(EnumSet.of(Right.DOWNLOAD, Right.LIST));

    private final Set<Right> rights;

    Role(Set<Right> rights) {
        this.rights = Collections.unmodifiableSet(EnumSet.copyOf(rights));
    }

    /** On the files of the room. */
    public Set<Right> rights() {
        return rights;
    }

    /** The role as clients write it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for a name that is none. */
    public static Optional<Role> of(String wireName) {
        return Arrays.stream(values()).filter(role -> role.wireName().equals(wireName)).findAny();
    }
}
