package tranzr.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assertions;

/** A client that runs as a process of its own, and tells what it does line by line. Used by one thread. */
final class Program implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    private Program(Process process) {
        this.process = process;
    }

    static Program start(List<String> command) {
        try {
            Program program = new Program(new ProcessBuilder(command).redirectErrorStream(true).start());
            program.process.getOutputStream().close();
            // A platform thread: a read of a pipe would hold a virtual thread's carrier.
            Thread.ofPlatform().daemon().start(program::read);
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                add(line);
            }
        } catch (IOException killed) {
            add("(" + killed.getMessage() + ")");
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    /** Waits until it has said that. @throws AssertionError with all that it said when it ends before, or takes too long */
    synchronized Program awaitLine(String what, Predicate<String> wanted) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (lines.stream().noneMatch(wanted)) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (ended || left <= 0) {
                throw new AssertionError("never said " + what + ", but:\n" + String.join("\n", lines));
            }
            pause(left);
        }
        return this;
    }

    Program awaitLine(String wanted) {
        return awaitLine(wanted, wanted::equals);
    }

    private void pause(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What it has said so far. */
    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** Waits for its end. @throws AssertionError with all that it said when its exit code is another */
    List<String> expect(int code) {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                close();
                Assertions.fail("did not end, but said:\n" + String.join("\n", lines()));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        synchronized (this) {
            while (!ended) {
                pause(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            }
        }
        Assertions.assertEquals(code, process.exitValue(), () -> String.join("\n", lines()));
        return lines();
    }

    /** Ends it at once, with nothing told to anybody, and waits until it is gone. */
    void kill() {
        process.destroyForcibly();
        process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        kill();
    }
}
