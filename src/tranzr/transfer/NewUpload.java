package tranzr.transfer;

import java.util.UUID;
import tranzr.model.Digest;
import tranzr.model.Notes;
import tranzr.model.Priority;
import tranzr.model.SharePromise;
import tranzr.model.Upload;

/**
 * What a client says of an upload before it sends bytes.
 *
 * @param id by {@link Uploads#newId}, or one that the client chose
 * @param length in bytes, or {@link Upload#UNKNOWN_LENGTH} when the end of the last chunk, or of the body, will fix it
 * @param announced for display while the length is unknown; else the length; {@link Upload#UNKNOWN_LENGTH} for nothing
 * @param chunkSize in bytes; 0 for the server's default
 * @param totalChunks when the length is unknown but the count is not; -1 to derive it
 * @param expected SHA-256 of the whole, or null
 * @param deleteKey hash of a secret that may delete the file, or null
 * @param room into which room; null for none
 * @param priority what its transfers are worth beside others
 * @param notes what the door reads again, and what is promised
 */
public record NewUpload(UUID id, String filename, long length, long announced, long chunkSize, long totalChunks,
        Digest expected, Digest deleteKey, UUID room, Priority priority, Notes notes) {

    /** Into no room. */
    public NewUpload(UUID id, String filename, long length, long announced, long chunkSize, long totalChunks, Digest expected, Digest deleteKey) {
        this(id, filename, length, announced, chunkSize, totalChunks, expected, deleteKey, null);
    }

    /** Of the usual priority. */
    public NewUpload(UUID id, String filename, long length, long announced, long chunkSize, long totalChunks, Digest expected, Digest deleteKey, UUID room) {
        this(id, filename, length, announced, chunkSize, totalChunks, expected, deleteKey, room, Priority.NORMAL);
    }

    /** With nothing to read again. */
    public NewUpload(UUID id, String filename, long length, long announced, long chunkSize, long totalChunks, Digest expected, Digest deleteKey, UUID room, Priority priority) {
        this(id, filename, length, announced, chunkSize, totalChunks, expected, deleteKey, room, priority, Notes.NONE);
    }

    /** The same, with what its door wants to read again; a promise stays. */
    public NewUpload with(Notes notes) {
        return new NewUpload(id, filename, length, announced, chunkSize, totalChunks, expected, deleteKey, room, priority,
                notes.promise() == null ? notes.with(this.notes.promise()) : notes);
    }

    /** The same, with a link that comes into being at its completion. @param promise by {@link Shares#promise}; null for none */
    public NewUpload with(SharePromise promise) {
        return new NewUpload(id, filename, length, announced, chunkSize, totalChunks, expected, deleteKey, room, priority, notes.with(promise));
    }
}
