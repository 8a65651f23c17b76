package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.SequenceInputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tranzr.model.ByteRange;
import tranzr.server.ServedEngine;

/** What comes from a stream, whose length nobody knows before its end. */
class StreamUploadTest extends UploadBase {

    private static Upload upload(TranzrClient client, InputStream stream, Tuning tuning) {
        return client.upload(stream, "stream.bin").tuning(tuning).build();
    }

    @Test
    void streamsOfAnyLengthArriveAsTheyAre() throws Exception {
        for (int length : List.of(0, 1, 65_536, 3_000_007)) {
            byte[] bytes = ServedEngine.bytes(length, length);
            for (Tuning tuning : List.of(FIXED, Tuning.STANDARD)) {
                Upload.Result result = done(upload(client(), new ByteArrayInputStream(bytes), tuning));
                assertThere(result, bytes);
                assertEquals("stream.bin", result.name());
            }
        }
        assertEquals(List.of(), sessions.list());
    }

    @Test
    void whatBreaksOnTheWayIsSentAgainFromMemory() throws Exception {
        byte[] bytes = ServedEngine.bytes(2_000_003, 1);
        AtomicInteger tries = new AtomicInteger();
        Meddler[] meddler = new Meddler[1];
        Upload.Result result = done(upload(client(http -> meddler[0] = new Meddler(http) {
            @Override
            void beforePut(ByteRange range) throws IOException {
                if (tries.incrementAndGet() % 5 == 0) {
                    throw new IOException("broken");
                }
            }

            @Override
            void afterPut(ByteRange range) throws IOException {
                if (tries.get() % 7 == 0) {
                    throw new IOException("the answer was lost");
                }
            }
        }), new ByteArrayInputStream(bytes), SMALL_CHUNKS));
        assertThere(result, bytes);
        assertEquals(bytes.length, meddler[0].putBytes(), "what was there already was sent again");
    }

    @Test
    void aPauseEndsNothing() throws Exception {
        byte[] bytes = ServedEngine.bytes(2_000_003, 1);
        CountDownLatch some = new CountDownLatch(3);
        Upload upload = upload(client(http -> new Meddler(http) {
            @Override
            void afterPut(ByteRange range) {
                some.countDown();
            }
        }), new ByteArrayInputStream(bytes), SMALL_CHUNKS);
        upload.start();
        UploadTest.await(some);
        upload.pause();
        upload.resume();
        assertThere(ended(upload), bytes);
    }

    @Test
    void aProducerThatWaitsDoesNotKeepAnybodyFromStopping() throws Exception {
        try (PipedOutputStream producer = new PipedOutputStream(); PipedInputStream stream = new PipedInputStream(producer)) {
            producer.write(new byte[100]);
            CountDownLatch some = new CountDownLatch(1);
            Upload upload = upload(client(http -> new Meddler(http) {
                @Override
                void afterPut(ByteRange range) {
                    some.countDown();
                }
            }), stream, FIXED);
            upload.start();
            UploadTest.await(some);
            upload.cancel();
            assertEquals(TransferException.Kind.CANCELLED, failed(upload).kind());
            assertEquals(0, there());
        }
    }

    private static TransferException failed(Upload upload) {
        try {
            throw new AssertionError("it came through: " + ended(upload));
        } catch (TransferException e) {
            return e;
        }
    }

    @Test
    void aStreamThatBreaksLeavesNothing() throws Exception {
        InputStream broken = new SequenceInputStream(new ByteArrayInputStream(new byte[300_000]), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the program died");
            }
        });
        TransferException e = fails(upload(client(), broken, SMALL_CHUNKS));
        assertEquals(TransferException.Kind.INPUT, e.kind());
        assertTrue(e.getMessage().contains("the program died"), e.getMessage());
        assertEquals(0, there());
    }

    @Test
    void whatTheServerForgetsIsLostAndSaid() throws Exception {
        TransferException e = fails(upload(client(http -> new Meddler(http) {
            private int puts;

            @Override
            void beforePut(ByteRange range) throws RefusedException {
                if (++puts == 4) {
                    throw new RefusedException(410, "upload_expired", "expired", null, Map.of());
                }
            }
        }), new ByteArrayInputStream(new byte[1 << 20]), SMALL_CHUNKS));
        assertEquals("upload_expired", e.code());
        assertTrue(e.getMessage().contains("cannot be sent again"), e.getMessage());
    }
}
