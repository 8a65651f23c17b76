package tranzr.api.ui;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import tranzr.api.ErrorCode;
import tranzr.api.Problem;
import tranzr.api.ShareLinks;
import tranzr.model.FileName;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.transfer.Archive;
import tranzr.transfer.Shares;

/**
 * What stands on the page of a link.
 *
 * @param visit by whoever asks
 * @param archive of all files; empty for a link of one
 * @param problem what went wrong before, or null
 * @param chosen the file it went wrong with
 */
record LinkText(String token, String baseUrl, Shares.Visit visit, Optional<Archive> archive, Problem problem, Optional<String> chosen) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    /** What a link is called: its title, or the name of its file. */
    static String nameOf(Shares.Visit visit) {
        Share.Contents contents = visit.share().contents();
        if (!contents.areSeveral()) {
            return FileName.forDownload(visit.file().filename());
        }
        int count = visit.items().size();
        return contents.title().isEmpty() ? count == 1 ? "1 file" : count + " files" : contents.title();
    }

    /** Instead of a link that cannot be used. */
    static String over(Problem problem) {
        String title = switch (ErrorCode.valueOf(problem.code().toUpperCase(Locale.ROOT))) {
            case SHARE_NOT_FOUND -> "There is no such link";
            case SHARE_EXPIRED -> "This link has expired";
            case DOWNLOAD_LIMIT_REACHED -> "This link is used up";
            case ADDRESS_NOT_ALLOWED -> "Not from here";
            default -> problem.title();
        };
        return "<section class=\"card\" aria-labelledby=\"name\">\n<h1 id=\"name\">" + Html.escaped(title) + "</h1>\n<p class=\"muted\">" + Html.escaped(problem.detail())
                + "</p>\n</section>\n";
    }

    /** Such as {@code 5 minutes}, rounded up. */
    static String words(Duration time) {
        long seconds = Math.max(1, time.toSeconds());
        long minutes = (seconds + 59) / 60;
        return seconds <= 90 ? seconds + " seconds" : minutes + " minutes";
    }

    String html() {
        Share share = visit.share();
        StringBuilder page = new StringBuilder("<section class=\"card\" id=\"link\" aria-labelledby=\"name\" data-token=\"").append(Html.escaped(token)).append("\">\n");
        page.append("<p class=\"label\">").append(archive.isPresent() ? "Files were shared with you" : "A file was shared with you").append("</p>\n")
                .append("<h1 class=\"share-name\" id=\"name\">").append(Html.escaped(nameOf(visit))).append("</h1>\n<dl class=\"facts\">\n");
        fact(page, "Size", size(archive.isPresent() ? visit.files().stream().mapToLong(Upload::length).sum() : visit.file().length()));
        if (share.expires() != null) {
            fact(page, "Expires", time(share.expires()));
        }
        if (share.maxDownloads() > 0) {
            fact(page, "Downloads left", Long.toString(Math.max(0, share.maxDownloads() - share.used())));
        }
        if (archive.isEmpty() && share.password() == null) {
            fact(page, "SHA-256", "<span class=\"mono\">" + visit.file().sha256().hex() + "</span>");
        }
        page.append("</dl>\n");
        form(page);
        page.append("<p class=\"notice bad\" id=\"problem\" role=\"alert\"").append(problem == null ? " hidden" : "").append('>')
                .append(problem == null ? "" : Html.escaped(problem.detail())).append("</p>\n<p class=\"visually-hidden\" id=\"told\" role=\"status\"></p>\n");
        if (share.maxDownloads() > 0) {
            page.append("<p class=\"small muted\">No preview: this link is for a number of downloads, and a preview would be one.</p>\n");
        } else if (archive.isEmpty()) {
            page.append("<div class=\"share-preview\" id=\"preview-0\" hidden></div>\n");
        }
        page.append("</section>\n");
        if (archive.isPresent()) {
            files(page);
        }
        how(page);
        return page.toString();
    }

    /** Without an action it goes to the page's own address, which holds behind any proxy. */
    private void form(StringBuilder page) {
        page.append("<form method=\"post\" id=\"get\" class=\"share-form\">\n");
        if (visit.share().password() != null) {
            boolean wrong = problem != null && problem.code().endsWith("password");
            page.append("<div class=\"field\"><label for=\"password\">Password</label><input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"off\" required maxlength=\"128\""
                    + " aria-describedby=\"problem\"").append(wrong ? " aria-invalid=\"true\" autofocus" : "").append("></div>\n");
        }
        page.append("<div class=\"row\"><button class=\"primary\" name=\"file\" value=\"").append(archive.isPresent() ? "" : visit.items().getFirst().index()).append("\">")
                .append(archive.isPresent() ? "Download all as ZIP" : "Download").append("</button>");
        if (archive.isEmpty()) {
            previewButton(page, visit.items().getFirst());
        }
        page.append("</div>\n</form>\n");
    }

    private void files(StringBuilder page) {
        page.append("<section class=\"card\" aria-labelledby=\"files\">\n<h2 id=\"files\">Files</h2>\n<ul class=\"plain share-files\">\n");
        for (Shares.Item item : visit.items()) {
            String name = Html.escaped(item.file().filename());
            page.append("<li><span class=\"name\">").append(name).append("</span>\n<span class=\"share-actions\">");
            previewButton(page, item);
            page.append("<button class=\"small\" form=\"get\" name=\"file\" value=\"").append(item.index()).append("\" aria-label=\"Download ").append(name)
                    .append("\">Download</button></span>\n<span class=\"about\">").append(size(item.file().length()));
            if (visit.share().password() == null) {
                page.append("<span class=\"mono\">SHA-256 ").append(item.file().sha256().hex()).append("</span>");
            }
            page.append("</span>\n");
            if (visit.share().maxDownloads() == 0) {
                page.append("<div class=\"share-preview\" id=\"preview-").append(item.index()).append("\" hidden></div>");
            }
            page.append("</li>\n");
        }
        page.append("</ul>\n</section>\n");
    }

    /** Shown by the script, without which it could do nothing. */
    private void previewButton(StringBuilder page, Shares.Item item) {
        if (visit.share().maxDownloads() > 0) {
            return;
        }
        String name = Html.escaped(item.file().filename());
        page.append("<button type=\"button\"").append(archive.isPresent() ? " class=\"small quiet\"" : "").append(" data-preview value=\"").append(item.index())
                .append("\" data-name=\"").append(name).append("\" data-size=\"").append(item.file().length()).append("\" aria-expanded=\"false\" aria-controls=\"preview-")
                .append(item.index()).append("\" aria-label=\"Preview ").append(name).append("\" hidden>Preview</button>");
    }

    /** For programs. The password is asked for, so that it stays out of the history of commands. */
    private void how(StringBuilder page) {
        String url = ShareLinks.url(baseUrl, token, archive.map(Archive::name).orElse(visit.file().filename()));
        boolean guarded = visit.share().password() != null;
        page.append("<details class=\"card tight share-commands\"><summary>From the command line</summary>\n<div class=\"share-how\">\n<p class=\"small muted\">With curl; the same line goes on after a break")
                .append(guarded ? ", and asks for the password" : "").append(":</p>\n<code data-copy=\"the curl line\">curl -O -C - ").append(guarded ? "-u x " : "").append('\'').append(Html.escaped(url))
                .append("'</code>\n<p class=\"small muted\">With Tranzr, which checks every byte").append(archive.isPresent() ? " and fetches each file by itself" : "").append(":</p>\n<code data-copy=\"the Tranzr line\">java -jar tranzr.jar receive '").append(Html.escaped(url))
                .append("'</code>\n</div>\n</details>\n");
    }

    private static void fact(StringBuilder page, String name, String html) {
        page.append("<dt>").append(name).append("</dt><dd>").append(html).append("</dd>\n");
    }

    private static String size(long bytes) {
        return "<span class=\"nums\" data-bytes=\"" + bytes + "\">" + String.format(Locale.ENGLISH, "%,d", bytes) + (bytes == 1 ? " byte" : " bytes") + "</span>";
    }

    private static String time(Instant instant) {
        return "<time datetime=\"" + instant + "\" data-live>" + TIME.format(instant) + "</time>";
    }
}
