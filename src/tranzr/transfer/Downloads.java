package tranzr.transfer;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.UUID;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.storage.CorruptObjectException;
import tranzr.storage.StoredObject;

/** Opens completed files for those who may read them without a share. */
public final class Downloads {

    private final Core core;
    private final Permit permit;

    Downloads(Core core, Permit permit) {
        this.core = core;
        this.permit = permit;
    }

    /** Fails with UnknownFile, Forbidden, NotCompleted, UploadExpired, Corrupt when the bytes are missing. */
    public Download open(UUID id) {
        permit.require(id, Right.DOWNLOAD);
        Upload file = requireCompleted(core, id);
        return new WatchedDownload(core, file, open(core, file, whole -> { }), permit.peer());
    }

    static Upload requireCompleted(Core core, UUID id) {
        Upload upload = core.catalog.upload(id).orElseThrow(() -> new FailureException(new Failure.UnknownFile(id)));
        return switch (upload.state()) {
            case COMPLETED -> {
                core.settle();
                yield upload;
            }
            case EXPIRED -> throw new FailureException(new Failure.UploadExpired(id));
            default -> throw new FailureException(new Failure.NotCompleted(id, upload.state().wireName()));
        };
    }

    /** @param ended told once how it ended */
    static FileDownload open(Core core, Upload file, LinkDownload.Ended ended) {
        try {
            StoredObject object = file.length() == 0 ? null : core.storage.openToRead(file.object());
            return new FileDownload(file, object, ended);
        } catch (NoSuchFileException e) {
            if (core.catalog.upload(file.id()).filter(now -> now.object().equals(file.object())).isEmpty()) {
                throw new FailureException(new Failure.UnknownFile(file.id()));
            }
            throw FileDownload.corrupt(file, e);
        } catch (CorruptObjectException e) {
            throw FileDownload.corrupt(file, e);
        } catch (IOException e) {
            throw new FailureException(new Failure.Unavailable("the file cannot be opened"));
        }
    }
}
