package tranzr.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import tranzr.model.ByteRange;
import tranzr.model.Digest;

/** Receives into a file: finds what is there already, has the rest fetched, verifies the whole, and only then gives it its name. For one thread at a time. */
final class FileReceiver {

    private static final System.Logger LOG = System.getLogger(FileReceiver.class.getName());

    /** Smaller files are not worth a record on the disk: to fetch them, or to take their digest, is as quick. */
    private static final long WORTH_A_SESSION = 1 << 20;
    private static final long LOOK_MILLIS = 100;
    private static final int COPY = 256 << 10;

    /**
     * What is wanted.
     *
     * @param target a file or a folder
     * @param called the name in the folder, safe already; null for that which the server gives
     * @param remote the id, or the link without its password, for the record
     * @param linkName that stood in the link; null when none did
     * @param nameless the name when there is no other
     * @param rehash whether a file that is here already is read even if it is known and has not changed
     * @param notices told what a person should know although it goes on
     */
    record Order(Path target, String called, String remote, String linkName, String nameless, boolean overwrite, boolean rehash, Consumer<String> notices) {
    }

    private final TranzrClient client;
    private final Order order;
    private final Remote remote;
    private final SessionStore sessions;
    private RemoteContent content;
    private TargetFile target;
    private String key;
    /** What the record says last; in its place where there is no store. */
    private Session session;
    /** Bytes of unknown origin among those that are there. */
    private List<ByteRange> guessed = List.of();
    /** Whether nothing has come in this run or an earlier one. */
    private boolean untouched;

    FileReceiver(TranzrClient client, Order order, Remote remote) {
        this.client = client;
        this.order = order;
        this.remote = remote;
        this.sessions = client.sessions;
    }

    Download.Result run(RangeRun engine) throws TransferException {
        try {
            return tryOnce(engine);
        } catch (TransferException e) {
            if (e.kind() != TransferException.Kind.CHANGED || !untouched) {
                throw e;
            }
            return tryOnce(engine); // nothing had come: there is nothing to mix
        }
    }

    private Download.Result tryOnce(RangeRun engine) throws TransferException {
        untouched = true;
        engine.state(Progress.State.PREPARING, null);
        content = remote.describe(engine);
        String received = order.called() != null ? order.called() : content.name() != null ? content.name() : order.linkName();
        target = TargetFile.of(order.target(), received, order.nameless());
        key = SessionStore.key(Session.Kind.DOWNLOAD, client.server(), target.path(), "");
        try (SessionStore.Claim _ = claim()) {
            return receive(engine);
        } catch (IOException e) {
            throw LocalException.toldOf(e, target.path());
        }
    }

    /** Takes the transfer in hand, and reads what is remembered of it. */
    private SessionStore.Claim claim() throws TransferException {
        if (sessions == null) {
            return () -> { };
        }
        SessionStore.Claim claim = null;
        try {
            claim = sessions.claim(key);
            session = sessions.find(key).orElse(null);
            return claim;
        } catch (IOException e) {
            if (claim != null) {
                claim.close();
            }
            throw new TransferException(TransferException.Kind.LOCAL, "what is remembered of transfers cannot be read: " + e.getMessage(), e);
        }
    }

    private Download.Result receive(RangeRun engine) throws IOException, TransferException {
        Optional<BasicFileAttributes> existing = target.existing();
        if (existing.isPresent()) {
            if (isThere(engine, existing.get())) {
                return already(existing.get());
            }
            if (!order.overwrite()) {
                throw new TransferException(TransferException.Kind.INPUT, "another file is at '" + target.path() + "'; it is left alone unless it may be overwritten");
            }
        }
        try (PartFile part = PartFile.open(target.part(), content.size())) {
            boolean placed = false;
            try {
                recover(engine, part, existing);
                fetch(engine, part);
                target.place(part, order.overwrite());
                placed = true;
            } finally {
                untouched = part.total() == 0;
                if (!placed && untouched) {
                    forget();
                }
            }
        }
        finished();
        return result(false);
    }

    /** Whether what lies in the place is what is wanted: by its record, or else by its digest. */
    private boolean isThere(RangeRun engine, BasicFileAttributes existing) throws IOException, TransferException {
        if (!existing.isRegularFile() || existing.size() != content.size()) {
            return false;
        }
        if (!order.rehash() && session != null && session.finished() && content.sha256().hex().equals(session.sha256()) && session.size() == existing.size()
                && existing.lastModifiedTime().toInstant().equals(session.modified()) && Objects.equals(session.fileKey(), keyOf(existing))) {
            return true;
        }
        engine.state(Progress.State.VERIFYING, "a file is there already");
        engine.total(content.size(), content.size());
        TransferException[] stopped = new TransferException[1];
        try {
            return FileDigest.sha256(target.path(), _ -> { }, () -> {
                try {
                    engine.checkStopped();
                    return false;
                } catch (TransferException e) {
                    stopped[0] = e;
                    return true;
                }
            }).equals(content.sha256().hex());
        } catch (TransferException e) {
            throw stopped[0];
        }
    }

