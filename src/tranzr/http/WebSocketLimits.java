package tranzr.http;

import java.time.Duration;

/**
 * What one WebSocket is borne with.
 *
 * @param maxMessage bytes that a message of the client may have
 * @param ping how long nothing may be heard before the server asks whether somebody is there; after as long again without a frame the connection is cut
 * @param stall how long a frame may take to be written
 * @param farewell how long the client has to answer a Close frame
 * @param maxFrames frames that may come at once; beyond that, {@code frameRate} a second
 * @param frameRate frames a second
 */
public record WebSocketLimits(int maxMessage, Duration ping, Duration stall, Duration farewell, int maxFrames, int frameRate) {

    /** Messages of 64 KiB, a ping each 30 s, 30 s for a frame, 2 s for a farewell, 1000 frames at once and 100 a second. */
    public static final WebSocketLimits DEFAULT = new WebSocketLimits(64 * 1024, Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(2), 1000, 100);

    public WebSocketLimits {
        for (Duration time : new Duration[] {ping, stall, farewell}) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("a time that a client is given must be positive: " + time);
            }
        }
        if (maxMessage < 1 || maxFrames < 1 || frameRate < 1) {
            throw new IllegalArgumentException("a limit is below 1");
        }
    }
}
