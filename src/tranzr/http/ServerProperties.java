package tranzr.http;

import java.util.Map;

/**
 * The limits of the JDK's server, which reads them once, when its first class is initialised. What the operator has set stays.
 */
final class ServerProperties {

    /** Of a request's head: the request line and all field lines, with 32 bytes for each line. */
    static final int MAX_HEAD_BYTES = 16_384;
    static final int MAX_FIELDS = 64;

    private static final Map<String, String> VALUES = Map.of(
            "sun.net.httpserver.idleInterval", "30", // seconds
            "sun.net.httpserver.clockTick", "5000", // milliseconds
            "sun.net.httpserver.maxReqHeaders", Integer.toString(MAX_FIELDS),
            "sun.net.httpserver.maxReqHeaderSize", Integer.toString(MAX_HEAD_BYTES),
            // Draining is done here, with a limit in time: the JDK's own would block whoever closes the exchange.
            "sun.net.httpserver.drainAmount", "0",
            // Our own streams refuse it themselves; the JDK's do not.
            "jdk.tls.rejectClientInitiatedRenegotiation", "true",
            // Without it the last packet of an answer waits for the acknowledgement of the one before: some 40 ms.
            "sun.net.httpserver.nodelay", "true");

    /** For a program with several listeners, of which only the first one's limit counts here. Each has its own in front of it. */
    private static final int LEAST_MAX_CONNECTIONS = 4000;
    /** What is refused may linger. */
    private static final int SPARE_CONNECTIONS = 256;

    private ServerProperties() {
    }

    /** To be called before any class of the JDK's server is touched. */
    static void set(int maxConnections) {
        VALUES.forEach((name, value) -> System.getProperties().putIfAbsent(name, value));
        String most = Integer.toString(Math.max(LEAST_MAX_CONNECTIONS, maxConnections + SPARE_CONNECTIONS));
        System.getProperties().putIfAbsent("jdk.httpserver.maxConnections", most);
        // As many: an idle connection that is closed without a word, right after an answer, costs its client the next request.
        System.getProperties().putIfAbsent("sun.net.httpserver.maxIdleConnections", most);
    }
}
