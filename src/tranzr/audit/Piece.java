package tranzr.audit;

import java.util.Optional;

/**
 * What stands between two line feeds of a file.
 *
 * @param start its offset, in bytes
 * @param end the offset after its line feed, or after its last byte when it has none
 * @param bytes without the line feed; null when it is longer than any line of the log
 * @param terminated whether a line feed ends it
 */
record Piece(long start, long end, byte[] bytes, boolean terminated) {

    /** The line of the log that it is, whole and with the right hash; empty when it is none. */
    Optional<Line> whole() {
        return terminated && bytes != null ? Line.whole(bytes) : Optional.empty();
    }

    /** The line of the log that it is, with its hash worked out if asked for. */
    Optional<Line> line(boolean withHash) {
        return terminated && bytes != null ? Line.parse(bytes, withHash) : Optional.empty();
    }
}
