package tranzr.api.rest;

import java.io.IOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tranzr.api.DigestClaims;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.RequestBody;
import tranzr.http.Multipart;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Digest;
import tranzr.transfer.Body;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.SpooledBody;
import tranzr.transfer.Uploads;

/**
 * A multipart form that brings one chunk, its parts in any order. The bytes stream into their place when the fields
 * came before them; when they come first they are put aside until it is known where they belong.
 */
final class ChunkForm implements AutoCloseable {

    /** The most that is put aside. A form with its fields first may be of any size. */
    private static final long MAX_SPOOLED_BYTES = 1L << 30;
    private static final int MAX_FIELD_BYTES = 256;
    private static final Set<String> FIELDS = Set.of("file_id", "chunk_index", "sha256");

    /** Takes the chunk once it is known what it is. */
    @FunctionalInterface
    interface Writer {
        Response write(UUID id, long index, Body body, DigestClaim claim);
    }

    private final Request request;
    private final Multipart form;
    private final Uploads uploads;
    private final Map<String, String> values = new LinkedHashMap<>();
    private SpooledBody spooled;

    ChunkForm(Request request, Multipart form, Uploads uploads) {
        this.request = request;
        this.form = form;
        this.uploads = uploads;
    }

    /** Notes a field. @throws tranzr.http.BadRequestException when it contradicts what was said before */
    void set(String name, String text) {
        String value = text.strip().toLowerCase(Locale.ROOT);
        String before = values.putIfAbsent(name, value);
        if (before != null && !before.equals(value)) {
            throw Fields.invalid(name, "is given twice, with different values");
        }
    }

    Response receive(Writer writer) throws IOException {
        DigestClaim inHeader = DigestClaims.of(request);
        if (inHeader.possible()) {
            set("sha256", HexFormat.of().formatHex(inHeader.value().get()));
        }
        for (Multipart.Part part = form.next(); part != null; part = form.next()) {
            if (!isFile(part)) {
                takeField(part);
            } else if (spooled != null) {
                throw secondFile();
            } else if (values.containsKey("file_id") && values.containsKey("chunk_index")) {
                return writer.write(id(), index(), RequestBody.of(request, part), DigestClaim.later(this::digestInRest, inHeader.crc()));
            } else {
                spooled = uploads.spool(RequestBody.of(request, part), MAX_SPOOLED_BYTES);
            }
        }
        if (spooled == null) {
            throw Fields.invalid("chunk", "the form holds no file part");
        }
        return writer.write(id(), index(), spooled, DigestClaim.of(digest(), inHeader.crc()));
    }

    /** Reads what follows the file, where its digest may stand. */
    private Digest digestInRest() {
        try {
            for (Multipart.Part part = form.next(); part != null; part = form.next()) {
                if (isFile(part)) {
                    throw secondFile();
                }
                takeField(part);
            }
        } catch (IOException e) {
            // All bytes of the chunk are there. They stay, as those of any broken request do; the client will not hear of it.
            return digest();
        }
        return digest();
    }

    private void takeField(Multipart.Part part) throws IOException {
        if (FIELDS.contains(part.name())) {
            set(part.name(), part.text(MAX_FIELD_BYTES));
        }
    }

    /** A part with a file name, or one called as the API calls it: some clients leave the file name out. */
    private static boolean isFile(Multipart.Part part) {
        return part.filename() != null || part.name().equals("chunk") || part.name().equals("file");
    }

    private static RuntimeException secondFile() {
        return Fields.invalid("chunk", "the form holds a second file part; a chunk is one");
    }

    private UUID id() {
        return Ids.known(required("file_id"));
    }

    private long index() {
        return ChunkRoutes.index(required("chunk_index"));
    }

    private String required(String name) {
        if (!values.containsKey(name)) {
            throw Fields.invalid(name, "is missing");
        }
        return values.get(name);
    }

    private Digest digest() {
        return Fields.written(values).digest("sha256").orElse(null);
    }

    @Override
    public void close() throws IOException {
        if (spooled != null) {
            spooled.close();
        }
    }
}
