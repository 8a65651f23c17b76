package tranzr.client;

import java.time.Duration;

/**
 * How a transfer is doing.
 *
 * @param state what it does now
 * @param total of the file, in bytes; -1 while nobody knows
 * @param done bytes that are acknowledged (upload) or on the disk (download), those of earlier runs included
 * @param moved bytes that this run has put on, or taken from, the network, repeated ones included
 * @param bytesPerSecond of late; 0 while nothing moves
 * @param eta until the end at this speed; null when that cannot be said
 * @param chunks moved by this run
 * @param retries of this run
 * @param connections at work now
 * @param chunkSize of the next chunk, in bytes
 * @param note what it waits for, for a person; null while it just works
 */
public record Progress(State state, long total, long done, long moved, double bytesPerSecond, Duration eta, long chunks, int retries, int connections, long chunkSize,
        String note) {

    /** What a transfer does. */
    public enum State {
        NEW,
        /** Finding out what there is on either side. */
        PREPARING,
        RUNNING,
        /** The network or the server is away; it goes on by itself. */
        WAITING,
        /** The bytes are there; digests are compared. */
        VERIFYING,
        PAUSED,
        DONE,
        FAILED;

        public boolean isOver() {
            return this == DONE || this == FAILED;
        }
    }
}
