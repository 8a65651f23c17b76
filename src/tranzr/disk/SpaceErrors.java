package tranzr.disk;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells a full disk from other failures; Java hands on only the text of {@code strerror}. */
final class SpaceErrors {

    private SpaceErrors() {
    }

    /** @param wanted bytes that were still to be written, 0 when not known */
    static IOException recognise(Path path, long wanted, IOException e) {
        if (e instanceof NoSpaceException || e instanceof ClosedChannelException) {
            return e;
        }
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return isFull(reason) || hasNoRoom(path, wanted)
                ? new NoSpaceException(path + ": " + (reason == null ? "no space left" : reason), e)
                : e;
    }

    private static boolean isFull(String reason) {
        return reason != null
                && (reason.startsWith("No space left on device") || reason.startsWith("Disk quota exceeded")
                        || reason.startsWith("There is not enough space on the disk"));
    }

    /** The text is in the language of the machine, so a write that failed where it could not fit counts as well. */
    private static boolean hasNoRoom(Path path, long wanted) {
        try {
            return wanted > 0 && Files.getFileStore(path).getUsableSpace() < wanted;
        } catch (IOException e) {
            return false; // the first failure is the one to report
        }
    }
}
