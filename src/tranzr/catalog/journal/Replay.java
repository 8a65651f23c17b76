package tranzr.catalog.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.catalog.Redo;
import tranzr.journal.Journal;
import tranzr.model.ByteRange;
import tranzr.model.UploadState;

/** Applies the records of a journal to a state, in order, and hands the bytes they carry on. */
final class Replay implements Journal.Visitor {

    private final State state;
    private final Redo redo;
    private long last;
    private long bytes;

    /** @param after the number of the last record whose effect is in the state already */
    Replay(State state, long after, Redo redo) {
        this.state = state;
        this.last = after;
        this.redo = redo;
    }

    @Override
    public void record(long sequence, byte type, ByteBuffer payload) throws IOException {
        if (sequence != last + 1) {
            throw new BadRecordException("record " + sequence + " follows record " + last);
        }
        bytes += payload.remaining();
        try {
            apply(type, payload);
        } catch (BadRecordException e) {
            throw new BadRecordException("record " + sequence + ": " + e.getMessage(), e);
        } catch (ConflictException e) {
            throw new BadRecordException("record " + sequence + " contradicts those before it: " + e.getMessage(), e);
        }
        last = sequence;
    }

    private void apply(byte type, ByteBuffer payload) throws ConflictException, IOException {
        if (type != RecordCodec.COMMIT) {
            throw new BadRecordException("unknown type " + type + "; written by a newer version of Tranzr?");
        }
        Draft draft = new Draft(state);
        List<Change> changes = RecordCodec.decode(payload);
        bytes += JournalCatalog.redoCost(changes);
        for (Change change : changes) {
            switch (change) {
                case Change.RangeStored(UUID id, ByteRange range, _, byte[] carried, _, _) when carried != null -> {
                    draft.apply(change);
                    redo.write(draft.objectOf(id), range.start(), ByteBuffer.wrap(carried));
                }
                case Change.UploadRemoved(UUID id) -> applyLast(draft, change, id);
                case Change.StateChanged(UUID id, _, UploadState to, _, _) when to == UploadState.EXPIRED -> applyLast(draft, change, id);
                default -> draft.apply(change);
            }
        }
        draft.publish();
    }

    /** @param id of an upload that has no bytes any more by this change */
    private void applyLast(Draft draft, Change change, UUID id) throws ConflictException, IOException {
        UUID object = draft.objectOf(id);
        draft.apply(change);
        redo.removed(object);
    }

    /** Of all payloads so far, and what giving back the bytes in them costs, in bytes. */
    long bytes() {
        return bytes;
    }

    /** The number of the last record applied. */
    long last() {
        return last;
    }
}
