package tranzr.fault;

import java.io.IOException;
import tranzr.transfer.Body;

/** A body from memory, which may break. */
final class ScenarioBody implements Body {
    private final byte[] bytes;
    private final int breaksAt;
    private int at;

    ScenarioBody(byte[] bytes, int breaksAt) {
        this.bytes = bytes;
        this.breaksAt = breaksAt;
    }

    @Override
    public long length() {
        return bytes.length;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (at == breaksAt) {
            throw new IOException("broken");
        }
        int count = Math.min(length, Math.min(bytes.length, breaksAt) - at);
        System.arraycopy(bytes, at, target, offset, count);
        at += count;
        return count == 0 ? -1 : count;
    }

    @Override
    public void abort() {
        // Nothing here can be stuck.
    }
}
