package tranzr.fault;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * What lies between two machines, as a {@link CuttingProxy} plays it.
 *
 * @param roundTrip latency there and back, half of it each way; a new connection costs one as well
 * @param window most bytes of one connection and direction that are under way and not acknowledged; 0 for as many as one likes
 * @param bytesPerSecond of all connections together, in each direction; 0 for no limit
 * @param cuts which connections end, and when
 */
public record Network(Duration roundTrip, int window, long bytesPerSecond, Cuts cuts) {

    /** Passes everything at once. */
    public static final Network CLEAN = new Network(Duration.ZERO, 0, 0, Cuts.NONE);

    public Network {
        if (roundTrip.isNegative() || window < 0 || bytesPerSecond < 0) {
            throw new IllegalArgumentException("negative");
        }
    }

    public Network cuts(Cuts other) {
        return new Network(roundTrip, window, bytesPerSecond, other);
    }

    public Network delay(Duration other) {
        return new Network(other, window, bytesPerSecond, cuts);
    }

    public Network window(int other) {
        return new Network(roundTrip, other, bytesPerSecond, cuts);
    }

    public Network rate(long other) {
        return new Network(roundTrip, window, other, cuts);
    }

    /** How a connection ends. */
    public enum End {
        /** As a program closes it. */
        CLOSE,
        /** RST to both sides. */
        RESET,
        /** It stays, and nothing passes any more: no end is told to anyone. */
        STALL
    }

    /**
     * The end of one connection: when so many bytes have passed in one of the directions, exactly.
     *
     * @param up from the client; {@link Long#MAX_VALUE} for never
     * @param down to the client
     */
    public record Cut(long up, long down, End how) {

        public static final Cut NEVER = new Cut(Long.MAX_VALUE, Long.MAX_VALUE, End.CLOSE);
    }

    /** Decides over each connection when it is opened. */
    @FunctionalInterface
    public interface Cuts {

        Cuts NONE = (connection, random) -> Cut.NEVER;

        /** @param connection counted from 0 */
        Cut next(int connection, RandomGenerator random);

        /** After so many bytes on average in each direction, without memory, so that it is the same for one long connection and for many short ones; closed or reset by turns of the dice. */
        static Cuts every(long bytes) {
            return (connection, random) -> new Cut(distance(bytes, random), distance(bytes, random), random.nextBoolean() ? End.CLOSE : End.RESET);
        }

        private static long distance(long mean, RandomGenerator random) {
            return Math.max(1, (long) (random.nextExponential() * mean));
        }
    }
}
