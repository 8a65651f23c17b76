package tranzr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LauncherTest {

    /** The class file version of Java 8 (JVMS 4.1). */
    private static final int JAVA_8 = 52;

    @Test
    void the_class_that_the_jar_starts_is_compiled_for_java_8_and_needs_no_other_class_of_ours() throws Exception {
        try (DataInputStream in = new DataInputStream(Launcher.class.getResourceAsStream("Launcher.class"))) {
            assertEquals(0xCAFEBABE, in.readInt());
            in.readUnsignedShort();
            assertEquals(JAVA_8, in.readUnsignedShort());
        }
    }

    @Test
    void versions_are_understood_in_the_old_and_the_new_form() {
        assertEquals(8, Launcher.featureVersion("1.8"));
        assertEquals(17, Launcher.featureVersion("17"));
        assertEquals(25, Launcher.featureVersion("25"));
        assertEquals(0, Launcher.featureVersion(null));
        assertEquals(0, Launcher.featureVersion("unknown"));
    }

    @Test
    void an_older_java_says_in_one_line_which_one_is_needed() throws Exception {
        Optional<Path> old = olderJava();
        assumeTrue(old.isPresent(), "no Java older than 25 is installed here");
        Process process = new ProcessBuilder(old.get().toString(), "-jar", System.getProperty("tranzr.jar"), "--port", "0").redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            assertTrue(output.matches("tranzr: needs Java 25 or newer, this is Java [0-9]+ .*\n"), output);
            assertEquals(2, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    private static Optional<Path> olderJava() throws IOException {
        Path usual = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(usual)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(usual)) {
            return homes.filter(LauncherTest::isOld).map(home -> home.resolve("bin/java")).filter(Files::isExecutable).findFirst();
        }
    }

    private static boolean isOld(Path home) {
        try {
            return Files.readAllLines(home.resolve("release")).stream().filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll("[^0-9.]", "")).anyMatch(version -> Launcher.featureVersion(version.replaceFirst("^(1\\.[0-9]+|[0-9]+).*", "$1")) < 25);
        } catch (IOException e) {
            return false;
        }
    }
}
