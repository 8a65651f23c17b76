package tranzr.api;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import tranzr.access.Caller;
import tranzr.http.Handler;
import tranzr.http.Pace;
import tranzr.http.Request;
import tranzr.limit.Bandwidth;
import tranzr.limit.Flow;
import tranzr.limit.RateLimiter;
import tranzr.limit.TransferSlots;
import tranzr.model.AddressKey;
import tranzr.model.Priority;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/** Holds every request to the limits: how often, how many at the same time, how fast. */
public final class Throttle {

    /** When a slot may be free again; nobody knows, and all who wait should not come at once. */
    private static final Duration SOON = Duration.ofSeconds(2);

    /**
     * How often.
     *
     * @param perAddress whatever is asked
     * @param perToken whatever is asked
     * @param logins by address; tokens that open nothing count as well
     * @param links by token; by address where there is none
     */
    public record Rates(RateLimiter perAddress, RateLimiter perToken, RateLimiter logins, RateLimiter links) {
    }

    private final Rates rates;
    private final TransferSlots slots;
    private final Bandwidth bandwidth;

    public Throttle(Rates rates, TransferSlots slots, Bandwidth bandwidth) {
        this.rates = rates;
        this.slots = slots;
        this.bandwidth = bandwidth;
    }

    /** What is asked of everybody, before it is known who asks. */
    public Handler before(Load load, Handler gate) {
        return request -> {
            AddressKey address = AddressKey.of(request.client());
            require(rates.perAddress().acquire(address));
            if (load == Load.LOGIN) {
                require(rates.logins().acquire(address));
            }
            try {
                return gate.handle(request);
            } catch (FailureException e) {
                if (e.failure() instanceof Failure.WrongToken) {
                    // Whoever tries tokens is told no more than that there were too many.
                    require(rates.logins().acquire(address));
                }
                throw e;
            }
        };
    }

    /** What is asked of those whom the gate has let in. */
    public Handler behind(Load load, Handler handler) {
        return request -> {
            UUID token = keyOf(Callers.of(request));
            if (token != null) {
                require(rates.perToken().acquire(token));
            }
            switch (load) {
                case LINK -> require(rates.links().acquire(token == null ? AddressKey.of(request.client()) : token));
                case UPLOAD -> admit(request, TransferSlots.Kind.UPLOAD, token);
                case DOWNLOAD -> admit(request, TransferSlots.Kind.DOWNLOAD, token);
                case PLAIN, LOGIN -> { }
            }
            return handler.handle(request);
        };
    }

    /** How many transfers of this kind go on. */
    public int active(TransferSlots.Kind kind) {
        return slots.inUse(kind);
    }

    /** How many transfers wait at the moment for bandwidth. */
    public int waiting() {
        return bandwidth.waiting();
    }

    /** Guests share what their upload request gets. */
    private static UUID keyOf(Caller caller) {
        return switch (caller) {
            case Caller.Bearer bearer -> bearer.token().id();
            case Caller.Once once -> once.token().id();
            case Caller.Guest guest -> guest.request().id();
            case Caller.Signed signed -> keyOf(signed.signer());
            case Caller.Server _, Caller.Nobody _ -> null;
        };
    }

    private static void require(Duration wait) {
        if (wait.isPositive()) {
            throw new FailureException(new Failure.TooManyRequests(wait));
        }
    }

    private void admit(Request request, TransferSlots.Kind kind, UUID token) {
        switch (slots.tryAcquire(kind, token, AddressKey.of(request.client()))) {
            case TransferSlots.Slot slot -> request.whenEnded(_ -> slot.close());
            case TransferSlots.Refused(TransferSlots.Bound bound) -> throw new FailureException(
                    bound == TransferSlots.Bound.TOTAL ? new Failure.Busy(SOON) : new Failure.TooManyTransfers(SOON));
        }
        if (!bandwidth.isNone()) {
            List<String> wish = request.headers("Priority");
            FlowPace pace = new FlowPace(bandwidth, token, priorityOf(wish));
            request.whenEnded(_ -> pace.close());
            request.pace(pace, pace);
            if (wish.isEmpty()) {
                request.attach(FlowPace.class, pace);
            }
        }
    }

    /**
     * Shares bandwidth out to a request by what it is about, now that this is known, unless the request itself says what it is worth. Called by the request's own thread.
     *
     * @param priority asked only when it matters
     */
    public static void prefer(Request request, Supplier<Priority> priority) {
        request.attached(FlowPace.class).ifPresent(pace -> pace.prefer(priority.get()));
    }

    /** By the urgency of RFC 9218, 4.1: {@code u=3} is the default, lower numbers come first. What cannot be read is the default (section 4). */
    static Priority priorityOf(List<String> lines) {
        for (String line : lines) {
            for (String member : line.split(",", -1)) {
                String urgent = member.strip();
                // No pattern, which would cost a thousand times as much as the field is long.
                if (urgent.length() == 3 && urgent.startsWith("u=") && urgent.charAt(2) >= '0' && urgent.charAt(2) <= '7') {
                    int urgency = urgent.charAt(2) - '0';
                    return urgency < 3 ? Priority.HIGH : urgency < 5 ? Priority.NORMAL : Priority.LOW;
                }
            }
        }
        return Priority.NORMAL;
    }

    /** The pace of one request. Its flow is another one from when it is known that it is worth more or less than it seemed. */
    private static final class FlowPace implements Pace {
        private final Bandwidth bandwidth;
        private final UUID token;
        private Priority priority;
        /** Replaced by the request's own thread, ended by any. */
        private volatile Flow flow;
        private boolean ended;

        FlowPace(Bandwidth bandwidth, UUID token, Priority priority) {
            this.bandwidth = bandwidth;
            this.token = token;
            this.priority = priority;
            this.flow = bandwidth.open(token, priority);
        }

        synchronized void prefer(Priority better) {
            if (better != priority && !ended) {
                priority = better;
                flow.close();
                flow = bandwidth.open(token, better);
            }
        }

        @Override
        public int take(int wanted) throws IOException {
            return flow.next(wanted);
        }

        @Override
        public synchronized void abort() {
            ended = true;
            flow.abort();
        }

        synchronized void close() {
            ended = true;
            flow.close();
        }
    }
}
