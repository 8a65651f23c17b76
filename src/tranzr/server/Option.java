package tranzr.server;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Every setting there is: this table drives the parsing of flags, environment and file, the text of {@code --help}, and the table in
 * {@code docs/operating.md}. Each goes by one name: {@code --upload-ttl}, {@code TRANZR_UPLOAD_TTL}, {@code upload-ttl=} in a file.
 */
public enum Option {
    BIND("ADDRESS", "127.0.0.1", "address to listen on; any other than loopback makes a token necessary"),
    PORT("NUMBER", "8000", "port to listen on; 0 takes a free one and says which"),
    DATA("DIRECTORY", "./tranzr-data", "where everything is kept; made when missing, used by one process at a time"),
    TOKEN_FILE("FILE", "none", "file (mode 0600 or 0400) with the token that opens the API; or put the token itself into TRANZR_TOKEN"),
    UPLOAD_TTL("TIME", "7d", "how long an unfinished upload is kept after its last byte"),
    SESSION_TTL("TIME", "12h", "how long a browser stays logged in, from its login on; at most a year"),
    CLEANUP_INTERVAL("TIME", "10m", "how often expired uploads and shares are cleaned away"),
    MAX_FILE_SIZE("SIZE", "none", "largest file that is accepted"),
    CHUNK_SIZE("SIZE", "8MiB", "chunk size of uploads that name none"),
    RESERVE("SIZE", "64MiB", "free space that uploads leave on the disk; less by default when under 1GiB is free: a sixteenth of that"),
    QUOTA_BYTES("SIZE", "none", "most bytes that are stored in all, unfinished uploads counted whole"),
    QUOTA_FILES("NUMBER", "none", "most files and unfinished uploads in all"),
    QUOTA_MONTHLY_BYTES("SIZE", "none", "most bytes that are brought in a calendar month (UTC)"),
    BASE_URL("URL", "as the client asked", "URL under which clients reach this server, for the links it gives out"),
    TRUSTED_PROXY("ADDRESS", "none", "proxy whose Forwarded and X-Forwarded-* fields are believed, or a range such as 10.0.0.0/8; several by commas or by repeating it"),
    TLS("KIND", "none", "self-signed speaks HTTPS by a certificate made at the first start, whose fingerprint is told; files, by --tls-cert and --tls-key, goes without saying"),
    TLS_CERT("FILE", "none", "PEM file with the certificate for HTTPS and those that vouch for it; read again when it changes"),
    TLS_KEY("FILE", "none", "PEM file (mode 0600 or 0400) with the certificate's private key, not encrypted; read again when it changes"),
    HTTP_REDIRECT("PORT", "none", "second port, for plain HTTP, that sends everybody to HTTPS; 0 takes a free one and says which"),
    HSTS("TIME", "180d", "how long browsers shall come by HTTPS only, told them with --tls-cert; none tells them nothing"),
    BANDWIDTH("SCHEDULE", "none", "bytes a second of all transfers together, also by day and time: mon-fri 08:00-18:00 5MiB/s; 20MiB/s"),
    BANDWIDTH_PER_TOKEN("SCHEDULE", "none", "bytes a second of the transfers of one token together"),
    BANDWIDTH_PER_TRANSFER("SCHEDULE", "none", "bytes a second of each transfer"),
    MAX_UPLOADS("NUMBER", "1024", "requests that bring bytes, at the same time; none for no limit"),
    MAX_DOWNLOADS("NUMBER", "2048", "requests that fetch bytes, at the same time; none for no limit"),
    MAX_TRANSFERS_PER_TOKEN("NUMBER", "512", "of both kinds, those of one token"),
    MAX_TRANSFERS_PER_ADDRESS("NUMBER", "256", "of both kinds, those of one address (of IPv6, of one /64)"),
    REQUEST_RATE("RATE", "5000/s burst 20000", "requests of one address"),
    REQUEST_RATE_PER_TOKEN("RATE", "5000/s burst 20000", "requests with one token"),
    LOGIN_RATE("RATE", "60/m", "logins, codes of a second factor, and tokens that open nothing, of one address"),
    LINK_RATE("RATE", "600/m", "links made (shares, signed URLs, upload requests) with one token, or from one address without"),
    WEBHOOK_PRIVATE("POLICY", "denied", "whether webhooks may lead to this machine and into private networks: allowed or denied"),
    STALL("TIME", "60s", "how long a body may bring no byte, or take none, before its connection is ended"),
    HEAD_TIME("TIME", "30s", "how long the request line and header fields may take in all"),
    MIN_RATE("RATE", "1KiB/s", "least speed of a body, either way, on average; time that the server takes does not count"),
    MIN_RATE_PATIENCE("TIME", "90s", "how far a body may fall behind --min-rate before its connection is ended"),
    MAX_CONNECTIONS("NUMBER", "3/4 of ulimit -n", "connections that may be open at once"),
    MAX_CONNECTIONS_PER_ADDRESS("NUMBER", "256", "of these, from one IPv4 address or IPv6 network of 64 bits; trusted proxies are exempt"),
    CORS_ORIGIN("ORIGIN", "none", "origin whose pages may call from a browser, such as https://app.example.org; several by commas or by repeating it; * for any"),
    AUDIT_SEGMENT("SIZE", "64MiB", "size of a file of the audit log, which then goes on in the next"),
    AUDIT_KEEP("TIME", "none", "how long records of the audit log are kept; none for ever"),
    ACCESS_LOG("FILE", "none", "file for a line in Combined Log Format for each request; - for standard output"),
    CONFIG("FILE", "none", "properties file with any of these settings, named as here without the dashes");

    private final String value;
    private final String standard;
    private final String meaning;

    Option(String value, String standard, String meaning) {
        this.value = value;
        this.standard = standard;
        this.meaning = meaning;
    }

    /** The name in a properties file, such as {@code upload-ttl}. */
    public String property() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Such as {@code --upload-ttl}. */
    public String flag() {
        return "--" + property();
    }

    /** The name in the environment, such as {@code TRANZR_UPLOAD_TTL}. */
    public String variable() {
        return Settings.VARIABLE_PREFIX + name();
    }

    /** What kind of value it takes, in capitals. */
    public String value() {
        return value;
    }

    /** The default as it would be typed, or words when there is no such value. */
    public String standard() {
        return standard;
    }

    public String meaning() {
        return meaning;
    }

    boolean isRepeatable() {
        return this == TRUSTED_PROXY || this == CORS_ORIGIN;
    }

    /** The setting of this name; empty when there is none. */
    public static Optional<Option> ofProperty(String property) {
        return Arrays.stream(values()).filter(option -> option.property().equals(property)).findFirst();
    }

    static String allProperties() {
        return Arrays.stream(values()).map(Option::property).collect(Collectors.joining(", "));
    }
}
