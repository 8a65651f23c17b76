package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tranzr.http.Cors;
import tranzr.http.Limits;
import tranzr.limit.ByteRate;
import tranzr.limit.Concurrency;
import tranzr.limit.Rate;
import tranzr.limit.Schedule;
import tranzr.model.IpRange;
import tranzr.security.Tokens;

class ConfigTest {

    private static final String TOKEN = "a-token-long-enough";

    @TempDir
    Path folder;

    @Test
    void without_any_setting_the_documented_defaults_hold() throws Exception {
        Config config = config(Map.of());
        assertEquals("127.0.0.1", config.bind().getAddress().getHostAddress());
        assertEquals(8000, config.bind().getPort());
        assertTrue(config.isLoopback());
        assertEquals(Path.of("tranzr-data").toAbsolutePath(), config.data());
        assertEquals(Optional.empty(), config.token());
        assertEquals(Duration.ofDays(7), config.uploadTtl());
        assertEquals(Duration.ofMinutes(10), config.cleanupInterval());
        assertEquals(OptionalLong.empty(), config.maxFileSize());
        assertEquals(8L << 20, config.chunkSize());
        assertEquals(OptionalLong.empty(), config.reserve());
        assertEquals(Optional.empty(), config.baseUrl());
        assertEquals(Set.of(), config.trustedProxies());
        assertEquals(TlsConfig.OFF, config.tls());
        LimitConfig limits = config.limits();
        assertTrue(limits.bandwidth().isNone() && limits.bandwidthPerToken().isNone() && limits.bandwidthPerTransfer().isNone());
        assertEquals(List.of(1024, 2048, 512, 256), List.of(limits.maxUploads(), limits.maxDownloads(), limits.maxTransfersPerToken(),
                limits.maxTransfersPerAddress()));
        assertEquals(new Rate(5000, Duration.ofSeconds(1), 20_000), limits.requestRate());
        assertEquals(limits.requestRate(), limits.requestRatePerToken());
        assertEquals(new Rate(60, Duration.ofMinutes(1), 60), limits.loginRate());
        assertEquals(new Rate(600, Duration.ofMinutes(1), 600), limits.linkRate());
        assertFalse(config.webhookPrivate());
        assertEquals(Cors.NONE, config.connections().cors());
        Limits connections = config.connections().limits();
        assertEquals(new Limits(Duration.ofSeconds(60), Duration.ofSeconds(30), 1024, Duration.ofSeconds(90), connections.maxConnections(), 256), connections);
        assertEquals(ConnectionConfig.usualConnections(tranzr.disk.OpenFiles.limit()), connections.maxConnections());
        assertEquals(new LogConfig(64 << 20, Optional.empty(), Optional.empty()), config.logs());
        assertEquals(15_000, ConnectionConfig.usualConnections(java.util.OptionalInt.of(20_000)));
    }

