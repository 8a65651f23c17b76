package tranzr.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import tranzr.e2e.ServerProcess;
import tranzr.e2e.Shell;

/**
 * What all measurements share.
 *
 * @param directory on the file system that is measured
 * @param quick small sizes and one round: to see that it works, not how fast
 * @param jvm options for the measured server
 * @param nginx the anchor, or null
 */
record Setting(Path directory, boolean quick, List<String> jvm, Nginx nginx, Table table) {

    static final int MIB = 1 << 20;
    static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** One measurement of one server. @return nanoseconds, or whatever is compared */
    @FunctionalInterface
    interface Measurement {
        double run() throws Exception;
    }

    /** Medians of the rounds of two measurements. @param theirs NaN when there is no anchor */
    record Pair(double ours, double theirs) {
    }

    int rounds(int wanted) {
        return quick ? 1 : wanted;
    }

    /** A size in bytes, a sixteenth of it when quick. */
    long size(long bytes) {
        return quick ? bytes / 16 : bytes;
    }

    int count(int wanted) {
        return quick ? Math.max(1, wanted / 16) : wanted;
    }

    /** Warms both up once, then measures them in turn; {@code theirs} only where nginx is there. */
    Pair compare(int rounds, Measurement ours, Measurement theirs) throws Exception {
        return beside(rounds, ours, nginx == null ? () -> Double.NaN : theirs);
    }

    /** The same beside an anchor that is always there. */
    Pair beside(int rounds, Measurement ours, Measurement theirs) throws Exception {
        List<Double> our = new ArrayList<>();
        List<Double> their = new ArrayList<>();
        for (int round = quick ? 1 : 0; round <= rounds(rounds); round++) {
            double a = ours.run();
            double b = theirs.run();
            if (round > 0) {
                our.add(a);
                their.add(b);
            }
        }
        return new Pair(median(our), median(their));
    }

    static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    ServerProcess server(String name, String... options) {
        return server(name, jvm, options);
    }

    /** Starts a server on an own directory below ours. */
    ServerProcess server(String name, List<String> jvm, String... options) {
        return ServerProcess.start(ServerProcess.Launch.on(directory.resolve(name), options).jvm(jvm.toArray(String[]::new)));
    }

    /** Runs it on so many threads at once. @return the seconds until all were done */
    static double together(int threads, Task task) throws Exception {
        CountDownLatch ready = new CountDownLatch(threads);
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int index = i;
                running.add(executor.submit((Callable<Void>) () -> {
                    ready.countDown();
                    go.await();
                    task.run(index);
                    return null;
                }));
            }
            ready.await();
            long start = System.nanoTime();
            go.countDown();
            for (Future<?> future : running) {
                future.get();
            }
            return (double) (System.nanoTime() - start) / NANOS_PER_SECOND;
        }
    }

    /** The part of one thread of several. */
    @FunctionalInterface
    interface Task {
        void run(int index) throws Exception;
    }

    /** Runs curl as a user would. @return the seconds it took */
    double curl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--fail-with-body"));
        command.addAll(Arrays.asList(arguments));
        long start = System.nanoTime();
        Shell.run(directory, command).expectSuccess();
        return (double) (System.nanoTime() - start) / NANOS_PER_SECOND;
    }

    /** A file of random bytes, made once. */
    Path source(long bytes) throws IOException {
        Path file = directory.resolve("source-" + bytes);
        if (!Files.exists(file)) {
            byte[] block = noise(8 * MIB);
            try (OutputStream out = Files.newOutputStream(file)) {
                for (long left = bytes; left > 0; left -= block.length) {
                    out.write(block, 0, (int) Math.min(left, block.length));
                }
            }
            Shell.run(directory, "sync").expectSuccess();
        }
        return file;
    }

    static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(1).nextBytes(noise);
        return noise;
    }

    /** Begins an upload. @return its id */
    static String begin(LeanClient client, long size, long chunk) throws IOException {
        return client.post("/upload/start", "{\"filename\": \"bench.bin\", \"file_size\": " + size + ", \"chunk_size\": " + chunk + "}")
                .expectSuccess().field("file_id");
    }

    /** Removes a file or folder with all that is in it. */
    static void remove(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
