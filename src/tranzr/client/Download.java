package tranzr.client;

import java.net.URI;
import java.nio.file.Path;
import java.util.UUID;

/** A file on its way from the server. */
public final class Download extends Transfer<Download.Result> {

    /**
     * What is here now.
     *
     * @param path where it lies; null for one that went to a stream
     * @param already whether it was here already, and nothing was fetched
     */
    public record Result(Path path, String name, long size, String sha256, boolean already) {
    }

    /** What to fetch, and how; each method returns this. */
    public static final class Builder {

        private final TranzrClient client;
        private final UUID id;
        private final URI link;
        private final Listing.Contents contents;
        private final Listing.Entry entry;
        private Path target = Path.of("");
        private java.io.OutputStream stream;
        private java.util.function.Supplier<String> password = () -> null;
        private boolean overwrite;
        private boolean rehash;
        private Tuning tuning = Tuning.STANDARD;
        private java.util.function.Consumer<Progress> listener = progress -> { };
        private java.util.function.Consumer<String> notices = notice -> { };

        Builder(TranzrClient client, UUID id, URI link) {
            this(client, id, link, null, null);
        }

        Builder(TranzrClient client, Listing.Contents contents, Listing.Entry entry) {
            this(client, null, null, contents, entry);
        }

        private Builder(TranzrClient client, UUID id, URI link, Listing.Contents contents, Listing.Entry entry) {
            this.client = client;
            this.id = id;
            this.link = link;
            this.contents = contents;
            this.entry = entry;
        }

        /** A file, or a directory in which it gets its own name, cleaned so that it cannot lead out of it; the working directory when absent. */
        public Builder to(Path target) {
            this.target = target;
            return this;
        }

        /** Instead of a file; in order, and it can be resumed only as long as this transfer lives. Not closed. */
        public Builder to(java.io.OutputStream stream) {
            this.stream = stream;
            return this;
        }

        /** Asked when the link wants a password, and again after a wrong one; null gives up. */
        public Builder password(java.util.function.Supplier<String> password) {
            this.password = password;
            return this;
        }

        /** Whether another file that lies in the place may be replaced, once the new one is whole. */
        public Builder overwrite(boolean overwrite) {
            this.overwrite = overwrite;
            return this;
        }

        /** Whether a file that is here already is read and compared even if it was fetched before and has not changed since. */
        public Builder rehash(boolean rehash) {
            this.rehash = rehash;
            return this;
        }

        public Builder tuning(Tuning tuning) {
            this.tuning = tuning;
            return this;
        }

        /** Told a few times a second, and at each change of state, by one thread at a time; it must not block. */
        public Builder listener(java.util.function.Consumer<Progress> listener) {
            this.listener = listener;
            return this;
        }

        /** Told, in words for a person, what was not as it should be although the transfer goes on: a partial file that was of no use, say. By one thread at a time. */
        public Builder notices(java.util.function.Consumer<String> notices) {
            this.notices = notices;
            return this;
        }

        /** @throws IllegalArgumentException when the link is none to a file, with a message for a person */
        public Download build() {
            return new Download(this);
        }
    }

    private final FileReceiver file;
    private final StreamReceiver stream;

    private Download(Builder builder) {
        super(builder.client, builder.tuning, builder.listener);
        DownloadAddress address = builder.contents != null ? builder.contents.address(builder.entry)
                : builder.link == null ? DownloadAddress.of(builder.id) : DownloadAddress.parse(builder.link);
        Remote remote = builder.contents != null ? builder.contents.remote(client, builder.entry, tuning.priority(), builder.password)
                : new Remote(client, address, tuning.priority(), builder.password);
        String nameless = builder.id != null ? builder.id.toString() : ReceivedName.NAMELESS;
        this.stream = builder.stream == null ? null : new StreamReceiver(builder.stream, remote, nameless);
        this.file = builder.stream != null ? null : new FileReceiver(client, new FileReceiver.Order(builder.target, builder.entry == null ? null : builder.entry.name(),
                builder.id != null ? builder.id.toString() : client.server() + address.path(), address.name(), nameless, builder.overwrite, builder.rehash, builder.notices), remote);
    }

    /**
     * The server that a link leads to, for {@link TranzrClient#of}.
     *
     * @throws IllegalArgumentException when it is no link to a file, with a message for a person
     */
    public static URI serverOf(URI link) {
        return DownloadAddress.parse(link).server();
    }

    @Override
    Result run(RangeRun engine) throws TransferException {
        return stream == null ? file.run(engine) : stream.run(engine);
    }

    @Override
    void discard() {
        if (file != null) {
            file.discard();
        }
    }
}
