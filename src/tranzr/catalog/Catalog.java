package tranzr.catalog;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tranzr.model.Digest;
import tranzr.model.Entity;
import tranzr.model.Scope;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.Usage;

/**
 * The single source of truth about uploads, shares, tokens and rooms. Safe for several threads.
 * <p>Reads may show a change that another thread is just committing and that is not durable yet; whoever is about to
 * promise something because of what it read calls {@link #settle} first.
 */
public interface Catalog extends AutoCloseable {

    /**
     * Applies the changes in order, all or none, and returns when they are durable.
     *
     * @throws ConflictException when a precondition does not hold; nothing is changed
     * @throws tranzr.disk.NoSpaceException when there is no room for the record; nothing is changed. Changes that only remove or
     *         release find room longer than those that add.
     * @throws IOException when the catalog has failed; it then refuses everything until it is opened anew
     */
    void commit(List<Change> changes) throws ConflictException, IOException;

    default void commit(Change... changes) throws ConflictException, IOException {
        commit(List.of(changes));
    }

    /** Returns when every change visible to this thread's earlier reads is durable. Costs nothing when all is. */
    void settle() throws IOException;

    Optional<Upload> upload(UUID id);

    /**
     * Uploads and files, newest first (by creation time, then id).
     *
     * @param after the id of the last one already seen, or null to start; when it is unknown the list is empty
     * @param limit at most so many, at least 1
     */
    List<Upload> uploads(UUID after, int limit, Predicate<Upload> filter);

    /** At most so many completed files with this digest, in no order. Takes no longer for many files that have others. */
    List<Upload> files(Digest sha256, int limit, Predicate<Upload> filter);

    /** Calls back for each upload or file, in no order, seeing each at some moment during the call. */
    void forEachUpload(Consumer<Upload> action);

    Optional<Share> share(Digest tokenHash);

    /** The shares of one file, also those it is in with others, newest first. */
    List<Share> sharesOf(UUID fileId);

    /** All shares, newest first; as {@link #uploads}. */
    List<Share> shares(Digest after, int limit, Predicate<Share> filter);

    /** Calls back for each share, in no order. */
    void forEachShare(Consumer<Share> action);

    <E extends Entity> Optional<E> entity(Class<E> kind, UUID id);

    /** The entity of any kind that has this secret. */
    Optional<Entity> bySecret(Digest secret);

    /** Whether there is any entity of this kind. Cheap: asked at every request. */
    boolean hasAny(Class<? extends Entity> kind);

    /** All entities of a kind, in no order. */
    <E extends Entity> List<E> entities(Class<E> kind);

    /** What is used; {@link Usage#NONE} for a scope that nothing was ever counted for. */
    Usage usage(Scope scope);

    /** How many uploads and shares there are. Costs the same for many as for few. */
    Counts counts();

    @Override
    void close() throws IOException;
}
