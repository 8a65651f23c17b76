package tranzr.client;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Has the server verify and complete an upload, and waits for that as long as it takes. */
final class Merging {

    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final UploadCalls calls;
    private final Duration wait;

    Merging(UploadCalls calls, Tuning tuning) {
        this.calls = calls;
        // A request that may stand still for so long must have an answer well before.
        Duration third = tuning.timeout().dividedBy(3);
        this.wait = third.compareTo(LONGEST) < 0 ? third : LONGEST;
    }

    /**
     * Returns when it is complete. Empty when bytes are missing.
     *
     * @param size in bytes when the server does not know it yet; else -1
     */
    Optional<UploadCalls.Done> run(RangeRun engine, UUID id, long size, String sha256) throws TransferException {
        Optional<Optional<UploadCalls.Done>> answer;
        do {
            engine.checkStopped();
            answer = engine.once(() -> {
                try {
                    return Optional.of(calls.merge(id, size, sha256, wait));
                } catch (RefusedException e) {
                    if (e.code().equals("missing_chunks")) {
                        return Optional.empty();
                    }
                    throw e;
                }
            });
        } while (answer.isPresent() && answer.get().isEmpty());
        return answer.flatMap(done -> done);
    }
}
