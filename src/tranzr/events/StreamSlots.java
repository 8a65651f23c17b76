package tranzr.events;

import java.time.Duration;
import java.util.Optional;
import tranzr.access.Caller;
import tranzr.limit.Concurrency;
import tranzr.model.AddressKey;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/** How many may watch at a time: in all, from one address, and with one token. Each costs a connection and a thread that waits. Safe for several threads. */
public final class StreamSlots {

    static final int IN_ALL = 1000;
    static final int PER_ADDRESS = 200;
    static final int PER_TOKEN = 100;
    /** When there may be room again; nobody knows. */
    private static final Duration LATER = Duration.ofSeconds(10);

    private final Concurrency addresses;
    private final Concurrency tokens;

    /** Room for one, until it is closed. */
    public record Slot(Concurrency.Permit address, Concurrency.Permit token) implements AutoCloseable {
        @Override
        public void close() {
            address.close();
            token.close();
        }
    }

    /** Each at least 1. */
    public StreamSlots(int inAll, int perAddress, int perToken) {
        addresses = new Concurrency(inAll, perAddress);
        tokens = new Concurrency(Concurrency.NONE, perToken);
    }

    /** As many as a server usually bears. */
    public static StreamSlots standard() {
        return new StreamSlots(IN_ALL, PER_ADDRESS, PER_TOKEN);
    }

    /** Fails with TooManyStreams. @param address null when it is not known */
    public Slot take(Caller caller, AddressKey address) {
        Concurrency.Permit place = addresses.tryAcquire(address).orElseThrow(StreamSlots::tooMany);
        Optional<Concurrency.Permit> token = tokens.tryAcquire(caller.actor());
        if (token.isEmpty()) {
            place.close();
            throw tooMany();
        }
        return new Slot(place, token.get());
    }

    private static FailureException tooMany() {
        return new FailureException(new Failure.TooManyStreams(LATER));
    }
}
