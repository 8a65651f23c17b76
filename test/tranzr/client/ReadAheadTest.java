package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;
import tranzr.model.Digest;

/** The digest that is taken beside the sending: that it is right, how far it goes ahead, and how it ends. */
class ReadAheadTest {

    private static final long FOREVER = TimeUnit.HOURS.toNanos(1);

    /** Bytes in memory, or zeros without end; tells where it was read. */
    private static final class Told implements Source {
        final BlockingQueue<Long> reads = new LinkedBlockingQueue<>();
        private final byte[] bytes;

        Told(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            reads.add(position + into.remaining());
            if (bytes != null) {
                into.put(bytes, (int) position, into.remaining());
            } else {
                into.position(into.limit());
            }
        }

        /** Waits until it was read up to there. */
        void awaitReadTo(long end) throws InterruptedException {
            Long read;
            do {
                read = reads.poll(30, TimeUnit.SECONDS);
                assertTrue(read != null, "was not read up to " + end);
            } while (read < end);
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void theDigestIsThatOfAllBytes() throws Exception {
        for (int length : List.of(0, 1, 8191, 65536, 262_144, 262_145, 3_000_001)) {
            byte[] bytes = random(length);
            try (ReadAhead ahead = new ReadAhead(new Told(bytes), length)) {
                ahead.start();
                assertEquals(Digest.sha256(bytes), ahead.await(new NoRun()), length + " bytes");
                assertEquals(length, ahead.hashed());
                assertEquals(Digest.sha256(bytes), ahead.known());
            }
        }
    }

    @Test
    void theCrcOfWhatWasReadIsKnown() throws Exception {
        byte[] bytes = random(3_000_001);
        try (ReadAhead ahead = new ReadAhead(new Told(bytes), bytes.length)) {
            assertEquals(OptionalInt.empty(), ahead.crc(new ByteRange(0, 65536)), "nothing was read yet");
            ahead.start();
            ahead.await(new NoRun());
            for (ByteRange range : List.of(new ByteRange(0, 65536), new ByteRange(65536, 3 * 65536), new ByteRange(0, bytes.length),
                    new ByteRange(40 * 65536, bytes.length))) {
                assertEquals(Crc32c.of(bytes, (int) range.start(), (int) range.length()), ahead.crc(range).orElseThrow(), range.toString());
            }
            assertEquals(OptionalInt.empty(), ahead.crc(new ByteRange(1, 65536)), "it begins within a block");
            assertEquals(OptionalInt.empty(), ahead.crc(new ByteRange(0, 65537)), "it ends within a block");
        }
    }

    @Test
    void whatLiesLongBehindIsForgotten() throws Exception {
        long size = 600L << 20;
        try (ReadAhead ahead = new ReadAhead(new Told(null), size)) {
            ahead.start();
            ahead.await(new NoRun());
            assertEquals(OptionalInt.empty(), ahead.crc(new ByteRange(0, 65536)));
            byte[] zeros = new byte[64 << 20];
            assertEquals(Crc32c.of(zeros, 0, zeros.length), ahead.crc(new ByteRange(size - zeros.length, size)).orElseThrow());
        }
    }

    @Test
    void itStaysCloseAheadOfWhatIsSent() throws Exception {
        Told source = new Told(null);
        try (ReadAhead ahead = new ReadAhead(source, 1L << 40, FOREVER)) {
            ahead.start();
            source.awaitReadTo(ReadAhead.WINDOW);
            ahead.sending(10 << 20);
            source.awaitReadTo(ReadAhead.WINDOW + (10 << 20));
            assertNull(source.reads.poll(), "it waits there");
            assertNull(ahead.known());
        }
    }

    @Test
    void itGoesOnByItselfWhenTheNetworkIsSlow() throws Exception {
        Told source = new Told(null);
        try (ReadAhead ahead = new ReadAhead(source, 4 * ReadAhead.WINDOW, 1)) {
            ahead.start();
            source.awaitReadTo(4 * ReadAhead.WINDOW);
        }
    }

    @Test
    void whoWaitsForTheDigestHurriesIt() throws Exception {
        try (ReadAhead ahead = new ReadAhead(new Told(null), 4 * ReadAhead.WINDOW, FOREVER)) {
            ahead.start();
            assertTrue(ahead.await(new NoRun()) != null);
        }
    }

    @Test
    void aSourceThatBreaksBreaksTheWait() {
        Source broken = (position, into) -> {
            throw new IOException("a bad sector");
        };
        try (ReadAhead ahead = new ReadAhead(broken, 100)) {
            ahead.start();
            assertEquals("a bad sector", assertThrows(IOException.class, () -> ahead.await(new NoRun())).getMessage());
        }
    }

    @Test
    void whoIsStoppedNeitherWaitsNorReads() throws Exception {
        Told source = new Told(null);
        ReadAhead ahead = new ReadAhead(source, 1L << 40, FOREVER);
        ahead.start();
        assertNotNull(source.reads.poll(30, TimeUnit.SECONDS), "it does not read");
        NoRun stopped = new NoRun();
        stopped.stopped = true;
        assertEquals(TransferException.Kind.PAUSED, assertThrows(TransferException.class, () -> ahead.await(stopped)).kind());
        ahead.close();
        int reads = source.reads.size();
        assertEquals(reads, source.reads.size());
    }
}
