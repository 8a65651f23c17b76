package tranzr.e2e;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Programs of the system, run to their end within a bounded time. */
public final class Shell {

    /** What a program said on both its outputs. */
    public record Result(int exit, String output) {

        public Result expectSuccess() {
            if (exit != 0) {
                throw new AssertionError("exit code " + exit + ":\n" + output);
            }
            return this;
        }
    }

    private static final long PATIENCE_SECONDS = 120;

    private Shell() {
    }

    public static boolean has(String program) {
        return find(program).isPresent();
    }

    /** Where a program lies. @throws java.util.NoSuchElementException when it is not there */
    public static Path pathOf(String program) {
        return find(program).orElseThrow();
    }

    private static Optional<Path> find(String program) {
        String path = System.getenv("PATH");
        return path == null ? Optional.empty()
                : Arrays.stream(path.split(File.pathSeparator)).map(folder -> Path.of(folder, program)).filter(Files::isExecutable).findFirst();
    }

    public static Result run(Path folder, String... command) {
        return run(folder, List.of(command));
    }

    public static Result run(Path folder, List<String> command) {
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null"))).start();
            CompletableFuture<byte[]> output = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    output.complete(process.getInputStream().readAllBytes());
                } catch (IOException e) {
                    output.completeExceptionally(e);
                }
            });
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("does not end: " + command);
            }
            return new Result(process.exitValue(), new String(output.get(PATIENCE_SECONDS, TimeUnit.SECONDS), StandardCharsets.UTF_8));
        } catch (IOException | InterruptedException | ExecutionException
                | TimeoutException e) {
            throw new IllegalStateException(command.toString(), e);
        }
    }
}
