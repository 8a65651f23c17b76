package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import tranzr.client.SessionStore;
import tranzr.client.Transfer;
import tranzr.client.TransferException;
import tranzr.client.TranzrClient;
import tranzr.e2e.ClientProcess.Done;
import tranzr.e2e.ClientProcess.User;
import tranzr.fault.CuttingProxy;
import tranzr.fault.Network;

/** The real jar on both ends of a bad network: a server, a proxy before it, and a user on the other side. Used by one thread. */
final class TwoEnds implements AutoCloseable {

    static final int MIB = 1 << 20;
    private static final int BLOCK = 1 << 20;
    private static final long PATIENCE_SECONDS = 120;

    final Path folder;
    final ServerProcess server;
    final CuttingProxy proxy;
    /** Past the proxy. */
    final Http http;
    final User user;

    private TwoEnds(Path folder, ServerProcess server, CuttingProxy proxy) {
        this.folder = folder;
        this.server = server;
        this.proxy = proxy;
        this.http = new Http(server);
        this.user = User.of(folder.resolve("state")).environment(java.util.Map.of("TRANZR_SERVER", proxy.url()));
    }

    static TwoEnds of(Path folder, Network network, long seed, String... options) {
        return of(folder, ServerProcess.start(folder.resolve("data"), options), network, seed);
    }

    static TwoEnds of(Path folder, ServerProcess server, Network network, long seed) {
        return new TwoEnds(folder, server, CuttingProxy.before(server::port, network, seed));
    }

    /** A file of noise in the folder; the same for the same seed. */
    Path file(String name, long size, long seed) {
        return noise(folder.resolve(name), size, seed);
    }

    static Path noise(Path file, long size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] block = new byte[BLOCK];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long left = size; left > 0; left -= block.length) {
                random.nextBytes(block);
                out.write(block, 0, (int) Math.min(left, block.length));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return file;
    }

    private static String[] with(String[] more, String... first) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    ClientProcess startSend(Path file, String... more) {
        return user.start(with(more, "send", file.toString()));
    }

    Done send(Path file, String... more) {
        return user.run(with(more, "send", file.toString()));
    }

    ClientProcess startReceive(String what, Path output, String... more) {
        return user.start(with(more, "receive", what, "--output", output.toString()));
    }

    Done receive(String what, Path output, String... more) {
        return user.run(with(more, "receive", what, "--output", output.toString()));
    }

    /** The library in this process, at the same end as the user: quicker to start where the process does not matter. */
    TranzrClient client() {
        return TranzrClient.of(URI.create(proxy.url())).sessions(SessionStore.at(folder.resolve("state"))).build();
    }

    /** Runs it to its end. */
    static <R> R finish(Transfer<R> transfer) throws TransferException {
        transfer.start();
        try {
            return transfer.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw assertInstanceOf(TransferException.class, e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("it does not end: " + transfer.progress(), e);
        }
    }

    /** Brings a file to the server without the client. @return its id */
    String store(Path file) throws IOException {
        String id = http.begin(file.getFileName().toString(), Files.size(file), 8 * MIB);
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/upload/" + id)).PUT(HttpRequest.BodyPublishers.ofFile(file)).build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertEquals(200, client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return id;
    }

    /** Compares what the server gives out, past the proxy, with the file, byte for byte. */
    void assertStored(String id, Path file) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/download/" + id)).build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            assertEquals(200, answer.statusCode());
            try (InputStream there = answer.body(); InputStream here = new BufferedInputStream(Files.newInputStream(file), BLOCK)) {
                long at = 0;
                for (byte[] block = there.readNBytes(BLOCK); block.length > 0; block = there.readNBytes(BLOCK)) {
                    assertEquals(-1, Arrays.mismatch(block, here.readNBytes(block.length)), "differs within the MiB at " + at);
                    at += block.length;
                }
                assertEquals(Files.size(file), at);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static void assertSame(Path expected, Path actual) throws IOException {
        assertEquals(-1, Files.mismatch(expected, actual), actual + " differs");
    }

    /** What lies in a folder, without what is below it. */
    static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void close() {
        proxy.close();
        http.close();
        server.close();
    }
}
