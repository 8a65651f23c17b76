package tranzr.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a token may do. The ordinals are part of the format on the disk: new ones come last. */
public enum Right {
    /** Start, continue, complete and abort uploads. */
    UPLOAD,
    /** Read files. */
    DOWNLOAD,
    /** Make, list, change and revoke share links. */
    SHARE,
    /** Remove files for good. */
    DELETE,
    /** See which files there are, and what they are called. */
    LIST,
    /** Everything that concerns the server itself, and everything on every file. */
    ADMIN,
    /** Read the metrics, and nothing else: for a program that collects them, which need not be able to do anything. */
    METRICS;

    /** Every right there is. */
    public static final Set<Right> ALL = Collections.unmodifiableSet(EnumSet.allOf(Right.class));
    /** Every right on a file. */
    public static final Set<Right> ON_FILES = Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(ADMIN, METRICS)));

    /** The right as clients write it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for a name that is none. */
    public static Optional<Right> of(String wireName) {
        return Arrays.stream(values()).filter(right -> right.wireName().equals(wireName)).findAny();
    }
}
