package tranzr.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The built jar, running as a user would run it, on a free port. What it prints is kept for failure messages.
 * Used by one thread; {@link #kill} by any.
 */
public final class ServerProcess implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 30;
    private static final Pattern LISTENS = Pattern.compile("https?://[\\w.\\[\\]:-]+:\\d+");

    /**
     * How to start it.
     *
     * @param before what stands before {@code java} on the command line, such as {@code strace}
     * @param jvm options of the Java virtual machine
     * @param environment added to ours, from which all {@code TRANZR_} variables are removed
     * @param options of the server, after {@code --port 0 --data DIR}
     */
    public record Launch(Path data, List<String> before, List<String> jvm, Map<String, String> environment, List<String> options) {

        public static Launch on(Path data, String... options) {
            return new Launch(data, List.of(), List.of(), Map.of(), List.of(options));
        }

        public Launch jvm(String... jvm) {
            return new Launch(data, before, List.of(jvm), environment, options);
        }

        public Launch before(List<String> before) {
            return new Launch(data, before, jvm, environment, options);
        }

        public Launch environment(Map<String, String> environment) {
            return new Launch(data, before, jvm, environment, options);
        }

        /** @param port 0 for any */
        List<String> command(int port) {
            List<String> command = new ArrayList<>(before);
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvm);
            command.addAll(List.of("-jar", System.getProperty("tranzr.jar"), "--port", Integer.toString(port), "--data", data.toString()));
            command.addAll(options);
            return command;
        }
    }

    private final Launch launch;
    private int port;
    private final StringBuffer output = new StringBuffer();
    private Process process;
    private URI url;

    private ServerProcess(Launch launch) {
        this.launch = launch;
    }

    /** Starts it and waits until it says where it listens. @throws IllegalStateException with its output when it does not */
    public static ServerProcess start(Path data, String... options) {
        return start(Launch.on(data, options));
    }

    public static ServerProcess start(Launch launch) {
        ServerProcess server = new ServerProcess(launch);
        server.begin();
        return server;
    }

    /** Starts what may end before it listens, and waits for that. @return the exit code */
    public static int exitCodeOf(Launch launch, StringBuilder output) {
        ServerProcess server = new ServerProcess(launch);
        server.launch().exceptionally(never -> null);
        try {
            int code = server.waitForExit();
            output.append(server.output());
            return code;
        } finally {
            server.kill();
        }
    }

    private void begin() {
        CompletableFuture<URI> listening = launch();
        try {
            url = listening.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            kill();
            throw new IllegalStateException("the server did not start; it said:\n" + output, e);
        } catch (InterruptedException e) {
            kill();
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<URI> launch() {
        ProcessBuilder builder = new ProcessBuilder(launch.command(port));
        builder.environment().keySet().removeIf(name -> name.startsWith("TRANZR_"));
        builder.environment().putAll(launch.environment());
        CompletableFuture<URI> listening = new CompletableFuture<>();
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        InputStream out = process.getInputStream();
        InputStream err = process.getErrorStream();
        // Platform threads: a read of a pipe would hold a virtual thread's carrier.
        Thread.ofPlatform().daemon().start(() -> {
            read(out, listening);
            listening.completeExceptionally(new IllegalStateException("it ended its output"));
        });
        Thread.ofPlatform().daemon().start(() -> read(err, new CompletableFuture<>()));
        return listening;
    }

    private void read(InputStream stream, CompletableFuture<URI> listening) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                Matcher found = LISTENS.matcher(line);
                if (!listening.isDone() && found.find()) {
                    listening.complete(URI.create(found.group()));
                }
            }
        } catch (IOException e) {
            output.append("(").append(e.getMessage()).append(")\n");
        }
    }

    /** Such as {@code http://127.0.0.1:41234}, without a slash at the end. */
    public String url() {
        return url.toString();
    }

    public int port() {
        return url.getPort();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** All it printed so far, over all its starts. */
    public String output() {
        return output.toString();
    }

    /** SIGKILL, and waits until it is gone. What stands before {@code java}, and its children, go too. */
    public void kill() {
        List<ProcessHandle> children = process.descendants().toList();
        children.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        waitForExit();
        // They hold their files open until they are really gone.
        children.forEach(child -> child.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join());
    }

    /** SIGTERM, and waits until it is gone. @return the exit code */
    public int terminate() {
        process.destroy();
        return waitForExit();
    }

    /** @return the exit code */
    public int waitForExit() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server does not end; it said:\n" + output);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts it again on the same directory, after {@link #kill}, {@link #terminate} or an end of its own. */
    public void restart() {
        output.append("--- started again\n");
        begin();
    }

    /** As {@link #restart}, on the port that it had, for clients that cannot be told another. */
    public void restartThere() {
        port = port();
        restart();
    }

    @Override
    public void close() {
        kill();
    }
}
