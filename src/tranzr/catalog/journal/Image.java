package tranzr.catalog.journal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tranzr.model.AccessToken;
import tranzr.model.Digest;

/**
 * The state as it was after one commit: references to immutable contents, so that it is taken quickly under the
 * writers' lock and written out without it.
 *
 * @param sequence the number of the last journal record whose effect is in it
 */
record Image(long sequence, List<UploadContent> uploads, List<ShareContent> shares, List<AccessToken> tokens) {

    /** @param content from {@link UploadRow#content} */
    record UploadContent(UploadRow row, Object content) {
        UUID id() {
            return row.id();
        }

        Instant created() {
            return row.created();
        }

        byte[] body() {
            return UploadRow.bodyOf(content);
        }
    }

    record ShareContent(ShareRow row, byte[] body) {
        Digest tokenHash() {
            return row.tokenHash();
        }
    }

    /** The caller holds the writers' lock. */
    static Image of(State state, long sequence) {
        List<UploadContent> uploads = new ArrayList<>(state.uploadRows().size());
        state.uploadRows().forEach(row -> uploads.add(new UploadContent(row, row.content())));
        List<ShareContent> shares = new ArrayList<>(state.shareRows().size());
        state.shareRows().forEach(row -> shares.add(new ShareContent(row, row.body())));
        return new Image(sequence, uploads, shares, List.copyOf(state.tokens()));
    }
}
