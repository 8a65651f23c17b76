package tranzr.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import tranzr.storage.StoredObject;

/** A body in scratch space. */
final class Spool implements SpooledBody {

    private final StoredObject scratch;
    private final long length;
    private long at;

    private Spool(StoredObject scratch, long length) {
        this.scratch = scratch;
        this.length = length;
    }

    static Spool of(Core core, Body body, long limit) throws IOException {
        StoredObject scratch = core.storage.scratch();
        boolean done = false;
        try {
            byte[] buffer = new byte[64 * 1024];
            long count = 0;
            while (true) {
                int got = readBody(body, buffer);
                if (got < 0) {
                    done = true;
                    return new Spool(scratch, count);
                }
                if (count + got > limit) {
                    throw new FailureException(new Failure.TooLarge(limit));
                }
                Space.Hold room = core.hold(got);
                try {
                    scratch.write(count, ByteBuffer.wrap(buffer, 0, got));
                } finally {
                    room.close();
                }
                count += got;
            }
        } finally {
            if (!done) {
                scratch.close();
            }
        }
    }

    private static int readBody(Body body, byte[] buffer) {
        try {
            return body.read(buffer, 0, buffer.length);
        } catch (IOException e) {
            throw new FailureException(new Failure.BodyBroken(null, 0));
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        int got = scratch.read(at, ByteBuffer.wrap(target, offset, (int) Math.min(count, length - at)));
        at += got;
        return got == 0 ? -1 : got;
    }

    @Override
    public void abort() {
        // Nothing can be stuck here.
    }

    @Override
    public void close() throws IOException {
        scratch.close();
    }
}
