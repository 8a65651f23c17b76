package tranzr.api;

import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
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
public final class ChunkForm implements AutoCloseable {

    /** The most that is put aside. A form with its fields first may be of any size. */
    private static final long MAX_SPOOLED_BYTES = 1L << 30;
    private static final int MAX_FIELD_BYTES = 256;
    private static final String FILE_ID = "file_id";

    /** Takes the chunk once it is known what it is. */
    @FunctionalInterface
    public interface Writer {
        /** @param names which of those that the form may use it does */
        Response write(ChunkDoor.Names names, UUID id, long index, Body body, DigestClaim claim);
    }

    /** When a form began to come, by {@link System#nanoTime}. */
    private record Begun(long nanos) {
    }

    private final Request request;
    private final Multipart form;
    private final Uploads uploads;
    private final List<ChunkDoor.Names> known;
    private final Set<String> fields = new TreeSet<>(Set.of(FILE_ID));
    private final Map<String, String> values = new LinkedHashMap<>();
    private SpooledBody spooled;

    /** @param known how its fields may be called; what the chunk's number is called tells which of them it is */
    public ChunkForm(Request request, Multipart form, Uploads uploads, List<ChunkDoor.Names> known) {
        this.request = request;
        this.form = form;
        this.uploads = uploads;
        this.known = known;
        request.attach(Begun.class, new Begun(System.nanoTime()));
        known.forEach(names -> fields.addAll(List.of(names.index(), names.digest())));
    }

    /** How long the form of a request has been coming by now. */
    public static Duration lasted(Request request) {
        return Duration.ofNanos(request.attached(Begun.class).map(begun -> System.nanoTime() - begun.nanos()).orElse(0L));
    }

    /** Notes a field. @throws tranzr.http.BadRequestException when it contradicts what was said before */
    public void set(String name, String text) {
        String value = text.strip().toLowerCase(Locale.ROOT);
        String before = values.putIfAbsent(name, value);
        if (before != null && !before.equals(value)) {
            throw Fields.invalid(name, "is given twice, with different values");
        }
    }

    public Response receive(Writer writer) throws IOException {
        DigestClaim inHeader = DigestClaims.of(request);
        for (Multipart.Part part = form.next(); part != null; part = form.next()) {
            if (!isFile(part)) {
                takeField(part);
            } else if (spooled != null) {
                throw secondFile();
            } else if (values.containsKey(FILE_ID) && known.stream().anyMatch(this::isTold)) {
                DigestClaim claim = names().digestNeeded() ? DigestClaim.of(digest(inHeader), inHeader.crc()).onlyOfTheWhole()
                        : DigestClaim.later(() -> digestInRest(inHeader), inHeader.crc());
                return writer.write(names(), id(), index(), RequestBody.of(request, part), claim);
            } else {
                spooled = uploads.spool(RequestBody.of(request, part), MAX_SPOOLED_BYTES);
            }
        }
        if (spooled == null) {
            throw Fields.invalid("chunk", "the form holds no file part");
        }
        return writer.write(names(), id(), index(), spooled, DigestClaim.of(digest(inHeader), inHeader.crc()));
    }

    /** Whether all has come that has to come before the bytes. */
    private boolean isTold(ChunkDoor.Names names) {
        return values.containsKey(names.index()) && (!names.digestNeeded() || values.containsKey(names.digest()));
    }

    /** Reads what follows the file, where its digest may stand. */
    private Digest digestInRest(DigestClaim inHeader) {
        try {
            for (Multipart.Part part = form.next(); part != null; part = form.next()) {
                if (isFile(part)) {
                    throw secondFile();
                }
                takeField(part);
            }
        } catch (IOException e) {
            // All bytes of the chunk are there. They stay, as those of any broken request do; the client will not hear of it.
            return digest(inHeader);
        }
        return digest(inHeader);
    }

    private void takeField(Multipart.Part part) throws IOException {
        if (fields.contains(part.name())) {
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
        return Ids.known(required(FILE_ID));
    }

    private long index() {
        String name = names().index();
        return Fields.written(Map.of(name, required(name))).whole(name).orElseThrow();
    }

    /** How this form calls its fields. The first that may be is meant when nothing tells. */
    private ChunkDoor.Names names() {
        List<ChunkDoor.Names> used = known.stream().filter(names -> values.containsKey(names.index())).toList();
        if (used.size() > 1) {
            throw Fields.invalid(used.get(1).index(), "stands beside " + used.get(0).index() + "; a form speaks one way only");
        }
        return used.isEmpty() ? known.getFirst() : used.getFirst();
    }

    private String required(String name) {
        if (!values.containsKey(name)) {
            throw Fields.invalid(name, "is missing");
        }
        return values.get(name);
    }

    private Digest digest(DigestClaim inHeader) {
        ChunkDoor.Names names = names();
        if (inHeader.possible()) {
            set(names.digest(), HexFormat.of().formatHex(inHeader.value().get()));
        }
        if (names.digestNeeded()) {
            required(names.digest());
        }
        return Fields.written(values).digest(names.digest()).orElse(null);
    }

    @Override
    public void close() throws IOException {
        if (spooled != null) {
            spooled.close();
        }
    }
}
