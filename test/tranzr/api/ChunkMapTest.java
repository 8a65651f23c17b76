package tranzr.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tranzr.model.Upload;

class ChunkMapTest {

    private static void check(Upload upload, List<Long> durable, List<Long> missing) {
        ChunkMap map = new ChunkMap(upload);
        assertEquals(durable, new ArrayList<>(map.durable()));
        assertEquals(missing, new ArrayList<>(map.missing()));
        assertEquals(durable.size(), map.durableCount());
        assertEquals(durable.size(), map.durable().size());
        assertEquals(missing.size(), map.missing().size());
    }

    @Test
    void onlyWholeChunksAreDurable() {
        check(SampleUploads.known(25, 10), List.of(), List.of(0L, 1L, 2L));
        check(SampleUploads.known(25, 10, 0, 9), List.of(), List.of(0L, 1L, 2L));
        check(SampleUploads.known(25, 10, 5, 24), List.of(1L), List.of(0L, 2L));
        check(SampleUploads.known(25, 10, 5, 25), List.of(1L, 2L), List.of(0L));
        check(SampleUploads.known(25, 10, 20, 25), List.of(2L), List.of(0L, 1L));
        check(SampleUploads.known(25, 10, 0, 25), List.of(0L, 1L, 2L), List.of());
        check(SampleUploads.known(0, 10), List.of(), List.of());
    }

    @Test
    void aChunkThatMayYetGrowIsMissing() {
        check(SampleUploads.unknown(25, 10, 3, 0, 20), List.of(0L, 1L), List.of(2L));
        check(SampleUploads.unknown(25, 10, 3, 20, 25), List.of(), List.of(0L, 1L, 2L));
    }

    @Test
    void withoutACountOnlyWhatIsThereIsTold() {
        check(SampleUploads.unknown(-1, 10, -1, 0, 10, 20, 35), List.of(0L, 2L), List.of());
    }

    @Test
    void theCountAgreesWithTheListWhateverTheRangesAre() {
        Random random = new Random(4);
        for (int round = 0; round < 500; round++) {
            long length = random.nextInt(200);
            long chunk = 1 + random.nextInt(20);
            long[] bounds = LongStream.generate(() -> random.nextInt((int) length + 1)).limit(8).sorted().distinct().toArray();
            Upload upload = SampleUploads.known(length, chunk, java.util.Arrays.copyOf(bounds, bounds.length & ~1));
            ChunkMap map = new ChunkMap(upload);
            assertEquals(new ArrayList<>(map.durable()).size(), map.durableCount(), upload.toString());
            assertEquals(upload.totalChunks(), map.durable().size() + map.missing().size());
        }
    }
}
