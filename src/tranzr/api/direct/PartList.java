package tranzr.api.direct;

import java.util.ArrayList;
import java.util.List;
import tranzr.accounts.SignedUrls;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.PartUrls;
import tranzr.http.BadRequestException;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;
import tranzr.model.Upload;

/**
 * The parts of which a client says that they make the file, each with the entity tag that it was answered.
 *
 * @param entries in the order in which they were listed
 */
record PartList(List<Entry> entries) {

    /** @param tag without the quotes */
    record Entry(long number, String tag) {
    }

    PartList {
        entries = List.copyOf(entries);
    }

    /** Of the field {@code parts}: objects with {@code PartNumber} and {@code ETag}, or the same in snake case. @throws BadRequestException {@code invalid_value} */
    static PartList of(Fields body) {
        List<Fields> list = body.objects("parts").orElseThrow(() -> Fields.invalid("parts", "is missing"));
        if (list.size() > PartUrls.MAX_PARTS) {
            throw Fields.invalid("parts", "must be at most " + PartUrls.MAX_PARTS);
        }
        List<Entry> entries = new ArrayList<>(list.size());
        for (Fields fields : list) {
            long number = fields.whole("PartNumber").or(() -> fields.whole("part_number")).orElseThrow(() -> Fields.invalid("PartNumber", "is missing"));
            String tag = fields.text("ETag").or(() -> fields.text("etag")).orElseThrow(() -> Fields.invalid("ETag", "is missing"));
            entries.add(new Entry(number, unquoted(tag)));
        }
        return new PartList(entries);
    }

    /** Clients send tags as they got them, or without the quotes. */
    private static String unquoted(String tag) {
        return tag.length() >= 2 && tag.startsWith("\"") && tag.endsWith("\"") ? tag.substring(1, tag.length() - 1) : tag;
    }

    /**
     * Checks that these are all parts of the upload, in order, each once, and that each came here with the bytes that its tag speaks of.
     *
     * @throws BadRequestException {@code invalid_part}, naming the first that is wrong
     */
    void require(Upload upload, SignedUrls urls) {
        int whole = 0;
        long expected = 1;
        for (Entry entry : entries) {
            if (entry.number() != expected || expected > upload.totalChunks()) {
                throw wrong(entry.number(), expected > upload.totalChunks() ? "the upload has " + upload.totalChunks() + " parts"
                        : "part " + expected + " belongs there: each part once, in ascending order");
            }
            ByteRange range = upload.chunk(expected - 1);
            if (!urls.isPartTag(entry.tag(), upload.id(), expected, range)) {
                throw wrong(expected, "its ETag is none that this server has answered for this part; send the part again to get one");
            }
            whole = Crc32c.combine(whole, Integer.parseUnsignedInt(entry.tag().substring(0, 8), 16), range.length());
            expected++;
        }
        if (expected <= upload.totalChunks()) {
            throw wrong(expected, "it is missing in the list");
        }
        boolean here = upload.isWhole() && upload.length() > 0;
        if (here && upload.ranges().crc(0) != whole) {
            throw wrong(0, "the parts that are listed are not those that are stored");
        }
    }

    private static BadRequestException wrong(long number, String why) {
        return new BadRequestException(ErrorCode.INVALID_PART.status(), ErrorCode.INVALID_PART.wireName(), "parts", (number == 0 ? "" : "part " + number + ": ") + why);
    }
}
