package tranzr.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import tranzr.clients.Others;

/** The tus server of the protocol's authors in Node, with its store of plain files: an anchor for ours. It neither hashes nor forces anything. */
final class NodeTus implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 30;

    private final Process process;
    private final URI url;

    private NodeTus(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /** @param folder where it keeps its files */
    static NodeTus start(Path folder) throws IOException {
        Files.createDirectories(folder);
        Process process = new ProcessBuilder(Others.script("tus-node-server.js", folder.toString())).redirectErrorStream(true).start();
        BufferedReader lines = process.inputReader();
        String first = lines.readLine();
        if (first == null || !first.startsWith("listening on ")) {
            process.destroyForcibly();
            throw new IllegalStateException("the Node tus server did not start: " + first);
        }
        Thread.ofPlatform().daemon().start(() -> lines.lines().forEach(System.err::println));
        return new NodeTus(process, URI.create(first.substring("listening on ".length())));
    }

    /** Where uploads are created, without a slash at the end. */
    String url() {
        return url.toString();
    }

    int port() {
        return url.getPort();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
}
