package tranzr.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.IntConsumer;

/** Bytes as they are. */
final class PlainLink implements Link {

    /** Larger reads would only make the JDK's per-carrier transfer buffers larger. */
    private static final int MAX_READ = 256 * 1024;

    private final SocketChannel channel;

    PlainLink(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(target, offset, Math.min(length, MAX_READ)));
    }

    @Override
    public int available() {
        return 0;
    }

    @Override
    public Fragment fragment() {
        return null;
    }

    @Override
    public void write(ByteBuffer bytes, IntConsumer moved) throws IOException {
        while (bytes.hasRemaining()) {
            moved.accept(channel.write(bytes));
        }
    }

    @Override
    public boolean isEstablished() {
        return true;
    }

    @Override
    public void finish() {
        // TCP says it when the connection is closed.
    }

    @Override
    public void release() {
        // There are no buffers.
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
