package tranzr.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import tranzr.model.FileName;

/** A file on its way to the server. */
public final class Upload extends Transfer<Upload.Result> {

    /**
     * What the server has now.
     *
     * @param instant whether it had that content already, and nothing was sent, or not all of it
     */
    public record Result(UUID fileId, String name, long size, String sha256, boolean instant) {
    }

    /** What to send, and how; each method returns this. */
    public static final class Builder {

        private final TranzrClient client;
        private final Path file;
        private final InputStream stream;
        private String name;
        private Tuning tuning = Tuning.STANDARD;
        private String room;
        private boolean rehash;
        private Consumer<Progress> listener = progress -> { };
        private Consumer<String> notices = notice -> { };

        Builder(TranzrClient client, Path file, InputStream stream, String name) {
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
        public Builder listener(Consumer<Progress> listener) {
            this.listener = listener;
            return this;
        }

        /** Told, for a person, of what went otherwise than one would think, such as that the server has forgotten an upload, which begins anew; from any thread. It must not block. */
        public Builder notices(Consumer<String> notices) {
            this.notices = notices;
            return this;
        }

        public Upload build() {
            return new Upload(this);
        }
    }

    private final FileUpload file;
    private final UploadMemory memory;
    private final StreamUpload stream;
    private final String name;

    private Upload(Builder builder) {
        super(builder.client, builder.tuning, builder.listener);
        Path path = builder.file == null ? null : real(builder.file);
        this.name = builder.name != null || path == null ? builder.name : LocalName.of(path);
        FileUpload.Order order = new FileUpload.Order(path, name, builder.room, builder.rehash, builder.tuning);
        if (path == null) {
            this.stream = new StreamUpload(builder.client, order, builder.stream);
            this.file = null;
            this.memory = null;
        } else {
            this.memory = new UploadMemory(client.sessions, client.clock, key(order), builder.notices);
            this.file = new FileUpload(builder.client, order, memory, builder.notices);
            this.stream = null;
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath().normalize(); // it is not there; told when the transfer runs
        }
    }

    /** The same file under another name, or for another room, is another transfer. Names have no line ends. */
    private String key(FileUpload.Order order) {
        return SessionStore.key(Session.Kind.UPLOAD, client.server(), order.path(), order.name() + "\n" + Optional.ofNullable(order.room()).orElse(""));
    }

    @Override
    Result run(RangeRun engine) throws TransferException {
        Optional<String> objection = FileName.objection(name);
        if (objection.isPresent()) {
            throw new TransferException(TransferException.Kind.INPUT, "the file name " + objection.get());
        }
        return file != null ? file.run(engine) : stream.run(engine);
    }

    @Override
    void discard() {
        if (stream != null) {
            stream.abandon();
            return;
        }
        try (SessionStore.Claim _ = memory.claim()) {
            memory.reload();
            file.abandon();
        } catch (TransferException e) {
            // Another process has it in hand: it is not ours to remove.
        }
    }
}
