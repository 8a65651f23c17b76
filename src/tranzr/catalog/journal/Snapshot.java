package tranzr.catalog.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.model.Digest;
import tranzr.model.Entity;
import tranzr.model.Scope;
import tranzr.model.Usage;

/**
 * The file form of an {@link Image}: a header, blocks of rows each with its number and a checksum, and a last block
 * that says how many rows there are. {@code docs/storage.md} has every field.
 *
 * @param sequence the number of the last journal record whose effect is in it
 * @param bytes the size of the file
 */
record Snapshot(State state, long sequence, long bytes) {

    static final int VERSION = 2;
    private static final int OLDEST_VERSION = 1;
    static final int HEADER_BYTES = 40;
    static final int BLOCK_HEADER_BYTES = 8;

    /** Where a snapshot is written before it gets its name; one found at the start was never finished. */
    static final String TEMPORARY = "snapshot.tmp";

    private static final byte[] MAGIC = "TRANZSNP".getBytes(StandardCharsets.US_ASCII);
    private static final String PREFIX = "snapshot-";
    private static final int DIGITS = 20;

    private static final int UPLOAD = 1;
    private static final int SHARE = 2;
    /** Read only, of the first version. */
    private static final int TOKEN = 3;
    private static final int ENTITY = 4;
    private static final int USAGE = 5;
    private static final int SHARE_OF_SEVERAL = 6;
    private static final int FOOTER = 15;

    /** A block is written out when it has grown to this. */
    private static final int BLOCK_BYTES = 64 << 10;

    static Path file(Path directory, long sequence) {
        String digits = Long.toString(sequence);
        return directory.resolve(PREFIX + "0".repeat(DIGITS - digits.length()) + digits);
    }

    /** The sequence numbers of the snapshots in a directory, newest first. */
    static List<Long> list(Disk disk, Path directory) throws IOException {
        return disk.list(directory).stream().filter(name -> name.matches(PREFIX + "[0-9]{" + DIGITS + "}"))
                .map(name -> Long.valueOf(name.substring(PREFIX.length()))).sorted(Comparator.reverseOrder()).toList();
    }

    /**
     * Writes and forces {@link #TEMPORARY}, which is then complete but has no name yet.
     *
     * @return its size in bytes
     */
    static long write(Disk disk, Path directory, UUID store, Image image) throws IOException {
        Path temporary = directory.resolve(TEMPORARY);
        disk.delete(temporary);
        try (DiskFile file = disk.open(temporary, Disk.Mode.CREATE)) {
            BlockWriter out = new BlockWriter(file, header(store, image.sequence()));
            writeRows(out, image);
            file.force(true);
            return out.position;
        }
    }

    /** Oldest first, so that a reader adds each where it added the one before. */
    private static void writeRows(BlockWriter out, Image image) throws IOException {
        for (int i = image.uploads().length - 1; i >= 0; i--) {
            UploadRow upload = image.uploads()[i];
            out.rows.u8(UPLOAD);
            out.rows.uuid(upload.id());
            out.rows.instant(upload.created());
            out.endRow(UploadRow.bodyOf(image.uploadContents()[i]));
        }
        for (int i = image.shares().length - 1; i >= 0; i--) {
            ShareRow share = image.shares()[i];
            out.rows.u8(share.isOfSeveral() ? SHARE_OF_SEVERAL : SHARE);
            out.rows.digest(share.tokenHash());
            if (!share.isOfSeveral()) {
                out.rows.uuid(share.fileId());
            }
            out.rows.instant(share.created());
            out.endRow(image.shareBodies()[i]);
        }
        for (Entity entity : image.entities()) {
            out.rows.u8(ENTITY);
            EntityCodec.put(out.rows, entity);
            out.flushFull();
        }
        for (Map.Entry<Scope, Usage> each : image.usages().entrySet()) {
            out.rows.u8(USAGE);
            putUsage(out.rows, each.getKey(), each.getValue());
            out.flushFull();
        }
        out.flush();
        out.rows.u8(FOOTER);
        out.rows.varint(image.uploads().length);
        out.rows.varint(image.shares().length);
        out.rows.varint(image.entities().size());
        out.flush();
    }

