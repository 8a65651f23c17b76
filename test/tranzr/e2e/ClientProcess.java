package tranzr.e2e;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tranzr.json.Json;

/** A command of the built jar, as a user would run it, with its own memory of unfinished transfers. Used by one thread. */
public final class ClientProcess implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 180;

    /**
     * How a user runs commands.
     *
     * @param state where unfinished transfers are remembered
     * @param jvm options of the Java virtual machine
     * @param environment added to ours, from which all variables of our own and of the Smart File Transfer System are removed
     */
    public record User(Path state, List<String> jvm, Map<String, String> environment) {

        public static User of(Path state) {
            return new User(state, List.of(), Map.of());
        }

        public User environment(Map<String, String> other) {
            return new User(state, jvm, other);
        }

        public User jvm(String... options) {
            return new User(state, List.of(options), environment);
        }

        public ClientProcess start(String... arguments) {
            return new ClientProcess(this, List.of(arguments));
        }

        /** To its end. */
        public Done run(String... arguments) {
            try (ClientProcess process = start(arguments)) {
                return process.await();
            }
        }
    }

    /** What came of it; the two outputs apart. */
    public record Done(int exit, String out, String err) {

        /** This, if it ended so. @throws AssertionError with all that it said otherwise */
        public Done expect(int code) {
            if (exit != code) {
                throw new AssertionError("expected exit code " + code + " but it was " + this);
            }
            return this;
        }

        /** The last line on standard output. */
        public String lastLine() {
            return out.strip().substring(out.strip().lastIndexOf('\n') + 1);
        }

        /** The last line, of one that was told to speak JSON. */
        public Map<String, Object> json() {
            return Json.readObject(lastLine().getBytes(StandardCharsets.UTF_8));
        }

        /** The id of the only file that was sent. */
        public String fileId() {
            return lastLine().split(" ")[0];
        }

        @Override
        public String toString() {
            return exit + "; it said\n" + out + "and\n" + err;
        }
    }

    private final Process process;
    private final CompletableFuture<String> out;
    private final CompletableFuture<String> err;

    private ClientProcess(User user, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(user.jvm);
        command.addAll(List.of("-jar", System.getProperty("tranzr.jar")));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().keySet().removeIf(name -> name.startsWith("TRANZR_") || name.startsWith("SFTS_"));
        builder.environment().put("TRANZR_STATE", user.state.toString());
        builder.environment().putAll(user.environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        out = read(process.getInputStream());
        err = read(process.getErrorStream());
    }

    private static CompletableFuture<String> read(InputStream stream) {
        CompletableFuture<String> all = new CompletableFuture<>();
        // A platform thread: a read of a pipe would hold a virtual thread's carrier.
        Thread.ofPlatform().daemon().start(() -> {
            try {
                all.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                all.complete("(" + e.getMessage() + ")");
            }
        });
        return all;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** Ctrl-C. */
    public void interrupt() {
        Shell.run(Path.of("."), "kill", "-INT", Long.toString(process.pid())).expectSuccess();
    }

    /** Waits for its end. @throws AssertionError with all that it said when there is none */
    public Done await() {
        try {
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            Done done = new Done(process.exitValue(), out.join(), err.join());
            if (!ended) {
                throw new AssertionError("it did not end; " + done);
            }
            return done;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
