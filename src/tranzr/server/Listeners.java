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
import tranzr.server.StartException.Kind;

/** The ports of one server: the one where everything is, and perhaps one that only sends there. */
record Listeners(HttpListener main, Optional<HttpListener> redirect, Optional<ServerTls> tls) {

    /** Binds and begins to answer; on failure nothing stays open, {@code tls} neither. */
    static Listeners open(Config config, Optional<ServerTls> tls, Duration stall, Handler handler, ErrorMapper errors) throws IOException, StartException {
        HttpListener main = null;
        boolean opened = false;
        try {
            main = listen(new HttpListener.Options(config.bind(), config.baseUrl(), config.trustedProxies(), stall, tls.map(ServerTls::https)), Option.PORT,
                    handler, errors);
            Optional<HttpListener> redirect = Optional.empty();
            if (config.tls().redirectPort().isPresent()) {
                InetSocketAddress bind = new InetSocketAddress(config.bind().getAddress(), config.tls().redirectPort().getAsInt());
                redirect = Optional.of(listen(new HttpListener.Options(bind, config.baseUrl(), Set.of(), stall), Option.HTTP_REDIRECT,
                        new HttpsRedirect(config.baseUrl(), main.address()::getPort), errors));
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

    private static HttpListener listen(HttpListener.Options options, Option port, Handler handler, ErrorMapper errors) throws IOException, StartException {
        try {
            return HttpListener.start(options, handler, errors);
        } catch (BindException e) {
            String address = options.bind().getAddress().getHostAddress() + " port " + options.bind().getPort();
            throw new StartException(Kind.REFUSED, "cannot listen on " + address + ": " + e.getMessage() + "; choose another by "
                    + port.flag() + " or " + Option.BIND.flag(), e);
        }
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
