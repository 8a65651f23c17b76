package tranzr.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tranzr.http.Request;
import tranzr.model.FileName;
import tranzr.transfer.Archive;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Shares;

/** What whoever has a link asks for, and as whom. */
public final class LinkVisits {

    /** The query parameter that stands in the place of a password. */
    public static final String GRANT = "grant";
    /** The query parameter, or field, that names one of several files. */
    public static final String FILE = "file";

    private static final String ZIP = ".zip";

    private LinkVisits() {
    }

    /** Who asks, with the grant of the query, or the password, wherever it stands. */
    public static Shares.Visitor visitor(Request request) {
        return visitor(request, givenPassword(request), request.query(GRANT).orElse(null));
    }

    /** @param password or null; @param grant or null */
    public static Shares.Visitor visitor(Request request, String password, String grant) {
        return new Shares.Visitor(request.client(), request.headers("User-Agent").stream().findFirst().orElse(null), password, grant);
    }

    /** The password of a link, wherever it stands; null when there is none. */
    public static String givenPassword(Request request) {
        return HeaderText.of(request, "X-Share-Password").or(() -> request.query("password"))
                .or(() -> request.basicCredentials().map(Request.Credentials::password)).orElse(null);
    }

    /**
     * The file that is meant; empty for all of them as one archive. Fails with NotInShare.
     *
     * @param file its index, or its name where no other has the same
     * @param path the name at the end of the path, by which a link of one file may call it as it likes
     */
    public static Optional<Shares.Item> chosen(Shares.Visit visit, Optional<String> file, Optional<String> path) {
        if (file.isPresent()) {
            return Optional.of(byIndex(visit, file.get()).or(() -> byName(visit, file.get()))
                    .orElseThrow(() -> new FailureException(new Failure.NotInShare(file.get()))));
        }
        if (!visit.share().contents().areSeveral()) {
            return Optional.of(visit.items().getFirst());
        }
        if (path.isEmpty() || path.get().equals(Archive.nameOf(visit.share().contents().title()))) {
            return Optional.empty();
        }
        Optional<Shares.Item> named = byName(visit, path.get());
        if (named.isEmpty() && !path.get().toLowerCase(Locale.ROOT).endsWith(ZIP)) {
            throw new FailureException(new Failure.NotInShare(path.get()));
        }
        return named;
    }

    private static Optional<Shares.Item> byIndex(Shares.Visit visit, String text) {
        return visit.items().stream().filter(item -> Integer.toString(item.index()).equals(text)).findAny();
    }

    private static Optional<Shares.Item> byName(Shares.Visit visit, String name) {
        List<Shares.Item> whole = visit.items().stream().filter(item -> item.file().filename().equals(name)).toList();
        List<Shares.Item> found = !whole.isEmpty() ? whole
                : visit.items().stream().filter(item -> FileName.forDownload(item.file().filename()).equals(name)).toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    /** The address that hands out a file, or all of them, to whoever has it. @param item empty for the archive */
    public static String url(String baseUrl, String token, Shares.Visit visit, Optional<Shares.Item> item, Shares.Grant grant) {
        String name = item.map(chosen -> chosen.file().filename()).orElseGet(() -> Archive.nameOf(visit.share().contents().title()));
        String choice = item.isPresent() && visit.share().contents().areSeveral() ? "&" + FILE + "=" + item.get().index() : "";
        return ShareLinks.url(baseUrl, token, name) + "?" + GRANT + "=" + URLEncoder.encode(grant.text(), StandardCharsets.UTF_8) + choice;
    }
}
