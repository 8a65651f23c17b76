package tranzr.model;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is kept with an upload beside its bytes: what the front door that began it reads again, opaque to all others, the link that it will get, and whether
 * it is only to become a part of another.
 *
 * @param door the door that wrote it, such as {@code tus}; empty for none
 * @param values as the door likes; in the order of their keys, so that equal ones have the same form on the disk
 * @param promise the link that comes into being when the upload completes, or null
 * @param part whether its bytes are there to be joined with others, so that lists leave it out until somebody makes a file of it by itself
 */
public record Notes(String door, Map<String, String> values, SharePromise promise, boolean part) {

    /** The most that door and values may take, in bytes of UTF-8. */
    public static final int MAX_BYTES = 16 * 1024;

    /** Nothing is kept. */
    public static final Notes NONE = new Notes("", Map.of());

    /** @throws IllegalArgumentException when it is more than {@link #MAX_BYTES} */
    public Notes {
        Objects.requireNonNull(door);
        values = Collections.unmodifiableMap(new TreeMap<>(values));
        if (size(door, values) > MAX_BYTES) {
            throw new IllegalArgumentException("notes of more than " + MAX_BYTES + " bytes");
        }
    }

    /** Of one door, without a promise. @throws IllegalArgumentException when it is more than {@link #MAX_BYTES} */
    public Notes(String door, Map<String, String> values) {
        this(door, values, null);
    }

    /** Of an upload for itself. */
    public Notes(String door, Map<String, String> values, SharePromise promise) {
        this(door, values, promise, false);
    }

    private static long size(String door, Map<String, String> values) {
        return bytes(door) + values.entrySet().stream().mapToLong(entry -> bytes(entry.getKey()) + bytes(entry.getValue())).sum();
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Whether this door wrote them. */
    public boolean of(String door) {
        return this.door.equals(door);
    }

    public Optional<String> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** @param promise null for none */
    public Notes with(SharePromise promise) {
        return new Notes(door, values, promise, part);
    }

    /** The same, of an upload that is to become a part of another. */
    public Notes ofPart() {
        return new Notes(door, values, promise, true);
    }

    public boolean isEmpty() {
        return equals(NONE);
    }
}
