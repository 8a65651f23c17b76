package tranzr.storage.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.storage.StoredObject;

/** Bytes that have no place yet: a file that goes when it is closed. Nothing of it is ever durable. */
final class ScratchObject implements StoredObject {

    private final Disk disk;
    private final Path path;
    private final DiskFile file;
    private boolean closed;

    ScratchObject(Disk disk, Path path) throws IOException {
        this.disk = disk;
        this.path = path;
        file = disk.open(path, Disk.Mode.CREATE);
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        file.write(bytes, offset);
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
        return file.read(target, offset);
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public void force() {
        throw unsupported();
    }

    @Override
    public void putSum(long index, int crc) {
        throw unsupported();
    }

    @Override
    public void seal(long length) {
        throw unsupported();
    }

    @Override
    public void readBlock(long index, long length, int wholeCrc, ByteBuffer block) {
        throw unsupported();
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("scratch space keeps nothing");
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (file) {
            disk.delete(path);
        }
    }
}
