package tranzr.e2e;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A file system of its own in a file, whose power can be cut. Needs root, loop devices and the file system's tools. */
final class LoopMount implements AutoCloseable {

    /** FS_IOC_SHUTDOWN with FS_SHUTDOWN_FLAGS_NOLOGFLUSH: from now on nothing reaches the device. */
    private static final String CUT = "import fcntl,os,struct,sys\n"
            + "fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))";

    private final Path folder;
    private final Path image;
    private final Path directory;
    private boolean mounted;

    private LoopMount(Path folder) {
        this.folder = folder;
        this.image = folder.resolve("image");
        this.directory = folder.resolve("mount");
    }

    /** Makes and mounts it; ends the test as skipped, and says why, where this machine cannot. */
    static LoopMount make(Path folder, String type, int mebibytes) throws IOException {
        for (String program : List.of("mkfs." + type, "mount", "umount", "python3", "id")) {
            Assumptions.assumeTrue(Shell.has(program), () -> program + " is not installed");
        }
        Assumptions.assumeTrue(Shell.run(folder, "id", "-u").output().strip().equals("0"), "only root can mount");
        LoopMount mount = new LoopMount(folder);
        try (RandomAccessFile file = new RandomAccessFile(mount.image.toFile(), "rw")) {
            file.setLength((long) mebibytes << 20);
        }
        Shell.run(folder, "mkfs." + type, "-q", mount.image.toString()).expectSuccess();
        Files.createDirectory(mount.directory);
        Shell.Result mounting = mount.tryMount();
        Assumptions.assumeTrue(mounting.exit() == 0, () -> "no loop mount here: " + mounting.output());
        Shell.run(folder, "chmod", "700", mount.directory.toString()).expectSuccess();
        return mount;
    }

    private Shell.Result tryMount() {
        Shell.Result result = Shell.run(folder, "mount", "-o", "loop", image.toString(), directory.toString());
        mounted = result.exit() == 0;
        return result;
    }

    Path directory() {
        return directory;
    }

    /** All that was not forced to the device is lost from this moment on. */
    void cutPower() {
        Shell.run(folder, "python3", "-c", CUT, directory.toString()).expectSuccess();
    }

    /** Mounts it again, as after a new start of the machine. Nothing may have a file of it open. */
    void powerOn() {
        Shell.run(folder, "umount", directory.toString()).expectSuccess();
        mounted = false;
        tryMount().expectSuccess();
    }

    @Override
    public void close() {
        if (mounted && Shell.run(folder, "umount", directory.toString()).exit() != 0) {
            // Whoever still has a file of it open must not keep it on this machine for ever.
            Shell.run(folder, "umount", "-l", directory.toString()).expectSuccess();
        }
    }
}
