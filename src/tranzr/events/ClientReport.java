package tranzr.events;

import java.util.Locale;
import java.util.Optional;

/**
 * What a client says of its own work on an upload, of which the server sees nothing or not yet all. Nothing of it is taken for true: it is told beside what the server
 * knows itself.
 *
 * @param bytesHashed of the file, read and hashed by the client; -1 when it does not say
 * @param bytesUploaded that the client has sent; -1 when it does not say
 */
public record ClientReport(State state, long bytesHashed, long bytesUploaded) {

    /** What the client is at. */
    public enum State {
        /** It computes digests before it sends. */
        HASHING,
        /** It sends, perhaps along a way on which the server does not see each byte pass. */
        UPLOADING,
        /** Its user has told it to stop for a while. */
        PAUSED,
        /** It has no network, or waits before it tries again. */
        WAITING;

        /** As it stands in messages and events. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Empty for what is none. */
        public static Optional<State> of(String wireName) {
            for (State state : values()) {
                if (state.wireName().equals(wireName)) {
                    return Optional.of(state);
                }
            }
            return Optional.empty();
        }
    }

    public ClientReport {
        if (bytesHashed < -1 || bytesUploaded < -1) {
            throw new IllegalArgumentException("a count of bytes is negative");
        }
    }
}
