package tranzr.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;

/** A disk that notes what is asked of it, and that can make any of it wait or fail first. */
final class WatchedDisk implements Disk {

    /** Called before each operation. */
    @FunctionalInterface
    interface Hook {
        void before(String call) throws IOException;
    }

    /** What was done: the kind of operation, a space, and the last name of the path. */
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    volatile Hook hook = call -> { };

    private final Disk disk;

    WatchedDisk(Disk disk) {
        this.disk = disk;
    }

    /** How many of the calls begin so. */
    long count(String prefix) {
        synchronized (calls) {
            return calls.stream().filter(call -> call.startsWith(prefix)).count();
        }
    }

    private void note(String kind, Path path) throws IOException {
        String call = kind + " " + path.getFileName();
        calls.add(call);
        hook.before(call);
    }

    @Override
    public DiskFile open(Path file, Mode mode) throws IOException {
        note(mode == Mode.CREATE ? "create" : "open", file);
        return new WatchedFile(file, disk.open(file, mode));
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        disk.createDirectory(directory);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public boolean link(Path file, Path name) throws IOException {
        note("link", name);
        return disk.link(file, name);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return disk.exists(path);
    }

    @Override
    public long size(Path file) throws IOException {
        return disk.size(file);
    }

    @Override
    public boolean delete(Path file) throws IOException {
        note("delete", file);
        return disk.delete(file);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        note("move", from);
        disk.move(from, to);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        note("forceDirectory", directory);
        disk.forceDirectory(directory);
    }

    @Override
    public long usableSpace(Path path) throws IOException {
        return disk.usableSpace(path);
    }

    @Override
    public long totalSpace(Path path) throws IOException {
        return disk.totalSpace(path);
    }

    @Override
    public Closeable lock(Path file) throws IOException {
        return disk.lock(file);
    }

    private final class WatchedFile implements DiskFile {
        private final Path path;
        private final DiskFile file;

        WatchedFile(Path path, DiskFile file) {
            this.path = path;
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            note("write", path);
            file.write(source, position);
        }

        @Override
        public void writePast(ByteBuffer source, long position) throws IOException {
            note("write", path);
            file.writePast(source, position);
        }

        @Override
        public void endWritingPast() throws IOException {
            file.endWritingPast();
        }

        @Override
        public void force(boolean metadata) throws IOException {
            note("force", path);
            file.force(metadata);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            note("truncate", path);
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            note("close", path);
            file.close();
        }
    }
}
