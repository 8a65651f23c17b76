package tranzr.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A listener on a free port of the loopback address, with or without the JDK's internals. */
enum TestServer {
    OPENED, PUBLIC_API;

    HttpListener start(Handler handler) throws IOException {
        return start(handler, Duration.ofSeconds(30));
    }

    HttpListener start(Handler handler, Duration stall) throws IOException {
        return start(handler, new HttpListener.Options(loopback(), Optional.empty(), Set.of(), stall));
    }

    HttpListener start(Handler handler, HttpListener.Options options) throws IOException {
        return this == OPENED ? HttpListener.start(options, handler, TestServer::map)
                : HttpListener.startOnPublicApi(options, handler, TestServer::map);
    }

    static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    static Response map(Request request, Throwable thrown) {
        return thrown instanceof BadRequestException bad ? RequestHead.refusal(bad)
                : Response.problem(500, "internal_error", "Internal error", thrown.toString(), Map.of());
    }
}
