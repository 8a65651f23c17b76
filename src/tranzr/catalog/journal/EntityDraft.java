package tranzr.catalog.journal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tranzr.catalog.ConflictException;
import tranzr.catalog.ConflictException.Reason;
import tranzr.model.Digest;
import tranzr.model.Entity;

/** What one commit makes of the entities. */
final class EntityDraft {

    private record Key(Class<? extends Entity> kind, UUID id) {
    }

    private final State state;
    /** A null value is a removal. */
    private final Map<Key, Entity> changed = new HashMap<>();

    EntityDraft(State state) {
        this.state = state;
    }

    void add(Entity entity) throws ConflictException {
        if (find(entity.getClass(), entity.id()) != null || isTaken(entity.secret())) {
            throw new ConflictException(Reason.EXISTS, "there is such a one: " + entity.id());
        }
        changed.put(new Key(entity.getClass(), entity.id()), entity);
    }

    void replace(Entity before, Entity after) throws ConflictException {
        if (before.getClass() != after.getClass() || !before.id().equals(after.id())) {
            throw new IllegalArgumentException("one entity cannot become another");
        }
        Entity now = existing(before.getClass(), before.id());
        if (!now.equals(before)) {
            throw new ConflictException(Reason.STATE, "changed meanwhile: " + before.id());
        }
        if (after.secret() != null && !after.secret().equals(now.secret()) && isTaken(after.secret())) {
            throw new ConflictException(Reason.EXISTS, "the secret is in use");
        }
        changed.put(new Key(after.getClass(), after.id()), after);
    }

    void remove(Class<? extends Entity> kind, UUID id) throws ConflictException {
        existing(kind, id);
        changed.put(new Key(kind, id), null);
    }

    void require(Class<? extends Entity> kind, UUID id) throws ConflictException {
        existing(kind, id);
    }

    /** Removals last: what replaces a secret is found before the old one is gone. */
    void publish() {
        changed.values().stream().filter(entity -> entity != null).forEach(state::put);
        changed.forEach((key, entity) -> {
            if (entity == null) {
                state.removeEntity(key.kind(), key.id());
            }
        });
    }

    private Entity find(Class<? extends Entity> kind, UUID id) {
        Key key = new Key(kind, id);
        return changed.containsKey(key) ? changed.get(key) : state.entity(kind, id);
    }

    private Entity existing(Class<? extends Entity> kind, UUID id) throws ConflictException {
        Entity entity = find(kind, id);
        if (entity == null) {
            throw new ConflictException(Reason.MISSING, "there is no " + id);
        }
        return entity;
    }

    private boolean isTaken(Digest secret) {
        if (secret == null) {
            return false;
        }
        Set<Key> gone = new HashSet<>(changed.keySet());
        Entity holder = state.bySecret(secret);
        boolean before = holder != null && !gone.contains(new Key(holder.getClass(), holder.id()));
        return before || changed.values().stream().anyMatch(entity -> entity != null && secret.equals(entity.secret()));
    }
}
