package tranzr.client;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Locale;

/** The file on this side cannot be written or read: nothing that the network or the server could mend. */
final class LocalException extends IOException {

    private static final long serialVersionUID = 1L;

    LocalException(IOException cause) {
        super(cause);
    }

    /** Whether the disk, or the user's share of it, is full. */
    private static boolean isFull(IOException e) {
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("no space") || text.contains("not enough space") || text.contains("disk full") || text.contains("quota");
    }

    /** What is wrong at this place, for a person. */
    static TransferException toldOf(Exception e, Object where) {
        return switch (e) {
            case TransferException known -> known;
            case LocalException wrapped when wrapped.getCause() instanceof IOException inner -> toldOf(inner, where);
            case AccessDeniedException _ -> new TransferException(TransferException.Kind.INPUT, "'" + where + "' may not be written", e);
            case ReadOnlyFileSystemException _ -> new TransferException(TransferException.Kind.INPUT, "'" + where + "' lies on a read-only file system", e);
            case IOException full when isFull(full) -> new TransferException(TransferException.Kind.LOCAL, "the disk of '" + where
                    + "' is full; what came is kept, make room and try again", e);
            case FileSystemException named when String.valueOf(named.getReason()).toLowerCase(Locale.ROOT).contains("read-only") ->
                    new TransferException(TransferException.Kind.INPUT, "'" + where + "' lies on a read-only file system", e);
            case FileSystemException named when named.getReason() != null -> new TransferException(TransferException.Kind.LOCAL, "'" + where + "': " + named.getReason(), e);
            default -> new TransferException(TransferException.Kind.LOCAL, "'" + where + "': " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()), e);
        };
    }
}
