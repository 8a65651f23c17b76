package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;

/** Downloads into a stream. */
class DownloadStreamTest {

    private static final int MIB = 1 << 20;

    private ServedEngine server;
    private Fetching here;

    @BeforeEach
    void serve(@TempDir Path home) throws IOException {
        server = new ServedEngine(home.resolve("server"));
        here = new Fetching(server.url(), home);
    }

    @AfterEach
    void close() throws IOException {
        here.close();
        server.close();
    }

    @Test
    void bytesOfAnyNumberComeInOrder() {
        for (int length : new int[] {0, 1, MIB, 40 * MIB + 17}) {
            byte[] bytes = Fetching.content(length, length);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Download.Result result = Fetching.fetch(here.of(server.store(bytes)).to(out));
            assertArrayEquals(bytes, out.toByteArray());
            assertNull(result.path());
            assertEquals("file.bin", result.name());
            assertEquals(Digest.sha256(bytes).hex(), result.sha256());
        }
        assertEquals(List.of(), here.names());
    }

    @Test
    void aPauseLosesAndRepeatsNothing() throws Exception {
        byte[] bytes = Fetching.content(6 * MIB, 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Tuning slow = new Tuning(256 << 10, false, 4, Priority.NORMAL, 3, Duration.ofSeconds(10), Duration.ofSeconds(5), 3 * MIB);
        Download download = here.until(here.of(server.store(bytes)).to(out).tuning(slow), progress -> progress.done() > MIB);
        for (int round = 0; round < 3; round++) {
            download.pause();
            download.resume();
        }
        Fetching.resultOf(download);
        assertArrayEquals(bytes, out.toByteArray());
        assertTrue(download.progress().moved() < 9 * MIB, "fetched again: " + download.progress());
    }

    @Test
    void aReaderThatTakesItsTimeHoldsUpNothingButTheDownload() throws Exception {
        byte[] bytes = Fetching.content(3 * MIB, 2);
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        OutputStream stuck = new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("byte by byte");
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                reached.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                taken.write(from, offset, length);
            }
        };
        Download download = here.of(server.store(bytes)).to(stuck).build();
        download.start();
        reached.await();
        download.pause(); // returns although the reader does not
        assertEquals(Progress.State.PAUSED, download.progress().state());
        released.countDown();
        download.resume();
        Fetching.resultOf(download);
        assertArrayEquals(bytes, taken.toByteArray());
    }

    @Test
    void aReaderThatHasGoneEndsIt() throws Exception {
        PipedInputStream reader = new PipedInputStream();
        OutputStream pipe = new PipedOutputStream(reader);
        reader.close();
        assertEquals(TransferException.Kind.LOCAL, Fetching.failureOf(here.of(server.store(Fetching.content(3 * MIB, 3))).to(pipe)).kind());
    }

    @Test
    void wrongBytesAreSaidAtTheEnd() throws IOException {
        byte[] bytes = Fetching.content(300_000, 4);
        try (LyingServer liar = new LyingServer((asked, out) -> LyingServer.honest(asked, out, bytes, new byte[5])); Fetching there = new Fetching(liar.url(), here.folder)) {
            assertEquals(TransferException.Kind.VERIFICATION, Fetching.failureOf(there.of("01234567-89ab-4def-8123-456789abcdef").to(new ByteArrayOutputStream())).kind());
        }
    }

    @Test
    void theWindowHoldsNoMoreThanItMay() throws Exception {
        int size = 1000;
        byte[] bytes = Fetching.content(size, 5);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StreamWindow window = new StreamWindow(out, size, 64);
        RangeRun engine = new NoRun();
        window.begin(engine);
        long handedOut = 0;
        for (ByteRange range = window.next(engine, 1 << 20); !range.isEmpty(); range = window.next(engine, 1 << 20)) {
            assertEquals(handedOut, range.start());
            assertTrue(range.length() <= 16, range.toString());
            assertTrue(range.end() - out.size() <= 64 + 16, "beyond the window: " + range + " while " + out.size());
            handedOut = range.end();
            window.put(range.start(), ByteBuffer.wrap(bytes, (int) range.start(), (int) range.length()));
        }
        assertEquals(Digest.sha256(bytes), window.finish(engine));
        assertArrayEquals(bytes, out.toByteArray());
    }
}
