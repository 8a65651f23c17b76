package tranzr.transfer;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.disk.NoSpaceException;
import tranzr.model.ByteRange;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** One body on its way into one place of one upload. */
final class Placement {

    /** What the end of the body has to do with the end of the place. */
    enum End {
        /** The body fills the place. */
        EXACT,
        /** The body may be shorter. */
        AT_MOST,
        /** The body may be shorter, and where it ends the upload ends. */
        FIXES_LENGTH
    }

    private final Core core;
    private final Permit permit;
    private final UploadSession session;
    private final UUID id;
    private final ByteRange place;
    private final End end;
    /** How many bytes came that did not become durable. */
    private long unkept;

    Placement(Core core, Permit permit, UploadSession session, UUID id, ByteRange place, End end) {
        this.core = core;
        this.permit = permit;
        this.session = session;
        this.id = id;
        this.place = place;
        this.end = end;
    }

    static Upload requireOpen(Core core, UUID id) {
        Upload upload = core.catalog.upload(id).orElseThrow(() -> new FailureException(new Failure.UnknownFile(id)));
        if (upload.state() == UploadState.EXPIRED) {
            throw new FailureException(new Failure.UploadExpired(id));
        }
        if (!upload.state().isOpen()) {
            throw new FailureException(new Failure.AlreadyCompleted(id));
        }
        return upload;
    }

    Uploads.Written take(Body body, DigestClaim claim) {
        UploadSession.Writer writer = session.enter(place, body);
        try {
            // Only now is the range ours: what older requests left in it is final.
            Upload upload = requireOpen(core, id);
            if (session.interrupted.getAndSet(false) && !upload.ranges().isEmpty()) {
                core.watch.resumed(id);
            }
            core.requirePromisedSpace(Math.max(0, Math.min(body.length(), place.length() - present(upload))));
            return watched(upload, writer, body, claim);
        } finally {
            session.leave(writer);
            hashWhatIsReached();
        }
    }

    private Uploads.Written watched(Upload upload, UploadSession.Writer writer, Body body, DigestClaim claim) {
        Traffic.Passage passage = core.traffic().upload(upload, permit.peer());
        Failure failure = new Failure.Unavailable("it failed");
        try {
            Uploads.Written written = take(upload, writer, body, claim, passage);
            failure = null;
            return written;
        } catch (FailureException e) {
            failure = e.failure();
            throw e;
        } finally {
            passage.end(unkept, failure);
        }
    }

    private void hashWhatIsReached() {
        long frontier = session.frontier.offset();
        if (core.catalog.upload(id).filter(upload -> upload.ranges().contiguousEnd(frontier) > frontier).isPresent()) {
            session.catchUpSoon();
        }
    }

    private long present(Upload upload) {
        return place.length() - upload.ranges().missing(place).stream().mapToLong(ByteRange::length).sum();
    }

    private Uploads.Written take(Upload upload, UploadSession.Writer writer, Body body, DigestClaim claim, Traffic.Passage passage) {
        BodyReceiver receiver = null;
        Space.Writing writing = null;
        try {
            List<Change> limits = upload.lengthKnown() ? List.of() : permit.within(upload.access());
            writing = core.space.write(upload, place.start(), body.length());
            if (writing == null) {
                throw core.noSpace(Math.max(0, body.length()));
            }
            receiver = new BodyReceiver(core, session, upload, place.start(), body, claim, limits, writing, passage);
            return receive(receiver, upload, writer, body);
        } catch (NoSpaceException e) {
            keepWhatCame(receiver);
            throw core.noSpace(Math.max(0, body.length()));
        } catch (IOException e) {
            throw core.broken(e);
        } finally {
            if (receiver != null) {
                receiver.close();
                unkept = receiver.unkept();
            }
            if (writing != null) {
                writing.close();
            }
        }
    }

    private Uploads.Written receive(BodyReceiver receiver, Upload upload, UploadSession.Writer writer, Body body)
            throws IOException {
        boolean more;
        try {
            more = receiver.receive(place.end(), body.length() != Body.UNKNOWN);
        } catch (BodyBrokenException e) {
            long kept = receiver.keep();
            session.interrupted.set(true);
            throw new FailureException(session.isSuperseded(writer) ? new Failure.Superseded(id)
                    : new Failure.BodyBroken(id, kept));
        }
        long length = receiver.position() - place.start();
        boolean wrong = switch (end) {
            case EXACT -> length != place.length();
            case AT_MOST -> false;
            case FIXES_LENGTH -> length == 0;
        };
        if (more || wrong) {
            long actual = more ? place.length() + 1 : length;
            if (end == End.AT_MOST && !upload.lengthKnown()) {
                throw new FailureException(new Failure.TooLarge(place.end()));
            }
            if (end == End.AT_MOST) {
                throw new FailureException(new Failure.RangeOutOfBounds(place.start(), place.start() + actual,
                        place.end()));
            }
            throw new FailureException(new Failure.WrongLength(place.length(), actual, end == End.FIXES_LENGTH));
        }
        receiver.finish(end == End.FIXES_LENGTH ? List.of(fixed(upload, receiver.position())) : List.of());
        if (receiver.isDuplicate()) {
            core.settle();
            core.watch.repeated(id);
        }
        Upload after = core.catalog.upload(id).orElseThrow(() -> new FailureException(new Failure.UnknownFile(id)));
        return new Uploads.Written(after, new ByteRange(place.start(), receiver.position()), receiver.isDuplicate());
    }

    private static Change fixed(Upload upload, long length) {
        return new Change.LengthFixed(upload.id(), length, upload.totalChunks());
    }

    private void keepWhatCame(BodyReceiver receiver) {
        if (receiver == null) {
            return;
        }
        try {
            receiver.keep();
        } catch (NoSpaceException e) {
            // Then it is lost, and the client is told so: its next status shows what is there.
            System.getLogger(Placement.class.getName()).log(System.Logger.Level.DEBUG, "nothing kept: {0}", e.getMessage());
        } catch (IOException e) {
            throw core.broken(e);
        }
    }
}
