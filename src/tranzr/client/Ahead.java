package tranzr.client;

import java.io.IOException;
import java.util.OptionalInt;
import tranzr.model.ByteRange;

/** The digest of what is sent: one that is known, or one that is being taken. */
final class Ahead implements AutoCloseable {

    private final String known;
    private final ReadAhead reading;

    private Ahead(String known, ReadAhead reading) {
        this.known = known;
        this.reading = reading;
    }

    /** @param known SHA-256 in hexadecimal; null to take it, which begins at once */
    static Ahead of(Source source, long size, String known) {
        if (known != null) {
            return new Ahead(known, null);
        }
        ReadAhead reading = new ReadAhead(source, size);
        reading.start();
        return new Ahead(null, reading);
    }

    /** SHA-256 in hexadecimal; null while it is being taken. */
    String known() {
        if (reading == null) {
            return known;
        }
        return reading.known() == null ? null : reading.known().hex();
    }

    /** @throws IOException when the source cannot be read */
    String await(RangeRun engine) throws IOException, TransferException {
        return reading == null ? known : reading.await(engine).hex();
    }

    OptionalInt crc(ByteRange range) {
        return reading == null ? OptionalInt.empty() : reading.crc(range);
    }

    void sending(long end) {
        if (reading != null) {
            reading.sending(end);
        }
    }

    @Override
    public void close() {
        if (reading != null) {
            reading.close();
        }
    }
}
