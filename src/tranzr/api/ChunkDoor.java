package tranzr.api;

import java.util.Optional;
import java.util.UUID;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Notes;
import tranzr.transfer.Body;
import tranzr.transfer.DigestClaim;

/**
 * A door whose chunks come by a path that it shares with another one. One route serves both: a form's own fields, or the door that began the upload, tell which of them is meant.
 * Safe for several threads.
 */
public interface ChunkDoor {

    /**
     * What a door calls the fields of its forms.
     *
     * @param index the chunk's number
     * @param digest the SHA-256 of its bytes, in hexadecimal
     * @param digestNeeded whether a form without one is refused; it is then known before the first byte goes to its place, and what breaks off is not kept
     */
    record Names(String index, String digest, boolean digestNeeded) {
    }

    /** By what its forms are known where the path names no upload; empty when it has none there. */
    Optional<Names> names();

    /** Whether a form that is put into a place of the upload that has these notes is this door's. */
    boolean began(Notes notes);

    /** Takes the chunk, and answers as the door does. */
    Response take(Request request, UUID id, long index, Body body, DigestClaim claim);

    /** How it tells what went wrong. */
    Problem.Form problems();
}
