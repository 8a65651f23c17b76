package tranzr;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import tranzr.model.IpRange;
import tranzr.model.TimeSpan;
import tranzr.security.TlsIdentity;
import tranzr.server.Config;
import tranzr.server.ConfigException;
import tranzr.server.Option;
import tranzr.server.Server;
import tranzr.server.Settings;
import tranzr.server.StartException;

/**
 * A file-transfer server inside another Java program:
 * <pre>{@code
 * try (Tranzr tranzr = Tranzr.builder().data(Path.of("files")).port(0).start()) {
 *     System.out.println("curl -T report.pdf " + tranzr.uri() + "/");
 *     ...
 * }
 * }</pre>
 * Several can run in one process, each on a data directory of its own. Neither the environment nor any file of settings is read. The server has threads of
 * its own, all daemons; closing it ends them and gives the directory free. Safe for several threads.
 * <p>The program should run with {@code --add-opens jdk.httpserver/sun.net.httpserver=ALL-UNNAMED} (or {@code Add-Opens} in its manifest) for all features;
 * without it the server works, but cannot do what needs the inside of the JDK's HTTP server.
 */
public final class Tranzr implements AutoCloseable {

    private final Server server;
    private final Optional<String> generatedToken;

    private Tranzr(Server server, Optional<String> generatedToken) {
        this.server = server;
        this.generatedToken = generatedToken;
    }

    /** Settings not yet made; all but {@link Builder#data} have the defaults of the command line. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings, which are checked by {@link #start}. Used by one thread. */
    public static final class Builder {

        private final Map<Option, String> values = new EnumMap<>(Option.class);
        private String token;

        private Builder() {
        }

        /** Where everything is kept; made when missing. Must be given. */
        public Builder data(Path directory) {
            return set(Option.DATA, directory.toString());
        }

        /** The address to listen on; {@code 127.0.0.1} when not given. Any other than loopback makes a token necessary. */
        public Builder bind(String address) {
            return set(Option.BIND, address);
        }

        /** The port to listen on; 0 takes a free one; 8000 when not given. */
        public Builder port(int port) {
            return set(Option.PORT, Integer.toString(port));
        }

        /** The token that opens the API, 16 to 512 characters of ASCII. Not given: none is asked for on loopback, else one is made. */
        public Builder token(String token) {
            this.token = token;
            return this;
        }

        /** How long an unfinished upload is kept after its last byte, at least a second; 7 days when not given. */
        public Builder uploadTtl(Duration ttl) {
            return set(Option.UPLOAD_TTL, TimeSpan.format(ttl));
        }

        /** How often what has expired is cleaned away, at least a second; 10 minutes when not given. */
        public Builder cleanupInterval(Duration interval) {
            return set(Option.CLEANUP_INTERVAL, TimeSpan.format(interval));
        }

        /** In bytes, at least 1; no limit when not given. */
        public Builder maxFileSize(long bytes) {
            return set(Option.MAX_FILE_SIZE, Long.toString(bytes));
        }

        /** The chunk size of uploads that name none, in bytes, at least 1024; 8 MiB when not given. */
        public Builder chunkSize(long bytes) {
            return set(Option.CHUNK_SIZE, Long.toString(bytes));
        }

        /** Free space that uploads leave on the disk, in bytes; 64 MiB when not given, less on a small disk. */
        public Builder reserve(long bytes) {
            return set(Option.RESERVE, Long.toString(bytes));
        }

        /** The URL under which clients reach the server, for the links it gives out; as each client asked when not given. */
        public Builder baseUrl(String url) {
            return set(Option.BASE_URL, url);
        }

        /** A proxy whose {@code Forwarded} and {@code X-Forwarded-*} fields are believed; may be called for several. */
        public Builder trustedProxy(InetAddress proxy) {
            values.merge(Option.TRUSTED_PROXY, IpRange.of(proxy).toString(), (before, another) -> before + "," + another);
            return this;
        }

        /** Proxies in a range of addresses, such as {@code 10.0.0.0/8}, as {@link #trustedProxy(InetAddress)}; may be called for several. */
        public Builder trustedProxies(String range) {
            values.merge(Option.TRUSTED_PROXY, range, (before, another) -> before + "," + another);
            return this;
        }

        /** Speaks HTTPS by this certificate, with those that vouch for it, and its key: two PEM files, which are read again when they change. */
        public Builder tls(Path certificate, Path key) {
            return set(Option.TLS_CERT, certificate.toString()).set(Option.TLS_KEY, key.toString());
        }

        /**
         * Any other setting, by its name in a properties file and in the form it has there.
         *
         * @throws IllegalArgumentException when there is no setting of this name
         */
        public Builder setting(String name, String value) {
            Option option = Option.ofProperty(name).filter(known -> known != Option.CONFIG)
                    .orElseThrow(() -> new IllegalArgumentException("there is no setting '" + name + "'"));
            return set(option, value);
        }

        /** Speaks HTTPS by a certificate that is made at the first start and kept with the data. */
        public Builder tlsSelfSigned() {
            return set(Option.TLS, "self-signed");
        }

        /**
         * Opens the data directory, recovers what a crash left, and begins to answer.
         *
         * @throws IllegalStateException when {@link #data} was not given
         * @throws IllegalArgumentException for a setting that cannot be used, naming it
         * @throws IOException when the port or the directory cannot be had, or the data is damaged; nothing is left open then
         */
        public Tranzr start() throws IOException {
            if (!values.containsKey(Option.DATA)) {
                throw new IllegalStateException("the data directory was not given");
            }
            AtomicReference<String> generated = new AtomicReference<>();
            try {
                Server server = Server.start(Config.of(Settings.of(values, token)), generated::set);
                return new Tranzr(server, Optional.ofNullable(generated.get()));
            } catch (ConfigException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            } catch (StartException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        private Builder set(Option option, String text) {
            values.put(option, text);
            return this;
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.address().getPort();
    }

    /** The URL under which this machine reaches it, such as {@code http://127.0.0.1:41234}; no slash at the end. */
    public URI uri() {
        return server.uri();
    }

    /** The certificate by which it speaks HTTPS now; empty when it speaks plain HTTP. */
    public Optional<X509Certificate> certificate() {
        return server.certificate().map(TlsIdentity::certificate);
    }

    /** The token that was made at this start, since one was necessary and none was known. Only its hash is stored, so this is the only way to learn it. */
    public Optional<String> generatedToken() {
        return generatedToken;
    }

    /** Completed with the cause when the disk fails: the server accepts nothing from then on, and should be closed. */
    public CompletableFuture<IOException> failure() {
        return server.failure();
    }

    /** Takes no new requests, gives those in flight up to {@code grace}, then closes. @throws IOException as {@link #close()} */
    public void close(Duration grace) throws IOException {
        server.close(grace);
    }

    /** Closes without waiting for requests in flight. Idempotent. @throws IOException when something could not be made durable; it is closed all the same */
    @Override
    public void close() throws IOException {
        server.close();
    }
}
