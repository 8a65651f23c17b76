package tranzr.api.rest;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.FileName;
import tranzr.model.Share;
import tranzr.transfer.Shares;

/**
 * What a browser is shown at a share link: what the file is, and a link that downloads it. Programs that fetch links to preview or to
 * scan them ask as browsers do, so this page must not count as a download; and it needs no password, like {@code GET /share/info}.
 */
final class SharePage {

    /** The query parameter of the page's own link, by which a browser gets the bytes. */
    private static final String DOWNLOAD = "download";

    private SharePage() {
    }

    /** Whether the page is meant and not the bytes. Curl and wget do not name HTML in {@code Accept}; who continues a download asks for a range. */
    static boolean isAskedFor(Request request) {
        return request.accepts("text/html") && request.header("Range").isEmpty() && request.query(DOWNLOAD).isEmpty();
    }

    static Response of(Request request, Shares.Visit visit) {
        return Response.bytes(200, "text/html; charset=utf-8", html(request, visit).getBytes(StandardCharsets.UTF_8))
                .header("Cache-Control", "no-store")
                .header("Vary", "Accept")
                .header("Referrer-Policy", "no-referrer")
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    private static String html(Request request, Shares.Visit visit) {
        Share share = visit.share();
        String name = Html.escaped(FileName.forDownload(visit.file().filename()));
        // Relative to the page itself, so that it holds behind any proxy.
        String link = "?" + request.query("password").map(given -> "password=" + URLEncoder.encode(given, StandardCharsets.UTF_8) + "&amp;").orElse("")
                + DOWNLOAD + "=1";
        StringBuilder page = new StringBuilder(Html.head(name)).append("<h1>").append(name).append("</h1>\n<p>").append(visit.file().length()).append(" bytes</p>\n");
        if (share.password() == null) {
            page.append("<p>SHA-256: ").append(visit.file().sha256().hex()).append("</p>\n");
        }
        if (share.expires() != null) {
            page.append("<p>Until ").append(UploadView.time(share.expires())).append("</p>\n");
        }
        if (share.maxDownloads() > 0) {
            page.append("<p>Downloads left: ").append(Math.max(0, share.maxDownloads() - share.used())).append("</p>\n");
        }
        if (share.password() != null) {
            page.append("<p>The download asks for a password; the user name does not matter.</p>\n");
        }
        return page.append("<p><a href=\"").append(link).append("\">Download</a></p>\n</body>\n</html>\n").toString();
    }
}
