package tranzr.accounts;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import tranzr.access.Caller;

/**
 * Requests under way and who made them, so that they end when a token, session or upload request is revoked: transfers and event streams
 * too. Safe for several threads.
 */
public final class LiveCallers {

    /** A request under way. Closing it again does nothing. */
    public final class Stay implements AutoCloseable {
        private final Caller caller;
        private final Runnable end;

        private Stay(Caller caller, Runnable end) {
            this.caller = caller;
            this.end = end;
        }

        @Override
        public void close() {
            stays.remove(this);
        }
    }

    private final Set<Stay> stays = ConcurrentHashMap.newKeySet();

    public LiveCallers() {
    }

    /** @param end ends the request at once, from any thread */
    public Stay enter(Caller caller, Runnable end) {
        Stay stay = new Stay(caller, Objects.requireNonNull(end));
        stays.add(stay);
        return stay;
    }

    /** Ends all requests of these callers. */
    public void end(Predicate<Caller> of) {
        List<Stay> ended = new ArrayList<>();
        for (Stay stay : stays) {
            if (of.test(stay.caller)) {
                ended.add(stay);
            }
        }
        ended.forEach(stay -> stay.end.run());
    }

    /** Ends all requests made with a token, whether by its bearer, by a browser or by a one-time token. */
    public void endToken(UUID token) {
        end(caller -> switch (caller) {
            case Caller.Bearer bearer -> bearer.token().id().equals(token);
            case Caller.Once once -> once.token().id().equals(token);
            case Caller.Guest _, Caller.Server _, Caller.Nobody _ -> false;
        });
    }

    /** Ends all requests of the guests of an upload request. */
    public void endRequest(UUID request) {
        end(caller -> caller instanceof Caller.Guest guest && guest.request().id().equals(request));
    }

    int size() {
        return stays.size();
    }
}
