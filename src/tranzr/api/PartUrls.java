package tranzr.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tranzr.access.Caller;
import tranzr.accounts.SignedUrls;
import tranzr.model.ByteRange;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/** Signed addresses for the parts of an upload, a page at a time. Parts are its chunks, counted from 1. Safe for several threads. */
public final class PartUrls {

    /** Of a part, for who names none: in bytes. */
    public static final long USUAL_PART = 10L << 20;
    /** The most that one upload may have, so that a list of all of them stays small; larger files have larger parts. */
    public static final int MAX_PARTS = 10_000;
    /** The most addresses of one page. */
    public static final int PAGE = 1000;

    /** @param url absolute */
    public record Part(long number, ByteRange range, String url) {
    }

    /**
     * Some of the parts.
     *
     * @param next the number of the part with which the next page begins; 0 when there is none
     * @param expires of all of them, to the second
     */
    public record Page(List<Part> parts, long next, Instant expires) {
    }

    /**
     * Which parts are meant.
     *
     * @param first the lowest number, from 1 on
     * @param count at most so many, 1 to {@link #PAGE}
     * @param onlyMissing without those that are there
     */
    public record Choice(long first, int count, boolean onlyMissing) {

        public static final Choice FIRST_PAGE = new Choice(1, PAGE, false);

        /** The fields {@code first}, {@code count} and {@code missing}. */
        public static Choice of(Fields fields) {
            long first = fields.whole("first").orElse(1L);
            long count = fields.whole("count").orElse((long) PAGE);
            if (first < 1 || first > MAX_PARTS) {
                throw Fields.invalid("first", "must be the number of a part, 1 to " + MAX_PARTS);
            }
            if (count < 1 || count > PAGE) {
                throw Fields.invalid("count", "must be 1 to " + PAGE);
            }
            return new Choice(first, (int) count, fields.flag("missing").orElse(false));
        }
    }

    private final Core core;
    private final SignedUrls urls;

    public PartUrls(Core core, SignedUrls urls) {
        this.core = core;
        this.urls = urls;
    }

    /** The part size for a file of this length, for who names none; in bytes. */
    public static long partSize(long length) {
        return Math.max(USUAL_PART, length / MAX_PARTS + (length % MAX_PARTS == 0 ? 0 : 1));
    }

    /**
     * Fails with Forbidden for who cannot sign, InvalidValue when the upload has too many parts, or no known length.
     *
     * @param upload to which the caller may write
     */
    public Page page(Caller caller, Upload upload, Choice choice, String baseUrl) {
        requireParts(upload);
        Instant expires = Instant.ofEpochSecond(core.now().plus(SignedUrls.PART_LIFE).getEpochSecond());
        SignedUrls.Signer signer = urls.signer(caller, Right.UPLOAD, expires);
        List<Part> parts = new ArrayList<>();
        long number = choice.first();
        for (; number <= upload.totalChunks() && parts.size() < choice.count(); number++) {
            ByteRange range = upload.chunk(number - 1);
            if (!choice.onlyMissing() || !upload.ranges().contains(range)) {
                parts.add(new Part(number, range, baseUrl + signer.part(upload.id(), number, range)));
            }
        }
        return new Page(parts, number <= upload.totalChunks() ? number : 0, expires);
    }

    /** Fails with Forbidden for who cannot sign: before an upload is begun for nothing. */
    public void requireSigner(Caller caller) {
        urls.signer(caller, Right.UPLOAD, core.now());
    }

    /** Fails with InvalidValue when there are none to be signed. */
    public static void requireParts(Upload upload) {
        requireParts(upload.lengthKnown(), upload.totalChunks());
    }

    /** As {@link #requireParts(Upload)}, before there is one. */
    public static void requireParts(boolean lengthKnown, long parts) {
        if (!lengthKnown) {
            throw new FailureException(new Failure.InvalidValue("direct", "needs the length of the file, in bytes"));
        }
        if (parts > MAX_PARTS) {
            throw new FailureException(new Failure.InvalidValue("chunk_size", "makes more than " + MAX_PARTS + " parts"));
        }
    }
}
