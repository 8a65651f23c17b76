package tranzr.catalog.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tranzr.model.Digest;
import tranzr.model.Upload;

/**
 * Which files have a digest: a table with open addressing of 12 to 48 bytes a file. Made when it is first asked, so that nobody pays for it who never asks. Safe for several
 * threads; whoever changes the rows tells it after each change, and while it is made, waits.
 */
final class DigestIndex {

    private static final int SMALLEST = 16;

    /** Read by those who change rows after they did, and written before all rows are looked at: so none is overlooked. */
    private volatile boolean made;
    private long[] keys = new long[SMALLEST];
    /** Null where nothing is. */
    private UploadRow[] rows = new UploadRow[SMALLEST];
    private int count;

    /** @param all the rows there are; may show changes of which this is told only later */
    synchronized List<Upload> find(Digest sha256, int limit, Predicate<Upload> filter, Iterable<UploadRow> all) {
        if (!made) {
            made = true;
            all.forEach(this::add);
        }
        List<Upload> found = new ArrayList<>();
        long key = keyOf(sha256);
        for (int at = place(key); rows[at] != null && found.size() < limit; at = next(at)) {
            Upload file = keys[at] == key ? rows[at].upload() : null;
            if (file != null && sha256.equals(file.sha256()) && filter.test(file)) {
                found.add(file);
            }
        }
        return found;
    }

    /** The row is new, or has another content. */
    void changed(UploadRow row) {
        if (made) {
            synchronized (this) {
                add(row);
            }
        }
    }

    /** The row is there no more. */
    void gone(UploadRow row) {
        if (made) {
            synchronized (this) {
                Digest sha256 = row.upload().sha256();
                if (sha256 != null) {
                    remove(row, keyOf(sha256));
                }
            }
        }
    }

    private void add(UploadRow row) {
        Digest sha256 = row.upload().sha256();
        if (sha256 == null) {
            return;
        }
        long key = keyOf(sha256);
        if (find(row, key) >= 0) {
            return;
        }
        if (2 * (count + 1) > rows.length) {
            grow();
        }
        put(row, key);
        count++;
    }

    private void put(UploadRow row, long key) {
        int at = place(key);
        while (rows[at] != null) {
            at = next(at);
        }
        rows[at] = row;
        keys[at] = key;
    }

    private void grow() {
        UploadRow[] oldRows = rows;
        long[] oldKeys = keys;
        rows = new UploadRow[2 * oldRows.length];
        keys = new long[rows.length];
        for (int i = 0; i < oldRows.length; i++) {
            if (oldRows[i] != null) {
                put(oldRows[i], oldKeys[i]);
            }
        }
    }

    /** Empties its place, and moves up what would not be found past it any more. */
    private void remove(UploadRow row, long key) {
        int hole = find(row, key);
        if (hole < 0) {
            return;
        }
        count--;
        for (int at = next(hole); rows[at] != null; at = next(at)) {
            int wanted = place(keys[at]);
            boolean between = hole <= at ? wanted > hole && wanted <= at : wanted > hole || wanted <= at;
            if (!between) {
                rows[hole] = rows[at];
                keys[hole] = keys[at];
                hole = at;
            }
        }
        rows[hole] = null;
    }

    private int find(UploadRow row, long key) {
        for (int at = place(key); rows[at] != null; at = next(at)) {
            if (keys[at] == key && rows[at].equals(row)) {
                return at;
            }
        }
        return -1;
    }

    private int place(long key) {
        return (int) (key & rows.length - 1);
    }

    private int next(int at) {
        return at + 1 & rows.length - 1;
    }

    /** A digest is as good as random in each of its bytes. */
    private static long keyOf(Digest digest) {
        return ByteBuffer.wrap(digest.bytes()).getLong();
    }
}
