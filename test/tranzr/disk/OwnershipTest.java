package tranzr.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnershipTest {

    @TempDir
    Path folder;

    @Test
    void what_is_ours_alone_is_fine_and_what_is_missing_too() throws Exception {
        assertEquals(Optional.empty(), Ownership.directoryObjection(folder));
        assertEquals(Optional.empty(), Ownership.directoryObjection(folder.resolve("missing")));
        assertThrows(NoSuchFileException.class, () -> Ownership.secretObjection(folder.resolve("missing")));
    }

    @Test
    void a_dangling_link_is_a_link_and_not_something_missing() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
        assertEquals(Optional.of("is a symbolic link"), Ownership.directoryObjection(link));
    }

    @Test
    void a_secret_behind_a_link_is_judged_by_the_file_itself() throws Exception {
        Path secret = Files.createFile(folder.resolve("secret"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), secret);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("r--------"));
        assertEquals(Optional.empty(), Ownership.secretObjection(link));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("r--r-----"));
        assertEquals(Optional.of("may be read or written by others (mode 0440)"), Ownership.secretObjection(link));
    }

    @Test
    void what_belongs_to_another_user_is_refused() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("theirs"));
        Path secret = Files.createFile(folder.resolve("secret"));
        assumeTrue(Files.getAttribute(folder, "unix:uid").equals(0), "only root can give files away");
        for (Path path : new Path[] { directory, secret }) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            Files.setAttribute(path, "unix:uid", 12_345);
        }
        assertTrue(Ownership.directoryObjection(directory).orElse("").contains("uid 12345"));
        assertTrue(Ownership.secretObjection(secret).orElse("").contains("uid 12345"));
    }
}