    private Download.Result already(BasicFileAttributes existing) throws IOException {
        Path part = target.part();
        if (existing.fileKey() != null && Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)
                && existing.fileKey().equals(Files.readAttributes(part, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey())) {
            Files.delete(part); // the same file, by its other name: the process ended between the two
        }
        finished();
        return result(true);
    }

    private Download.Result result(boolean already) {
        return new Download.Result(target.path(), target.path().getFileName().toString(), content.size(), content.sha256().hex(), already);
    }

    /** Takes over what an earlier run has left. */
    private void recover(RangeRun engine, PartFile part, Optional<BasicFileAttributes> existing) throws IOException, TransferException {
        guessed = List.of();
        if (part.length() > 0) {
            boolean known = session != null && !session.finished();
            if (known && (session.size() != content.size() || !content.sha256().hex().equals(session.sha256()))) {
                tell("what had come was of another file; beginning anew");
                part.clear();
            } else if (known) {
                part.restore(Pieces.ofJson(content.size(), session.more().get("pieces")));
                guessed = guessedBefore(part);
            }
            if (part.total() == 0 && part.length() > 0) {
                tell("what had come is not remembered; it is used if the digest of the whole agrees");
                engine.state(Progress.State.PREPARING, "looks at what had come");
                guessed = part.guess(_ -> engine.checkStopped());
            }
        } else if (existing.isPresent() && existing.get().isRegularFile() && existing.get().size() >= WORTH_A_SESSION && existing.get().size() < content.size()) {
            tell("the shorter file in the place is taken for the beginning, if the digest of the whole agrees");
            engine.state(Progress.State.PREPARING, "copies what is there");
            requireRoom(content.size());
            copyExisting(engine, part, existing.get().size());
        }
        requireRoom(content.size() - part.total());
        part.allocate();
    }

