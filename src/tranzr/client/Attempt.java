package tranzr.client;

import java.time.Duration;

/** One try to move one range. Bytes are told here as they pass, which paces them and shows that the connection lives. */
interface Attempt {

    /** For whoever needs no pace and cannot be stopped. */
    Attempt FREE = new Attempt() {
        @Override
        public void passed(long bytes) {
        }

        @Override
        public Duration patience() {
            return Duration.ofSeconds(30);
        }

        @Override
        public Duration answerWithin() {
            return Duration.ofSeconds(60);
        }

        @Override
        public void onStop(Runnable action) {
        }
    };

    /**
     * Before so many bytes go to the network, or after they came from it; waits for as long as the rate limit wants.
     *
     * @throws StoppedException when the transfer is paused or cancelled
     */
    void passed(long bytes) throws StoppedException;

    /** How long the connection may stand still within a body, before it is taken for dead. */
    Duration patience();

    /** How long the answer may take after the last byte of the body went out; grows with the chunk and shrinks with the measured speed. */
    Duration answerWithin();

    /** What ends the request at once; called at most once, from any thread, right away if it is too late already. */
    void onStop(Runnable action);
}
