package tranzr.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import tranzr.model.ByteRange;
import tranzr.model.Upload;

/**
 * The CRC-32 of files, as archives need it; the store itself knows another checksum. It comes for nothing when a file goes out whole; who continues an archive in
 * the middle needs those of files that went out before, and has them read here, one at a time, while the answer is under way. Kept in memory for as many files as an
 * archive reader would ask for again, and not on disk: whatever is forgotten is one reading away. Safe for several threads.
 */
final class Checksums {

    private static final System.Logger LOG = System.getLogger(Checksums.class.getName());
    private static final int KEPT = 65_536;
    private static final int WAITING = 16_384;

    private final Core core;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("tranzr-crc-", 0).factory());
    /** By the ids of their objects, which are used just once. */
    private final Map<UUID, Integer> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Integer> eldest) {
            return size() > KEPT;
        }
    };
    /** What is being read, or waits for that. */
    private final Map<UUID, CompletableFuture<Integer>> reading = new LinkedHashMap<>();
    private volatile boolean closed;

    Checksums(Core core) {
        this.core = core;
    }

    /** Keeps one that has come to be known. @param file completed, which never changes */
    synchronized void learn(Upload file, int crc) {
        known.put(file.object(), crc);
    }

    /** Has the file read in the background unless its checksum is known. */
    synchronized CompletableFuture<Integer> prepare(Upload file) {
        Integer crc = file.length() == 0 ? Integer.valueOf(0) : known.get(file.object());
        if (crc != null) {
            return CompletableFuture.completedFuture(crc);
        }
        CompletableFuture<Integer> under = reading.get(file.object());
        if (under != null) {
            return under;
        }
        if (reading.size() >= WAITING) {
            throw new FailureException(new Failure.Busy(Duration.ofMinutes(1)));
        }
        CompletableFuture<Integer> future = new CompletableFuture<>();
        try {
            reader.execute(() -> read(file, future));
        } catch (RejectedExecutionException e) {
            throw new FailureException(new Failure.Unavailable("the server is stopping"));
        }
        reading.put(file.object(), future);
        return future;
    }

    /** Waits until it is known. */
    int of(Upload file) throws IOException {
        try {
            return prepare(file).get();
        } catch (FailureException | ExecutionException e) {
            throw new IOException("the checksum of " + file.id() + " cannot be known: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void read(Upload file, CompletableFuture<Integer> future) {
        try (FileDownload download = Downloads.open(core, file, _ -> { })) {
            Summing summing = new Summing(OutputStream.nullOutputStream()) {
                @Override
                public void write(byte[] bytes, int from, int count) throws IOException {
                    if (closed) {
                        throw new IOException("the server is stopping");
                    }
                    super.write(bytes, from, count);
                }
            };
            download.writeTo(summing, new ByteRange(0, file.length()));
            synchronized (this) {
                known.put(file.object(), summing.crc());
                reading.remove(file.object());
            }
            future.complete(summing.crc());
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "the checksum of " + file.id() + " cannot be made: " + e.getMessage());
            synchronized (this) {
                reading.remove(file.object());
            }
            future.completeExceptionally(e);
        }
    }

    /** Stops after the block that is being read. */
    void close(Duration atMost) {
        closed = true;
        reader.shutdown();
        try {
            if (!reader.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "reading for a checksum does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Passes bytes on and sums them up. */
    static class Summing extends OutputStream {

        private final OutputStream out;
        private final CRC32 crc = new CRC32();

        Summing(OutputStream out) {
            this.out = out;
        }

        int crc() {
            return (int) crc.getValue();
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            crc.update(bytes, from, count);
            out.write(bytes, from, count);
        }
    }
}
