package tranzr.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import tranzr.model.ByteRange;
import tranzr.model.Digest;

/**
 * A file on its way: finds out what the server has of it, sends the rest, and has it verified. A small file is read into memory once, so that it goes with its digest in two requests, and is
 * not written down anywhere: after a crash it is simply sent again.
 */
final class FileUpload {

    /** Up to so many bytes a file is small. */
    static final long SMALL = 256 << 10;

    /** How often a forgotten upload is begun again, and one that holds wrong bytes. */
    private static final int FORGOTTEN = 3;
    private static final int WRONG = 1;
    /** The coarsest time of a change that file systems keep. */
    private static final Duration TICK = Duration.ofSeconds(2);
    /** How often the server may find at the end that something is missing after all. */
    private static final int ROUNDS = 10;

    /** What to send, and what for. */
    record Order(Path path, String name, String room, boolean rehash, Tuning tuning) {
    }

    private final TranzrClient client;
    private final UploadCalls calls;
    private final Order order;
    private final UploadMemory memory;
    private final Consumer<String> notices;

    FileUpload(TranzrClient client, Order order, UploadMemory memory, Consumer<String> notices) {
        this.client = client;
        this.calls = new UploadCalls(client.http);
        this.order = order;
        this.memory = memory;
        this.notices = notices;
    }

    /** Once for each start and resume. */
    Upload.Result run(RangeRun engine) throws TransferException {
        engine.state(Progress.State.PREPARING, null);
        memory.reload();
        Session before = memory.session();
        if (SourceFile.look(order.path()).size() <= SMALL && (before == null || before.finished() || before.more().containsKey(UploadMemory.BRIEF))) {
            return send(engine, small());
        }
        try (SessionStore.Claim _ = memory.claim(); SourceFile file = SourceFile.open(order.path())) {
            memory.reload();
            return send(engine, new Content(file, file.identity(), null));
        }
    }

    /**
     * What is sent.
     *
     * @param digest null when it is not known yet
     */
    private record Content(Source source, SourceFile.Identity identity, Digest digest) {

        boolean isSmall() {
            return !(source instanceof SourceFile);
        }

        void check() throws TransferException {
            if (source instanceof SourceFile file) {
                file.check();
            }
        }
    }

    private Content small() throws TransferException {
        try (SourceFile file = SourceFile.open(order.path())) {
            byte[] bytes = new byte[(int) file.identity().size()];
            try {
                file.read(0, ByteBuffer.wrap(bytes));
            } catch (IOException e) {
                file.check();
                throw new TransferException(TransferException.Kind.LOCAL, order.path() + " cannot be read: " + e.getMessage(), e);
            }
            file.check();
            Source source = (position, into) -> into.put(bytes, (int) position, into.remaining());
            return new Content(source, file.identity(), Digest.sha256(bytes));
        }
    }

    /** Begins again where that helps. */
    private Upload.Result send(RangeRun engine, Content content) throws TransferException {
        int forgotten = 0;
        int wrong = 0;
        while (true) {
            try {
                return attempt(engine, content);
            } catch (TransferException e) {
                switch (Setback.of(e)) {
                    case FORGOTTEN -> {
                        if (++forgotten > FORGOTTEN) {
                            throw e;
                        }
                        notices.accept("the server no longer knows this upload (expired, removed, or restored from a backup); it begins anew");
                        memory.drop();
                    }
                    case WRONG_BYTES -> {
                        abandon();
                        if (++wrong > WRONG) {
                            throw new TransferException(TransferException.Kind.VERIFICATION, "what arrived at the server is not what was sent, for the second time: " + e.getMessage(), e.getCause());
                        }
                        notices.accept("the server holds bytes that are not those of the file, which has not changed; the upload begins anew");
                    }
                    case CHANGED -> {
                        abandon();
                        throw e;
                    }
                    case NOT_LET_IN -> throw notLetIn(e);
                    case OTHER -> throw e;
                }
            }
        }
    }

    /** What is done about an end. */
    private enum Setback {
        FORGOTTEN, WRONG_BYTES, CHANGED, NOT_LET_IN, OTHER;

        static Setback of(TransferException e) {
            if (e.kind() == TransferException.Kind.CHANGED) {
                return CHANGED;
            }
            if (!(e.getCause() instanceof RefusedException refused) || e.kind() == TransferException.Kind.VERIFICATION) {
                return OTHER;
            }
            if (UploadCalls.isGone(refused)) {
                return FORGOTTEN;
            }
            return switch (refused.code()) {
                case "chunk_conflict", "hash_mismatch", "data_corrupted" -> WRONG_BYTES;
                case "wrong_token", "token_required" -> NOT_LET_IN;
                default -> OTHER;
            };
        }
    }