    @Test
    void every_setting_takes_its_value_from_flag_environment_and_file_alike() throws Exception {
        Path token = secret("rw-------", TOKEN + "\n");
        Map<Option, String> values = Map.ofEntries(Map.entry(Option.BIND, "::1"), Map.entry(Option.PORT, "0"), Map.entry(Option.DATA, folder + "/x/../data"),
                Map.entry(Option.TOKEN_FILE, token.toString()), Map.entry(Option.UPLOAD_TTL, "1h30m"), Map.entry(Option.SESSION_TTL, "1d"), Map.entry(Option.CLEANUP_INTERVAL, "90s"),
                Map.entry(Option.MAX_FILE_SIZE, "33.5MB"), Map.entry(Option.CHUNK_SIZE, "512K"), Map.entry(Option.RESERVE, "0"),
                Map.entry(Option.QUOTA_BYTES, "5GB"), Map.entry(Option.QUOTA_FILES, "12"), Map.entry(Option.QUOTA_MONTHLY_BYTES, "1KiB"),
                Map.entry(Option.BASE_URL, "https://files.example.org/"), Map.entry(Option.TRUSTED_PROXY, "10.0.0.1, 2001:db8::/32"),
                Map.entry(Option.BANDWIDTH, "mon-fri 08:00-18:00 5MiB/s; 20MiB/s"), Map.entry(Option.BANDWIDTH_PER_TOKEN, "2MiB/s"),
                Map.entry(Option.BANDWIDTH_PER_TRANSFER, "500KB/s"), Map.entry(Option.MAX_UPLOADS, "5"), Map.entry(Option.MAX_DOWNLOADS, "none"),
                Map.entry(Option.MAX_TRANSFERS_PER_TOKEN, "3"), Map.entry(Option.MAX_TRANSFERS_PER_ADDRESS, "4"), Map.entry(Option.REQUEST_RATE, "none"),
                Map.entry(Option.REQUEST_RATE_PER_TOKEN, "100/s"), Map.entry(Option.LOGIN_RATE, "20/15m"), Map.entry(Option.LINK_RATE, "600/m burst 50"),
                Map.entry(Option.STALL, "20s"), Map.entry(Option.HEAD_TIME, "10s"), Map.entry(Option.MIN_RATE, "2KiB/s"), Map.entry(Option.MIN_RATE_PATIENCE, "2m"),
                Map.entry(Option.MAX_CONNECTIONS, "500"), Map.entry(Option.MAX_CONNECTIONS_PER_ADDRESS, "5"), Map.entry(Option.CORS_ORIGIN, "https://A.example:443"),
                Map.entry(Option.AUDIT_SEGMENT, "1MiB"), Map.entry(Option.AUDIT_KEEP, "90d"), Map.entry(Option.ACCESS_LOG, folder + "/access.log"),
                Map.entry(Option.WEBHOOK_PRIVATE, "allowed"),
                Map.entry(Option.TLS, "files"), Map.entry(Option.TLS_CERT, folder + "/cert.pem"), Map.entry(Option.TLS_KEY, folder + "/key.pem"),
                Map.entry(Option.HTTP_REDIRECT, "0"), Map.entry(Option.HSTS, "1d"));
        assertEquals(EnumSet.complementOf(EnumSet.of(Option.CONFIG)), EnumSet.copyOf(values.keySet()), "every option is tried");

        Config expected = new Config(new java.net.InetSocketAddress(InetAddress.ofLiteral("::1"), 0), folder.resolve("data"), Optional.of(Tokens.hash(TOKEN)),
                Duration.ofMinutes(90), Duration.ofDays(1), Duration.ofSeconds(90), OptionalLong.of(33_500_000), 512 << 10, OptionalLong.of(0), new tranzr.model.Quota(5_000_000_000L, 12, 1024),
                Optional.of("https://files.example.org"), Set.of(IpRange.parse("10.0.0.1"), IpRange.parse("2001:db8::/32")),
                new LimitConfig(Schedule.parse("mon-fri 08:00-18:00 5MiB/s; 20MiB/s"), Schedule.always(new ByteRate(2 << 20)),
                        Schedule.always(new ByteRate(500_000)), 5, Concurrency.NONE, 3, 4, Rate.NONE, new Rate(100, Duration.ofSeconds(1), 100),
                        new Rate(20, Duration.ofMinutes(15), 20), new Rate(600, Duration.ofMinutes(1), 50)),
                new ConnectionConfig(new Limits(Duration.ofSeconds(20), Duration.ofSeconds(10), 2048, Duration.ofMinutes(2), 500, 5),
                        new Cors(Set.of("https://a.example"), false)),
                new TlsConfig(TlsConfig.Kind.FILES, Optional.of(new TlsConfig.Files(folder.resolve("cert.pem"), folder.resolve("key.pem"))),
                        java.util.OptionalInt.of(0), Duration.ofDays(1)),
                new LogConfig(1 << 20, Optional.of(Duration.ofDays(90)), Optional.of(folder.resolve("access.log"))), true);

        String[] apart = values.entrySet().stream().flatMap(e -> java.util.stream.Stream.of(e.getKey().flag(), e.getValue())).toArray(String[]::new);
        assertEquals(expected, config(Map.of(), apart));
        String[] joined = values.entrySet().stream().map(e -> e.getKey().flag() + "=" + e.getValue()).toArray(String[]::new);
        assertEquals(expected, config(Map.of(), joined));
        Map<String, String> environment = new java.util.HashMap<>();
        values.forEach((option, text) -> environment.put(option.variable(), text));
        assertEquals(expected, config(environment));
        StringBuilder file = new StringBuilder("# settings\n");
        values.forEach((option, text) -> file.append(option.property()).append(" = ").append(text).append('\n'));
        assertEquals(expected, config(Map.of(), "--config", file(file.toString())));
        assertEquals(expected, config(Map.of("TRANZR_CONFIG", file(file.toString()))));
    }

