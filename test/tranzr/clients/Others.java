package tranzr.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import tranzr.e2e.Shell;

/**
 * Where the programs of other makers lie that build.sh and {@code .ci/run} have fetched. A test that finds one missing is skipped, loudly; where {@code CI} is set
 * it fails, so that nobody takes a test that never ran for one that passed.
 */
public final class Others {

    private static final Path BUILD = Path.of(System.getProperty("tranzr.root"), "build");

    private Others() {
    }

    /** Skips, or in CI fails, the calling test when the packages of the lock file are not there. */
    static void needNode() {
        Path missing = BUILD.resolve("node_modules.missing");
        need(Shell.has("node"), "node is not installed");
        need(hasNode(), Files.exists(missing) ? read(missing) : "build/node_modules is not there");
    }

    /** Skips, or in CI fails, the calling test when there is no Chromium to drive. */
    static void needBrowser() {
        need(Shell.has("chromium") && Shell.has("chromedriver"), "chromium and chromedriver are not installed");
    }

    /** Whether the packages of the lock file are there, and a Node to run them. */
    public static boolean hasNode() {
        return Shell.has("node") && Files.exists(BUILD.resolve("node_modules.stamp"));
    }

    /** A program of one of the packages. @param path below {@code node_modules} */
    static Path ofNode(String path) {
        return BUILD.resolve("node_modules").resolve(path);
    }

    /** The command line of a script that lies beside the tests; a package is found from there. @param name such as {@code tus-js.js} */
    public static List<String> script(String name, String... arguments) {
        Path script = BUILD.resolve("test-classes").resolve("tranzr").resolve("clients").resolve(name);
        return Stream.concat(Stream.of("node", script.toString()), Stream.of(arguments)).toList();
    }

    /** The Python that has tuspy: that of the system, which need not be the first on the path. */
    static String needTuspy() {
        List<String> pythons = Stream.of("/usr/bin/python3", "python3").filter(python -> python.startsWith("/") ? Files.isExecutable(Path.of(python)) : Shell.has(python))
                .filter(python -> Shell.run(BUILD, python, "-c", "import tusclient.client").exit() == 0).toList();
        need(!pythons.isEmpty(), "python3-tuspy is not installed");
        return pythons.getFirst();
    }

    private static void need(boolean there, String otherwise) {
        if ("true".equals(System.getenv("CI"))) {
            Assertions.assertTrue(there, otherwise);
        }
        Assumptions.assumeTrue(there, otherwise);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
