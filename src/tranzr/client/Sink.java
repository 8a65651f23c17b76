package tranzr.client;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the bytes of an answer go. */
@FunctionalInterface
interface Sink {

    /** The next bytes, which are {@code position} bytes into the body; all are taken. Called by one thread at a time. */
    void write(long position, ByteBuffer bytes) throws IOException;
}
