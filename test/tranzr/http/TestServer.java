package tranzr.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tranzr.security.CurrentIdentity;
import tranzr.security.SelfSigned;
import tranzr.security.TlsIdentity;

/** A listener on a free port of the loopback address, with or without the JDK's internals, plain or by TLS. {@link RawClient} finds out which. */
enum TestServer {
    OPENED, PUBLIC_API, OPENED_TLS, PUBLIC_API_TLS;

    private static final Set<Integer> TLS_PORTS = ConcurrentHashMap.newKeySet();
    private static final CurrentIdentity IDENTITY = identity();

    HttpListener start(Handler handler) throws IOException {
        return start(handler, Duration.ofSeconds(30));
    }

    HttpListener start(Handler handler, Duration stall) throws IOException {
        return start(handler, new HttpListener.Options(loopback(), Optional.empty(), Set.of(), stall));
    }

    HttpListener start(Handler handler, HttpListener.Options options) throws IOException {
        return start(handler, options, TestServer::map);
    }

    /** @param plain gets HTTPS where this mode has it */
    HttpListener start(Handler handler, HttpListener.Options plain, HttpListener.ErrorMapper errors) throws IOException {
        HttpListener.Options options = plain.securedBy(isTls() ? Optional.of(new HttpListener.Https(IDENTITY.context(), Duration.ofDays(1))) : Optional.empty());
        HttpListener listener = isOpened() ? HttpListener.start(options, handler, errors) : HttpListener.startOnPublicApi(options, handler, errors);
        if (isTls()) {
            TLS_PORTS.add(listener.address().getPort());
        } else {
            TLS_PORTS.remove(listener.address().getPort());
        }
        return listener;
    }

    boolean isOpened() {
        return this == OPENED || this == OPENED_TLS;
    }

    boolean isTls() {
        return this == OPENED_TLS || this == PUBLIC_API_TLS;
    }

    /** Whether the latest server on a port of this machine spoke TLS. */
    static boolean isTls(InetSocketAddress address) {
        return TLS_PORTS.contains(address.getPort());
    }

    /** What all of them show. */
    static TlsIdentity certificate() {
        return IDENTITY.identity();
    }

    private static CurrentIdentity identity() {
        try {
            SecureRandom random = new SecureRandom();
            return new CurrentIdentity(SelfSigned.create(Set.of("localhost", "127.0.0.1"), Instant.now(), random), random);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    static Response map(Request request, Throwable thrown) {
        return thrown instanceof BadRequestException bad ? RequestHead.refusal(bad)
                : Response.problem(500, "internal_error", "Internal error", thrown.toString(), Map.of());
    }
}
