package tranzr.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** A disk that tells how long each force took. Everything goes to another one, unchanged. */
public final class TimedDisk implements Disk {

    /** Is told of each force that succeeded, by the thread that has done it; must be quick, and must not throw. */
    @FunctionalInterface
    public interface Timer {
        /** @param path a file or a directory; @param nanos how long it took, in nanoseconds */
        void forced(Path path, long nanos);
    }

    private final Disk disk;
    private final Timer timer;

    public TimedDisk(Disk disk, Timer timer) {
        this.disk = disk;
        this.timer = timer;
    }

    @Override
    public DiskFile open(Path file, Mode mode) throws IOException {
        DiskFile opened = disk.open(file, mode);
        return mode == Mode.READ ? opened : new TimedFile(opened, file);
    }

    private final class TimedFile implements DiskFile {
        private final DiskFile file;
        private final Path path;

        TimedFile(DiskFile file, Path path) {
            this.file = file;
            this.path = path;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        @Override
        public void writePast(ByteBuffer source, long position) throws IOException {
            file.writePast(source, position);
        }

        @Override
        public void endWritingPast() throws IOException {
            file.endWritingPast();
        }

        @Override
        public void force(boolean metadata) throws IOException {
            long began = System.nanoTime();
            file.force(metadata);
            timer.forced(path, System.nanoTime() - began);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        long began = System.nanoTime();
        disk.forceDirectory(directory);
        timer.forced(directory, System.nanoTime() - began);
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
    public boolean exists(Path path) throws IOException {
        return disk.exists(path);
    }

    @Override
    public long size(Path file) throws IOException {
        return disk.size(file);
    }

    @Override
    public boolean delete(Path file) throws IOException {
        return disk.delete(file);
    }

    @Override
    public boolean link(Path file, Path name) throws IOException {
        return disk.link(file, name);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        disk.move(from, to);
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
}
