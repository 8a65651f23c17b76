package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tranzr.model.ByteRange;
import tranzr.model.Digest;

/** What is held of a stream until the server has it. */
class StreamBufferTest {

    private static final long FOREVER = TimeUnit.HOURS.toNanos(1);
    private static final int PIECE = 64 << 10;

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Gives its bytes in odd lengths, as pipes do. */
    private static InputStream dribbling(byte[] bytes) {
        Random random = new Random(7);
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, 1 + random.nextInt(9000)));
            }
        };
    }

    private static byte[] read(StreamBuffer buffer, ByteRange range) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) range.length());
        buffer.read(range.start(), bytes);
        return bytes.array();
    }

    @Test
    void whatCameIsGivenInOrderAndOnlyOnce() throws Exception {
        byte[] bytes = random(3_000_001);
        StreamBuffer buffer = new StreamBuffer(dribbling(bytes), 1 << 20, 2, FOREVER);
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        Deque<ByteRange> held = new ArrayDeque<>();
        for (ByteRange range = buffer.next(200_000, new NoRun()); !range.isEmpty(); range = buffer.next(200_000, new NoRun())) {
            assertEquals(got.size(), range.start());
            got.write(read(buffer, range));
            held.add(range);
            assertTrue(buffer.heldBytes() <= 1 << 20, "holds " + buffer.heldBytes());
            if (held.size() > 2) {
                buffer.moved(held.removeLast()); // not in order
                buffer.moved(held.removeFirst());
            }
        }
        assertArrayEquals(bytes, got.toByteArray());
        assertEquals(Digest.sha256(bytes), buffer.digest());
        assertEquals(bytes.length, buffer.size());
    }

    @Test
    void anEmptyStreamEndsAtOnce() throws Exception {
        StreamBuffer buffer = new StreamBuffer(InputStream.nullInputStream(), 1 << 20, 4, FOREVER);
        assertTrue(buffer.next(1 << 20, new NoRun()).isEmpty());
        assertEquals(Digest.sha256(new byte[0]), buffer.digest());
        assertEquals(0, buffer.size());
    }

    @Test
    void whatIsThereDoesNotWaitForeverForMore() throws Exception {
        try (PipedOutputStream producer = new PipedOutputStream(); PipedInputStream stream = new PipedInputStream(producer)) {
            producer.write(new byte[] {1, 2, 3});
            StreamBuffer buffer = new StreamBuffer(stream, 1 << 20, 4, 1);
            assertTrue(buffer.next(1 << 20, new NoRun()).end() >= 1);
        }
    }

    @Test
    void memoryThatIsFullIsGivenOutAndNotWaitedFor() throws Exception {
        StreamBuffer buffer = new StreamBuffer(new ByteArrayInputStream(new byte[10 * PIECE]), 2 * PIECE, 1, FOREVER);
        assertEquals(new ByteRange(0, PIECE), buffer.next(64 << 20, new NoRun()));
        assertEquals(new ByteRange(PIECE, 2 * PIECE), buffer.next(64 << 20, new NoRun()));
        NoRun stopped = new NoRun();
        stopped.stopped = true;
        assertThrows(TransferException.class, () -> buffer.next(64 << 20, stopped), "it waits until something was moved");
        buffer.moved(new ByteRange(0, PIECE));
        assertEquals(new ByteRange(2 * PIECE, 3 * PIECE), buffer.next(64 << 20, new NoRun()));
    }

    @Test
    void whatWasGivenAndNotMovedIsKnownAndStillThere() throws Exception {
        byte[] bytes = random(5 * PIECE);
        StreamBuffer buffer = new StreamBuffer(new ByteArrayInputStream(bytes), 1 << 20, 1, FOREVER);
        while (!buffer.next(PIECE, new NoRun()).isEmpty()) {
            assertTrue(buffer.heldBytes() > 0);
        }
        buffer.moved(new ByteRange(PIECE + 100, 3 * PIECE));
        buffer.moved(new ByteRange(PIECE, 2 * PIECE)); // some of it again
        assertEquals(List.of(new ByteRange(0, PIECE), new ByteRange(3 * PIECE, 5 * PIECE)), buffer.unmoved());
        assertEquals(2 * PIECE, buffer.movedBytes());
        assertArrayEquals(java.util.Arrays.copyOf(bytes, PIECE), read(buffer, new ByteRange(0, PIECE)));
        assertThrows(IOException.class, () -> read(buffer, new ByteRange(PIECE, 2 * PIECE)));
    }

    @Test
    void aStreamThatBreaksIsSaid() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the pipe broke");
            }
        };
        StreamBuffer buffer = new StreamBuffer(broken, 1 << 20, 4, FOREVER);
        TransferException e = assertThrows(TransferException.class, () -> buffer.next(100, new NoRun()));
        assertEquals(TransferException.Kind.INPUT, e.kind());
        assertTrue(e.getMessage().contains("the pipe broke"), e.getMessage());
    }
}
