package tranzr.web;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A running chromedriver with one session: the commands of WebDriver (W3C Recommendation, section 6), as they go over the wire. Ends with all its children, at the
 * latest with this virtual machine. Used by one thread; {@link #kill} by any.
 */
final class Driver implements AutoCloseable {

    /** A command that was refused. */
    static final class RefusedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        /** Such as {@code stale element reference} (section 6.6). */
        final String code;

        RefusedException(String code, String message) {
            super(code + ": " + message);
            this.code = code;
        }
    }

    private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
    private final StringBuffer output = new StringBuffer();
    private final Process process;
    private final Thread atExit = new Thread(this::destroy);
    private final URI session;

    /**
     * Starts chromedriver, and by it a browser.
     *
     * @param scratch for what they write beside the profile
     * @param capabilities of the session (section 7)
     * @throws IllegalStateException with what it said when it does not start
     */
    Driver(Path scratch, Map<String, Object> capabilities) {
        try {
            ProcessBuilder builder = new ProcessBuilder("chromedriver", "--port=0").redirectErrorStream(true);
            builder.environment().put("TMPDIR", Files.createDirectories(scratch).toString());
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(atExit);
        URI driver = URI.create("http://127.0.0.1:" + port());
        try {
            Object begun = send("POST", driver.resolve("/session"), Map.of("capabilities", Map.of("alwaysMatch", capabilities)));
            session = driver.resolve("/session/" + ((Map<?, ?>) begun).get("sessionId"));
        } catch (RuntimeException e) {
            kill();
            throw new IllegalStateException("no browser; chromedriver said:\n" + output, e);
        }
    }

    private int port() {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> read(port));
        try {
            return port.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            kill();
            throw new IllegalStateException("chromedriver did not start; it said:\n" + output, e);
        } catch (InterruptedException e) {
            kill();
            throw new IllegalStateException(e);
        }
    }

    private void read(CompletableFuture<Integer> port) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                Matcher found = PORT.matcher(line);
                if (found.find()) {
                    port.complete(Integer.parseInt(found.group(1)));
                }
            }
        } catch (IOException e) {
            output.append("(").append(e.getMessage()).append(")\n");
        }
        port.completeExceptionally(new IllegalStateException("it ended its output"));
    }

    /** @param path of the command, below that of the session */
    Object get(String path) {
        return send("GET", URI.create(session + path), null);
    }

    /** @param path of the command, below that of the session @throws RefusedException when the browser could not do it */
    Object post(String path, Map<String, ?> parameters) {
        return send("POST", URI.create(session + path), parameters);
    }

    Object delete(String path) {
        return send("DELETE", URI.create(session + path), null);
    }

    private Object send(String method, URI uri, Map<String, ?> parameters) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE).header("Content-Type", "application/json; charset=utf-8")
                    .method(method, parameters == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(JSON.std.asBytes(parameters)));
            HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
            Object value = JSON.std.mapFrom(answer.body()).get("value");
            if (answer.statusCode() != 200) {
                Map<?, ?> told = (Map<?, ?>) value;
                throw new RefusedException(String.valueOf(told.get("error")), String.valueOf(told.get("message")));
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + uri + "; chromedriver said:\n" + output, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL to the browser and all its children: a crash, of which the profile alone remains. */
    void kill() {
        List<ProcessHandle> children = destroy();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The machine ends already, and the hook does its work.
        }
        client.shutdownNow();
        children.forEach(child -> child.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
        process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private List<ProcessHandle> destroy() {
        List<ProcessHandle> children = process.descendants().toList();
        children.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        return children;
    }

    /** Ends the browser as a user would, so that its profile is whole, and then whatever is left. */
    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                send("DELETE", session, null);
            }
        } catch (RefusedException | UncheckedIOException e) {
            output.append("(").append(e.getMessage()).append(")\n");
        } finally {
            kill();
        }
    }
}
