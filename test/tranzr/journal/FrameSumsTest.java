package tranzr.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.fault.CrashDisk;

/** Looking for records behind damage costs no more than a client's bytes are worth. */
class FrameSumsTest {

    private static final UUID STORE = new UUID(7, 8);
    private static final Path FILE = CrashDisk.ROOT.resolve("segment");
    private static final int SIZE = 2 << 20;
    private static final byte[] STORE_BYTES = Frame.bytesOf(STORE);

    /** Counts the bytes that are read. */
    private record Counted(DiskFile file, AtomicLong read) implements DiskFile {
        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            int count = file.read(target, position);
            read.addAndGet(count);
            return count;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        @Override
        public void force(boolean metadata) throws IOException {
            file.force(metadata);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private static Counted file(ByteBuffer content) throws IOException {
        DiskFile file = new CrashDisk().open(FILE, Disk.Mode.CREATE);
        file.write(content.clear(), 0);
        return new Counted(file, new AtomicLong());
    }

    private static ByteBuffer segment() {
        ByteBuffer content = ByteBuffer.allocate(SIZE);
        content.put(new Segment.Header(1, SIZE, STORE, 1).encode());
        Frame.put(content, STORE_BYTES, 1, 0, (byte) 1, ByteBuffer.wrap(new byte[30]));
        return content;
    }

    @Test
    void headsThatAClientHidesInItsBytesAreNotFollowed() throws IOException {
        ByteBuffer content = segment();
        content.put((byte) 0).put((byte) 1); // a torn write
        int fakes = 0;
        for (; content.remaining() > (1 << 20) + 100; fakes++) {
            content.putInt(Frame.LEAST_LENGTH + (1 << 20) - fakes % 1000).putLong(3);
        }
        try (Counted file = file(content)) {
            SegmentReader reader = new SegmentReader(FILE, file);
            reader.header(1);
            SegmentReader.Walk walk = reader.walk(Segment.Header.BYTES, 1, 1, frame -> assertEquals(1, frame.sequence()));
            assertEquals(SegmentReader.Ending.TORN, walk.ending());
            assertEquals(1, walk.last());
            assertTrue(fakes > 80_000);
            long most = 8L * SIZE + fakes * (2L * FrameSums.BLOCK + Integer.BYTES);
            assertTrue(file.read().get() < most, fakes + " heads made it read " + file.read() + " bytes");
        }
    }

    @Test
    void whatIsRightIsFoundWhereverItLies() throws IOException {
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            ByteBuffer content = ByteBuffer.allocate(20_000);
            random.nextBytes(content.array());
            int at = random.nextInt(10_000);
            int payload = random.nextInt(9_000);
            byte[] bytes = new byte[payload];
            random.nextBytes(bytes);
            Frame.put(content.position(at), STORE_BYTES, 9, 0, (byte) 1, ByteBuffer.wrap(bytes));
            int length = content.getInt(at);
            int from = random.nextInt(at + 1);
            try (Counted file = file(content)) {
                assertTrue(new FrameSums(file, from, content.capacity(), STORE_BYTES).matches(at, length));
                assertTrue(!new FrameSums(file, from, content.capacity(), Frame.bytesOf(new UUID(7, 9))).matches(at, length));
                content.put(at + 4 + random.nextInt(length), (byte) random.nextInt());
            }
            boolean same = content.getInt(at + length) == Frame.checksum(STORE_BYTES, content.clear(), at, at + length);
            try (Counted file = file(content)) {
                assertEquals(same, new FrameSums(file, from, content.capacity(), STORE_BYTES).matches(at, length));
            }
        }
    }

    @Test
    void aRecordBehindTheHoleIsStillFound() throws IOException {
        ByteBuffer content = segment();
        content.position(content.position() + 3000);
        Frame.put(content, STORE_BYTES, 3, 0, (byte) 1, ByteBuffer.wrap(new byte[5000]));
        try (Counted file = file(content)) {
            SegmentReader reader = new SegmentReader(FILE, file);
            reader.header(1);
            assertEquals(SegmentReader.Ending.CORRUPT, reader.walk(Segment.Header.BYTES, 1, 1, frame -> { }).ending());
        }
    }
}
