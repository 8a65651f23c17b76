package tranzr.http;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * The one place that reaches into the JDK's server, where {@code --add-opens jdk.httpserver/sun.net.httpserver} allows it: it gives a new connection
 * our own streams before the server makes its, and counts connections as they come. Where that package is closed, or built otherwise, nothing is found, and everything
 * works on the public API alone, with fewer checks of the head and slower bodies.
 *
 * <p>It rests on this, read in JDK 25: the executor is handed one {@code ServerImpl$Exchange} a request; when its {@code connection} has a context,
 * the server takes the streams from the connection instead of creating them. The listening channel is registered with the selector when the server is made, and asked
 * only to accept and to close from then on.
 */
final class OpenedServer {

    private static final String INTERNALS = "sun.net.httpserver.";
    private static final System.Logger LOG = System.getLogger(OpenedServer.class.getName());

    private final Class<?> exchangeType;
    private final VarHandle connectionOfExchange;
    private final VarHandle inputOfConnection;
    private final VarHandle channelOfConnection;
    private final MethodHandle setParameters;
    private final VarHandle implementationOfServer;
    private final VarHandle listeningOfImplementation;

    private OpenedServer() throws ReflectiveOperationException {
        exchangeType = Class.forName(INTERNALS + "ServerImpl$Exchange");
        Class<?> connection = Class.forName(INTERNALS + "HttpConnection");
        Class<?> context = Class.forName(INTERNALS + "HttpContextImpl");
        MethodHandles.Lookup inside = MethodHandles.privateLookupIn(connection, MethodHandles.lookup());
        connectionOfExchange = inside.findVarHandle(exchangeType, "connection", connection);
        inputOfConnection = inside.findVarHandle(connection, "i", InputStream.class);
        channelOfConnection = inside.findVarHandle(connection, "chan", SocketChannel.class);
        setParameters = inside.findVirtual(connection, "setParameters", MethodType.methodType(void.class, InputStream.class, OutputStream.class,
                SocketChannel.class, SSLEngine.class, Class.forName(INTERNALS + "SSLStreams"), SSLContext.class, String.class, context,
                InputStream.class));
        Class<?> implementation = Class.forName(INTERNALS + "ServerImpl");
        Class<?> wrapper = Class.forName(INTERNALS + "HttpServerImpl");
        implementationOfServer = MethodHandles.privateLookupIn(wrapper, MethodHandles.lookup()).findVarHandle(wrapper, "server", implementation);
        listeningOfImplementation = MethodHandles.privateLookupIn(implementation, MethodHandles.lookup())
                .findVarHandle(implementation, "schan", ServerSocketChannel.class);
    }

    /** Puts another channel in front of the one that a server, which is not started yet, takes its connections from. */
    void gate(HttpServer server, UnaryOperator<ServerSocketChannel> gate) {
        Object implementation = implementationOfServer.get(server);
        listeningOfImplementation.set(implementation, gate.apply((ServerSocketChannel) listeningOfImplementation.get(implementation)));
    }

    /** Empty where the JDK's internals are not open, or not as expected; says so in the log. */
    static Optional<OpenedServer> find() {
        try {
            return Optional.of(new OpenedServer());
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(System.Logger.Level.INFO, "jdk.httpserver is not opened to this program: transfers are slower, and fewer malformed "
                    + "requests are noticed. Start java with --add-opens jdk.httpserver/sun.net.httpserver=ALL-UNNAMED ({0})", e.toString());
            return Optional.empty();
        }
    }

    /**
     * The connection a request comes by, with our streams; its head has to be begun. The server believes it plain also when it carries TLS.
     *
     * @param task what the server handed to its executor
     * @param links puts what carries our bytes on a new connection
     */
    Wire wireOf(Runnable task, HttpContext context, Function<SocketChannel, Link> links) {
        Object connection = connectionOfExchange.get(exchangeType.cast(task));
        InputStream input = (InputStream) inputOfConnection.get(connection);
        Wire wire = input instanceof WireInput own ? own.wire() : null;
        if (wire == null) {
            SocketChannel channel = (SocketChannel) channelOfConnection.get(connection);
            wire = new Wire(channel, links.apply(channel));
            try {
                setParameters.invoke(connection, wire.in(), wire.out(), channel, null, null, null, "http", context, wire.in());
            } catch (Throwable e) {
                throw new IllegalStateException("the streams of a connection cannot be set", e);
            }
        }
        return wire;
    }
}
