package tranzr.api.smart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import tranzr.model.Digest;
import tranzr.model.Notes;

/**
 * What is remembered of the manifests of an upload, so that a chunk of an earlier cut, which comes late, is never taken for one of the cut that holds now. All chunks of a cut are equally
 * long but the last; so only a last one can fit into a place of another cut, and of them the checksums are kept.
 *
 * @param all the SHA-256 of all checksums of the manifest that holds, in their order
 * @param last of the manifest that holds; null when it has no chunks
 * @param earlier of those before it, the newest first, {@link #MOST} at most
 */
record Cuts(Digest all, Last last, List<Last> earlier) {

    static final String DOOR = "smart";
    /** Whoever cuts a file anew more often than that while a request is on its way does not get this guarantee. */
    static final int MOST = 64;

    private static final String ALL = "all";
    private static final String LAST = "last";
    private static final String EARLIER = "earlier";

    /**
     * The last chunk of a cut.
     *
     * @param id its number
     * @param length in bytes
     * @param twin whether the manifest that holds names these same bytes under this number, so that it does no harm to take it for one of that
     */
    record Last(long id, long length, Digest checksum, boolean twin) {

        private String text() {
            return id + "/" + length + "/" + checksum.hex() + (twin ? "/twin" : "");
        }

        /** @throws IllegalArgumentException for what {@link #text} does not write */
        private static Last of(String text) {
            String[] parts = text.split("/", -1);
            if (parts.length < 3) {
                throw new IllegalArgumentException("no chunk: " + text);
            }
            return new Last(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Digest.ofHex(parts[2]), parts.length > 3);
        }

        boolean isSameChunkAs(Last other) {
            return other != null && id == other.id && length == other.length && checksum.equals(other.checksum);
        }
    }

    Cuts {
        earlier = List.copyOf(earlier);
    }

    /** Of the first manifest. */
    static Cuts of(Manifest manifest) {
        return new Cuts(manifest.all(), manifest.last(), List.of());
    }

    /** Null when another door began the upload. */
    static Cuts of(Notes notes) {
        if (!notes.of(DOOR)) {
            return null;
        }
        List<Last> earlier = notes.get(EARLIER).filter(text -> !text.isEmpty()).map(text -> List.of(text.split(" ")).stream().map(Last::of).toList()).orElse(List.of());
        return new Cuts(Digest.ofHex(notes.get(ALL).orElseThrow()), notes.get(LAST).map(Last::of).orElse(null), earlier);
    }

    Notes notes() {
        Map<String, String> values = new TreeMap<>();
        values.put(ALL, all.hex());
        if (last != null) {
            values.put(LAST, last.text());
        }
        values.put(EARLIER, String.join(" ", earlier.stream().map(Last::text).toList()));
        return new Notes(DOOR, values);
    }

    /** All last chunks there were, the one of the cut that holds first. */
    List<Last> lasts() {
        List<Last> lasts = new ArrayList<>(last == null ? List.of() : List.of(last));
        lasts.addAll(earlier);
        return lasts;
    }

    /** When this manifest takes over. */
    Cuts followedBy(Manifest manifest) {
        Predicate<Last> twin = before -> manifest.twins().stream().anyMatch(before::isSameChunkAs);
        List<Last> before = lasts().stream().filter(each -> !each.isSameChunkAs(manifest.last()))
                .map(each -> new Last(each.id(), each.length(), each.checksum(), twin.test(each))).limit(MOST).toList();
        return new Cuts(manifest.all(), manifest.last(), before);
    }

    /** Whether the manifest that holds can mean this by the chunk of that number. @param length of its place */
    boolean allows(long id, long length, Digest checksum) {
        if (last != null && id == last.id()) {
            return checksum.equals(last.checksum());
        }
        return earlier.stream().noneMatch(each -> !each.twin() && each.id() == id && each.length() == length && each.checksum().equals(checksum));
    }
}
