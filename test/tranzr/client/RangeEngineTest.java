package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tranzr.model.ByteRange;

/** The threads around a {@link Plan}: every byte once, nothing left running. */
class RangeEngineTest {

    private static final Tuning TUNING = new Tuning(1 << 20, true, 4, Priority.NORMAL, 10, Duration.ofSeconds(5), Duration.ofMinutes(1), 0);

    private final Halt halt = new Halt();
    private final Meter meter = new Meter(1 << 20, System::nanoTime, () -> { });

    @Test
    void everyMissingByteIsMovedOnce() throws Exception {
        FakeMover mover = new FakeMover((range, attempt) -> range.length());
        engine(TUNING).run(mover, List.of(new ByteRange(5, 10_000_001), new ByteRange(20_000_000, 20_000_001)));
        assertEquals(List.of(new ByteRange(5, 10_000_001), new ByteRange(20_000_000, 20_000_001)), mover.there().ranges());
        assertEquals(9_999_997, mover.moves.stream().mapToLong(ByteRange::length).sum());
        assertEquals(0, mover.asked.get());
    }

    @Test
    void nothingToMoveIsDoneAtOnce() throws Exception {
        FakeMover mover = new FakeMover((range, attempt) -> range.length());
        engine(TUNING).run(mover, List.of());
        engine(TUNING).run(mover, List.of(new ByteRange(7, 7)));
        assertEquals(0, mover.moves.size());
    }

    @Test
    void onlyWhatIsMissingAfterAFailureIsMovedAgain() throws Exception {
        Random random = new Random(1);
        FakeMover mover = new FakeMover((range, attempt) -> random.nextInt(3) == 0 ? range.length() / 2 : range.length());
        engine(TUNING).run(mover, List.of(new ByteRange(0, 30 << 20)));
        assertEquals(List.of(new ByteRange(0, 30 << 20)), mover.there().ranges());
        assertTrue(mover.asked.get() > 0 && meter.progress().retries() == mover.asked.get());
        assertEquals(30 << 20, meter.moved());
        assertEquals(30 << 20, meter.progress().done());
    }

    @Test
    void bytesThatComeOneAfterTheOtherAreMovedUntilThereAreNoMore() throws Exception {
        FakeMover mover = new FakeMover((range, attempt) -> range.length());
        long[] at = {0};
        engine(TUNING).run(mover, atMost -> {
            long end = Math.min(at[0] + Math.min(atMost, 300_000), 2_000_000);
            ByteRange range = new ByteRange(at[0], end);
            at[0] = end;
            return range;
        });
        assertEquals(List.of(new ByteRange(0, 2_000_000)), mover.there().ranges());
    }

    @Test
    void aRefusalThatNoRetryHelpsEndsEverything() {
        FakeMover mover = new FakeMover((range, attempt) -> {
            if (range.start() == 0) {
                throw new RefusedException(404, "not_found", "no such upload", null, Map.of());
            }
            return range.length();
        });
        TransferException e = assertThrows(TransferException.class, () -> engine(TUNING).run(mover, List.of(new ByteRange(0, 1 << 30))));
        assertEquals(TransferException.Kind.REFUSED, e.kind());
        assertEquals("not_found", e.code());
        assertEquals(0, mover.atWork.get());
    }

    @Test
    void aCallIsRepeatedUntilItIsAnswered() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        assertEquals("there", engine(TUNING).once(() -> {
            if (calls.incrementAndGet() < 3) {
                throw new IOException("connection reset");
            }
            return "there";
        }));
        assertEquals(3, calls.get());
        assertEquals(2, meter.progress().retries());
    }

    private RangeEngine engine(Tuning tuning) {
        return new RangeEngine(tuning, new Random(7), meter, halt);
    }
}
