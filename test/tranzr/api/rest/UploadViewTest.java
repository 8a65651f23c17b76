package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tranzr.api.SampleUploads;
import tranzr.model.ByteRange;
import tranzr.transfer.Uploads;

class UploadViewTest {

    @Test
    void percentagesAreRoundedDownSoThatAHundredMeansAll() {
        assertEquals(33.33, UploadView.percentage(1, SampleUploads.known(3, 1)));
        assertEquals(29.0, UploadView.percentage(29, SampleUploads.known(100, 1)));
        assertEquals(50.0, UploadView.percentage(1L << 61, SampleUploads.known(1L << 62, 1L << 50)));
        assertEquals(99.99, UploadView.percentage(999_999_999, SampleUploads.known(1_000_000_000, 1)));
        assertEquals(100.0, UploadView.percentage(3, SampleUploads.known(3, 1)));
        assertEquals(100.0, UploadView.percentage(0, SampleUploads.known(0, 1)));
        assertEquals(99.99, UploadView.percentage(30, SampleUploads.unknown(25, 10, 3)));
        assertNull(UploadView.percentage(30, SampleUploads.unknown(-1, 10, -1)));
    }

    @Test
    void aStatusTellsWhatIsMissingToTheByte() {
        Map<String, Object> view = UploadView.status(SampleUploads.known(25, 10, 0, 10, 12, 20));
        assertEquals(List.of(List.of(10L, 11L), List.of(20L, 24L)), view.get("missing_ranges"));
        assertEquals(18L, view.get("bytes_received"));
        assertEquals(72.0, view.get("percentage"));
        assertEquals("2030-01-01T12:00:00.123Z", view.get("expires_at"));
        assertEquals("uploading", view.get("status"));
    }

    @Test
    void anUnknownLengthIsShownAsAnnounced() {
        Map<String, Object> view = UploadView.status(SampleUploads.unknown(25, 10, 3, 0, 10));
        assertEquals(25L, view.get("file_size"));
        assertEquals(List.of(List.of(10L, 24L)), view.get("missing_ranges"));
        assertNull(view.get("expires_at"));
        assertNull(UploadView.status(SampleUploads.unknown(-1, 10, -1)).get("file_size"));
    }

    @Test
    void aChunkIsAnsweredWithCounts() {
        Uploads.Written written = new Uploads.Written(SampleUploads.known(25, 10, 0, 10, 20, 25), new ByteRange(20, 25), false);
        Map<String, Object> view = UploadView.chunk(written, 2);
        assertEquals(List.of("file_id", "chunk_index", "size", "duplicate", "uploaded_chunks", "total_chunks", "bytes_received",
                "status"), List.copyOf(view.keySet()));
        assertEquals(2L, view.get("uploaded_chunks"));
        assertEquals(5L, view.get("size"));
        assertEquals(15L, view.get("bytes_received"));
    }
}
