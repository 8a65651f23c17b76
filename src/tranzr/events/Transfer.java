package tranzr.events;

import java.net.InetAddress;
import java.time.Instant;
import java.util.UUID;
import tranzr.model.Priority;

/**
 * An upload or a download as it is, or was, under way: of one file, by however many connections.
 *
 * @param totalBytes -1 when it is not known yet
 * @param bytes of an upload those that are there, whether durable yet or not; of a download those that were handed out, never more than the total
 * @param speed bytes a second of late; 0 for what has ended
 * @param address of the latest connection; null when it is not known
 * @param agent what its program calls itself, or null
 * @param connections how many bring or fetch bytes at the moment
 * @param retries how many broke or were refused so far
 * @param ended null while it has not
 * @param failure what went wrong last; null when nothing has. Of one that goes on or is done it is over
 */
public record Transfer(UUID id, Kind kind, UUID file, String filename, long totalBytes, long bytes, double speed, Priority priority, InetAddress address,
        String agent, int connections, int retries, Instant started, Instant ended, State state, Reason failure) {

    /** Which way the bytes go. */
    public enum Kind { UPLOAD, DOWNLOAD }

    /** How it stands. */
    public enum State {
        /** Bytes pass. */
        ACTIVE,
        /** Nothing is connected, and it may go on. */
        WAITING,
        /** All bytes are there and are being verified. */
        VERIFYING, DONE, FAILED
    }

    /** How long the rest takes at this speed, in seconds, rounded up; -1 when that cannot be said. */
    public long secondsLeft() {
        boolean goesOn = state == State.ACTIVE && totalBytes >= 0 && speed >= 1;
        return goesOn ? (long) Math.ceil((totalBytes - bytes) / speed) : -1;
    }

    /** How much of the total is there, in percent with one digit behind the point, 100 only for all of it; -1 when the total is not known. */
    public double percentage() {
        return totalBytes < 0 ? -1 : totalBytes == 0 ? 100 : Math.floor(1000.0 * bytes / totalBytes) / 10;
    }
}
