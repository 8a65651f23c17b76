package tranzr.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import tranzr.model.TimeSpan;

/**
 * Whether HTTPS is spoken, and by which certificate.
 *
 * @param files empty unless the kind is {@link Kind#FILES}
 * @param redirectPort of the second listener, which sends plain HTTP to HTTPS; 0 for a free one; empty for none
 * @param transportSecurity how long browsers shall come by HTTPS only; zero to tell them nothing
 */
record TlsConfig(Kind kind, Optional<Files> files, OptionalInt redirectPort, Duration transportSecurity) {

    /** Where the certificate comes from. */
    enum Kind {
        NONE, SELF_SIGNED, FILES;

        String text() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /** Both PEM. */
    record Files(Path certificate, Path key) {
    }

    /** Plain HTTP. */
    static final TlsConfig OFF = new TlsConfig(Kind.NONE, Optional.empty(), OptionalInt.empty(), Duration.ZERO);

    private static final String NONE = Config.NONE;

    /** @throws ConfigException for settings that cannot be used, alone or together */
    static TlsConfig of(Settings settings, Optional<String> baseUrl) throws ConfigException {
        Optional<Path> certificate = file(settings, Option.TLS_CERT);
        Optional<Path> key = file(settings, Option.TLS_KEY);
        if (certificate.isPresent() != key.isPresent()) {
            throw new ConfigException(Option.TLS_CERT.flag() + " and " + Option.TLS_KEY.flag() + " go together: only one of them is given");
        }
        Optional<Kind> asked = settings.get(Option.TLS).isEmpty() ? Optional.empty() : Optional.of(Config.parsed(settings, Option.TLS, TlsConfig::kind));
        Kind kind = asked.orElse(certificate.isPresent() ? Kind.FILES : Kind.NONE);
        if (certificate.isPresent() && kind != Kind.FILES) {
            throw new ConfigException(Option.TLS.flag() + " " + kind.text() + " contradicts " + Option.TLS_CERT.flag() + ": leave one away");
        }
        if (certificate.isEmpty() && kind == Kind.FILES) {
            throw new ConfigException(Option.TLS.flag() + " files needs " + Option.TLS_CERT.flag() + " and " + Option.TLS_KEY.flag());
        }
        OptionalInt redirect = Config.parsed(settings, Option.HTTP_REDIRECT, text -> text.equals(NONE) ? OptionalInt.empty() : OptionalInt.of(Config.port(text)));
        boolean secureBase = baseUrl.map(url -> url.regionMatches(true, 0, "https:", 0, 6)).orElse(true);
        if (kind == Kind.NONE && redirect.isPresent()) {
            throw new ConfigException(Option.HTTP_REDIRECT.flag() + " has nowhere to send anybody without " + Option.TLS.flag() + " or " + Option.TLS_CERT.flag());
        }
        if (redirect.isPresent() && !secureBase) {
            throw new ConfigException(Option.HTTP_REDIRECT.flag() + " would send everybody to " + Option.BASE_URL.flag() + ", which is not https");
        }
        Duration transportSecurity = Config.parsed(settings, Option.HSTS, text -> text.equals(NONE) ? Duration.ZERO : TimeSpan.parse(text));
        return new TlsConfig(kind, certificate.map(file -> new Files(file, key.get())), redirect, kind == Kind.FILES ? transportSecurity : Duration.ZERO);
    }

    private static Kind kind(String text) {
        for (Kind kind : Kind.values()) {
            if (kind.text().equals(text)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("is none of none, self-signed, files");
    }

    private static Optional<Path> file(Settings settings, Option option) throws ConfigException {
        Optional<Settings.Value> value = settings.get(option).filter(given -> !given.text().equals(NONE));
        return value.isEmpty() ? Optional.empty() : Optional.of(Settings.path(value.get()));
    }
}