    /** The same command goes on when there is a token again, so that this is no end for good once something is there. */
    private TransferException notLetIn(TransferException e) {
        Session session = memory.session();
        if (session == null || session.finished() || session.more().containsKey(UploadMemory.BRIEF)) {
            return e;
        }
        return new TransferException(TransferException.Kind.UNREACHABLE,
                "the server no longer accepts the token (expired or revoked?); what has arrived stays, and with a new token the same command goes on", e.getCause());
    }

    /** Gives up what is at the server, once and without patience: it expires there by itself. */
    void abandon() {
        Session session = memory.session();
        if (session != null && !session.finished() && session.remote() != null) {
            try {
                calls.delete(UUID.fromString(session.remote()));
            } catch (IOException | RefusedException | IllegalArgumentException e) {
                notices.accept("the unfinished upload could not be removed at the server, which will drop it in time: " + e.getMessage());
            }
        }
        memory.drop();
    }

    private Upload.Result attempt(RangeRun engine, Content content) throws TransferException {
        String sha256 = content.digest() == null ? remembered(content) : content.digest().hex();
        UploadCalls.Status status = resumable(engine, content);
        if (status == null) {
            UploadCalls.Begun begun = begin(engine, content, sha256);
            if (begun.done() != null) {
                return instant(begun.done(), content, sha256);
            }
            long size = content.identity().size();
            status = new UploadCalls.Status(begun.id(), size, 0, size == 0 ? List.of() : List.of(new ByteRange(0, size)), false, null);
        }
        try (Ahead ahead = Ahead.of(content.source(), content.identity().size(), sha256)) {
            return finish(engine, content, status, ahead);
        }
    }

    /**
     * The digest of a file that is known not to have changed since it was taken; null otherwise. A file that had been written just before might have been written again within
     * the same tick of the file system's clock.
     */
    private String remembered(Content content) {
        Session session = memory.session();
        boolean known = session != null && !order.rehash() && content.identity().fits(session) && session.modified().plus(TICK).isBefore(session.created());
        return known ? session.sha256() : null;
    }

    /** What the server says of an upload that was begun before; null when there is none to go on with. */
    private UploadCalls.Status resumable(RangeRun engine, Content content) throws TransferException {
        Session session = memory.session();
        if (session == null || session.finished() || session.remote() == null) {
            return null;
        }
        if (!content.identity().fits(session)) {
            throw SourceFile.changed(order.path() + " was changed since this upload of it began");
        }
        Optional<UploadCalls.Status> found = engine.once(() -> calls.status(UUID.fromString(session.remote())));
        UploadCalls.Status status = found.orElseThrow(UploadMover::forgotten);
        if (status.size() != content.identity().size()) {
            notices.accept("the server has another length for this upload (restored from a backup?); it begins anew");
            abandon();
            return null;
        }
        if (status.done() == null && !status.assembling() && status.received() < session.done()) {
            notices.accept("the server has less of this upload than it had before (restored from a backup?); what is missing is sent again");
        }
        return status;
    }

    private UploadCalls.Begun begin(RangeRun engine, Content content, String sha256) throws TransferException {
        long size = content.identity().size();
        engine.total(size, 0);
        UploadCalls.Begun begun = engine.once(() -> calls.start(order.name(), size, sha256, order.room(), order.tuning().priority()));
        if (begun.done() == null) {
            remember(begun.id(), content, sha256);
        }
        return begun;
    }

    private void remember(UUID id, Content content, String sha256) {
        Map<String, Object> more = new LinkedHashMap<>();
        if (order.room() != null) {
            more.put("room", order.room());
        }
        more.put("priority", order.tuning().priority().wireName());
        if (content.isSmall()) {
            more.put(UploadMemory.BRIEF, true);
        }
        Instant now = client.clock.instant();
        SourceFile.Identity identity = content.identity();
        memory.save(new Session(Session.Kind.UPLOAD, memory.key(), client.server(), id.toString(), order.path(), order.name(), identity.size(), identity.modified(),
                identity.fileKey(), sha256, 0, false, now, now, more));
    }

    /** The server had it already; a run that had begun to send it is given up. */
    private Upload.Result instant(UploadCalls.Done done, Content content, String sha256) throws TransferException {
        Upload.Result result = verified(done, sha256, content.identity().size(), true);
        Session old = memory.session();
        if (old != null && !old.finished()) {
            abandon();
        }
        remember(done.id(), content, sha256);
        memory.finish(sha256);
        return result;
    }

