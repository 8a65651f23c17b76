package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A client with its own records and a folder to receive into, for tests of downloads. */
final class Fetching implements AutoCloseable {

    static final Tuning SMALL = new Tuning(1 << 20, true, 4, Priority.NORMAL, 3, Duration.ofSeconds(10), Duration.ofSeconds(5), 0);
    private static final long PATIENCE_SECONDS = 60;

    final TranzrClient client;
    final SessionStore sessions;
    final Path folder;
    final List<String> notices = new CopyOnWriteArrayList<>();

    /** @param home where records and received files go */
    Fetching(String url, Path home) throws IOException {
        this.sessions = SessionStore.at(home.resolve("state"));
        this.folder = Files.createDirectories(home.resolve("received")).toRealPath();
        this.client = TranzrClient.of(URI.create(url)).sessions(sessions).timeout(Duration.ofSeconds(10)).build();
    }

    Download.Builder of(String id) {
        return client.download(UUID.fromString(id)).to(folder).tuning(SMALL).notices(notices::add);
    }

    Download.Builder of(URI link) {
        return client.download(link).to(folder).tuning(SMALL).notices(notices::add);
    }

    static Download.Result fetch(Download.Builder builder) {
        Download download = builder.build();
        download.start();
        return resultOf(download);
    }

    static Download.Result resultOf(Download download) {
        try {
            return download.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static TransferException failureOf(Download.Builder builder) {
        Download download = builder.build();
        download.start();
        return failureOf(download);
    }

    static TransferException failureOf(Download download) {
        ExecutionException failed = assertThrows(ExecutionException.class, () -> download.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        return assertInstanceOf(TransferException.class, failed.getCause());
    }

    /** Begins, and leaves as soon as so many bytes are there. */
    void interrupt(Download.Builder builder, long bytes) throws Exception {
        Download download = until(builder, progress -> progress.done() >= bytes);
        download.leave();
        TransferException end = failureOf(download);
        if (end.kind() != TransferException.Kind.PAUSED) {
            throw new AssertionError(end);
        }
    }

    /** Begins, and returns when the progress is like that. */
    Download until(Download.Builder builder, Predicate<Progress> reached) throws Exception {
        CompletableFuture<Void> there = new CompletableFuture<>();
        Download download = builder.listener(progress -> {
            if (reached.test(progress) || progress.state().isOver()) {
                there.complete(null);
            }
        }).build();
        download.start();
        there.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return download;
    }

    Path part(String name) {
        return folder.resolve("." + name + ".tranzr-part");
    }

    /** Names in the folder, hidden ones too. */
    List<String> names() {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.map(file -> file.getFileName().toString()).sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] content(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() {
        client.close();
    }
}
