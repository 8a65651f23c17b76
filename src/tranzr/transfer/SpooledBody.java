package tranzr.transfer;

import java.io.IOException;

/** A body that was put aside first, because the fields that place it came after it. */
public interface SpooledBody extends Body, AutoCloseable {

    @Override
    void close() throws IOException;
}
