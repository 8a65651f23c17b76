package tranzr.webhook;

import java.time.Duration;

/**
 * What came of one attempt.
 *
 * @param status of the answer; 0 when there was none
 * @param text in a few words, without anything that the receiver has said
 * @param retryAfter what the receiver asked for; null when it did not
 */
record Outcome(int status, String text, Duration retryAfter) {

    private static final int GONE = 410;

    static Outcome failed(String why) {
        return new Outcome(0, why, null);
    }

    boolean isDelivered() {
        return status / 100 == 2;
    }

    /** Whether the receiver wants to hear nothing any more. */
    boolean isGone() {
        return status == GONE;
    }
}
