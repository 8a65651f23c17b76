package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tranzr.model.ByteRange;
import tranzr.server.ServedEngine;

/** Single ranges on their way to an upload. */
class UploadMoverTest extends UploadBase {

    private static final int CHUNK = (int) Tuning.MIN_CHUNK;
    private static final int LENGTH = 1 << 20;

    @Test
    void aChangeWithoutATraceIsFoundByTheDigests() throws Exception {
        UploadCalls calls = new UploadCalls(client().http);
        UUID id = calls.start("a", LENGTH, null, null, Priority.NORMAL).id();
        byte[] now = ServedEngine.bytes(LENGTH, 1);
        Source source = (position, into) -> into.put(now, (int) position, into.remaining());
        UploadMover mover = new UploadMover(calls, id, new UploadMover.From(source, LENGTH, false), new UploadMover.Steps() {
            @Override
            public OptionalInt crc(ByteRange range) {
                return OptionalInt.of(4711); // that of what was there before
            }
        });
        TransferException e = assertThrows(TransferException.class, () -> mover.move(new ByteRange(0, CHUNK), Attempt.FREE));
        assertEquals(TransferException.Kind.CHANGED, e.kind());
        assertTrue(e.getMessage().contains("the bytes 0 to 65535 were changed"), e.getMessage());
    }

    @Test
    void aFileThatCannotBeReadIsTheOwnDisksFault() throws Exception {
        UploadCalls calls = new UploadCalls(client().http);
        UUID id = calls.start("a", LENGTH, null, null, Priority.NORMAL).id();
        AtomicInteger checked = new AtomicInteger();
        Source broken = (long position, ByteBuffer into) -> {
            throw new IOException("a bad sector");
        };
        UploadMover mover = new UploadMover(calls, id, new UploadMover.From(broken, LENGTH, false), new UploadMover.Steps() {
            @Override
            public void check() {
                checked.incrementAndGet();
            }
        });
        assertThrows(IOException.class, () -> mover.move(new ByteRange(0, CHUNK), Attempt.FREE));
        assertEquals(1, checked.get());
    }

    @Test
    void whatIsMissingIsWhatTheServerSays() throws Exception {
        UploadCalls calls = new UploadCalls(client().http);
        byte[] bytes = ServedEngine.bytes(LENGTH, 1);
        Source source = (position, into) -> into.put(bytes, (int) position, into.remaining());
        for (long size : List.of((long) LENGTH, -1L)) {
            UUID id = calls.start("a", size, null, null, Priority.LOW).id();
            UploadMover mover = new UploadMover(calls, id, new UploadMover.From(source, size, false), new UploadMover.Steps() {
            });
            assertEquals(List.of(new ByteRange(5, 100)), mover.missing(new ByteRange(5, 100)));
            mover.move(new ByteRange(10, 20), Attempt.FREE);
            mover.move(new ByteRange(40, 50), Attempt.FREE);
            assertEquals(List.of(new ByteRange(5, 10), new ByteRange(20, 40), new ByteRange(50, 100)), mover.missing(new ByteRange(5, 100)));
            assertEquals(List.of(new ByteRange(20, 30)), mover.missing(new ByteRange(12, 30)));
            assertEquals(List.of(), mover.missing(new ByteRange(10, 20)));
            mover.probe();
            calls.delete(id);
            assertEquals("upload_expired", assertThrows(TransferException.class, () -> mover.missing(new ByteRange(0, 10))).code());
        }
    }
}
