package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import tranzr.api.SampleUploads;
import tranzr.http.RangeHeader.ContentRange;
import tranzr.model.ByteRange;
import tranzr.model.Upload;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

class ChunkPartTest {

    private static final Upload KNOWN = SampleUploads.known(250, 100);
    private static final Upload UNKNOWN = SampleUploads.unknown(250, 100, 3);

    private static ChunkPart part(Upload upload, long index, long first, long last, long total) {
        return ChunkPart.of(new ContentRange(new ByteRange(first, last + 1), total), upload, index);
    }

    private static void refused(Upload upload, long index, long first, long last, long total) {
        FailureException e = assertThrows(FailureException.class, () -> part(upload, index, first, last, total));
        assertInstanceOf(Failure.RangeOutOfBounds.class, e.failure());
    }

    @Test
    void bytesOfTheFileAreTakenAsTheyAre() {
        assertEquals(new ChunkPart(new ByteRange(150, 200), -1), part(KNOWN, 1, 150, 199, 250));
        assertEquals(new ChunkPart(new ByteRange(150, 200), -1), part(KNOWN, 1, 150, 199, -1));
        assertEquals(new ChunkPart(new ByteRange(230, 250), -1), part(KNOWN, 2, 230, 249, 250));
    }

    @Test
    void bytesOfTheChunkAreMovedToItsPlace() {
        assertEquals(new ChunkPart(new ByteRange(150, 200), -1), part(KNOWN, 1, 50, 99, 100));
        assertEquals(new ChunkPart(new ByteRange(230, 250), -1), part(KNOWN, 2, 30, 49, 50));
    }

    @Test
    void whatFitsNeitherWayIsRefused() {
        refused(KNOWN, 1, 50, 99, -1);
        refused(KNOWN, 1, 50, 99, 250);
        refused(KNOWN, 1, 150, 200, 250);
        refused(KNOWN, 1, 150, 199, 251);
        refused(KNOWN, 2, 30, 49, 100);
        refused(KNOWN, 2, 240, 250, -1);
    }

    @Test
    void theLastChunkOfAnUnknownLengthFixesIt() {
        assertEquals(new ChunkPart(new ByteRange(210, 230), 230), part(UNKNOWN, 2, 210, 229, 230));
        assertEquals(new ChunkPart(new ByteRange(210, 230), 230), part(UNKNOWN, 2, 10, 29, 30));
        assertEquals(new ChunkPart(new ByteRange(210, 230), -1), part(UNKNOWN, 2, 210, 229, -1));
        assertEquals(new ChunkPart(new ByteRange(110, 130), -1), part(UNKNOWN, 1, 10, 29, 100));
        refused(UNKNOWN, 1, 10, 29, 30);
        refused(UNKNOWN, 2, 10, 29, 301);
    }
}
