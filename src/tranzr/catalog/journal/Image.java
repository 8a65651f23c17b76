package tranzr.catalog.journal;

import java.util.List;
import java.util.Map;
import tranzr.model.Entity;
import tranzr.model.Scope;
import tranzr.model.Usage;

/**
 * The state as it was after one commit: references to immutable contents, so that it is taken quickly under the
 * writers' lock and written out without it.
 *
 * @param sequence the number of the last journal record whose effect is in it
 * @param uploads newest first
 * @param uploadContents of each upload what {@link UploadRow#content} gave
 * @param shares newest first
 * @param shareBodies of each share what {@link ShareRow#body} gave
 */
record Image(long sequence, UploadRow[] uploads, Object[] uploadContents, ShareRow[] shares, byte[][] shareBodies,
        List<Entity> entities, Map<Scope, Usage> usages) {

    /** The caller holds the writers' lock. */
    static Image of(State state, long sequence) {
        UploadRow[] uploads = new UploadRow[state.uploadCount()];
        Object[] contents = new Object[uploads.length];
        int at = 0;
        for (UploadRow row : state.uploadRows()) {
            uploads[at] = row;
            contents[at++] = row.content();
        }
        ShareRow[] shares = new ShareRow[state.shareCount()];
        byte[][] bodies = new byte[shares.length][];
        at = 0;
        for (ShareRow row : state.shareRows()) {
            shares[at] = row;
            bodies[at++] = row.body();
        }
        return new Image(sequence, uploads, contents, shares, bodies, List.copyOf(state.entities()), Map.copyOf(state.usages()));
    }
}
