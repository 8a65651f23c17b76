package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that is sent: by what a change of it is seen. */
class SourceFileTest {

    @TempDir
    Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("file"), content);
    }

    private static void assertChanged(SourceFile file) {
        TransferException e = assertThrows(TransferException.class, file::check);
        assertEquals(TransferException.Kind.CHANGED, e.kind());
        assertTrue(e.getMessage().contains("file"), e.getMessage());
    }

    @Test
    void aFileThatStaysAsItIsPasses() throws Exception {
        try (SourceFile file = SourceFile.open(file("content"))) {
            file.check();
            ByteBuffer bytes = ByteBuffer.allocate(4);
            file.read(3, bytes);
            assertEquals("tent", new String(bytes.array()));
            file.check();
        }
    }

    @Test
    void oneThatGrewOrShrankOrWasTouchedIsSeen() throws Exception {
        Path path = file("content");
        try (SourceFile file = SourceFile.open(path)) {
            Files.writeString(path, "more", StandardOpenOption.APPEND);
            assertChanged(file);
        }
        try (SourceFile file = SourceFile.open(path)) {
            Files.writeString(path, "c");
            assertChanged(file);
            assertThrows(java.io.EOFException.class, () -> file.read(0, ByteBuffer.allocate(3)));
        }
        try (SourceFile file = SourceFile.open(path)) {
            Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000));
            assertChanged(file);
        }
    }

    @Test
    void oneThatWasReplacedOrRemovedIsSeen() throws Exception {
        Path path = file("content");
        FileTime time = Files.getLastModifiedTime(path);
        try (SourceFile file = SourceFile.open(path)) {
            Path other = Files.writeString(folder.resolve("other"), "CONTENT");
            Files.setLastModifiedTime(other, time);
            Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
            assertChanged(file);
        }
        try (SourceFile file = SourceFile.open(path)) {
            Files.delete(path);
            assertChanged(file);
        }
    }

    @Test
    void whatIsNoFileIsRefusedWithoutWaitingForIt() throws Exception {
        assertEquals(TransferException.Kind.INPUT, assertThrows(TransferException.class, () -> SourceFile.open(folder.resolve("none"))).kind());
        assertTrue(assertThrows(TransferException.class, () -> SourceFile.open(folder)).getMessage().contains("is a directory"));
        Path pipe = folder.resolve("pipe");
        if (new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(30, TimeUnit.SECONDS) && Files.exists(pipe)) {
            assertTrue(assertThrows(TransferException.class, () -> SourceFile.open(pipe)).getMessage().contains("no ordinary file"));
        }
    }

    @Test
    void itIsLockedAgainstWritersThatAsk() throws Exception {
        Path path = file("content");
        try (SourceFile file = SourceFile.open(path); SourceFile again = SourceFile.open(path)) {
            file.check();
            again.check();
            assertFalse(lockedForWriting(path), "another process could lock it for writing");
        }
        assertTrue(lockedForWriting(path), "the lock stayed");
    }

    /** Whether another process gets an exclusive lock; true where there is no program to ask. */
    private static boolean lockedForWriting(Path path) throws Exception {
        String script = "import fcntl,sys\nf=open(sys.argv[1],'r+')\ntry:\n fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB)\nexcept OSError:\n sys.exit(7)\n";
        Process python;
        try {
            python = new ProcessBuilder("python3", "-c", script, path.toString()).start();
        } catch (IOException e) {
            org.junit.jupiter.api.Assumptions.abort("there is no python3");
            return true;
        }
        return python.waitFor() != 7;
    }

    @Test
    void oneThatIsLockedForWritingIsNotSent() throws Exception {
        Path path = file("content");
        String script = "import fcntl,sys\nf=open(sys.argv[1],'r+')\nfcntl.lockf(f,fcntl.LOCK_EX)\nprint('locked',flush=True)\nsys.stdin.read()\n";
        Process python;
        try {
            python = new ProcessBuilder("python3", "-c", script, path.toString()).start();
        } catch (IOException e) {
            org.junit.jupiter.api.Assumptions.abort("there is no python3");
            return;
        }
        try {
            assertEquals("locked", python.inputReader().readLine());
            assertEquals(TransferException.Kind.IN_USE, assertThrows(TransferException.class, () -> SourceFile.open(path)).kind());
        } finally {
            python.destroyForcibly().waitFor();
        }
        SourceFile.open(path).close();
    }

    @Test
    void anIdentityOutlivesARestartOfTheSystem() throws Exception {
        Path path = file("content");
        SourceFile.Identity identity = SourceFile.look(path);
        assertFalse(String.valueOf(identity.fileKey()).contains("dev="), identity.fileKey());
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            assertEquals(channel.size(), identity.size());
        }
    }
}
