package tranzr.client;

import java.nio.file.Path;
import java.util.UUID;

/** A file on its way to the server. */
public final class Upload extends Transfer<Upload.Result> {

    /**
     * What the server has now.
     *
     * @param instant whether it had that content already, and nothing was sent
     */
    public record Result(UUID fileId, String name, long size, String sha256, boolean instant) {
    }

    /** What to send, and how; each method returns this. */
    public static final class Builder {

        private final TranzrClient client;
        private final Path file;
        private final java.io.InputStream stream;
        private String name;
        private Tuning tuning = Tuning.STANDARD;
        private String room;
        private boolean rehash;
        private java.util.function.Consumer<Progress> listener = progress -> { };

        Builder(TranzrClient client, Path file, java.io.InputStream stream, String name) {
            this.client = client;
            this.file = file;
            this.stream = stream;
            this.name = name;
        }

        /** At the server; the file's own name when absent. With slashes it is a relative path. */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        public Builder tuning(Tuning tuning) {
            this.tuning = tuning;
            return this;
        }

        /** Id or name of the room it is for; null for none. */
        public Builder room(String room) {
            this.room = room;
            return this;
        }

        /** Whether the digest of a file that has not changed since it was sent is taken anew. */
        public Builder rehash(boolean rehash) {
            this.rehash = rehash;
            return this;
        }

        /** Told a few times a second, and at each change of state, by one thread at a time; it must not block. */
        public Builder listener(java.util.function.Consumer<Progress> listener) {
            this.listener = listener;
            return this;
        }

        public Upload build() {
            return new Upload(this);
        }
    }

    private Upload(Builder builder) {
        super(builder.client, builder.tuning, builder.listener);
    }

    @Override
    Result run(RangeRun engine) throws TransferException {
        throw new IllegalStateException("not there yet");
    }

    @Override
    void discard() {
        throw new IllegalStateException("not there yet");
    }
}
