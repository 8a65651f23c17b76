package tranzr.api.rest;

import java.math.BigDecimal;
import java.math.RoundingMode;
import tranzr.api.Fields;
import tranzr.api.PartUrls;
import tranzr.model.ByteSize;
import tranzr.model.Upload;
import tranzr.transfer.Uploads;

/**
 * The sizes a client announces for an upload, and the chunks that follow from them.
 *
 * @param length in bytes, or {@link Upload#UNKNOWN_LENGTH} when it was given in MiB, which is too coarse, or as null
 * @param announced in bytes; {@link Upload#UNKNOWN_LENGTH} for null
 * @param chunkSize in bytes, at least 1; 0 for one that suits an upload of which nothing is known
 * @param totalChunks -1 when nothing tells
 */
record Sizes(long length, long announced, long chunkSize, long totalChunks) {

    private static final BigDecimal MIB = BigDecimal.valueOf(1024 * 1024);
    /** A chunk size below it cannot be bytes, and so is MiB, as the first clients of this API send it. */
    private static final BigDecimal LEAST_BYTES = BigDecimal.valueOf(1024);
    /** The largest file and chunk, in bytes: the sum of both still fits a {@code long}. */
    private static final long MAX_SIZE = 1L << 62;
    private static final String TOO_MUCH = "must be at most 2^62 bytes";

    /**
     * Reads {@code file_size} and {@code chunk_size}.
     *
     * @param defaultChunkSize in bytes, for a client that names none; it grows with a file that would have too many chunks
     */
    static Sizes of(Fields fields, long defaultChunkSize) {
        if (fields.isNone("file_size")) {
            return checked(new Sizes(Upload.UNKNOWN_LENGTH, Upload.UNKNOWN_LENGTH, fields.isNone("chunk_size") || !fields.has("chunk_size") ? 0 : chunkSize(fields), -1));
        }
        if (!fields.isText("chunk_size") && !fields.isText("file_size")) {
            BigDecimal chunk = fields.number("chunk_size").orElse(LEAST_BYTES);
            if (chunk.signum() > 0 && chunk.compareTo(LEAST_BYTES) < 0) {
                return inMebibytes(required(fields), chunk);
            }
        }
        long length = fileSize(fields);
        long chunkSize = fields.has("chunk_size") && !fields.isNone("chunk_size") ? chunkSize(fields)
                : Math.max(defaultChunkSize, leastChunk(length));
        return checked(new Sizes(length, length, chunkSize, ceilDiv(length, chunkSize)));
    }

    /** The same for an upload whose parts are signed, one by one: fewer, larger ones, and the length has to be known. */
    static Sizes ofParts(Fields fields) {
        Sizes sizes = of(fields, PartUrls.USUAL_PART);
        boolean named = fields.has("chunk_size") && !fields.isNone("chunk_size");
        long chunkSize = named || sizes.length < 0 ? sizes.chunkSize : PartUrls.partSize(sizes.length);
        Sizes parts = new Sizes(sizes.length, sizes.announced, chunkSize, sizes.length < 0 ? -1 : ceilDiv(sizes.length, chunkSize));
        PartUrls.requireParts(parts.length >= 0, parts.totalChunks);
        return parts;
    }

    private static Sizes inMebibytes(BigDecimal file, BigDecimal chunk) {
        if (file.signum() < 0 || file.multiply(MIB).compareTo(BigDecimal.valueOf(MAX_SIZE)) > 0) {
            throw Fields.invalid("file_size", file.signum() < 0 ? "must be at least 0" : TOO_MUCH);
        }
        long announced = file.multiply(MIB).setScale(0, RoundingMode.FLOOR).longValueExact();
        long chunkSize = chunk.multiply(MIB).setScale(0, RoundingMode.FLOOR).longValueExact();
        if (chunkSize < 1) {
            throw Fields.invalid("chunk_size", "must be at least one byte");
        }
        long total = file.divide(chunk, 0, RoundingMode.CEILING).longValueExact();
        return checked(new Sizes(file.signum() == 0 ? 0 : Upload.UNKNOWN_LENGTH, announced, chunkSize, total));
    }

    private static Sizes checked(Sizes sizes) {
        if (sizes.announced > MAX_SIZE || sizes.chunkSize > MAX_SIZE) {
            throw Fields.invalid(sizes.announced > MAX_SIZE ? "file_size" : "chunk_size", TOO_MUCH);
        }
        if (sizes.totalChunks > Uploads.MAX_CHUNKS) {
            throw Fields.invalid("chunk_size", "would make " + sizes.totalChunks + " chunks, more than " + Uploads.MAX_CHUNKS
                    + "; the least size that works for this file is " + leastChunk(sizes.announced) + " bytes");
        }
        return sizes;
    }

    private static long fileSize(Fields fields) {
        if (fields.isText("file_size")) {
            return withUnit(fields, "file_size");
        }
        required(fields);
        long size = fields.whole("file_size").orElseThrow();
        if (size < 0) {
            throw Fields.invalid("file_size", "must be at least 0");
        }
        return size;
    }

    private static BigDecimal required(Fields fields) {
        return fields.number("file_size").orElseThrow(() -> Fields.invalid("file_size", "is missing"));
    }

    private static long chunkSize(Fields fields) {
        if (fields.isText("chunk_size")) {
            long size = withUnit(fields, "chunk_size");
            if (size < 1) {
                throw Fields.invalid("chunk_size", "must be at least one byte");
            }
            return size;
        }
        BigDecimal number = fields.number("chunk_size").orElseThrow();
        if (number.signum() <= 0) {
            throw Fields.invalid("chunk_size", "must be more than 0");
        }
        if (number.compareTo(LEAST_BYTES) < 0) { // beside a file size with its own unit, or none
            return inMebibytes(BigDecimal.ZERO, number).chunkSize();
        }
        return fields.whole("chunk_size").orElseThrow();
    }

    /** Text has to say its unit: a number in quotes is more likely a mistake. */
    private static long withUnit(Fields fields, String name) {
        String text = fields.text(name).orElseThrow().strip();
        if (text.isEmpty() || Character.isDigit(text.charAt(text.length() - 1))) {
            throw Fields.invalid(name, "must be a number, or text with a unit such as \"33.5MB\" or \"5MiB\"");
        }
        try {
            return ByteSize.parse(text);
        } catch (IllegalArgumentException e) {
            throw Fields.invalid(name, "the text " + e.getMessage());
        }
    }

    private static long leastChunk(long length) {
        return Math.max(1, ceilDiv(length, Uploads.MAX_CHUNKS));
    }

    private static long ceilDiv(long amount, long by) {
        return amount / by + (amount % by == 0 ? 0 : 1);
    }
}
