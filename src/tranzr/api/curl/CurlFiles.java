package tranzr.api.curl;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.api.Callers;
import tranzr.api.Recorder;
import tranzr.api.ShareLinks;
import tranzr.api.WholeFiles;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Digest;
import tranzr.model.Notes;
import tranzr.model.Right;
import tranzr.model.Share;
import tranzr.model.TimeSpan;
import tranzr.model.Upload;
import tranzr.security.Tokens;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Shares;
import tranzr.transfer.Uploads;

/**
 * Files that come by {@code PUT} and {@code POST /{name}} and can be resumed: the same as without that, but the link is promised when they begin, and the tokens that its sender gets in the end are
 * known to the sender alone meanwhile.
 */
public final class CurlFiles implements WholeFiles {

    private static final String DOOR = "curl";
    private static final String LIFE = "life";
    private static final String LINK = "link";
    private static final String DELETE = "delete";
    /** A body that came in one go has never to be waited for, and others for a while after a restart. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final Engine engine;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** @param random as of {@link CurlApi} */
    public CurlFiles(Engine engine, InstantSource clock, RandomGenerator random) {
        this.engine = engine;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public Plan plan(Request request, long length, Digest expected) {
        LinkOptions options = LinkOptions.of(request, Map.of());
        Caller caller = Callers.of(request);
        Uploads uploads = engine.uploads(caller, Callers.peer(request));
        UUID id = uploads.newId();
        String name = request.pathIfAny("name").orElseGet(() -> CurlApi.madeUpName(id));
        if (caller instanceof Caller.Guest) {
            options.requireNoneByGuests();
            return new Plan(new NewUpload(id, name, length, length, 0, -1, expected, null).with(new Notes(DOOR, Map.of())), Map.of());
        }
        Map<String, String> secrets = new TreeMap<>();
        String deleteKey = Tokens.create(Tokens.Kind.DELETE, random);
        secrets.put(DELETE, deleteKey);
        UUID room = options.room() == null ? null : uploads.room(options.room());
        NewUpload spec = new NewUpload(id, name, length, length, 0, -1, expected, Tokens.hash(deleteKey), room)
                .with(new Notes(DOOR, options.life() == null ? Map.of() : Map.of(LIFE, TimeSpan.format(options.life()))));
        // As without resuming: whoever may not share gets no link, unless it asks for one.
        if (options.isAny() || Permissions.atAll(caller).contains(Right.SHARE)) {
            Shares.Promised promised = engine.shares(caller).promise(options.terms(clock.instant()), options.life());
            secrets.put(LINK, promised.token());
            Recorder.noteShare(request, promised.promise().tokenHash());
            spec = spec.with(promised.promise());
        }
        return new Plan(spec, secrets);
    }

    @Override
    public Duration patience() {
        return PATIENCE;
    }

    @Override
    public Instant expires(Notes notes) {
        return notes.get(LIFE).map(life -> clock.instant().plus(TimeSpan.parse(life))).orElse(null);
    }

    @Override
    public boolean began(Upload upload) {
        return upload.notes().of(DOOR);
    }

    @Override
    public Response answer(Request request, Upload file, Map<String, String> secrets) {
        if (Callers.of(request) instanceof Caller.Guest) {
            return CurlApi.answer(request, List.of(new Received(file, null, null, null)), false);
        }
        String key = secrets.get(DELETE);
        String deleteUrl = key != null && Tokens.hash(key).equals(file.deleteKey()) ? request.baseUrl() + "/delete/" + file.id() + "/" + key : null;
        Shares.Created link = link(request, file, secrets.get(LINK));
        String url = link == null ? request.baseUrl() + "/download/" + file.id() : ShareLinks.url(request.baseUrl(), link.token(), file.filename());
        return CurlApi.answer(request, List.of(new Received(file, link, url, deleteUrl)), false);
    }

    /** Null when the file has none, or none by this token. */
    private Shares.Created link(Request request, Upload file, String token) {
        if (token == null) {
            return null;
        }
        try {
            Share share = engine.shares(Callers.of(request)).find(token);
            return share.tokenHash().equals(Tokens.hash(token)) && share.contents().has(file.id()) ? new Shares.Created(share, token, null) : null;
        } catch (FailureException e) {
            return null; // it was revoked meanwhile
        }
    }
}
