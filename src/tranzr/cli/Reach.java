package tranzr.cli;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tranzr.client.SessionStore;
import tranzr.client.TranzrClient;
import tranzr.model.TimeSpan;
import tranzr.server.Config;
import tranzr.server.ConfigException;
import tranzr.server.Option;
import tranzr.server.Settings;

/**
 * How to get to the server, from flags and environment.
 *
 * @param isNamed whether somebody said which server, so that it is not just the default
 * @param token goes to this server only
 * @param state where unfinished transfers are remembered
 */
record Reach(URI server, boolean isNamed, Optional<String> token, Optional<String> pin, Duration timeout, Path state, Terminal terminal) {

    static final String SERVER = "--server";
    static final String TOKEN_FILE = "--token-file";
    static final String PIN = "--pin";
    static final String TIMEOUT = "--timeout";
    static final String STATE = "--state";

    /** A share link: what stands before it is the server. */
    private static final Pattern LINK = Pattern.compile("(.+)/(?:s|share/download)/([^/]+)(?:/[^/]*)?/?");

    static Reach of(Arguments given, Terminal terminal) throws ConfigException {
        Map<String, String> environment = terminal.environment();
        Optional<ClientSetting.Value> server = said(given, SERVER, ClientSetting.SERVER, environment);
        Optional<ClientSetting.Value> timeout = said(given, TIMEOUT, ClientSetting.TIMEOUT, environment);
        return new Reach(url(server.orElse(new ClientSetting.Value(ClientSetting.SERVER.standard(), SERVER))), server.isPresent(), token(given, environment),
                said(given, PIN, ClientSetting.PIN, environment).map(ClientSetting.Value::text),
                timeout.isPresent() ? seconds(timeout.get()) : Duration.ofSeconds(30), state(given, environment), terminal);
    }

    static Optional<ClientSetting.Value> said(Arguments given, String flag, ClientSetting setting, Map<String, String> environment) {
        return given.value(flag).map(text -> new ClientSetting.Value(text, flag)).or(() -> setting.in(environment));
    }

    /** The URL of a server, as a person types it. @throws ConfigException when it is none */
    static URI url(ClientSetting.Value value) throws ConfigException {
        String text = value.text();
        try {
            URI uri = new URI(text.replaceFirst("/+$", ""));
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getRawQuery() == null
                    && uri.getRawUserInfo() == null && uri.getRawFragment() == null && uri.getPort() <= 65_535) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new ConfigException(value.origin() + ": '" + text + "' is not a URL: " + e.getReason());
        }
        throw new ConfigException(value.origin() + ": '" + text + "' is not a URL such as https://files.example.org");
    }

    /** By the rules of the server's own token: from a file that only its owner may read, or from the environment, never both. */
    private static Optional<String> token(Arguments given, Map<String, String> environment) throws ConfigException {
        Map<String, String> ours = new HashMap<>();
        for (ClientSetting setting : List.of(ClientSetting.TOKEN, ClientSetting.TOKEN_FILE)) {
            setting.in(environment).ifPresent(value -> ours.put(setting.variable(), value.text()));
        }
        List<String> flags = new ArrayList<>();
        given.value(TOKEN_FILE).ifPresent(file -> flags.add(TOKEN_FILE + "=" + file));
        return Config.secretOf(Settings.read(flags, ours, EnumSet.of(Option.TOKEN_FILE)));
    }

    private static Duration seconds(ClientSetting.Value value) throws ConfigException {
        try {
            Duration span = value.text().matches("[0-9]{1,9}") ? Duration.ofSeconds(Long.parseLong(value.text())) : TimeSpan.parse(value.text());
            if (span.isPositive()) {
                return span;
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigException(value.origin() + ": '" + value.text() + "' " + e.getMessage());
        }
        throw new ConfigException(value.origin() + ": '" + value.text() + "' is no time at all");
    }

    private static Path state(Arguments given, Map<String, String> environment) throws ConfigException {
        Optional<String> flag = given.value(STATE);
        return flag.isPresent() ? path(STATE, flag.get()) : SessionStore.standardDirectory(environment);
    }

    /** @param origin how to name it to a person */
    static Path path(String origin, String text) throws ConfigException {
        try {
            if (!text.isEmpty()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            throw new ConfigException(origin + ": '" + text + "' is not a path: " + e.getReason());
        }
        throw new ConfigException(origin + ": the path is empty");
    }

    SessionStore sessions() {
        return SessionStore.at(state);
    }

    /** To the server, with the token. Warns when that goes over the network for everybody to read. */
    TranzrClient open() throws ConfigException {
        if (token.isPresent() && server.getScheme().equals("http") && !isLoopback(server.getHost())) {
            terminal.complain("warning: the token goes to " + server.getHost() + " unencrypted");
        }
        return client(server, token.orElse(null));
    }

    /** To the server of a link, which is opened by the link alone: the token belongs to another, maybe. */
    TranzrClient openFor(URI link) throws ConfigException {
        return client(serverOf(link), null);
    }

    private TranzrClient client(URI where, String secret) throws ConfigException {
        try {
            return TranzrClient.of(where).token(secret).pin(pin.orElse(null)).timeout(timeout).sessions(sessions()).build();
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    /** The same for another server, with the same token: for whoever knows that it is meant. */
    Reach at(URI other) {
        return new Reach(other, true, token, pin, timeout, state, terminal);
    }

    /** Whether a transfer with that server may go on with what was said: it is the named one, or nobody named one and there is no token that could come into the wrong hands. */
    boolean isMeant(URI other) {
        return other.equals(server) || !isNamed && token.isEmpty();
    }

    /** Whether it is meant for a link. */
    static boolean isLink(String text) {
        return text.startsWith("http://") || text.startsWith("https://");
    }

    /** @throws ConfigException for a URL that is no share link */
    static URI link(String text) throws ConfigException {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawPath() != null && LINK.matcher(base(uri)).matches()) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new ConfigException("'" + Visible.of(text) + "' is not a link: " + e.getReason());
        }
        throw new ConfigException("'" + Visible.of(text) + "' is not a share link such as https://files.example.org/s/TOKEN/NAME");
    }

    private static URI serverOf(URI link) {
        Matcher matcher = LINK.matcher(base(link));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a share link");
        }
        return URI.create(matcher.group(1));
    }

    /** What opens the link; of a link that {@link #link} has let pass. */
    static String tokenOf(URI link) {
        Matcher matcher = LINK.matcher(base(link));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a share link");
        }
        return matcher.group(2);
    }

    private static String base(URI link) {
        return link.getScheme() + "://" + link.getRawAuthority() + link.getRawPath();
    }

    static boolean isLoopback(String host) {
        try {
            return host.equals("localhost") || InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false; // a name, which may lead anywhere
        }
    }
}
