package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tranzr.api.Fields;
import tranzr.api.FieldsOf;
import tranzr.http.BadRequestException;
import tranzr.model.Upload;

class SizesTest {

    private static final long DEFAULT = 8 << 20;
    private static final long MIB = 1 << 20;

    private static Sizes sizes(Object file, Object chunk) {
        Fields fields = FieldsOf.json("file_size", file, "chunk_size", chunk);
        return Sizes.of(fields, DEFAULT);
    }

    private static BadRequestException refused(String field, Object file, Object chunk) {
        BadRequestException e = assertThrows(BadRequestException.class, () -> sizes(file, chunk));
        assertEquals("invalid_value", e.code());
        assertEquals(field, e.field());
        return e;
    }

    @Test
    void wholeNumbersAreBytes() {
        assertEquals(new Sizes(2500, 2500, 1024, 3), sizes(2500, 1024));
        assertEquals(new Sizes(2048, 2048, 1024, 2), sizes(2048, 1024));
        assertEquals(new Sizes(100, 100, DEFAULT, 1), sizes(100, null));
        assertEquals(new Sizes(0, 0, 1024, 0), sizes(0, 1024));
    }

    @Test
    void textHasAUnit() {
        assertEquals(new Sizes(33_500_000, 33_500_000, 5 * MIB, 7), sizes("33.5MB", "5MiB"));
        assertEquals(new Sizes(100, 100, 10, 10), sizes("100B", "10B"));
        refused("file_size", "33.5 parsecs", 1024);
        refused("file_size", "1000", 1024);
        refused("chunk_size", 1000, "10");
        refused("chunk_size", 1000, "0B");
        refused("file_size", "0.5B", null);
    }

    @Test
    void aChunkSizeBelow1024MeansThatBothAreMebibytes() {
        assertEquals(new Sizes(Upload.UNKNOWN_LENGTH, 35_127_296, 5 * MIB, 7), sizes(33.5, 5));
        assertEquals(new Sizes(Upload.UNKNOWN_LENGTH, 10 * MIB, 5 * MIB, 2), sizes(10, 5));
        assertEquals(new Sizes(Upload.UNKNOWN_LENGTH, 104_857, 52_428, 2), sizes(0.1, 0.05));
        assertEquals(new Sizes(Upload.UNKNOWN_LENGTH, 314_572, 104_857, 3), sizes(0.3, 0.1));
        assertEquals(new Sizes(Upload.UNKNOWN_LENGTH, 5 * MIB, 1023 * MIB, 1), sizes(5, 1023));
        assertEquals(new Sizes(0, 0, 5 * MIB, 0), sizes(0, 5));
    }

    @Test
    void aSizeWithItsOwnUnitStaysExactBesideAChunkSizeInMebibytes() {
        assertEquals(new Sizes(33_500_000, 33_500_000, 5 * MIB, 7), sizes("33.5MB", 5));
    }

    @Test
    void whatIsNoSizeIsRefusedByName() {
        refused("file_size", null, null);
        refused("file_size", -1, 1024);
        refused("file_size", -1, 5);
        refused("file_size", 10.5, 2048);
        refused("file_size", 10.5, null);
        refused("file_size", true, null);
        refused("chunk_size", 10, 0);
        refused("chunk_size", 10, -5);
        refused("chunk_size", 10, 2048.5);
        refused("chunk_size", 10, 0.0000001);
        refused("chunk_size", 10, "lots");
        refused("file_size", 1e15, 5);
        refused("file_size", Long.MAX_VALUE, null);
        refused("chunk_size", 10, Long.MAX_VALUE);
    }

    @Test
    void tooManyChunksAreRefusedWithTheLeastSizeThatWorks() {
        BadRequestException e = refused("chunk_size", 2_048_000_001L, 1024);
        assertTrue(e.getMessage().contains(" 2049 bytes"), e.getMessage());
        assertEquals(1_000_000, sizes(2_049_000_000L, 2049).totalChunks());
        assertEquals(999_512, sizes(2_048_000_001L, 2049).totalChunks());
        refused("chunk_size", 10_000_000, 5);
    }

    @Test
    void theDefaultGrowsWithTheFile() {
        Sizes sizes = sizes(1L << 60, null);
        assertTrue(sizes.totalChunks() <= 1_000_000 && sizes.chunkSize() > DEFAULT, sizes.toString());
    }
}
