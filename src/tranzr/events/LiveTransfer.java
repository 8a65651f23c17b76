package tranzr.events;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tranzr.model.FileAccess;
import tranzr.model.Priority;
import tranzr.model.Upload;
import tranzr.transfer.Peer;

/**
 * One transfer while it is watched. The bytes of an upload are those that are durable and those that bodies under way have brought beyond them; what does not become
 * durable is taken back when such a body ends. Safe for several threads. Times are nanoseconds since any origin.
 */
final class LiveTransfer {

    private static final long ERROR_NANOS = 1_000_000_000L;

    final UUID id;
    final Transfer.Kind kind;
    final UUID file;
    private final Instant started;
    private final Priority priority;
    private final SpeedWindow speed;
    private final String filename;
    private FileAccess access;
    private long total;
    private long durable;
    private long pending;
    private long hashed = -1;
    private int connections;
    private int retries;
    private Peer peer = Peer.UNKNOWN;
    private Transfer.State state = Transfer.State.WAITING;
    private Reason failure;
    private Instant ended;
    private long touched;
    private boolean dirty = true;
    private long toldAt;
    private boolean toldMoving;
    private long errorAt;
    private boolean errorTold;
    private ClientReport report;
    private volatile Told told;

    LiveTransfer(UUID id, Transfer.Kind kind, Upload upload, long durable, Instant started, long now) {
        this.id = id;
        this.kind = kind;
        this.file = upload.id();
        this.filename = upload.filename();
        this.access = upload.access();
        this.priority = upload.priority();
        this.total = Events.sizeOf(upload);
        this.durable = durable;
        this.started = started;
        this.speed = new SpeedWindow(now);
        this.touched = now;
    }

    synchronized void begin(Peer from, long now) {
        connections++;
        peer = from;
        ended = null;
        if (state != Transfer.State.VERIFYING) {
            state = Transfer.State.ACTIVE;
        }
        touch(now);
    }

    /** What the client says of its own work, until the server sees more of that itself. */
    synchronized void reported(ClientReport news, long now) {
        report = news;
        touch(now);
    }

    synchronized Optional<ClientReport> report() {
        return Optional.ofNullable(report);
    }

    synchronized void moved(long bytes, long now) {
        report = null;
        pending += bytes;
        speed.passed(bytes, now);
        touch(now);
    }

    /** A body is over. @param unkept of its bytes; @return whether it was the last one under way */
    synchronized boolean end(long unkept, Reason why, long now) {
        connections--;
        pending = Math.max(0, pending - unkept);
        failure = why;
        if (why != null) {
            retries++;
        }
        if (connections == 0 && state == Transfer.State.ACTIVE) {
            state = Transfer.State.WAITING;
        }
        touch(now);
        return connections == 0;
    }

    /** So many bytes of what came are durable now. */
    synchronized void stored(long bytes, long now) {
        durable += bytes;
        pending = Math.max(0, pending - bytes);
        touch(now);
    }

    synchronized void verifying(boolean now, long at) {
        report = null;
        state = now ? Transfer.State.VERIFYING : connections > 0 ? Transfer.State.ACTIVE : Transfer.State.WAITING;
        touch(at);
    }

    synchronized void hashed(long bytes, long now) {
        hashed = bytes;
        touch(now);
    }

    synchronized void total(long bytes, long now) {
        total = bytes;
        touch(now);
    }

    synchronized void access(FileAccess changed) {
        access = changed;
    }

    synchronized FileAccess access() {
        return access;
    }

    /** Takes what the catalog says instead of what was counted, while no body is under way. */
    synchronized void settle(long durableBytes) {
        if (connections == 0) {
            durable = durableBytes;
            pending = 0;
        }
    }

    /** @param why null to keep what went wrong last */
    synchronized void over(boolean whole, Reason why, Instant at, long now) {
        report = null;
        state = whole ? Transfer.State.DONE : Transfer.State.FAILED;
        failure = why == null ? failure : why;
        ended = at;
        if (whole && kind == Transfer.Kind.UPLOAD) {
            durable = Math.max(durable + pending, total);
            total = durable;
            pending = 0;
        }
        touch(now);
    }

    synchronized boolean isOver() {
        return ended != null;
    }

    /** Whether all of it has passed, and the last connection did not break. */
    synchronized boolean isWhole() {
        return failure == null && durable + pending >= total;
    }

    synchronized boolean isQuiet(long now, long nanos) {
        return connections == 0 && state != Transfer.State.VERIFYING && now - touched >= nanos;
    }

    synchronized boolean isWaiting() {
        return connections == 0 && state == Transfer.State.WAITING;
    }

    synchronized void failed(Reason why) {
        failure = why;
    }

    synchronized boolean hasFailed() {
        return failure != null;
    }

    synchronized long touched() {
        return touched;
    }

    private void touch(long now) {
        touched = now;
        dirty = true;
    }

    /** Whether an error may be told: one a second, so that none of them crowds out what else is kept. */
    synchronized boolean mayTellError(long now) {
        if (errorTold && now - errorAt < ERROR_NANOS) {
            return false;
        }
        errorTold = true;
        errorAt = now;
        return true;
    }

    /** Whether there is news to tell; then it counts as told. A speed is told until it is 0. @param least since it was told last */
    synchronized boolean takeNews(long now, long least) {
        boolean first = told == null;
        if (!first && (now - toldAt < least || !dirty && !toldMoving)) {
            return false;
        }
        boolean moving = speed.at(now) > 0;
        if (!first && !dirty && !moving && !toldMoving) {
            return false;
        }
        dirty = false;
        toldMoving = moving;
        toldAt = now;
        return true;
    }

    synchronized boolean isDirty() {
        return dirty;
    }

    Told told() {
        return told;
    }

    void told(Told news) {
        told = news;
    }

    synchronized long bytesHashed() {
        return state == Transfer.State.VERIFYING ? hashed : -1;
    }

    synchronized Transfer view(long now) {
        long bytes = durable + pending;
        return new Transfer(id, kind, file, filename, total, total >= 0 ? Math.min(bytes, total) : bytes, ended == null ? speed.at(now) : 0, priority,
                peer.address(), peer.agent(), ended == null ? connections : 0, retries, started, ended, state, failure);
    }
}
