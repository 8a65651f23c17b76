package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;

/** The library with nothing on the class path but itself, the two packages below it, and the JSON library. */
class StandaloneTest {

    private static final List<String> NEEDED = List.of("tranzr/client/", "tranzr/json/", "tranzr/model/", "com/fasterxml/", "META-INF/services/");

    private static final String PROGRAM = """
            import java.net.URI;
            import java.nio.file.*;
            import java.time.Duration;
            import tranzr.client.*;
            class Use {
                public static void main(String[] arguments) throws Exception {
                    try (TranzrClient client = TranzrClient.of(URI.create(arguments[0])).build()) {
                        Upload upload = client.upload(Path.of(arguments[1])).build();
                        upload.start();
                        Upload.Result there = upload.result().get();
                        Download download = client.download(there.fileId()).to(Path.of(arguments[2])).build();
                        download.start();
                        download.result().get();
                        ShareLink link = client.share(there.fileId(), new ShareTerms(Duration.ofHours(1), 1, null));
                        System.out.println(client.info(there.fileId()).size() + " " + client.list().size() + " " + link.maxDownloads());
                    }
                }
            }
            """;

    @Test
    void aProgramOfItsOwnSendsAndReceivesByTheLibraryAlone(@TempDir Path folder) throws Exception {
        Path classes = extract(folder.resolve("classes"));
        Path program = Files.writeString(folder.resolve("Use.java"), PROGRAM);
        byte[] bytes = new byte[300_000];
        bytes[299_999] = 7;
        Path file = Files.write(folder.resolve("file"), bytes);
        Path out = folder.resolve("out");
        try (ServedEngine server = new ServedEngine(folder.resolve("data"))) {
            Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classes.toString(), program.toString(), server.url(),
                    file.toString(), folder.resolve("back").toString()).redirectErrorStream(true).redirectOutput(out.toFile()).start();
            try {
                assertTrue(process.waitFor(60, TimeUnit.SECONDS), Files.readString(out));
            } finally {
                process.destroyForcibly();
            }
            assertEquals("300000 1 1", Files.readString(out).strip());
        }
        assertEquals(-1, Files.mismatch(file, folder.resolve("back")));
    }

    private static Path extract(Path to) throws IOException {
        try (JarFile jar = new JarFile(System.getProperty("tranzr.jar"))) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (!entry.isDirectory() && NEEDED.stream().anyMatch(entry.getName()::startsWith)) {
                    Path file = to.resolve(entry.getName());
                    Files.createDirectories(file.getParent());
                    try (InputStream in = jar.getInputStream(entry)) {
                        Files.copy(in, file);
                    }
                }
            }
        }
        return to;
    }
}