    private static void putUsage(FieldWriter out, Scope scope, Usage usage) {
        out.u8(scope.kind().ordinal());
        out.uuid(scope.id());
        out.varint(usage.bytes());
        out.varint(usage.files());
        out.varint(usage.month());
        out.varint(usage.monthlyBytes());
    }

    private static void addUsage(FieldReader in, State state) throws BadRecordException {
        int kind = in.u8();
        if (kind >= Scope.Kind.values().length) {
            throw new BadRecordException("unknown scope " + kind);
        }
        state.put(new Scope(Scope.Kind.values()[kind], in.uuid()), new Usage(in.varint(), in.varint(), (int) in.varint(), in.varint()));
    }

    /** Snapshots of the first version counted nothing. */
    private static void count(State state) {
        UsageDraft usages = new UsageDraft(state::usage);
        state.uploadRows().forEach(row -> usages.moved(null, row.upload()));
        usages.forEach(state::put);
    }

    private static ByteBuffer header(UUID store, long sequence) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(VERSION)
                .putLong(store.getMostSignificantBits()).putLong(store.getLeastSignificantBits()).putLong(sequence);
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, header.position());
        return header.putInt((int) crc.getValue()).flip();
    }

    private static int checksum(int number, ByteBuffer rows) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(4).putInt(0, number));
        crc.update(rows.duplicate());
        return (int) crc.getValue();
    }

    /** Gathers rows and writes them as blocks. */
    private static final class BlockWriter {
        final FieldWriter rows = new FieldWriter(BLOCK_BYTES + 1024);
        private final DiskFile file;
        private long position;
        private int number;

        BlockWriter(DiskFile file, ByteBuffer header) throws IOException {
            this.file = file;
            file.write(header, 0);
            position = HEADER_BYTES;
        }

        void endRow(byte[] body) throws IOException {
            rows.varint(body.length);
            rows.raw(body);
            flushFull();
        }

        void flushFull() throws IOException {
            if (rows.size() >= BLOCK_BYTES) {
                flush();
            }
        }

        void flush() throws IOException {
            if (rows.size() == 0) {
                return;
            }
            ByteBuffer payload = rows.view();
            ByteBuffer header = ByteBuffer.allocate(BLOCK_HEADER_BYTES).putInt(payload.remaining())
                    .putInt(checksum(number++, payload)).flip();
            file.write(header, position);
            position += BLOCK_HEADER_BYTES;
            int length = payload.remaining();
            file.write(payload, position);
            position += length;
            rows.clear();
        }
    }

    /**
     * Reads a snapshot whole.
     *
     * @param store null to accept that of any store
     * @throws BadRecordException when it is damaged or cannot be read: another snapshot may do
     * @throws IOException when it is whole but not for us: of another store, or of a newer version
     */
    static Snapshot read(Disk disk, Path directory, long sequence, UUID store) throws IOException {
        Path path = file(directory, sequence);
        try (DiskFile file = open(disk, path)) {
            int version = checkHeader(path, readAt(file, 0, HEADER_BYTES), store, sequence);
            long size = sizeOf(file);
            State state = new State();
            long position = HEADER_BYTES;
            for (int number = 0;; number++) {
                ByteBuffer header = readAt(file, position, BLOCK_HEADER_BYTES);
                int length = header.getInt();
                if (length <= 0 || length > size - position - BLOCK_HEADER_BYTES) {
                    throw new BadRecordException("a block of " + length + " bytes at offset " + position);
                }
                ByteBuffer rows = readAt(file, position + BLOCK_HEADER_BYTES, length);
                if (checksum(number, rows) != header.getInt()) {
                    throw new BadRecordException("block " + number + " at offset " + position + " is damaged");
                }
                position += BLOCK_HEADER_BYTES + length;
                if (rows.get(0) == FOOTER) {
                    checkFooter(rows, state);
                    if (position != size) {
                        throw new BadRecordException((size - position) + " bytes follow the footer");
                    }
                    if (version == OLDEST_VERSION) {
                        count(state);
                    }
                    return new Snapshot(state, sequence, position);
                }
                addRows(new FieldReader(rows), state);
            }
        }
    }

    private static DiskFile open(Disk disk, Path path) throws BadRecordException {
        try {
            return disk.open(path, Disk.Mode.READ);
        } catch (IOException e) {
            throw new BadRecordException("cannot be opened: " + e.getMessage(), e);
        }
    }

    private static long sizeOf(DiskFile file) throws BadRecordException {
        try {
            return file.size();
        } catch (IOException e) {
            throw new BadRecordException("cannot be read: " + e.getMessage(), e);
        }
    }

    private static ByteBuffer readAt(DiskFile file, long position, int length) throws BadRecordException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try {
            file.read(bytes, position);
        } catch (IOException e) {
            throw new BadRecordException("offset " + position + " cannot be read: " + e.getMessage(), e);
        }
        if (bytes.hasRemaining()) {
            throw new BadRecordException("ends at offset " + (position + bytes.position()) + ", too early");
        }
        return bytes.flip();
    }

    /** The header's form is the same in every version. */
    private static int checkHeader(Path path, ByteBuffer header, UUID store, long sequence) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, HEADER_BYTES - 4);
        byte[] magic = new byte[MAGIC.length];
        header.get(magic);
        int version = header.getInt();
        UUID of = new UUID(header.getLong(), header.getLong());
        long written = header.getLong();
        if (!Arrays.equals(magic, MAGIC) || header.getInt() != (int) crc.getValue() || written != sequence) {
            throw new BadRecordException("the header is damaged");
        }
        if (version < OLDEST_VERSION || version > VERSION) {
            throw new IOException(path + " has format " + version + "; this version of Tranzr reads format " + OLDEST_VERSION + " to " + VERSION);
        }
        if (store != null && !of.equals(store)) {
            throw new IOException(path + " belongs to store " + of + ", not " + store);
        }
        return version;
    }

    private static void checkFooter(ByteBuffer rows, State state) throws BadRecordException {
        FieldReader in = new FieldReader(rows);
        in.u8();
        if (in.varint() != state.uploadCount() || in.varint() != state.shareCount()
                || in.varint() != state.entities().size()) {
            throw new BadRecordException("does not hold as many rows as it says");
        }
        in.end();
    }

    private static void addRows(FieldReader in, State state) throws BadRecordException {
        while (in.hasMore()) {
            int kind = in.u8();
            switch (kind) {
                case UPLOAD -> {
                    UUID id = in.uuid();
                    Instant created = in.instant();
                    state.add(UploadRow.packed(id, created, in.raw(in.count(1))));
                }
                case SHARE -> {
                    Digest tokenHash = in.digest();
                    UUID fileId = RowCodec.fileOf(in);
                    Instant created = in.instant();
                    state.add(ShareRow.packed(tokenHash, fileId, created, in.raw(in.count(1))));
                }
                case SHARE_OF_SEVERAL -> {
                    Digest tokenHash = in.digest();
                    Instant created = in.instant();
                    FieldReader body = new FieldReader(in.raw(in.count(1)));
                    state.add(ShareRow.of(RowCodec.shareBody(body, tokenHash, RowCodec.NO_FILE, created)));
                    body.end();
                }
                case TOKEN -> state.put(RowCodec.token(in));
                case ENTITY -> state.put(EntityCodec.entity(in));
                case USAGE -> addUsage(in, state);
                default -> throw new BadRecordException("unknown row " + kind + " in a snapshot");
            }
        }
    }
}
