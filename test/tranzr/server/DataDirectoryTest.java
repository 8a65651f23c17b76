package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.disk.Disk;
import tranzr.disk.RealDisk;
import tranzr.server.StartException.Kind;

class DataDirectoryTest {

    private static final UUID ID = UUID.fromString("00000000-0000-4000-8000-000000000001");

    private final Disk disk = new RealDisk();
    @TempDir
    Path folder;
    private Path root;

    @BeforeEach
    void name() {
        root = folder.resolve("a/b/data");
    }

    @Test
    void a_missing_directory_is_made_with_its_parents_and_nobody_else_may_enter_it() throws Exception {
        try (DataDirectory data = open()) {
            assertEquals(ID, data.store());
            assertEquals(Set.of("lock", "store", "journal", "storage"), names(root));
            for (Path directory : List.of(root, data.journal(), data.storage())) {
                assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
            }
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("store"))));
        }
    }

    @Test
    void the_identity_of_a_store_stays() throws Exception {
        open().close();
        try (DataDirectory again = DataDirectory.open(disk, root, UUID::randomUUID)) {
            assertEquals(ID, again.store());
        }
        try (DataDirectory again = DataDirectory.openExisting(disk, root)) {
            assertEquals(ID, again.store());
        }
    }

    @Test
    void only_one_can_have_it_and_closing_gives_it_back() throws Exception {
        try (DataDirectory held = open()) {
            assertEquals(Kind.IN_USE, refusal().kind());
            assertEquals(Kind.IN_USE, assertThrows(StartException.class, () -> DataDirectory.openExisting(disk, held.root())).kind());
        }
        open().close();
    }

    @Test
    void what_a_crash_left_of_making_a_store_is_made_anew() throws Exception {
        Files.createDirectories(root.resolve("journal"));
        Files.createFile(root.resolve("lock"));
        Files.writeString(root.resolve("store.tmp"), "tranz");
        Files.createDirectory(root.resolve("lost+found"));
        try (DataDirectory data = open()) {
            assertEquals(ID, data.store());
            assertFalse(Files.exists(root.resolve("store.tmp")));
        }
    }

    @Test
    void a_directory_with_other_files_is_refused_and_left_alone() throws Exception {
        Files.createDirectories(root);
        Files.writeString(root.resolve("holiday.jpg"), "x");
        assertTrue(refusal().getMessage().contains("holds other files"));
        assertEquals(Set.of("holiday.jpg"), names(root));
        assertTrue(assertThrows(StartException.class, () -> DataDirectory.openExisting(disk, root)).getMessage().contains("no data directory"));
        assertEquals(Set.of("holiday.jpg"), names(root));
    }

    @Test
    void a_newer_format_is_refused_even_if_nothing_else_of_it_is_understood() throws Exception {
        open().close();
        Files.writeString(root.resolve("store"), "tranzr data directory\nformat 2\nsomething: new\n");
        StartException refused = refusal();
        assertEquals(Kind.REFUSED, refused.kind());
        assertTrue(refused.getMessage().contains("newer Tranzr (format 2, this one knows up to 1)"), refused.getMessage());
    }

    @Test
    void every_flipped_bit_of_the_store_file_is_noticed() throws Exception {
        open().close();
        byte[] good = Files.readAllBytes(root.resolve("store"));
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            Files.write(root.resolve("store"), bad);
            StartException refused = refusal();
            assertTrue(refused.kind() == Kind.DAMAGED || refused.getMessage().contains("newer"), "byte " + i);
        }
        for (int length = 0; length < good.length; length++) {
            Files.write(root.resolve("store"), java.util.Arrays.copyOf(good, length));
            assertEquals(Kind.DAMAGED, refusal().kind(), "cut to " + length);
        }
    }

    @Test
    void a_store_without_its_journal_is_damaged_and_not_an_empty_one() throws Exception {
        open().close();
        Files.delete(root.resolve("journal"));
        StartException refused = refusal();
        assertEquals(Kind.DAMAGED, refused.kind());
        assertTrue(refused.getMessage().contains("journal is missing"), refused.getMessage());
    }

    @Test
    void a_directory_that_others_may_write_to_is_refused() throws Exception {
        open().close();
        Files.createDirectory(root.resolve("audit"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String part : List.of("", "journal", "storage", "audit")) {
            for (String mode : List.of("rwxrwx---", "rwx----w-")) {
                Files.setPosixFilePermissions(root.resolve(part), PosixFilePermissions.fromString(mode));
                String message = assertThrows(StartException.class, () -> DataDirectory.requirePrivate(root)).getMessage();
                assertTrue(message.contains("may be written by others"), message);
            }
            Files.setPosixFilePermissions(root.resolve(part), PosixFilePermissions.fromString("rwxr-xr-x"));
            DataDirectory.requirePrivate(root);
        }
    }

    @Test
    void a_symbolic_link_or_a_file_in_its_place_is_refused() throws Exception {
        open().close();
        Path link = Files.createSymbolicLink(folder.resolve("link"), root);
        assertTrue(assertThrows(StartException.class, () -> DataDirectory.requirePrivate(link)).getMessage().contains("symbolic link"));
        Path file = Files.createFile(folder.resolve("file"));
        assertTrue(assertThrows(StartException.class, () -> DataDirectory.requirePrivate(file)).getMessage().contains("not a directory"));
        Files.move(root.resolve("storage"), folder.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("storage"), folder.resolve("elsewhere"));
        assertTrue(assertThrows(StartException.class, () -> DataDirectory.requirePrivate(root)).getMessage().contains("symbolic link"));
        assertEquals(Kind.DAMAGED, refusal().kind());
    }

    @Test
    void a_refused_directory_is_not_left_locked() throws Exception {
        open().close();
        byte[] good = Files.readAllBytes(root.resolve("store"));
        Files.writeString(root.resolve("store"), "x");
        refusal();
        Files.write(root.resolve("store"), good);
        open().close();
    }

    private DataDirectory open() throws StartException {
        return DataDirectory.open(disk, root, () -> ID);
    }

    private StartException refusal() {
        return assertThrows(StartException.class, () -> open().close());
    }

    private static Set<String> names(Path directory) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }
}
