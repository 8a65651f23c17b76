package tranzr.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.RealDisk;
import tranzr.journal.Journal;

/** Durable appends a second, beside a plain loop of write and force in a growing file. Argument: a directory. */
public final class JournalBench {

    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(800);
    private static final int ROUNDS = 3;

    private JournalBench() {
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args.length == 0 ? "." : args[0]), "journal-bench");
        System.out.printf("%-10s %8s %14s %14s%n", "payload", "callers", "journal", "plain loop");
        try {
            for (int payload : new int[] {128, 64 << 10}) {
                for (int callers : new int[] {1, 8}) {
                    List<Long> journal = new ArrayList<>();
                    List<Long> plain = new ArrayList<>();
                    for (int round = 0; round < ROUNDS; round++) {
                        plain.add(plain(folder.resolve("plain"), payload));
                        journal.add(journal(folder.resolve("journal"), payload, callers));
                    }
                    System.out.printf("%-10d %8d %12d/s %12d/s%n", payload, callers, median(journal), median(plain));
                }
            }
        } finally {
            Files.delete(folder);
        }
    }

    private static long median(List<Long> rates) {
        return rates.stream().sorted().toList().get(rates.size() / 2);
    }

    private static long plain(Path path, int payload) throws IOException {
        Disk disk = new RealDisk();
        ByteBuffer bytes = ByteBuffer.allocateDirect(payload);
        long count = 0;
        long begin = System.nanoTime();
        try (DiskFile file = disk.open(path, Disk.Mode.CREATE)) {
            for (; System.nanoTime() - begin < NANOS; count++) {
                file.write(bytes.clear(), count * payload);
                file.force(false);
            }
        }
        long rate = count * TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begin);
        Files.delete(path);
        return rate;
    }

    private static long journal(Path folder, int payload, int callers)
            throws IOException, InterruptedException, ExecutionException {
        long count = 0;
        long begin;
        Journal.Options options = new Journal.Options(16 << 20, e -> System.err.println("failed: " + e));
        try (Journal journal = Journal.open(new RealDisk(), folder, new UUID(1, 1), options, 0, (s, t, p) -> { });
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            begin = System.nanoTime();
            long start = begin;
            List<Future<Long>> running = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                running.add(threads.submit(() -> append(journal, payload, start)));
            }
            for (Future<Long> caller : running) {
                count += caller.get();
            }
        }
        long rate = count * TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begin);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
        return rate;
    }

    private static long append(Journal journal, int payload, long begin) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(payload);
        long count = 0;
        for (; System.nanoTime() - begin < NANOS; count++) {
            journal.await(journal.append((byte) 1, bytes, false));
        }
        return count;
    }
}
