package tranzr.storage.local;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/**
 * The whole layout of the store on disk:
 * <pre>
 * files/ID.data               the bytes of an object
 * files/ID.sums               the sums of its blocks ({@link BlockSums}), when it has more than one
 * files/ID.join/             what makes up an object that was joined from others ({@link JoinedObjects}), instead of ID.data
 * quarantine/TIME-ID.data     set aside at TIME (UTC, such as 20260131T235959Z), because nothing referred to it
 * quarantine/TIME-ID.sums
 * quarantine/TIME-ID.join/
 * scratch/N.tmp               bodies that have no place yet; emptied at each start
 * scratch/N.join/             what was joined, is deleted and still being read
 * </pre>
 * All objects lie in one flat directory: ext4 and XFS index a directory by hashes of the names, so that a lookup costs the
 * same among a hundred thousand, and one directory force serves all who create at the same time.
 */
record StorePaths(Path root, Path files) {

    static final String DATA = ".data";
    static final String SUMS = ".sums";
    /** As long as the others. */
    static final String JOINED = ".join";

    private static final int ID_LENGTH = 36;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    StorePaths(Path root) {
        this(root, root.resolve("files"));
    }

    Path quarantine() {
        return root.resolve("quarantine");
    }

    Path scratch() {
        return root.resolve("scratch");
    }

    Path data(UUID id) {
        return files.resolve(id + DATA);
    }

    Path sums(UUID id) {
        return files.resolve(id + SUMS);
    }

    Path joined(UUID id) {
        return files.resolve(id + JOINED);
    }

    Path scratchJoined(long number) {
        return scratch().resolve(number + JOINED);
    }

    Path scratch(long number) {
        return scratch().resolve(number + ".tmp");
    }

    /**
     * The name, without its ending, of an object set aside at that time; rounded up to a second, so that it never counts as set
     * aside earlier than it was.
     */
    static String quarantineStem(UUID id, Instant at) {
        Instant second = at.truncatedTo(ChronoUnit.SECONDS);
        return TIME.format(second.equals(at) ? at : second.plusSeconds(1)) + "-" + id;
    }

    Path quarantined(String stem, String ending) {
        return quarantine().resolve(stem + ending);
    }

    /** The id in the name of a data or sums file, or of the directory of a joined object; empty for any other name. */
    static Optional<UUID> idOf(String name) {
        return stemOf(name).flatMap(StorePaths::parseId);
    }

    /** The name without {@code .data}, {@code .sums} or {@code .join}; empty when it ends in none of them. */
    static Optional<String> stemOf(String name) {
        return name.endsWith(DATA) || name.endsWith(SUMS) || name.endsWith(JOINED)
                ? Optional.of(name.substring(0, name.length() - DATA.length())) : Optional.empty();
    }

    /** When the object of that stem was set aside; empty when it is not a stem of ours. */
    static Optional<Instant> quarantinedAt(String stem) {
        int dash = stem.indexOf('-');
        if (dash < 0 || parseId(stem.substring(dash + 1)).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(TIME.parse(stem.substring(0, dash), Instant::from));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static Optional<UUID> parseId(String text) {
        if (text.length() != ID_LENGTH) {
            return Optional.empty();
        }
        try {
            UUID id = UUID.fromString(text);
            return id.toString().equals(text) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