    @Test
    void a_flag_wins_over_the_environment_and_that_over_the_file() throws Exception {
        String file = file("port=1\nchunk-size=1MiB\nupload-ttl=1d");
        Map<String, String> environment = Map.of("TRANZR_PORT", "2", "TRANZR_CHUNK_SIZE", "2MiB");
        Config config = config(environment, "--config", file, "--port", "3");
        assertEquals(3, config.bind().getPort());
        assertEquals(2 << 20, config.chunkSize());
        assertEquals(Duration.ofDays(1), config.uploadTtl());
        assertEquals(Duration.ofMinutes(10), config.cleanupInterval());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --port           | 65536               | 0 to 65535
            --port           | -1                  | 0 to 65535
            --port           | 80x                 | 0 to 65535
            --port           | ٣                   | 0 to 65535
            --bind           | no.such.host.invalid| neither an address
            --bind           | 127.0.0.1:80        | --port
            --upload-ttl     | 7                   | length of time
            --upload-ttl     | -7d                 | length of time
            --upload-ttl     | 0s                  | less than a second
            --upload-ttl     | 999999d             | 1000 years
            --cleanup-interval | 10 minutes        | length of time
            --cleanup-interval | 1ms               | less than a second
            --max-file-size  | 0                   | less than 1 byte
            --max-file-size  | unlimited           | not a size
            --max-file-size  | 9EiB                | more than
            --chunk-size     | 1023                | less than 1024
            --chunk-size     | 1.3KiB              | whole number
            --chunk-size     | 8Mb/s               | not a size
            --reserve        | 5%                  | not a size
            --reserve        | 5XB                 | unknown unit
            --base-url       | files.example.org   | not a URL
            --base-url       | ftp://example.org   | not a URL
            --base-url       | http://u:p@x        | not a URL
            --base-url       | http://x/?q         | not a URL
            --base-url       | http://x:99999      | not a URL
            --base-url       | http://a b          | not a URL
            --audit-segment  | 63KiB               | is not from 64KiB to 1GiB
            --audit-segment  | 2GiB                | is not from 64KiB to 1GiB
            --audit-keep     | 59m                 | less than an hour
            --audit-keep     | for ever            | length of time
            --trusted-proxy  | proxy.example.org   | not an IP address
            --trusted-proxy  | 10.0.0.1,           | not an IP address
            --trusted-proxy  | 10.0.0.1/8          | bits set beyond
            --bandwidth      | 5MiB                | not a rate
            --bandwidth      | 5/s                 | less than 1KB/s
            --bandwidth      | 08:00 5MiB/s        | where times
            --bandwidth-per-token | mon-xyz 5MiB/s | unknown day
            --bandwidth-per-transfer | none; 5MiB/s | always holds
            --max-uploads    | 0                   | neither a number
            --max-uploads    | 1000001             | neither a number
            --max-downloads  | ten                 | neither a number
            --max-transfers-per-token | -1         | neither a number
            --max-transfers-per-address | 1e3      | neither a number
            --request-rate   | 100                 | not a rate
            --request-rate   | 0/s                 | nothing at all
            --request-rate-per-token | 1/2d        | between 1ms and 1d
            --login-rate     | 2000000/s           | more than a million
            --link-rate      | 1/m burst 50000     | 30 days
            --stall          | 0s                  | less than a second
            --head-time      | 30                  | length of time
            --min-rate       | 1KiB                | not a rate
            --min-rate       | 0/s                 | 1B/s to 1GiB/s
            --min-rate       | 2GiB/s              | 1B/s to 1GiB/s
            --min-rate-patience | none             | length of time
            --max-connections | 0                  | 1 to 9999999
            --max-connections | many               | 1 to 9999999
            --max-connections-per-address | -1     | 1 to 9999999
            --cors-origin    | app.example.org     | not an origin
            --cors-origin    | https://a.example/  | not an origin
            --cors-origin    | https://a,*         | not an origin
            --cors-origin    | null                | not an origin
            --cors-origin    | file:///x           | not an origin
            --token-file     | /no/such/file       | does not exist
            --config         | /no/such/file       | does not exist
            """)
    void a_bad_value_is_refused_in_a_message_that_names_the_setting(String flag, String value, String why) {
        String message = refusal(Map.of(), flag, value);
        assertTrue(message.startsWith(flag + ": ") && message.contains(why), message);
        String variable = "TRANZR_" + flag.substring(2).replace('-', '_').toUpperCase(java.util.Locale.ROOT);
        message = refusal(Map.of(variable, value));
        assertTrue(message.startsWith(variable + ": ") && message.contains(why), message);
    }

    @Test
    void an_empty_value_is_an_error_everywhere_and_never_the_default() throws Exception {
        for (Option option : Option.values()) {
            assertTrue(refusal(Map.of(), option.flag() + "=").contains("empty"), option.flag());
            assertTrue(refusal(Map.of(option.variable(), "")).contains("empty"), option.variable());
        }
        assertTrue(refusal(Map.of("TRANZR_TOKEN", "")).contains("TRANZR_TOKEN"));
        assertTrue(refusal(Map.of(), "--config", file("port=")).contains("port in "));
    }

    @Test
    void unknown_repeated_and_incomplete_flags_are_refused() {
        assertTrue(refusal(Map.of(), "--prot", "1").contains("unknown option --prot"));
        assertTrue(refusal(Map.of(), "--PORT", "1").contains("unknown option"));
        assertTrue(refusal(Map.of(), "--port", "1", "--port=2").contains("given twice"));
        assertTrue(refusal(Map.of(), "--port").contains("needs a value: NUMBER"));
        assertTrue(refusal(Map.of(), "--port", "--bind", "::1").contains("--port needs a value"));
        assertTrue(refusal(Map.of(), "8000").contains("unexpected argument '8000'"));
        assertTrue(refusal(Map.of(), "-p", "1").contains("unexpected argument"));
        assertTrue(refusal(Map.of(), "--token", TOKEN).contains("--token-file"));
        assertFalse(refusal(Map.of(), "--token", TOKEN).contains(TOKEN));
    }

    @Test
    void several_proxies_come_by_commas_or_by_repeating_the_flag() throws Exception {
        Set<IpRange> both = Set.of(IpRange.parse("10.0.0.1"), IpRange.parse("10.0.0.0/24"));
        assertEquals(both, config(Map.of(), "--trusted-proxy", "10.0.0.1,10.0.0.0/24").trustedProxies());
        assertEquals(both, config(Map.of(), "--trusted-proxy", "10.0.0.1", "--trusted-proxy=10.0.0.0/24").trustedProxies());
    }

    @Test
    void an_unknown_setting_in_a_file_is_refused_and_an_unknown_variable_only_told() throws Exception {
        assertTrue(refusal(Map.of(), "--config", file("prot=1")).contains("unknown setting 'prot'"));
        assertTrue(refusal(Map.of(), "--config", file("config=x")).contains("unknown setting 'config'"));
        assertTrue(refusal(Map.of(), "--config", file("token=" + TOKEN)).contains("unknown setting 'token'"));
        assertTrue(refusal(Map.of(), "--config", file("port=1\nport=2")).contains("'port' is given twice"));
        assertTrue(refusal(Map.of(), "--config", file("port=\\u00zz")).contains("--config"));
        Settings settings = Settings.read(List.of(), Map.of("TRANZR_PROT", "1", "TRANZR_port", "x", "PATH", "y"), EnumSet.allOf(Option.class));
        assertEquals(2, settings.warnings().size());
        assertTrue(settings.warnings().getFirst().contains("TRANZR_PROT"));
        assertEquals(8000, Config.of(settings).bind().getPort());
    }

    @Test
    void https_is_asked_for_by_settings_that_go_together() throws Exception {
        assertEquals(TlsConfig.Kind.SELF_SIGNED, config(Map.of(), "--tls", "self-signed").tls().kind());
        assertEquals(TlsConfig.Kind.FILES, config(Map.of(), "--tls-cert", "c", "--tls-key", "k").tls().kind());
        assertEquals(Duration.ofDays(180), config(Map.of(), "--tls-cert", "c", "--tls-key", "k").tls().transportSecurity());
        assertEquals(Duration.ZERO, config(Map.of(), "--tls", "self-signed").tls().transportSecurity());
        assertEquals(Duration.ZERO, config(Map.of(), "--tls-cert", "c", "--tls-key", "k", "--hsts", "none").tls().transportSecurity());
        assertTrue(refusal(Map.of(), "--tls", "yes").contains("none of none, self-signed, files"));
        assertTrue(refusal(Map.of(), "--tls-cert", "c").contains("only one of them"));
        assertTrue(refusal(Map.of(), "--tls-key", "k").contains("only one of them"));
        assertTrue(refusal(Map.of(), "--tls", "files").contains("needs --tls-cert"));
        assertTrue(refusal(Map.of(), "--tls", "self-signed", "--tls-cert", "c", "--tls-key", "k").contains("contradicts"));
        assertTrue(refusal(Map.of(), "--tls", "none", "--tls-cert", "c", "--tls-key", "k").contains("contradicts"));
        assertTrue(refusal(Map.of(), "--http-redirect", "80").contains("nowhere"));
        assertTrue(refusal(Map.of(), "--tls", "self-signed", "--http-redirect", "80", "--base-url", "http://a").contains("not https"));
        assertTrue(refusal(Map.of(), "--tls", "self-signed", "--http-redirect", "99999").contains("not a port"));
    }

    @Test
    void a_flag_of_another_command_is_refused() {
        ConfigException refused = assertThrows(ConfigException.class, () -> Settings.read(List.of("--port", "1"), Map.of(), EnumSet.of(Option.DATA)));
        assertTrue(refused.getMessage().contains("--port does not apply"));
    }

    @Test
    void the_token_comes_from_the_environment_or_from_a_file_that_only_its_owner_may_read() throws Exception {
        assertEquals(Optional.of(Tokens.hash(TOKEN)), config(Map.of("TRANZR_TOKEN", TOKEN)).token());
        assertEquals(Optional.of(Tokens.hash(TOKEN)), config(Map.of(), "--token-file", secret("r--------", TOKEN).toString()).token());
        for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----", "rwxrwxrwx")) {
            String message = refusal(Map.of(), "--token-file", secret(mode, TOKEN).toString());
            assertTrue(message.contains("may be read or written by others"), message);
        }
        assertTrue(refusal(Map.of(), "--token-file", folder.toString()).contains("not a regular file"));
        String both = refusal(Map.of("TRANZR_TOKEN", TOKEN), "--token-file", secret("rw-------", TOKEN).toString());
        assertTrue(both.contains("both give a token"), both);
    }

    @Test
    void a_weak_or_strange_token_is_refused_without_being_repeated() throws Exception {
        for (String bad : List.of("short", "x".repeat(513), "has a space in it....", "first-line-is-long\nsecond-line", "caf\u00e9-caf\u00e9-caf\u00e9-caf\u00e9")) {
            String message = refusal(Map.of("TRANZR_TOKEN", bad));
            assertTrue(message.startsWith("TRANZR_TOKEN: a token is 16 to 512") && !message.contains(bad), message);
            assertFalse(refusal(Map.of(), "--token-file", secret("rw-------", bad).toString()).contains(bad));
        }
    }

    @Test
    void a_config_holds_no_token_that_a_log_could_show() throws Exception {
        assertFalse(config(Map.of("TRANZR_TOKEN", TOKEN)).toString().contains(TOKEN));
    }

    @Test
    void a_file_that_is_too_long_or_no_text_is_refused() throws Exception {
        assertTrue(refusal(Map.of(), "--config", file("#" + "x".repeat(70_000))).contains("longer than"));
        Path binary = Files.write(folder.resolve("binary"), new byte[] { (byte) 0xFF, 0 });
        assertTrue(refusal(Map.of(), "--config", binary.toString()).contains("not UTF-8"));
    }

    private static Config config(Map<String, String> environment, String... arguments) throws ConfigException {
        return Config.of(Settings.read(List.of(arguments), environment, EnumSet.allOf(Option.class)));
    }

    private static String refusal(Map<String, String> environment, String... arguments) {
        return assertThrows(ConfigException.class, () -> config(environment, arguments)).getMessage();
    }

    private String file(String text) throws Exception {
        return Files.writeString(Files.createTempFile(folder, "tranzr", ".properties"), text).toString();
    }

    private Path secret(String mode, String text) throws Exception {
        Path file = Files.createTempFile(folder, "token", "");
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
