package tranzr.server;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import tranzr.disk.Disk;
import tranzr.http.HttpListener;
import tranzr.security.CurrentIdentity;
import tranzr.security.TlsIdentity;
import tranzr.server.StartException.Kind;

/** HTTPS as one server speaks it: the certificate, and what keeps it the newest. */
final class ServerTls implements AutoCloseable {

    private final TlsConfig config;
    private final CurrentIdentity current;
    private final Optional<TlsReload> reload;

    private ServerTls(TlsConfig config, CurrentIdentity current, Optional<TlsReload> reload) {
        this.config = config;
        this.current = current;
        this.reload = reload;
    }

    /**
     * Empty for plain HTTP.
     *
     * @param data the data directory, opened
     * @throws StartException when there is no certificate that can be used
     */
    static Optional<ServerTls> open(Config config, Disk disk, Path data, InstantSource clock, SecureRandom random) throws StartException {
        TlsConfig tls = config.tls();
        try {
            return switch (tls.kind()) {
                case NONE -> Optional.empty();
                case SELF_SIGNED -> {
                    TlsIdentity identity = TlsCertificates.selfSigned(disk, data, config.bind(), config.baseUrl(), clock, random);
                    yield Optional.of(new ServerTls(tls, new CurrentIdentity(identity, random), Optional.empty()));
                }
                case FILES -> {
                    TlsConfig.Files files = tls.files().orElseThrow();
                    TlsCertificates.Texts texts = TlsCertificates.read(files);
                    TlsIdentity identity = texts.parse();
                    TlsReload.warnIfInvalid(identity, clock);
                    CurrentIdentity current = new CurrentIdentity(identity, random);
                    TlsReload reload = new TlsReload(() -> TlsCertificates.read(files), texts, current, clock);
                    reload.start();
                    yield Optional.of(new ServerTls(tls, current, Optional.of(reload)));
                }
            };
        } catch (IOException e) {
            throw new StartException(Kind.REFUSED, "cannot speak HTTPS: " + Settings.reason(e), e);
        } catch (GeneralSecurityException e) {
            throw new StartException(Kind.REFUSED, "cannot speak HTTPS: " + e.getMessage(), e);
        }
    }

    HttpListener.Https https() {
        return new HttpListener.Https(current.context(), config.transportSecurity());
    }

    /** What new connections get now. */
    TlsIdentity identity() {
        return current.identity();
    }

    boolean isSelfSigned() {
        return config.kind() == TlsConfig.Kind.SELF_SIGNED;
    }

    @Override
    public void close() {
        reload.ifPresent(TlsReload::close);
    }
}
