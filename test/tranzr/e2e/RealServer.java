package tranzr.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** One built jar running for all tests of a class. */
abstract class RealServer {

    static Path data;
    static ServerProcess server;
    static Http http;

    @BeforeAll
    static void startServer(@TempDir Path folder) {
        data = folder.resolve("data");
        server = ServerProcess.start(data);
        http = new Http(server);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            http.close();
            server.close();
        }
    }

    /** Files below {@code folder} whose path holds {@code part}. */
    static List<Path> filesNaming(Path folder, String part) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().contains(part)).toList();
        } catch (UncheckedIOException vanishedMeanwhile) {
            if (vanishedMeanwhile.getCause() instanceof NoSuchFileException) {
                return filesNaming(folder, part);
            }
            throw vanishedMeanwhile;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs all tasks at the same moment. @return their results, in order */
    static <T> List<T> together(List<? extends Callable<T>> tasks) throws Exception {
        CountDownLatch ready = new CountDownLatch(tasks.size());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> running = new ArrayList<>();
            for (Callable<T> task : tasks) {
                running.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return task.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : running) {
                results.add(future.get());
            }
            return results;
        }
    }
}
