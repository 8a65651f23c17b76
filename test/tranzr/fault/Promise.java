package tranzr.fault;

import java.util.ArrayList;
import java.util.List;
import tranzr.model.ByteRange;
import tranzr.model.Digest;

/**
 * What has been answered about one upload.
 *
 * @param stored which ranges of the content have to be there
 * @param completed null when it needs not be
 * @param mayBeGone whether it has been asked to go
 * @param gone whether that was answered
 * @param asked whether it has only been asked for so far: it may be there or not, and if so with this content
 */
record Promise(byte[] content, List<ByteRange> stored, Digest completed, boolean mayBeGone, boolean gone, boolean asked) {

    /** Of a new upload, without any byte. */
    static Promise of(byte[] content) {
        return new Promise(content, List.of(), null, false, false, false);
    }

    static Promise askedFor(byte[] content) {
        return new Promise(content, List.of(), null, false, false, true);
    }

    static Promise file(byte[] content, Digest digest) {
        return new Promise(content, List.of(new ByteRange(0, content.length)), digest, false, false, false);
    }

    Promise with(ByteRange range) {
        List<ByteRange> more = new ArrayList<>(stored);
        more.add(range);
        return new Promise(content, more, completed, mayBeGone, gone, false);
    }

    Promise completedAs(Digest digest) {
        return new Promise(content, stored, digest, mayBeGone, gone, false);
    }

    Promise leaving(boolean done) {
        return new Promise(content, stored, completed, true, done, false);
    }
}
