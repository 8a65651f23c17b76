package tranzr.api.live;

import java.time.Duration;
import java.util.List;
import tranzr.access.Caller;
import tranzr.api.Callers;
import tranzr.api.ErrorCode;
import tranzr.api.Gate;
import tranzr.api.Problem;
import tranzr.api.Problems;
import tranzr.events.EventHub;
import tranzr.events.StreamSlots;
import tranzr.http.BadRequestException;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.http.WebSocketHandshake;
import tranzr.http.WebSocketLimits;
import tranzr.limit.Rate;
import tranzr.limit.RateLimiter;
import tranzr.model.AddressKey;
import tranzr.transfer.Engine;

/** The route that goes over to WebSocket, where the same events are told as by {@link EventRoutes}, and clients tell how far they are. */
public final class SocketRoutes {

    /** What is spoken, and the only thing that is. */
    public static final String PROTOCOL = "tranzr.events.v1";

    /** What a client says is no more than that; each costs a look-up, and perhaps the newest state of all that is under way. */
    private static final Rate MESSAGES = new Rate(10, Duration.ofSeconds(1), 50);

    private final EventSocket.Doors to;
    private final StreamSlots slots;
    private final WebSocketLimits limits;

    /** @param heartbeat {@link EventRoutes#HEARTBEAT} but in tests */
    public SocketRoutes(EventHub hub, Engine engine, Duration heartbeat) {
        this(hub, engine, heartbeat, StreamSlots.standard(), WebSocketLimits.DEFAULT);
    }

    /** @param slots for sockets, whether or not they are subscribed to anything */
    public SocketRoutes(EventHub hub, Engine engine, Duration heartbeat, StreamSlots slots, WebSocketLimits limits) {
        this.to = new EventSocket.Doors(hub, engine, new RateLimiter(MESSAGES, System::nanoTime), heartbeat);
        this.slots = slots;
        this.limits = limits;
    }

    /** {@code GET /ws}. */
    public Response open(Request request) {
        if (!request.canUpgrade()) {
            return refusal(request, Problem.of(ErrorCode.WEBSOCKET_UNAVAILABLE, "this server cannot go over to WebSocket, since the JDK's server is not opened to it, "
                    + "or the request is of HTTP/1.0; " + request.baseUrl() + "/events tells the same").with("events_url", request.baseUrl() + "/events"));
        }
        if (!WebSocketHandshake.isAsked(request) || !WebSocketHandshake.isOurVersion(request)) {
            return refusal(request, Problem.of(ErrorCode.UPGRADE_REQUIRED, "this speaks WebSocket, version " + WebSocketHandshake.VERSION + ", and nothing else; "
                    + request.baseUrl() + "/events tells the same over HTTP"))
                    .header("Upgrade", "websocket").header("Connection", "Upgrade").header("Sec-WebSocket-Version", WebSocketHandshake.VERSION);
        }
        WebSocketHandshake handshake = WebSocketHandshake.read(request);
        String protocol = chosen(handshake.protocols());
        Caller caller = Callers.of(request);
        StreamSlots.Slot slot = slots.take(caller, AddressKey.of(request.client()));
        request.whenEnded(_ -> slot.close());
        return handshake.answer(request, protocol, limits, new EventSocket(to, caller, Callers.peer(request)));
    }

    /** Empty for a client that offers nothing, which is taken to know what it is about. */
    private static String chosen(List<String> offered) {
        if (offered.isEmpty() || offered.contains(PROTOCOL)) {
            return offered.isEmpty() ? "" : PROTOCOL;
        }
        throw new BadRequestException(400, "invalid_websocket", "Sec-WebSocket-Protocol",
                "The subprotocol spoken here is " + PROTOCOL + "; a token as " + Gate.BEARER_PROTOCOL + "TOKEN stands beside it.");
    }

    private static Response refusal(Request request, Problem problem) {
        return Problems.told(request, problem).toJson();
    }
}
