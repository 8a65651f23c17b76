package tranzr.storage.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import tranzr.disk.DiskFile;

/**
 * The pieces of a joined object as one file that nobody writes. Opens a piece when a byte of it is read, and keeps few of them open, however many there are. Safe for
 * several threads, which take turns.
 */
final class JoinedFile implements DiskFile {

    /** Readers go forward, so that one piece is enough but where two meet. */
    private static final int OPEN = 4;

    private final JoinedObjects.Place place;
    private final Pieces pieces;
    /** The one used longest ago first. */
    private final Map<Integer, DiskFile> open = new LinkedHashMap<>(8, 0.75f, true);
    private boolean closed;

    /** @param place in use by this file until it is closed */
    JoinedFile(JoinedObjects.Place place, Pieces pieces) {
        this.place = place;
        this.pieces = pieces;
    }

    /** Ends early where a piece does: what comes behind it lies elsewhere than it should. */
    @Override
    public synchronized int read(ByteBuffer target, long position) throws IOException {
        requireOpen();
        int limit = target.limit();
        long at = position;
        try {
            for (int piece = pieces.at(position); piece < pieces.count() && target.position() < limit; piece++) {
                long rest = pieces.ends()[piece] - at;
                target.limit((int) Math.min(limit, target.position() + rest));
                int wanted = target.remaining();
                int got = piece(piece).read(target, at - pieces.start(piece));
                at += got;
                if (got < wanted) {
                    break;
                }
            }
        } finally {
            target.limit(limit);
        }
        return (int) (at - position);
    }

    private DiskFile piece(int number) throws IOException {
        DiskFile file = open.get(number);
        if (file == null) {
            file = place.open(number);
            open.put(number, file);
            if (open.size() > OPEN) {
                Iterator<DiskFile> eldest = open.values().iterator();
                DiskFile closing = eldest.next();
                eldest.remove();
                closing.close();
            }
        }
        return file;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public void write(ByteBuffer source, long position) {
        throw new IllegalStateException(pieces.id() + " is joined, and takes no bytes");
    }

    /** Its bytes are durable since it is there. */
    @Override
    public synchronized void force(boolean metadata) throws IOException {
        requireOpen();
    }

    @Override
    public synchronized long size() throws IOException {
        requireOpen();
        return pieces.length();
    }

    @Override
    public void truncate(long size) {
        if (size < pieces.length()) {
            throw new IllegalStateException(pieces.id() + " is joined, and is not cut");
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        IOException failure = null;
        for (DiskFile file : open.values()) {
            try {
                file.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        place.leave();
        if (failure != null) {
            throw failure;
        }
    }
}
