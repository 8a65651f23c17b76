package tranzr.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Digest;
import tranzr.model.Notes;
import tranzr.model.Upload;
import tranzr.transfer.NewUpload;

/** A door that takes a whole file in one request, as another sees it that lets the same request be resumed: what is to become of it, and what its sender is told in the end. */
public interface WholeFiles {

    /**
     * An upload that has not begun.
     *
     * @param secrets what only the sender may know until the end, and nobody keeps: it comes back in the query of each request for this upload
     */
    record Plan(NewUpload spec, Map<String, String> secrets) {
        @Override
        public String toString() {
            return "Plan[" + spec.id() + "]";
        }
    }

    /**
     * What a request asks for, before its body is read.
     *
     * @param length in bytes, or {@link Upload#UNKNOWN_LENGTH}
     * @param expected SHA-256 of the whole, or null
     * @throws RuntimeException whatever the door refuses such a request by
     */
    Plan plan(Request request, long length, Digest expected);

    /** How long an answer may wait for what is left to be hashed, which after a restart is the whole file; after that its sender is told that it is pending. */
    Duration patience();

    /** When the file of an upload with these notes, which completes now, is to be cleaned away; null for never. */
    Instant expires(Notes notes);

    /**
     * What the sender is told when the upload has completed, whichever request completed it.
     *
     * @param request by which it was completed
     * @param file completed
     * @param secrets as they were planned, or as they came back: perhaps others, or none
     */
    Response answer(Request request, Upload file, Map<String, String> secrets);

    /** Whether an upload was begun by {@link #plan} of this door. */
    boolean began(Upload upload);
}
