package tranzr.client;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server, and who one is there. Safe for several threads; make one, and close it at the end.
 *
 * <p>Connections are those of the JDK's {@code HttpClient}, by the JVM's proxy settings. Its system property {@code jdk.httpclient.bufsize} is set to 131072 unless it was set before, since
 * fast links are much slower with less; the JDK reads it when its client is used first.
 */
public final class TranzrClient implements AutoCloseable {

    private static final BigDecimal MILLIS_A_MINUTE = BigDecimal.valueOf(60_000);
    private static final Pattern LINK = Pattern.compile("(?i:https?)://[^?#]*/(?:s|share/download)/([^/?#]+)(?:/[^/?#]*)?(?:[?#].*)?");

    final Http http;
    final SessionStore sessions;
    final InstantSource clock;
    final RandomGenerator random;

    private TranzrClient(Builder builder) {
        this.http = builder.over.apply(new JdkHttp(builder.server, builder.token, builder.pin, builder.timeout, builder.clock));
        this.sessions = builder.sessions;
        this.clock = builder.clock;
        this.random = builder.random;
    }

    /** @param server such as {@code https://files.example.org}; a path after it is kept */
    public static Builder of(URI server) {
        return new Builder(server);
    }

    /** How to reach the server; each method returns this. */
    public static final class Builder {

        private final URI server;
        private String token;
        private String pin;
        private Duration timeout = Duration.ofSeconds(30);
        private SessionStore sessions;
        private InstantSource clock = InstantSource.system();
        private RandomGenerator random = new java.security.SecureRandom();
        private UnaryOperator<Http> over = http -> http;

        private Builder(URI server) {
            this.server = server;
        }

        /** Null for a server that asks for none, and for share links. */
        public Builder token(String token) {
            this.token = token;
            return this;
        }

        /** SHA-256 of the certificate in hexadecimal, with or without colons, as the server prints it: this one and no other is trusted, whatever its name. */
        public Builder pin(String fingerprint) {
            this.pin = fingerprint;
            return this;
        }

        /** For connecting, and for calls that bring no bytes of files: from the beginning to the end of the answer. */
        public Builder timeout(Duration timeout) {
            this.timeout = timeout;
            return this;
        }

        /** Where unfinished transfers are remembered; null: nowhere, they end with the process. */
        public Builder sessions(SessionStore sessions) {
            this.sessions = sessions;
            return this;
        }

        public Builder clock(InstantSource clock) {
            this.clock = clock;
            return this;
        }

        public Builder random(RandomGenerator random) {
            this.random = random;
            return this;
        }

        /** Stands between the transfers and the network, to see and to spoil what passes. */
        Builder over(UnaryOperator<Http> over) {
            this.over = over;
            return this;
        }

        /** @throws IllegalArgumentException for a URL or a fingerprint that is none, with a message for a person */
        public TranzrClient build() {
            return new TranzrClient(this);
        }
    }

    public URI server() {
        return http.server();
    }

    public Upload.Builder upload(Path file) {
        return new Upload.Builder(this, file, null, null);
    }

    /** What comes from a stream, of unknown length; it is not closed. It can be resumed only as long as this transfer lives. */
    public Upload.Builder upload(InputStream stream, String name) {
        return new Upload.Builder(this, null, stream, name);
    }

    public Download.Builder download(UUID id) {
        return new Download.Builder(this, id, null);
    }

    /** @param link a share link of this server, as it was given out */
    public Download.Builder download(URI link) {
        return new Download.Builder(this, null, link);
    }

    /** What a link leads to, for {@link #download(Listing.Contents, Listing.Entry)}. @param link a share link of this server, as it was given out */
    public Listing.Builder listing(URI link) {
        return new Listing.Builder(this, link);
    }

    /** One of the files of a link. @param entry null for the only one; {@link Download.Builder#to(Path)} has to name a folder when it is one of several */
    public Download.Builder download(Listing.Contents contents, Listing.Entry entry) {
        return new Download.Builder(this, contents, entry);
    }

    /** Newest first, all that the token may list. */
    public List<RemoteFile> list() throws IOException, RefusedException {
        List<RemoteFile> files = new ArrayList<>();
        for (Map<String, Object> file : http.list("/files", "file_id")) {
            files.add(new Members(file).file());
        }
        return files;
    }

    public RemoteFile info(UUID id) throws IOException, RefusedException {
        return new Members(http.call("GET", "/files/" + id, null).body()).file();
    }

    public ShareLink share(UUID id, ShareTerms terms) throws IOException, RefusedException {
        return new Members(http.call("POST", "/share/create/" + id, wanted(terms)).body()).link();
    }

    /** One link to several files. @param ids 1 to {@link Listing#MOST_FILES}, each once */
    public ShareLink share(List<UUID> ids, ShareTerms terms) throws IOException, RefusedException {
        Map<String, Object> wanted = wanted(terms);
        wanted.put("file_ids", ids.stream().map(UUID::toString).toList());
        return new Members(http.call("POST", "/share/create", wanted).body()).link();
    }

    private static Map<String, Object> wanted(ShareTerms terms) {
        Map<String, Object> wanted = new LinkedHashMap<>();
        wanted.put("expire_minutes", terms.expires() == null ? null : BigDecimal.valueOf(terms.expires().toMillis()).divide(MILLIS_A_MINUTE, 9, RoundingMode.UP).stripTrailingZeros());
        wanted.put("max_downloads", terms.maxDownloads() == 0 ? null : terms.maxDownloads());
        wanted.put("protected", terms.password() != null);
        if (terms.password() != null) {
            wanted.put("password", terms.password());
        }
        return wanted;
    }

    /** What waits at the server for the others of one link. */
    public SentFiles sentFiles() {
        return new SentFiles(this);
    }

    /** @param link its token, its {@code share_id}, or the whole link */
    public void revoke(String link) throws IOException, RefusedException {
        http.call("DELETE", "/shares/" + URLEncoder.encode(tokenOf(link), StandardCharsets.UTF_8), null);
    }

    private static String tokenOf(String link) {
        Matcher found = LINK.matcher(link.strip());
        return found.matches() ? found.group(1) : link.strip();
    }

    /** A file, or an upload that is under way. */
    public void delete(UUID id) throws IOException, RefusedException {
        try {
            http.call("DELETE", "/files/" + id, null);
        } catch (RefusedException forbidden) {
            if (forbidden.status() != 403) {
                throw forbidden;
            }
            try {
                http.call("DELETE", "/upload/" + id, null); // what is not completed goes by the right to upload, too
            } catch (RefusedException e) {
                throw forbidden;
            }
        }
    }

    /**
     * Any other call of the API, as {@code docs/api.md} has it.
     *
     * @param body null for none
     * @return the object of the answer; empty when it has none
     */
    public Map<String, Object> call(String method, String path, Map<String, ?> body) throws IOException, RefusedException {
        return http.call(method, path, body).body();
    }

    /** The same for a list, all of its pages. @param id the field by which a page goes on */
    public List<Map<String, Object>> list(String path, String id) throws IOException, RefusedException {
        return http.list(path, id);
    }

    @Override
    public void close() {
        http.close();
    }
}
