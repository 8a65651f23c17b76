package tranzr.client;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes that can be read again, at any place; safe for several threads. */
interface Source {

    /** Fills the buffer from this place on. @throws java.io.EOFException when there are fewer bytes */
    void read(long position, ByteBuffer into) throws IOException;
}