    /** It stays as it is until the new one is whole. */
    private void copyExisting(RangeRun engine, PartFile part, long length) throws IOException, TransferException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(COPY);
        try (FileChannel old = FileChannel.open(target.path(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long at = 0;
            while (at < length && old.read(buffer.clear().limit((int) Math.min(COPY, length - at))) > 0) {
                int count = buffer.flip().remaining();
                part.write(at, buffer);
                at += count;
                engine.checkStopped();
            }
            guessed = List.of(new ByteRange(0, at));
        }
    }

    private void requireRoom(long bytes) throws TransferException {
        long usable = target.usable();
        if (usable < bytes) {
            throw new TransferException(TransferException.Kind.LOCAL, "the disk of '" + target.path() + "' has room for " + usable + " bytes, and " + bytes + " are to come");
        }
    }

    /** Until all is there and its digest is right. */
    private void fetch(RangeRun engine, PartFile part) throws IOException, TransferException {
        boolean remembered = content.size() >= WORTH_A_SESSION;
        if (remembered) {
            remember(part.snapshot());
        }
        if (content.size() == 0) {
            remote.bringNothing(engine, content);
        }
        Checkpoint checkpoint = Checkpoint.start(part, durable -> {
            if (remembered) {
                remember(durable);
            }
        });
        boolean whole = false;
        boolean again = false;
        try {
            while (!complete(engine, part, checkpoint)) {
                if (guessed.isEmpty() && !again) {
                    // A bit that fell over on the way is in the checksums of what came, so nobody can tell where.
                    again = true;
                    tell("what arrived has not the SHA-256 that the server told; it is fetched once more");
                    part.drop(content.whole());
                    continue;
                }
                if (guessed.isEmpty()) {
                    forget();
                    part.clear();
                    throw new TransferException(TransferException.Kind.VERIFICATION, "what arrived has not the SHA-256 that the server told (" + content.sha256().hex()
                            + "), twice; it was thrown away");
                }
                tell("what lay here was not of this file; that much is fetched again");
                guessed.forEach(part::drop);
                guessed = List.of();
            }
            whole = true;
        } finally {
            checkpoint.close();
            if (!whole && part.total() > 0) {
                checkpoint.last();
                if (!remembered) {
                    remember(part.snapshot());
                }
            }
        }
    }

    /** Has what is missing fetched until nothing is. @return whether the digest is right */
    private boolean complete(RangeRun engine, PartFile part, Checkpoint checkpoint) throws IOException, TransferException {
        DownloadMover mover = new DownloadMover(remote, content, part);
        try (PrefixHash hash = PrefixHash.start(part, content.size())) {
            boolean verifying = false;
            long damaged = 0;
            while (true) {
                if (hash.damaged() > damaged) {
                    tell((hash.damaged() - damaged) + " bytes on the disk are not those that came; they are fetched again");
                    damaged = hash.damaged();
                }
                List<ByteRange> missing = part.missing(content.whole());
                if (!missing.isEmpty()) {
                    engine.total(content.size(), part.total());
                    engine.state(Progress.State.RUNNING, null);
                    engine.run(mover, missing);
                    verifying = false;
                    continue;
                }
                if (!verifying) {
                    engine.total(content.size(), content.size());
                    engine.state(Progress.State.VERIFYING, null);
                    verifying = true;
                }
                Optional<Digest> digest = hash.await(LOOK_MILLIS);
                engine.checkStopped();
                checkpoint.check();
                if (digest.isPresent()) {
                    return digest.get().equals(content.sha256());
                }
                if (hash.damaged() > 2 * (content.size() + part.segmentEnd(0))) {
                    throw new TransferException(TransferException.Kind.LOCAL, "the disk of '" + target.path() + "' does not give back what is written to it");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransferException(TransferException.Kind.PAUSED, "interrupted", e);
        }
    }

    private void tell(String notice) {
        try {
            order.notices().accept(notice);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "whoever wanted to be told fails: " + e);
        }
    }

    /** Keeps the record up to date. Without it the bytes are found all the same, and their digest tells what they are worth. */
    private void remember(Pieces durable) {
        Instant now = client.clock.instant();
        boolean known = session != null && !session.finished() && content.sha256().hex().equals(session.sha256());
        List<Object> guesses = new ArrayList<>();
        guessed.forEach(range -> guesses.add(List.of(range.start(), range.end())));
        session = new Session(Session.Kind.DOWNLOAD, key, client.server(), order.remote(), target.path(), target.path().getFileName().toString(), content.size(), null, null,
                content.sha256().hex(), durable.total(), false, known ? session.created() : now, now, Map.of("pieces", durable.toJson(), "guessed", guesses));
        try {
            if (sessions != null) {
                sessions.save(session);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the state of a download cannot be remembered: " + e.getMessage());
        }
    }

    private List<ByteRange> guessedBefore(PartFile part) {
        List<ByteRange> ranges = new ArrayList<>();
        if (part.total() > 0 && session.more().get("guessed") instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof List<?> pair && pair.size() == 2 && pair.get(0) instanceof Number start && pair.get(1) instanceof Number end
                        && start.longValue() >= 0 && start.longValue() <= end.longValue()) {
                    ranges.add(new ByteRange(start.longValue(), end.longValue()));
                }
            }
        }
        return ranges;
    }

    /** The whole is there for good, which is remembered, so that it need not be read again. */
    private void finished() {
        try {
            if (sessions == null || content.size() < WORTH_A_SESSION) {
                removeSession();
                return;
            }
            BasicFileAttributes attributes = Files.readAttributes(target.path(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Instant now = client.clock.instant();
            sessions.save(new Session(Session.Kind.DOWNLOAD, key, client.server(), order.remote(), target.path(), target.path().getFileName().toString(), content.size(),
                    attributes.lastModifiedTime().toInstant(), keyOf(attributes), content.sha256().hex(), content.size(), true, session == null ? now : session.created(), now,
                    Map.of()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "that a download is finished cannot be remembered: " + e.getMessage());
        }
    }

    private void removeSession() throws IOException {
        if (sessions != null && session != null) {
            sessions.remove(key);
        }
        session = null;
    }

    private void forget() throws IOException {
        Files.deleteIfExists(target.part());
        removeSession();
    }

    private static String keyOf(BasicFileAttributes attributes) {
        return attributes.fileKey() == null ? null : attributes.fileKey().toString();
    }

    /** Clears away what is unfinished. */
    void discard() {
        if (key == null) {
            return;
        }
        try (SessionStore.Claim _ = sessions == null ? () -> { } : sessions.claim(key)) {
            forget();
        } catch (IOException | TransferException e) {
            LOG.log(System.Logger.Level.WARNING, "the partial file of '" + target.path() + "' is left: " + e.getMessage());
        }
    }
}
