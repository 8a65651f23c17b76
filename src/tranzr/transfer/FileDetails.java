package tranzr.transfer;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.FileName;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/**
 * Names of completed files and how long they stay, changed by one caller. Whoever may delete a file may also say when it goes, and what it is called. Safe for several threads.
 */
public final class FileDetails {

    /**
     * What is to be.
     *
     * @param expires when it is cleaned away; null for never
     */
    public record Details(String filename, Instant expires) {
        public static Details of(Upload file) {
            return new Details(file.filename(), file.expires());
        }
    }

    /** From what is there makes what is to be; asked while nothing else can change the file. */
    @FunctionalInterface
    public interface Edit {
        Details of(Upload now);
    }

    private final Core core;
    private final Uploads uploads;

    FileDetails(Core core, Uploads uploads) {
        this.core = core;
        this.uploads = uploads;
    }

    /**
     * Sets name and time; links of the file go by them from then on. Two changes of one file follow each other, and a file whose time is over but was not cleaned away yet can still be given
     * more. Fails with UnknownFile, UploadExpired, Forbidden, NotCompleted, InvalidValue.
     */
    public Upload change(UUID id, Edit edit) {
        return uploads.withSession(id, session -> {
            session.completing.lock();
            try {
                return change(uploads.get(id, Right.DELETE), edit);
            } finally {
                session.completing.unlock();
            }
        });
    }

    private Upload change(Upload file, Edit edit) {
        if (file.state() != UploadState.COMPLETED) {
            throw new FailureException(new Failure.NotCompleted(file.id(), file.state().wireName()));
        }
        Details wanted = edit.of(file);
        if (wanted.equals(Details.of(file))) {
            return file;
        }
        FileName.objection(wanted.filename()).ifPresent(why -> {
            throw new FailureException(new Failure.InvalidValue("filename", why));
        });
        Instant now = core.now();
        try {
            core.commit(List.of(new Change.FileDetailsChanged(file.id(), wanted.filename(), now, wanted.expires())));
        } catch (ConflictException e) {
            throw new FailureException(new Failure.UnknownFile(file.id()));
        }
        return file.withDetails(wanted.filename(), now, wanted.expires());
    }
}
