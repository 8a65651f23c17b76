package tranzr.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tranzr.model.ByteRange;
import tranzr.model.RangeSet;
import tranzr.model.Upload;

/**
 * The byte space of a link: the contents of its files, one behind the other. Downloads are counted in it, so that each file alone, and an archive of all, are
 * ranges of one download.
 */
final class LinkSpace {

    /** What of a file a range brings. */
    record Piece(UUID file, ByteRange range) {
    }

    private final List<Upload> files;
    private final long[] starts;

    /** @param files as the link has them now */
    LinkSpace(List<Upload> files) {
        this.files = List.copyOf(files);
        this.starts = new long[files.size() + 1];
        for (int i = 0; i < files.size(); i++) {
            starts[i + 1] = Math.addExact(starts[i], files.get(i).length());
        }
    }

    long length() {
        return starts[files.size()];
    }

    /** A range of one of the files. */
    ByteRange of(Upload file, ByteRange range) {
        long start = starts[files.indexOf(file)];
        return new ByteRange(start + range.start(), start + range.end());
    }

    List<Piece> pieces(ByteRange range) {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            long from = Math.max(range.start(), starts[i]);
            long to = Math.min(range.end(), starts[i + 1]);
            if (from < to) {
                pieces.add(new Piece(files.get(i).id(), new ByteRange(from - starts[i], to - starts[i])));
            }
        }
        return pieces;
    }

    /** Whether this has all bytes of all files that the link has now. */
    boolean isCoveredBy(Map<UUID, RangeSet> covered) {
        return files.stream().allMatch(file -> covered.getOrDefault(file.id(), RangeSet.EMPTY).contains(new ByteRange(0, file.length())));
    }
}
