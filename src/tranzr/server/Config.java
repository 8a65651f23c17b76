package tranzr.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tranzr.disk.OperatorFile;
import tranzr.model.ByteSize;
import tranzr.model.Digest;
import tranzr.model.IpRange;
import tranzr.model.Quota;
import tranzr.model.TimeSpan;
import tranzr.security.Tokens;

/**
 * The settings of one server, checked. Holds no secret: of a token only the hash.
 *
 * @param bind where to listen; port 0 for a free one
 * @param token the hash of the only token that opens the API; empty when none was given
 * @param uploadTtl how long an unfinished upload is kept after its last byte
 * @param sessionTtl how long a browser stays logged in
 * @param maxFileSize in bytes; empty for no limit
 * @param chunkSize in bytes, for uploads that name none
 * @param reserve bytes of the disk that uploads leave free; empty to go by the disk's size
 * @param quota of all files together
 * @param baseUrl without a slash at its end; empty to go by the request
 * @param trustedProxies peers whose forwarding fields are believed
 * @param limits how often, how many at the same time, and how fast
 * @param connections how slow, how many, and from where
 * @param tls whether and how HTTPS is spoken
 * @param logs what is recorded
 * @param webhookPrivate whether webhooks may lead to this machine and into private networks
 */
public record Config(InetSocketAddress bind, Path data, Optional<Digest> token, Duration uploadTtl, Duration sessionTtl, Duration cleanupInterval,
        OptionalLong maxFileSize, long chunkSize, OptionalLong reserve, Quota quota, Optional<String> baseUrl, Set<IpRange> trustedProxies,
        LimitConfig limits, ConnectionConfig connections, TlsConfig tls, LogConfig logs, boolean webhookPrivate) {

    /** Below this a number in the API counts MiB, so a default cannot be less. */
    static final long MIN_CHUNK_SIZE = 1024;
    static final int MIN_TOKEN_LENGTH = 16;
    static final int MAX_TOKEN_LENGTH = 512;

    static final String NONE = "none";

    public Config {
        trustedProxies = Set.copyOf(trustedProxies);
    }

    /** @throws ConfigException for a value that cannot be used, naming it and where it stands */
    public static Config of(Settings settings) throws ConfigException {
        Optional<String> baseUrl = settings.get(Option.BASE_URL).isEmpty() ? Optional.empty() : Optional.of(parsed(settings, Option.BASE_URL, Config::baseUrl));
        return new Config(
                new InetSocketAddress(parsed(settings, Option.BIND, Config::host), parsed(settings, Option.PORT, Config::port)),
                dataOf(settings),
                secretOf(settings).map(Tokens::hash),
                parsed(settings, Option.UPLOAD_TTL, text -> atLeastASecond(TimeSpan.parse(text))),
                parsed(settings, Option.SESSION_TTL, text -> atMost(Duration.ofDays(365), atLeastASecond(TimeSpan.parse(text)))),
                parsed(settings, Option.CLEANUP_INTERVAL, text -> atLeastASecond(TimeSpan.parse(text))),
                parsed(settings, Option.MAX_FILE_SIZE, text -> text.equals(NONE) ? OptionalLong.empty() : OptionalLong.of(atLeast(1, ByteSize.parse(text)))),
                parsed(settings, Option.CHUNK_SIZE, text -> atLeast(MIN_CHUNK_SIZE, ByteSize.parse(text))),
                settings.get(Option.RESERVE).isEmpty() ? OptionalLong.empty()
                        : OptionalLong.of(parsed(settings, Option.RESERVE, ByteSize::parse)),
                new Quota(limit(settings, Option.QUOTA_BYTES, ByteSize::parse), limit(settings, Option.QUOTA_FILES, Config::count),
                        limit(settings, Option.QUOTA_MONTHLY_BYTES, ByteSize::parse)),
                baseUrl,
                parsed(settings, Option.TRUSTED_PROXY, Config::proxies),
                LimitConfig.of(settings),
                ConnectionConfig.of(settings),
                TlsConfig.of(settings, baseUrl),
                LogConfig.of(settings),
                parsed(settings, Option.WEBHOOK_PRIVATE, Config::allowed));
    }

    /** Only the data directory, for what works on it without serving. */
    public static Path dataOf(Settings settings) throws ConfigException {
        return Settings.path(valueOf(settings, Option.DATA)).toAbsolutePath().normalize();
    }

    /** Whether only this machine can connect. */
    public boolean isLoopback() {
        return bind.getAddress().isLoopbackAddress();
    }

    /** @return the value, from a text; {@link IllegalArgumentException} says what is wrong in words that follow the quoted text */
    @FunctionalInterface
    interface Parser<T> {
        T parse(String text);
    }

    private static Settings.Value valueOf(Settings settings, Option option) {
        return settings.get(option).orElse(new Settings.Value(option.standard(), option.flag()));
    }

    /** The value of an option, or its default. @throws ConfigException when it cannot be used, naming it and where it stands */
    static <T> T parsed(Settings settings, Option option, Parser<T> parser) throws ConfigException {
        Settings.Value value = valueOf(settings, option);
        try {
            if (value.text().isBlank()) {
                throw new IllegalArgumentException("is empty");
            }
            return parser.parse(value.text().strip());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(value.origin() + ": '" + value.text() + "' " + e.getMessage());
        }
    }

    private static long limit(Settings settings, Option option, Parser<Long> parser) throws ConfigException {
        return parsed(settings, option, text -> text.equals(NONE) ? Long.MAX_VALUE : parser.parse(text));
    }

    private static long count(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("is not a whole number");
        }
        return Long.parseLong(text);
    }

    private static InetAddress host(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("is neither an address nor a host name that is known here; the port is set by " + Option.PORT.flag(), e);
        }
    }

    private static boolean allowed(String text) {
        return switch (text) {
            case "allowed" -> true;
            case "denied" -> false;
            default -> throw new IllegalArgumentException("is neither allowed nor denied");
        };
    }

    static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new IllegalArgumentException("is not a port from 0 to 65535");
        }
        return Integer.parseInt(text);
    }

    static Duration atLeastASecond(Duration span) {
        if (span.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("is less than a second");
        }
        return span;
    }

    private static Duration atMost(Duration most, Duration span) {
        if (span.compareTo(most) > 0) {
            throw new IllegalArgumentException("is more than " + most.toDays() + " days");
        }
        return span;
    }

    private static long atLeast(long least, long bytes) {
        if (bytes < least) {
            throw new IllegalArgumentException("is less than " + least + (least == 1 ? " byte" : " bytes"));
        }
        return bytes;
    }

    private static String baseUrl(String text) {
        try {
            URI uri = new URI(text);
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null
                    && uri.getPort() <= 65_535) {
                return text.replaceFirst("/+$", "");
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is not a URL: " + e.getReason(), e);
        }
        throw new IllegalArgumentException("is not a URL such as https://files.example.org, without query or user");
    }

    private static Set<IpRange> proxies(String text) {
        Set<IpRange> proxies = new LinkedHashSet<>();
        if (text.equals(NONE)) {
            return proxies;
        }
        for (String each : text.split(",", -1)) {
            try {
                // A name would be looked up once and believed for ever.
                proxies.add(IpRange.parse(each.strip()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("has '" + each.strip() + "', which " + e.getMessage(), e);
            }
        }
        return proxies;
    }

    /** The token that was given, in the environment or in a file; empty for none. @throws ConfigException when it is given twice or cannot be one */
    public static Optional<String> secretOf(Settings settings) throws ConfigException {
        Optional<Settings.Value> file = settings.get(Option.TOKEN_FILE).filter(value -> !value.text().equals(NONE));
        if (settings.token() != null && file.isPresent()) {
            throw new ConfigException(Settings.TOKEN_VARIABLE + " and " + file.get().origin() + " both give a token: leave one away");
        }
        if (settings.token() != null) {
            return Optional.of(checked(settings.token(), Settings.TOKEN_VARIABLE));
        }
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            String text = OperatorFile.readSecret(Settings.path(file.get()));
            return Optional.of(checked(text.strip(), file.get().origin() + ": " + file.get().text()));
        } catch (IOException e) {
            throw new ConfigException(file.get().origin() + ": " + Settings.reason(e));
        }
    }

    private static String checked(String token, String origin) throws ConfigException {
        boolean typeable = token.chars().allMatch(c -> c > 0x20 && c < 0x7F);
        if (token.length() < MIN_TOKEN_LENGTH || token.length() > MAX_TOKEN_LENGTH || !typeable) {
            throw new ConfigException(origin + ": a token is " + MIN_TOKEN_LENGTH + " to " + MAX_TOKEN_LENGTH
                    + " letters, digits and signs of ASCII, without spaces");
        }
        return token;
    }
}
