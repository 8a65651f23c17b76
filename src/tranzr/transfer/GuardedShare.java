package tranzr.transfer;

import java.util.List;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.Digest;
import tranzr.model.Share;

/** A share link with a password. */
record GuardedShare(Core core, Share share) implements Guarded {

    @Override
    public Digest key() {
        return share.tokenHash();
    }

    @Override
    public String password() {
        return share.password();
    }

    @Override
    public Misses misses() {
        return core.catalog.share(key()).map(now -> new Misses(now.failedPasswords(), now.lastFailure())).orElse(Misses.NONE);
    }

    @Override
    public void note(Misses misses) {
        set(new Change.PasswordFailuresSet(key(), misses.count(), misses.last()));
    }

    @Override
    public void strengthen(String stored) {
        synchronized (core.shareTerms) {
            // What it was when it was found may have been changed since, to less.
            core.catalog.share(key()).filter(now -> share.password().equals(now.password()))
                    .ifPresent(now -> set(new Change.ShareTermsChanged(key(), now.expires(), now.maxDownloads(), stored)));
        }
    }

    private void set(Change change) {
        try {
            core.commit(List.of(change));
        } catch (ConflictException e) {
            throw new FailureException(new Failure.UnknownShare());
        }
    }
}
