package tranzr.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;

/**
 * Reads the whole log and tells every place where it is not as it was written. A chain proves its own inside only: that its end was not cut off, or all of it not
 * made anew, is proven by an {@link Anchor} that was kept elsewhere. Works while the log is written.
 */
public final class AuditCheck {

    /** What is wrong at a place. */
    public enum Kind {
        /** Lines that are no records. */
        UNPARSABLE,
        /** A record that is not what its hash was made of. */
        BROKEN_HASH,
        /** A record that does not follow the one before, although its number does. */
        BROKEN_PREV,
        /** Numbers left out. */
        MISSING,
        /** A number that was there already, or should have come earlier. */
        OUT_OF_ORDER,
        /** A file that does not begin with the record that its name tells. */
        WRONG_FILE,
        /** The record that was to be there is not, or it is another. */
        NOT_AS_EXPECTED
    }

    /**
     * One thing that is wrong.
     *
     * @param file its name; empty when it concerns the whole log
     * @param line from 1 on; 0 when it concerns the whole file
     * @param seq the record's number, or what it has to be by its place; 0 when not known
     */
    public record Finding(Kind kind, String file, long line, long seq, String what) {
    }

    /** Number and hash of a record, kept elsewhere. */
    public record Anchor(long seq, String hash) {

        /** @throws IllegalArgumentException unless it is {@code SEQ:HASH}, with a message that follows the quoted text */
        public static Anchor parse(String text) {
            if (!text.matches("[1-9][0-9]{0,17}:[0-9a-f]{64}")) {
                throw new IllegalArgumentException("is not SEQ:HASH as 'audit verify' tells it, a number and 64 hexadecimal digits");
            }
            int colon = text.indexOf(':');
            return new Anchor(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
        }

        @Override
        public String toString() {
            return seq + ":" + hash;
        }
    }

    /**
     * What was read.
     *
     * @param last the last record; null when there is none
     * @param unfinished whether the log ends within a line, as it does while one is written and after a crash
     */
    public record Summary(int files, long records, long first, Anchor last, boolean unfinished, long problems) {
    }

    private final Anchor expected;
    private final Consumer<Finding> listener;
    private final Map<Long, String> removals = new HashMap<>();
    private long removedUpTo;
    private boolean seen;
    private long problems;
    private long records;
    private long first;
    private String firstPrev;
    private String firstFile;
    private long lastSeq;
    private String lastHash;
    /** How many lines right before were no records. */
    private long astray;
    private boolean unfinished;

    private AuditCheck(Anchor expected, Consumer<Finding> listener) {
        this.expected = expected;
        this.listener = listener;
    }

    /**
     * Checks everything.
     *
     * @param expected a record that has to be in the chain; null for none
     * @param listener told each finding as it comes
     * @throws IOException when a file cannot be read
     */
    public static Summary verify(Disk disk, Path directory, Anchor expected, Consumer<Finding> listener) throws IOException {
        AuditCheck check = new AuditCheck(expected, listener);
        List<Segment> segments = Segment.list(disk, directory);
        int files = 0;
        for (Segment segment : segments) {
            try (DiskFile file = disk.open(segment.file(), Disk.Mode.READ)) {
                check.read(segment, file, segment == segments.getLast());
                files++;
            } catch (NoSuchFileException e) {
                // Removed since it was listed. If that was not the log's own doing, a gap is found at the next file.
                continue;
            }
        }
        check.judgeBeginning();
        check.judgeExpected();
        Anchor last = check.lastSeq == 0 ? null : new Anchor(check.lastSeq, check.lastHash);
        return new Summary(files, check.records, check.first, last, check.unfinished, check.problems);
    }

    private void read(Segment segment, DiskFile file, boolean newest) throws IOException {
        Pieces pieces = Pieces.forward(file, 0, file.size());
        long number = 0;
        long bad = 0;
        for (Piece piece = pieces.next(); piece != null; piece = pieces.next()) {
            number++;
            Line line = piece.line(true).orElse(null);
            if (line == null && newest && mayGrow(segment, piece)) {
                unfinished = true;
            } else if (line == null) {
                bad++;
            } else {
                unparsable(segment, number - bad, number - 1);
                bad = 0;
                if (number == 1 && line.isWhole() && line.seq() != segment.first()) {
                    found(Kind.WRONG_FILE, segment, number, line.seq(), "the file begins with record " + line.seq() + ", its name says " + segment.first());
                }
                take(segment, number, line);
            }
        }
        unparsable(segment, number + (unfinished ? 0 : 1) - bad, number - (unfinished ? 1 : 0));
    }

