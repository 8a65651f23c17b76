package tranzr.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.CRC32C;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Upload;
import tranzr.storage.StoredObject;

/** A body for a file that is complete already: it is compared, and nothing changes. Memory does not depend on its length. */
final class Repetition {

    private static final int BUFFER = 64 * 1024;

    private final Core core;
    private final Upload file;
    private final ByteRange place;

    private Repetition(Core core, Upload file, ByteRange place) {
        this.core = core;
        this.file = file;
        this.place = place;
    }

    /**
     * Fails with AlreadyCompleted for anything but what the file has there, and with ChecksumMismatch, BodyBroken.
     *
     * @param end where the client says the body ends (exclusive), or -1 when it does not
     */
    static Uploads.Written of(Core core, Upload file, long start, long end, Body body, DigestClaim claim) {
        long told = body.length() == Body.UNKNOWN ? end : start + body.length();
        if (start > file.length() || told > file.length() || end >= 0 && told != end) {
            throw new FailureException(new Failure.AlreadyCompleted(file.id()));
        }
        Uploads.Written repeated = new Repetition(core, file, new ByteRange(start, told >= 0 ? told : file.length())).take(body, claim);
        if (told >= 0 && repeated.range().end() != told) {
            throw new FailureException(new Failure.AlreadyCompleted(file.id()));
        }
        return repeated;
    }

    private Uploads.Written take(Body body, DigestClaim claim) {
        MessageDigest claimed = claim.possible() ? claim.algorithm().engine() : null;
        CRC32C crc = new CRC32C();
        long position = place.start();
        byte[] buffer = new byte[BUFFER];
        // A file of no bytes has no object.
        try (StoredObject object = file.length() == 0 ? null : core.storage.openToRead(file.object())) {
            for (int count = read(body, buffer); count >= 0; count = read(body, buffer)) {
                if (count > place.end() - position || !isStored(object, position, buffer, count)) {
                    throw new FailureException(new Failure.AlreadyCompleted(file.id()));
                }
                if (claimed != null) {
                    Digest.update(claimed, buffer, 0, count);
                }
                crc.update(buffer, 0, count);
                position += count;
            }
        } catch (IOException e) {
            // It was removed, or cannot be read: either way it does not take these bytes.
            throw new FailureException(new Failure.AlreadyCompleted(file.id()));
        }
        claim.verify(() -> claimed.digest(), (int) crc.getValue());
        core.watch.repeated(file.id());
        return new Uploads.Written(file, new ByteRange(place.start(), position), true);
    }

    private int read(Body body, byte[] buffer) {
        try {
            return body.read(buffer, 0, buffer.length);
        } catch (IOException e) {
            throw new FailureException(new Failure.BodyBroken(file.id(), 0));
        }
    }

    private static boolean isStored(StoredObject object, long position, byte[] buffer, int count) throws IOException {
        if (count == 0) {
            return true;
        }
        ByteBuffer stored = ByteBuffer.allocate(count);
        return object.read(position, stored) == count && Arrays.equals(stored.array(), 0, count, buffer, 0, count);
    }
}
