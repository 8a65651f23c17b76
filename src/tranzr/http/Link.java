package tranzr.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/**
 * The bytes of one connection, as they are or within TLS. One thread at a time reads, one at a time writes, and the two may be different ones;
 * {@link #close} may come from any.
 */
sealed interface Link permits PlainLink, TlsLink {

    /** The begin of a record. @param arrived a {@link System#nanoTime}: when its latest bytes came */
    record Fragment(int bytes, long arrived) {
    }

    /**
     * Waits for bytes.
     *
     * @param length at least 1
     * @return at least 1; -1 at an end that the other side meant as such
     */
    int read(byte[] target, int offset, int length) throws IOException;

    /** What can be read without waiting, in bytes; at least 1 also when the next read will fail or tell the end at once, if that is known. Never waits. */
    int available();

    /** What has come for the read that waits, and cannot be read before more of it is there; null for nothing. From any thread. */
    Fragment fragment();

    /** Writes all remaining bytes. @param moved told how many bytes each piece had that went out, those of TLS itself included */
    void write(ByteBuffer bytes, IntConsumer moved) throws IOException;

    /** Whether an answer would be understood: not before TLS is agreed on. */
    boolean isEstablished();

    /** Tells the other side that nothing follows, where there is a way to say that; nothing can be written afterwards. */
    void finish() throws IOException;

    /** Gives back buffers that hold nothing. To be called by the reading thread while nobody writes; the next use takes new ones. */
    void release();

    /** Closes at once, whatever waits in {@link #read} or {@link #write}. */
    void close() throws IOException;
}