    private Upload.Result finish(RangeRun engine, Content content, UploadCalls.Status begun, Ahead ahead) throws TransferException {
        UploadCalls.Status status = begun;
        for (int round = 0; status.done() == null; round++) {
            FileSteps steps = new FileSteps(content, ahead, status.received());
            UploadMover.From from = new UploadMover.From(content.source(), content.identity().size(), content.isSmall());
            UploadMover mover = new UploadMover(calls, status.id(), from, steps);
            engine.total(content.identity().size(), status.received());
            if (!status.assembling()) {
                engine.state(Progress.State.RUNNING, null);
                try {
                    engine.run(mover, status.missing());
                } catch (TransferException e) {
                    if (steps.known != null) {
                        return instant(steps.known, content, ahead.known());
                    }
                    memory.leave(steps.done.get());
                    throw e;
                }
            }
            memory.leave(steps.done.get());
            Optional<UploadCalls.Done> done = mover.done() != null ? Optional.of(mover.done()) : merge(engine, content, status.id(), ahead);
            if (done.isPresent()) {
                return verified(engine, content, done.get(), ahead);
            }
            UUID id = status.id();
            status = engine.once(() -> calls.status(id)).orElseThrow(UploadMover::forgotten);
            if (round == ROUNDS) {
                throw new TransferException(TransferException.Kind.VERIFICATION, "the server loses again and again what it has acknowledged");
            }
            if (status.done() == null && !status.assembling()) {
                notices.accept("the server no longer has all that it had acknowledged; what is missing is sent again");
            }
        }
        return verified(engine, content, status.done(), ahead);
    }

    /** Waits until the server has verified the whole. Empty when it says that something is missing. */
    private Optional<UploadCalls.Done> merge(RangeRun engine, Content content, UUID id, Ahead ahead) throws TransferException {
        String sha256 = digest(engine, content, ahead);
        content.check();
        engine.state(Progress.State.VERIFYING, null);
        try {
            return new Merging(calls, order.tuning()).run(engine, id, -1, sha256);
        } catch (TransferException e) {
            if (e.code().equals("hash_mismatch")) {
                recheck(engine, content, sha256);
            }
            throw e;
        }
    }

    /** Takes the digest once more, to tell a file that was changed behind our back from a server that has other bytes. */
    private void recheck(RangeRun engine, Content content, String sha256) throws TransferException {
        content.check();
        if (content.isSmall()) {
            return;
        }
        engine.state(Progress.State.VERIFYING, "reads the file again, since the server has other bytes");
        try (Ahead again = Ahead.of(content.source(), content.identity().size(), null)) {
            if (!digest(engine, content, again).equals(sha256)) {
                throw SourceFile.changed(order.path() + " was changed while it was sent, without a trace in its time");
            }
        }
    }

    private String digest(RangeRun engine, Content content, Ahead ahead) throws TransferException {
        if (ahead.known() == null) {
            engine.state(Progress.State.VERIFYING, null);
        }
        try {
            String sha256 = ahead.await(engine);
            memory.digest(sha256);
            return sha256;
        } catch (IOException e) {
            content.check();
            throw new TransferException(TransferException.Kind.LOCAL, order.path() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Upload.Result verified(RangeRun engine, Content content, UploadCalls.Done done, Ahead ahead) throws TransferException {
        String sha256 = digest(engine, content, ahead);
        content.check();
        Upload.Result result = verified(done, sha256, content.identity().size(), false);
        memory.finish(sha256);
        return result;
    }

    private static Upload.Result verified(UploadCalls.Done done, String sha256, long size, boolean instant) throws TransferException {
        if (!done.sha256().equalsIgnoreCase(sha256) || done.size() != size) {
            throw new TransferException(TransferException.Kind.VERIFICATION, "the server has another file than the one that was sent: " + done.size() + " bytes with SHA-256 " + done.sha256()
                    + " instead of " + size + " bytes with " + sha256);
        }
        return new Upload.Result(done.id(), done.name(), size, sha256, instant);
    }

    /** What a range has to do with the file, its digest, and what is remembered. */
    private final class FileSteps implements UploadMover.Steps {

        private final Content content;
        private final Ahead ahead;
        private final InstantTry attempt;
        final AtomicLong done;
        volatile UploadCalls.Done known;

        FileSteps(Content content, Ahead ahead, long received) {
            this.content = content;
            this.ahead = ahead;
            this.done = new AtomicLong(received);
            // A digest that was known at the start has gone with it.
            this.attempt = ahead.known() == null ? new InstantTry(calls, order, content.identity().size(), content.identity().size() - received) : null;
        }

        @Override
        public OptionalInt crc(ByteRange range) {
            return ahead.crc(range);
        }

        @Override
        public void sending(ByteRange range) throws TransferException {
            ahead.sending(range.end());
            if (attempt != null && ahead.known() != null) {
                known = attempt.run(ahead.known(), content.identity().size() - done.get());
                if (known != null) {
                    throw new TransferException(TransferException.Kind.CANCELLED, "the server has it already");
                }
            }
        }

        @Override
        public void moved(ByteRange range) throws TransferException {
            content.check();
            memory.done(done.addAndGet(range.length()));
        }

        @Override
        public void check() throws TransferException {
            content.check();
        }
    }
}
