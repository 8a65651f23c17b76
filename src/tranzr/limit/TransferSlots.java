package tranzr.limit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How many transfers go on at the same time: uploads and downloads each in all, both together for each token and each address. A transfer that is refused by one
 * of the four has taken nothing of the others. Safe for several threads.
 */
public final class TransferSlots {

    /** The classes that have totals of their own. */
    public enum Kind {
        UPLOAD, DOWNLOAD
    }

    /** Which limit refused: the server's own, which is no fault of the client (503), or one of the client's (429). */
    public enum Bound {
        TOTAL, TOKEN, ADDRESS
    }

    /** What a transfer gets. */
    public sealed interface Outcome {
    }

    /** Room for one transfer, until it is closed. Closing again does nothing. Safe for several threads. */
    public static final class Slot implements Outcome, AutoCloseable {

        private final List<Concurrency.Permit> permits;

        private Slot(List<Concurrency.Permit> permits) {
            this.permits = permits;
        }

        @Override
        public void close() {
            permits.forEach(Concurrency.Permit::close);
        }
    }

    /** No room. */
    public record Refused(Bound bound) implements Outcome {
    }

    private final Concurrency uploads;
    private final Concurrency downloads;
    private final Concurrency tokens;
    private final Concurrency addresses;

    /** Each at least 1, or {@link Concurrency#NONE}. */
    public TransferSlots(int maxUploads, int maxDownloads, int maxPerToken, int maxPerAddress) {
        this.uploads = new Concurrency(maxUploads, Concurrency.NONE);
        this.downloads = new Concurrency(maxDownloads, Concurrency.NONE);
        this.tokens = new Concurrency(Concurrency.NONE, maxPerToken);
        this.addresses = new Concurrency(Concurrency.NONE, maxPerAddress);
    }

    /**
     * Takes room for one transfer; one caller at a time, so that nobody is refused for what another takes and gives back at once. The client's own limits are asked first, so that a client beyond them is told so even when the server is full.
     *
     * @param token whose transfer it is; null when there is none, as with a share link
     * @param address from where, as {@link tranzr.model.AddressKey}; null when it is not to count
     */
    public synchronized Outcome tryAcquire(Kind kind, Object token, Object address) {
        List<Concurrency.Permit> taken = new ArrayList<>(3);
        for (Bound bound : new Bound[] { Bound.ADDRESS, Bound.TOKEN, Bound.TOTAL }) {
            Optional<Concurrency.Permit> permit = switch (bound) {
                case ADDRESS -> addresses.tryAcquire(address);
                case TOKEN -> tokens.tryAcquire(token);
                case TOTAL -> of(kind).tryAcquire(null);
            };
            if (permit.isEmpty()) {
                taken.forEach(Concurrency.Permit::close);
                return new Refused(bound);
            }
            taken.add(permit.get());
        }
        return new Slot(taken);
    }

    /** How many transfers of this kind go on. */
    public int inUse(Kind kind) {
        return of(kind).inUse();
    }

    private Concurrency of(Kind kind) {
        return kind == Kind.UPLOAD ? uploads : downloads;
    }
}
