package tranzr.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.fault.CrashDisk;

/** The worked example of the documentation is what the journal writes. */
final class JournalFormatTest {

    private static final Pattern EXAMPLE =
            Pattern.compile("<!-- example: journal segment -->\\s*```text\\n(.*?)```", Pattern.DOTALL);
    private static final int SHOWN = 0x70;

    @Test
    void theDocumentedExampleIsWhatIsWritten() throws IOException {
        assertEquals(List.of(written()), documented());
    }

    private static List<String> documented() throws IOException {
        try (Stream<Path> pages = Files.list(Path.of(System.getProperty("tranzr.root")).resolve("docs"))) {
            return pages.filter(page -> page.toString().endsWith(".md")).map(JournalFormatTest::text)
                    .flatMap(text -> EXAMPLE.matcher(text).results()).map(found -> found.group(1)).toList();
        }
    }

    private static String text(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String written() throws IOException {
        CrashDisk disk = new CrashDisk();
        Path folder = CrashDisk.ROOT.resolve("journal");
        try (Journal journal = Journal.open(disk, folder, new UUID(1, 2), new Journal.Options(4096, e -> { }, null), 0,
                (sequence, type, payload) -> { })) {
            journal.append((byte) 3, ByteBuffer.wrap("tranzr".getBytes()), false);
            journal.rotate();
        }
        ByteBuffer bytes = ByteBuffer.allocate(SHOWN);
        try (DiskFile file = disk.open(folder.resolve("0000000000000000001.seg"), Disk.Mode.READ)) {
            assertEquals(4096, file.size());
            file.read(bytes, 0);
        }
        return dump(bytes.array());
    }

    private static String dump(byte[] bytes) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < bytes.length; at += 16) {
            StringBuilder text = new StringBuilder();
            for (int i = at; i < at + 16; i++) {
                text.append(bytes[i] >= ' ' && bytes[i] < 127 ? (char) bytes[i] : '.');
            }
            out.append(String.format(Locale.ROOT, "%02x  %s  %s%n", at,
                    HexFormat.ofDelimiter(" ").formatHex(bytes, at, at + 16), text));
        }
        return out.toString();
    }
}
