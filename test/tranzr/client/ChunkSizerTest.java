package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkSizerTest {

    private static final long SECOND = ChunkSizer.SECOND;
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    private final ChunkSizer sizer = new ChunkSizer(tuning(8 * MIB, true));

    @Test
    void theFirstIsSmallBecauseNobodyKnowsTheSpeed() {
        assertEquals(256 * KIB, sizer.size());
        assertEquals(64 * KIB, new ChunkSizer(tuning(64 * KIB, true)).size());
        assertEquals(Long.MAX_VALUE, sizer.within(sizer.size()));
    }

    @Test
    void theSecondIsWhatWasAskedForWhereTheLinkIsFastEnough() {
        sizer.moved(256 * KIB, SECOND / 1000);
        assertEquals(8 * MIB, sizer.size());
        sizer.moved(8 * MIB, SECOND / 50);
        assertEquals(64 * MIB, sizer.size());
    }

    @Test
    void onASlowLinkTheSecondIsWhatFitsTheTime() {
        sizer.moved(256 * KIB, 37 * SECOND);
        assertEquals(64 * KIB, sizer.size());
    }

    @Test
    void aChunkThatTookAsLongAsItShouldChangesNothing() {
        sizer.moved(256 * KIB, SECOND);
        assertEquals(MIB, sizer.size());
        for (double seconds = 2.6; seconds < 10; seconds += 0.1) {
            sizer.moved(MIB, (long) (seconds * SECOND));
            assertEquals(MIB, sizer.size());
        }
    }

    @Test
    void oneThatTookTooLongMakesTheNextFit() {
        sizer.moved(256 * KIB, SECOND / 1000);
        sizer.moved(8 * MIB, 20 * SECOND);
        assertEquals(2 * MIB, sizer.size());
        sizer.moved(2 * MIB, 1000 * SECOND);
        assertEquals(256 * KIB, sizer.size());
    }

    @Test
    void failuresAtTheSameTimeHalveItOnce() {
        sizer.moved(256 * KIB, SECOND / 1000);
        for (int i = 0; i < 4; i++) {
            sizer.failed(8 * MIB);
        }
        assertEquals(4 * MIB, sizer.size());
        sizer.failed(4 * MIB);
        assertEquals(2 * MIB, sizer.size());
    }

    @Test
    void afterAFailureItGrowsSlowly() {
        sizer.moved(256 * KIB, SECOND / 1000);
        sizer.failed(8 * MIB);
        sizer.moved(4 * MIB, SECOND / 10);
        sizer.moved(4 * MIB, SECOND / 10);
        assertEquals(4 * MIB, sizer.size());
        sizer.moved(4 * MIB, SECOND / 10);
        assertEquals(8 * MIB, sizer.size());
    }

    @Test
    void whateverHappensItStaysWithinItsBoundsAndAligned() {
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            ChunkSizer any = new ChunkSizer(tuning(Tuning.MIN_CHUNK + random.nextLong(Tuning.MAX_CHUNK - Tuning.MIN_CHUNK), true));
            for (int i = 0; i < 200; i++) {
                if (random.nextInt(4) == 0) {
                    any.failed(random.nextBoolean() ? any.size() : random.nextLong(Tuning.MAX_CHUNK));
                } else {
                    any.moved(random.nextLong(any.size() + 1), (long) (SECOND * Math.exp(random.nextGaussian() * 6)));
                }
                long left = 1 + random.nextLong(1L << 40);
                long size = any.size(left, 1 + random.nextInt(16));
                assertTrue(any.size() >= Tuning.MIN_CHUNK && any.size() <= Tuning.MAX_CHUNK && any.size() % Tuning.MIN_CHUNK == 0, () -> "" + any.size());
                assertTrue(size >= Tuning.MIN_CHUNK && size <= any.size() && size % Tuning.MIN_CHUNK == 0, () -> "" + size);
            }
        }
    }

    @Test
    void whoWantsItFixedGetsItFixed() {
        ChunkSizer fixed = new ChunkSizer(tuning(1_000_000, false));
        fixed.moved(1_000_000, 1000 * SECOND);
        fixed.failed(1_000_000);
        assertEquals(1_000_000, fixed.size());
        assertEquals(1_000_000, fixed.size(5, 4));
    }

    @Test
    void towardsTheEndChunksGetSmallerSoThatAllConnectionsEndTogether() {
        sizer.moved(256 * KIB, SECOND / 4);
        assertEquals(4 * MIB, sizer.size());
        assertEquals(4 * MIB, sizer.size(1 << 30, 4));
        assertEquals(MIB, sizer.size(8 * MIB, 4));
        assertEquals(256 * KIB, sizer.size(1, 4));
    }

    @Test
    void aChunkIsGivenSeveralTimesWhatItShouldTakeAndNeverLessThanAMinute() {
        sizer.moved(256 * KIB, SECOND);
        assertEquals(60 * SECOND, sizer.within(MIB));
        assertEquals(8 * 64 * 4 * SECOND, sizer.within(64 * MIB));
    }

    private static Tuning tuning(long chunkSize, boolean adaptive) {
        return new Tuning(chunkSize, adaptive, 4, Priority.NORMAL, 10, Duration.ofSeconds(30), Duration.ofHours(1), 0);
    }
}
