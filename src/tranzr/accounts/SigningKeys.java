package tranzr.accounts;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.SigningKey;
import tranzr.transfer.Core;

/**
 * The keys by which the server signs, each for a period of 30 days: made when it is first needed, kept until nothing can hold any more that it has signed. Numbers count
 * the periods, so that of all threads, and of all servers over one catalog, that need a key at the same time one makes it and all use the same. Safe for several threads.
 */
public final class SigningKeys {

    static final Duration PERIOD = Duration.ofDays(30);
    private static final int KEY_BYTES = 32;

    private final Core core;

    public SigningKeys(Core core) {
        this.core = core;
    }

    /** The key to sign with now; durable. */
    SigningKey current() {
        UUID id = SigningKey.idOf(core.now().getEpochSecond() / PERIOD.toSeconds());
        return Retry.on(() -> {
            Optional<SigningKey> known = core.catalog().entity(SigningKey.class, id);
            if (known.isPresent()) {
                core.settle();
                return known.get();
            }
            byte[] bytes = new byte[KEY_BYTES];
            core.random().nextBytes(bytes);
            SigningKey fresh = new SigningKey(id, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes), core.now());
            core.commit(List.of(new Change.EntityAdded(fresh)));
            return fresh;
        });
    }

    /** The key of this number, as long as it is kept. */
    Optional<SigningKey> byNumber(long number) {
        return core.catalog().entity(SigningKey.class, SigningKey.idOf(number));
    }

    static byte[] bytes(SigningKey key) {
        return Base64.getUrlDecoder().decode(key.key());
    }

    /** Has nothing hold any more that was signed so far; the next who needs a key makes another. */
    public void renew() {
        for (SigningKey key : core.catalog().entities(SigningKey.class)) {
            remove(key);
        }
    }

    /** Removes keys by which nothing was signed that can still be of use: not for the longest life of an address, nor while an upload is kept that nobody goes on with. */
    void sweep() {
        Instant now = core.now();
        for (SigningKey key : core.catalog().entities(SigningKey.class)) {
            Instant end = Instant.ofEpochSecond(Math.multiplyExact(key.number() + 1, PERIOD.toSeconds()));
            if (!now.isBefore(end.plus(SignedUrls.MAX_LIFE).plus(core.uploadTtl()))) {
                remove(key);
            }
        }
    }

    private void remove(SigningKey key) {
        try {
            core.commit(List.of(new Change.EntityReplaced(key, key), new Change.EntityRemoved(SigningKey.class, key.id())));
        } catch (ConflictException e) {
            return; // it went before, or another has taken its place
        }
    }
}
