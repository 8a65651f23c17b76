package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.model.Upload;
import tranzr.storage.Storage;
import tranzr.storage.StoredObject;

class HasherTest {

    /** The same interface, but every read waits for a latch after telling another. */
    private static <T> T slow(Class<T> type, T target, CountDownLatch reading, CountDownLatch goOn) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getName().equals("read")) {
                reading.countDown();
                goOn.await();
            }
            try {
                Object result = method.invoke(target, arguments);
                return result instanceof StoredObject object ? slow(StoredObject.class, object, reading, goOn) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    @Test
    void whatArrivesWhileTheHasherIsBusyIsHashedToo(@TempDir Path folder) throws IOException, InterruptedException {
        byte[] bytes = EngineFixture.random(300_000, 1);
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (EngineFixture fixture = new EngineFixture(folder)) {
            Upload upload = fixture.start(bytes.length, 100_000);
            write(fixture, upload, 0, bytes);
            write(fixture, upload, 1, bytes);
            Core core = new Core(fixture.catalog, slow(Storage.class, fixture.storage, reading, goOn), fixture.settings,
                    fixture.time::get, fixture.time.get(), new Random(1), fixture.passwords.passwords(), _ -> { });
            UploadSessions sessions = new UploadSessions(core);
            UploadSession session = sessions.acquire(upload.id());
            session.catchUpSoon();
            reading.await();
            write(fixture, upload, 2, bytes);
            session.catchUpSoon();
            // On one processor this run is queued behind the first one, and nothing can be missed.
            for (int i = 0; i < 1_000 && session.catchUpDue.get(); i++) {
                Thread.onSpinWait();
            }
            goOn.countDown();
            HashState hashed = session.frontier.await(bytes.length, Duration.ofSeconds(20), 0);
            assertNotNull(hashed, "stopped at " + session.frontier.offset());
            assertEquals(Digest.sha256(bytes), hashed.sha256());
            sessions.release(session);
            sessions.hasher().close(Duration.ofNanos(TimeUnit.SECONDS.toNanos(10)));
        }
    }

    private static void write(EngineFixture fixture, Upload upload, long index, byte[] bytes) {
        fixture.uploads().writeChunk(upload.id(), index, new TestBody(Arrays.copyOfRange(bytes, (int) upload.chunk(index).start(),
                (int) upload.chunk(index).end())), DigestClaim.NONE);
    }
}
