package tranzr.accounts;

import java.util.List;
import java.util.function.UnaryOperator;
import tranzr.catalog.Change;
import tranzr.model.Digest;
import tranzr.model.UploadRequest;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Guarded;

/** An upload request with a password. */
record GuardedRequest(Core core, UploadRequest request) implements Guarded {

    @Override
    public Digest key() {
        return request.hash();
    }

    @Override
    public String password() {
        return request.password();
    }

    @Override
    public Misses misses() {
        return core.catalog().entity(UploadRequest.class, request.id()).map(now -> new Misses(now.failedPasswords(), now.lastFailure())).orElse(Misses.NONE);
    }

    @Override
    public void note(Misses misses) {
        replace(now -> now.withFailures(misses.count(), misses.last()));
    }

    @Override
    public void strengthen(String stored) {
        replace(now -> request.password().equals(now.password()) ? now.withPassword(stored) : now);
    }

    private void replace(UnaryOperator<UploadRequest> edit) {
        Retry.on(() -> {
            UploadRequest now = core.catalog().entity(UploadRequest.class, request.id()).orElseThrow(() -> new FailureException(new Failure.RequestClosed()));
            core.commit(List.of(new Change.EntityReplaced(now, edit.apply(now))));
            return null;
        });
    }
}
