package tranzr.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tranzr.client.ShareLink;
import tranzr.client.ShareTerms;
import tranzr.model.TimeSpan;
import tranzr.server.ConfigException;

/** What can be said about a link that is made. */
final class ShareOptions {

    static final String EXPIRES = "--expires";
    static final String MAX_DOWNLOADS = "--max-downloads";
    static final String PASSWORD = "--password";
    static final List<String> ALL = List.of(EXPIRES, MAX_DOWNLOADS, PASSWORD, Secret.PASSWORD_FILE);
    private static final Duration STANDARD_LIFE = Duration.ofDays(7);
    private static final int MOST_DOWNLOADS = 1_000_000_000;

    private ShareOptions() {
    }

    static Map<String, String> options(String with) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(EXPIRES + " TIME", with + "how long the link works, such as 2h or 7d, or never (default: " + TimeSpan.format(STANDARD_LIFE) + ")");
        options.put(MAX_DOWNLOADS + " NUMBER", with + "how often it can be used, or none for no limit (default: none)");
        options.put(PASSWORD, with + "ask for a password that the recipient has to know; it is typed, never an argument");
        options.put(Secret.PASSWORD_FILE + " FILE", with + "take it from the first line of this file (mode 0600 or 0400)");
        return options;
    }

    /** Asks for a password if that is wanted. */
    static ShareTerms terms(Arguments given) throws ConfigException {
        Optional<String> life = given.value(EXPIRES);
        Optional<String> downloads = given.value(MAX_DOWNLOADS);
        Duration expires = STANDARD_LIFE;
        if (life.isPresent()) {
            expires = life.get().equals("never") ? null : TransferCommand.checked(EXPIRES, life.get(), TimeSpan::parse);
        }
        if (expires != null && !expires.isPositive()) {
            throw new ConfigException(EXPIRES + ": '" + life.orElse("") + "' is no time at all; there is 'never'");
        }
        int most = downloads.isEmpty() || downloads.get().equals("none") ? 0
                : TransferCommand.number(new ClientSetting.Value(downloads.get(), MAX_DOWNLOADS), 1, MOST_DOWNLOADS);
        return new ShareTerms(expires, most, password(given));
    }

    private static String password(Arguments given) throws ConfigException {
        Optional<String> file = given.value(Secret.PASSWORD_FILE);
        if (given.has(PASSWORD) && file.isPresent()) {
            throw new ConfigException(PASSWORD + " and " + Secret.PASSWORD_FILE + " exclude each other");
        }
        return file.isPresent() ? Secret.ofFile(file.get()) : given.has(PASSWORD) ? Secret.chosen("password for the link: ") : null;
    }

    /** For programs. */
    static Map<String, Object> fields(ShareLink link) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("share_url", link.url().toString());
        fields.put("share_id", link.shareId().toString());
        fields.put("expires_at", link.expires() == null ? null : link.expires().toString());
        fields.put("max_downloads", link.maxDownloads() == 0 ? null : (Object) link.maxDownloads());
        fields.put("protected", link.isProtected());
        return fields;
    }
}
