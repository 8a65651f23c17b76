package tranzr.api;

import tranzr.access.Caller;
import tranzr.http.Request;
import tranzr.transfer.Peer;

/** Who asks: found out once by the {@link Gate} and kept with the request. */
public final class Callers {

    private Callers() {
    }

    /** @throws IllegalStateException when the request did not come through the gate */
    public static Caller of(Request request) {
        return request.attached(Caller.class).orElseThrow(() -> new IllegalStateException("a request that did not come through the gate"));
    }

    /** From where the request comes, to be shown to those who watch. */
    public static Peer peer(Request request) {
        return new Peer(request.client(), request.headers("User-Agent").stream().findFirst().orElse(null));
    }

    /** From now on the request counts as this caller's: what the gate has found, or who has just logged in by it. */
    public static void set(Request request, Caller caller) {
        request.attach(Caller.class, caller);
    }
}
