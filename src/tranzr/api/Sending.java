package tranzr.api;

import tranzr.model.ByteRange;

/**
 * What of a file an answer brings; kept with the request, for those who observe what came of it.
 *
 * @param length of the whole file, in bytes
 */
public record Sending(ByteRange range, long length) {

    /** Whether the file's last byte is among them: of the parts in which a file is fetched, exactly one has it. */
    public boolean hasEnd() {
        return range.end() == length;
    }
}
