package tranzr.client;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tranzr.model.Digest;

/** The question what a share link leads to: it is asked, waited for and left like a transfer, and counts as no download. */
public final class Listing extends Transfer<Listing.Contents> {

    private static final Digest EMPTY = Digest.sha256(new byte[0]);

    /** More are not handed out by one link. */
    public static final int MOST_FILES = 1000;

    /**
     * One of several files.
     *
     * @param index by which the link names it
     * @param name under which it is saved: made safe, and numbered where another has it
     * @param size in bytes
     */
    public record Entry(int index, String name, long size) {
    }

    /** What there is. Downloads that are made of the same one are one visit to the link, for which the password is asked once. */
    public static final class Contents {

        private final DownloadAddress address;
        private final Visit visit;
        private final boolean guarded;
        private final List<Entry> entries;
        private final List<Digest> digests;
        /** Of a single file; null when the server does not tell. */
        private final Long size;

        private Contents(DownloadAddress address, Visit visit, boolean guarded, Long size, List<Entry> entries, List<Digest> digests) {
            this.address = address;
            this.visit = visit;
            this.guarded = guarded;
            this.size = size;
            this.entries = List.copyOf(entries);
            this.digests = digests;
        }

        /** Whether there are several files; one that the link names among several is one. */
        public boolean areSeveral() {
            return !entries.isEmpty();
        }

        /** The files in the order of the link; empty when it leads to one. */
        public List<Entry> files() {
            return entries;
        }

        /** @param entry null for the single file */
        Remote remote(TranzrClient client, Entry entry, Priority priority, Supplier<String> passwords) {
            if (entry == null) {
                return new Remote(client, address, priority, passwords, visit, new Remote.Known(guarded, size == null ? -1 : size, null, true));
            }
            int place = entries.indexOf(entry);
            boolean isFirst = entries.subList(0, place).stream().allMatch(before -> before.size() == 0);
            Digest digest = entry.size() == 0 ? EMPTY : digests.get(place);
            RemoteContent content = digest == null ? null : new RemoteContent("\"sha256-" + digest.hex() + "\"", digest, entry.size(), null);
            return new Remote(client, address.file(entry.index()), priority, passwords, visit, new Remote.Known(guarded, entry.size(), content, isFirst));
        }

        DownloadAddress address(Entry entry) {
            return entry == null ? address : address.file(entry.index());
        }
    }

    /** How to ask; each method returns this. */
    public static final class Builder {

        private final TranzrClient client;
        private final URI link;
        private Supplier<String> password = () -> null;
        private Tuning tuning = Tuning.STANDARD;
        private Consumer<Progress> listener = progress -> { };

        Builder(TranzrClient client, URI link) {
            this.client = client;
            this.link = link;
        }

        /** Asked when there are several files under a password, and again after a wrong one; null gives up. For a single file the download asks. */
        public Builder password(Supplier<String> password) {
            this.password = password;
            return this;
        }

        public Builder tuning(Tuning tuning) {
            this.tuning = tuning;
            return this;
        }

        /** As {@link Download.Builder#listener}. */
        public Builder listener(Consumer<Progress> listener) {
            this.listener = listener;
            return this;
        }

        /** @throws IllegalArgumentException when the link is none to files, with a message for a person */
        public Listing build() {
            return new Listing(this);
        }
    }

    private final DownloadAddress address;
    private final Supplier<String> password;

    private Listing(Builder builder) {
        super(builder.client, builder.tuning, builder.listener);
        this.address = DownloadAddress.parse(builder.link);
        this.password = builder.password;
        if (!address.isLink()) {
            throw new IllegalArgumentException("only a share link may lead to several files");
        }
    }

    @Override
    Contents run(RangeRun engine) throws TransferException {
        Visit visit = new Visit(address.password());
        Remote remote = new Remote(client, address, tuning.priority(), password, visit, null);
        Map<String, Object> info = remote.info(engine);
        boolean guarded = Boolean.TRUE.equals(info.get("protected"));
        try {
            if (address.file() != null || !Boolean.TRUE.equals(info.get("archive"))) {
                Object size = remote.sizeIn(info);
                return new Contents(address, visit, guarded, size instanceof Number number ? (Long) number.longValue() : null, List.of(), List.of());
            }
            Contents contents = several(info, visit, guarded);
            return guarded ? opened(engine, contents) : contents;
        } catch (IOException e) {
            throw new TransferException(TransferException.Kind.REFUSED, e.getMessage(), e);
        }
    }

    private Contents several(Map<String, Object> info, Visit visit, boolean guarded) throws IOException, TransferException {
        if (!(info.get("files") instanceof List<?> files) || files.size() > MOST_FILES) {
            throw Members.strange("files");
        }
        List<Members> members = new ArrayList<>();
        for (Object file : files) {
            members.add(Members.of(file, "files"));
        }
        List<String> given = new ArrayList<>();
        Set<Long> indices = new HashSet<>();
        for (Members file : members) {
            given.add(file.text("filename"));
            long index = file.size("index");
            if (index < 0 || index >= MOST_FILES || file.size("file_size") < 0 || !indices.add(index)) {
                throw Members.strange("files");
            }
        }
        if (members.isEmpty()) {
            throw new TransferException(TransferException.Kind.REFUSED, "the link has no file any more");
        }
        // The archive's own name stands in the link that is given out; that of one file was put there by somebody who wants this one.
        String meant = address.name();
        if (meant != null && !meant.equals(info.get("filename")) && given.indexOf(meant) >= 0 && given.indexOf(meant) == given.lastIndexOf(meant)) {
            Members one = members.get(given.indexOf(meant));
            return new Contents(address.file((int) one.size("index")), visit, guarded, one.size("file_size"), List.of(), List.of());
        }
        List<String> names = ReceivedName.numbered(given);
        List<Entry> entries = new ArrayList<>();
        List<Digest> digests = new ArrayList<>();
        for (Members file : members) {
            entries.add(new Entry((int) file.size("index"), names.get(entries.size()), file.size("file_size")));
            String digest = file.optional("file_hash");
            digests.add(digest != null && digest.matches("[0-9a-f]{64}") ? Digest.ofHex(digest) : null);
        }
        return new Contents(address, visit, guarded, null, entries, digests);
    }

    /** Has the password tried on the largest file, which can be asked about even when the link is used up by ourselves, so that nobody is asked for it once for each. */
    private Contents opened(RangeRun engine, Contents contents) throws TransferException {
        if (contents.areSeveral()) {
            Entry largest = contents.entries.stream().max(Comparator.comparingLong(Entry::size)).orElseThrow();
            new Remote(client, address.file(largest.index()), tuning.priority(), password, contents.visit, new Remote.Known(true, largest.size(), null, true)).describe(engine);
        }
        return contents;
    }

    @Override
    void discard() {
        // There is nothing of it.
    }
}
