package tranzr.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import tranzr.model.ByteRange;

/** Brings parts of a file to their places in the partial file. */
final class DownloadMover implements Mover {

    private static final int BUFFER = 256 << 10;

    private final Remote remote;
    private final RemoteContent content;
    private final PartFile part;
    private final ConcurrentLinkedQueue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();

    DownloadMover(Remote remote, RemoteContent content, PartFile part) {
        this.remote = remote;
        this.content = content;
        this.part = part;
    }

    @Override
    public void move(ByteRange range, Attempt attempt) throws IOException, RefusedException, TransferException {
        for (ByteRange gap : part.missing(range)) {
            try {
                bring(gap, attempt);
            } catch (LocalException e) {
                throw LocalException.toldOf(e, part.path());
            }
        }
    }

    private void bring(ByteRange gap, Attempt attempt) throws IOException, RefusedException, TransferException {
        PartSink sink = new PartSink(gap.start());
        try {
            remote.fetch(content, gap, sink, attempt);
        } finally {
            sink.end();
        }
        if (!part.missing(gap).isEmpty()) {
            throw new IOException("the answer was shorter than the part that was asked for");
        }
    }

    @Override
    public List<ByteRange> missing(ByteRange within) {
        return part.missing(within);
    }

    @Override
    public void probe() throws IOException, RefusedException {
        remote.probe();
    }

    /** Gathers what comes into large writes. What came before an end of whatever kind is written. */
    private final class PartSink implements Sink {

        private final long start;
        private final ByteBuffer buffer;
        private long written;
        private boolean ended;

        PartSink(long start) {
            this.start = start;
            ByteBuffer used = buffers.poll();
            this.buffer = used == null ? ByteBuffer.allocateDirect(BUFFER) : used.clear();
        }

        @Override
        public synchronized void write(long position, ByteBuffer bytes) throws IOException {
            if (ended || position != written + buffer.position()) {
                throw new IOException("bytes came that nobody waits for");
            }
            while (bytes.hasRemaining()) {
                int count = Math.min(bytes.remaining(), buffer.remaining());
                buffer.put(bytes.slice(bytes.position(), count));
                bytes.position(bytes.position() + count);
                if (!buffer.hasRemaining()) {
                    flush();
                }
            }
        }

        private void flush() throws LocalException {
            int count = buffer.flip().remaining();
            try {
                part.write(start + written, buffer);
                written += count;
            } finally {
                buffer.clear();
            }
        }

        /** A request that was given up may still be delivering: it finds the door shut. */
        synchronized void end() throws LocalException {
            if (ended) {
                return;
            }
            ended = true;
            try {
                flush();
            } finally {
                buffers.add(buffer);
            }
        }
    }
}