    private void unparsable(Segment segment, long from, long to) {
        if (from <= to) {
            found(Kind.UNPARSABLE, segment, from, lastSeq + 1, from == to ? "this is no record of the log" : "lines " + from + " to " + to + " are no records of the log");
            astray += to - from + 1;
        }
    }

    /** Whether this is the beginning of a line that is being written, or was when everything ended. */
    private boolean mayGrow(Segment segment, Piece piece) {
        if (piece.terminated() || piece.bytes() == null) {
            return false;
        }
        byte[] begin = ("{\"seq\":" + (first == 0 ? segment.first() : lastSeq + 1) + ",").getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(begin.length, piece.bytes().length);
        return Arrays.equals(begin, 0, length, piece.bytes(), 0, length)
                && Line.parse(Arrays.copyOf(piece.bytes(), piece.bytes().length - 1), false).isEmpty();
    }

    private void take(Segment segment, long number, Line line) {
        records++;
        if (line.isWhole()) {
            link(segment, number, line);
            return;
        }
        // Its number may be what was changed. The records after it were made with the hash that it had.
        long seq = first == 0 ? segment.first() : lastSeq + 1;
        found(Kind.BROKEN_HASH, segment, number, seq, "the record is not what its hash was made of: it was changed");
        if (first == 0) {
            begin(segment, seq, line);
        }
        advance(seq, line);
    }

    private void link(Segment segment, long number, Line line) {
        if (first == 0) {
            begin(segment, line.seq(), line);
        } else if (line.seq() <= lastSeq) {
            found(Kind.OUT_OF_ORDER, segment, number, line.seq(), "record " + line.seq() + " comes after record " + lastSeq);
            return;
        } else if (line.seq() - lastSeq - 1 > astray) {
            found(Kind.MISSING, segment, number, lastSeq + 1, "records " + (lastSeq + 1) + " to " + (line.seq() - 1) + " are missing before this line");
        } else if (line.seq() == lastSeq + 1 && !line.prev().equals(lastHash)) {
            found(Kind.BROKEN_PREV, segment, number, line.seq(), "the record does not follow record " + lastSeq + ", which has another hash");
        }
        advance(line.seq(), line);
        note(line);
    }

    private void begin(Segment segment, long seq, Line line) {
        first = seq;
        firstPrev = line.prev();
        firstFile = segment.name();
    }

    private void advance(long seq, Line line) {
        astray = 0;
        lastSeq = seq;
        lastHash = line.hash();
    }

    private void note(Line line) {
        if ("log.removed".equals(line.fields().get("action")) && line.fields().get("details") instanceof Map<?, ?> details
                && details.get("last_seq") instanceof Number last && details.get("last_hash") instanceof String hash) {
            removals.put(last.longValue(), hash);
            removedUpTo = Math.max(removedUpTo, last.longValue());
        }
        if (expected != null && line.seq() == expected.seq()) {
            judge(line.hash());
        }
    }

    /** A log that begins later than with its first record has to tell that it removed the others. */
    private void judgeBeginning() {
        if (first == 0) {
            return;
        }
        if (first == 1 ? !firstPrev.equals(Line.NO_HASH) : removals.containsKey(first - 1) && !removals.get(first - 1).equals(firstPrev)) {
            found(new Finding(Kind.BROKEN_PREV, firstFile, 1, first, "the first record does not follow what was before it"));
        }
        if (first > 1 && removedUpTo < first - 1) {
            found(new Finding(Kind.MISSING, firstFile, 1, 1, "records 1 to " + (first - 1) + " are missing, and no log.removed tells of all of them"));
        }
    }

    private void judgeExpected() {
        if (expected == null || seen) {
            return;
        }
        if (removals.containsKey(expected.seq())) {
            judge(removals.get(expected.seq()));
        } else {
            found(new Finding(Kind.NOT_AS_EXPECTED, "", 0, expected.seq(), "record " + expected.seq() + " is not in the log, which has records " + first + " to " + lastSeq
                    + (expected.seq() < first && expected.seq() <= removedUpTo ? "; it was removed when its time had come" : "")));
        }
    }

    private void judge(String hash) {
        if (!seen && !hash.equals(expected.hash())) {
            found(new Finding(Kind.NOT_AS_EXPECTED, "", 0, expected.seq(), "record " + expected.seq() + " has the hash " + hash + ": the log was written anew"));
        }
        seen = true;
    }

    private void found(Kind kind, Segment segment, long line, long seq, String what) {
        found(new Finding(kind, segment.name(), line, seq, what));
    }

    private void found(Finding finding) {
        problems++;
        listener.accept(finding);
    }
}
