package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;

/** A server with all its doors, and clients that send files to it and remember in a directory. */
abstract class UploadBase {

    /** Many small chunks, one after the other, so that things can happen in between. */
    static final Tuning SMALL_CHUNKS = new Tuning(Tuning.MIN_CHUNK, false, 1, Priority.NORMAL, 10, Duration.ofSeconds(30), Duration.ofMinutes(1), 0);
    static final Tuning FIXED = new Tuning(1 << 20, false, 3, Priority.NORMAL, 10, Duration.ofSeconds(30), Duration.ofMinutes(1), 0);

    @TempDir
    Path folder;

    ServedEngine server;
    SessionStore sessions;
    final List<String> notices = new CopyOnWriteArrayList<>();
    private final List<TranzrClient> clients = new CopyOnWriteArrayList<>();

    @BeforeEach
    void serve() throws IOException {
        server = new ServedEngine(Files.createDirectories(folder.resolve("server")));
        sessions = SessionStore.at(folder.resolve("sessions"));
    }

    @AfterEach
    void close() throws IOException {
        clients.forEach(TranzrClient::close);
        server.close();
    }

    TranzrClient client(UnaryOperator<Http> over) {
        return client(server, over);
    }

    TranzrClient client(ServedEngine at, UnaryOperator<Http> over) {
        TranzrClient client = TranzrClient.of(URI.create(at.url())).sessions(sessions).random(new Random(1)).over(over).build();
        clients.add(client);
        return client;
    }

    TranzrClient client() {
        return client(http -> http);
    }

    /** One that was not touched lately. */
    Path file(String name, int length) throws IOException {
        Path file = Files.write(folder.resolve(name), ServedEngine.bytes(length, length));
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    }

    Upload upload(TranzrClient client, Path file, Tuning tuning) {
        return client.upload(file).tuning(tuning).notices(notices::add).build();
    }

    static <R> R done(Transfer<R> transfer) throws TransferException {
        transfer.start();
        return ended(transfer);
    }

    static <R> R ended(Transfer<R> transfer) throws TransferException {
        try {
            return transfer.result().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TransferException ended) {
                throw ended;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError("it does not end: " + transfer.progress(), e);
        }
    }

    /** Sends it, and is told that it failed. */
    static TransferException fails(Transfer<?> transfer) {
        try {
            throw new AssertionError("it came through: " + done(transfer));
        } catch (TransferException e) {
            return e;
        }
    }

    void assertThere(Upload.Result result, byte[] bytes) {
        assertEquals(bytes.length, result.size());
        assertArrayEquals(bytes, server.get("/download/" + result.fileId()).expect(200).body());
    }

    /** How many files and uploads the server has. */
    int there() {
        return server.get("/files").expect(200).list().size();
    }
}
