package tranzr.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tranzr.http.Handler;
import tranzr.http.HttpListener;
import tranzr.http.HttpListener.ErrorMapper;
import tranzr.http.HttpsRedirect;
import tranzr.http.Limits;
import tranzr.http.Observer;
import tranzr.model.IpRange;
import tranzr.server.StartException.Kind;

/** The ports of one server: the one where everything is, and perhaps one that only sends there. */
record Listeners(HttpListener main, Optional<HttpListener> redirect, Optional<ServerTls> tls) {

    private static final int REDIRECT_SHARE = 8;

    /** Binds and begins to answer; on failure nothing stays open, {@code tls} neither. */
    static Listeners open(Config config, Optional<ServerTls> tls, Handler handler, ErrorMapper errors, Observer observer)
            throws IOException, StartException {
        HttpListener main = null;
        boolean opened = false;
        try {
            HttpListener.Options plain = options(config, config.bind(), config.trustedProxies());
            main = listen(plain.openTo(config.connections().cors()).observedBy(observer).securedBy(tls.map(ServerTls::https)), Option.PORT, handler, errors);
            Optional<HttpListener> redirect = Optional.empty();
            if (config.tls().redirectPort().isPresent()) {
                InetSocketAddress bind = new InetSocketAddress(config.bind().getAddress(), config.tls().redirectPort().getAsInt());
                redirect = Optional.of(listen(options(config, bind, Set.of()).limitedBy(forRedirects(config.connections().limits())).observedBy(observer),
                        Option.HTTP_REDIRECT, new HttpsRedirect(config.baseUrl(), main.address()::getPort), errors));
            }
            opened = true;
            return new Listeners(main, redirect, tls);
        } finally {
            if (!opened) {
                tls.ifPresent(ServerTls::close);
                if (main != null) {
                    main.close();
                }
            }
        }
    }

    /** Each listener counts its own connections: the second takes few, so that both together leave enough of the process's files. */
    private static Limits forRedirects(Limits limits) {
        int most = Math.max(1, limits.maxConnections() / REDIRECT_SHARE);
        return new Limits(limits.stall(), limits.headTime(), limits.minRate(), limits.patience(), most, Math.min(most, limits.maxConnectionsPerAddress()));
    }

    private static HttpListener.Options options(Config config, InetSocketAddress bind, Set<IpRange> trustedProxies) {
        Limits limits = config.connections().limits();
        return new HttpListener.Options(bind, config.baseUrl(), trustedProxies, limits.stall()).limitedBy(limits);
    }

    private static HttpListener listen(HttpListener.Options options, Option port, Handler handler, ErrorMapper errors) throws IOException, StartException {
        try {
            return HttpListener.start(options, handler, errors);
        } catch (BindException e) {
            String address = options.bind().getAddress().getHostAddress() + " port " + options.bind().getPort();
            throw new StartException(Kind.REFUSED, "cannot listen on " + address + ": " + e.getMessage() + "; choose another by "
                    + port.flag() + " or " + Option.BIND.flag(), e);
        }
    }

    /** How many connections are open at both. */
    int connections() {
        return main.connections() + redirect.map(HttpListener::connections).orElse(0);
    }

    /** How many connections both have refused so far because there were too many. */
    long refusedConnections() {
        return main.refusedConnections() + redirect.map(HttpListener::refusedConnections).orElse(0L);
    }

    /** Where everything is, with the real port. */
    InetSocketAddress address() {
        return main.address();
    }

    OptionalInt redirectPort() {
        return redirect.map(listener -> OptionalInt.of(listener.address().getPort())).orElse(OptionalInt.empty());
    }

    /** Takes nothing new, and gives what is in flight up to {@code grace}. */
    void close(Duration grace) {
        redirect.ifPresent(HttpListener::close);
        tls.ifPresent(ServerTls::close);
        main.close(grace);
    }
}
