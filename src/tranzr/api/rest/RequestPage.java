package tranzr.api.rest;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tranzr.http.Response;

/** What a browser is shown at the link of an upload request: what is asked for, and a form that sends files. It runs no script. */
final class RequestPage {

    private RequestPage() {
    }

    /** @param view what guests are told, as in JSON */
    static Response of(Map<String, Object> view) {
        return Response.bytes(200, "text/html; charset=utf-8", html(view).getBytes(StandardCharsets.UTF_8))
                .header("Cache-Control", "no-store")
                .header("Vary", "Accept")
                // With "no-referrer" a browser would send the form with the origin "null" (Fetch, 3.2), as a page of somebody else's does. The address stays here.
                .header("Referrer-Policy", "same-origin")
                .header("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    }

    private static String html(Map<String, Object> view) {
        String title = Html.escaped(((String) view.get("title")).isEmpty() ? "Send files" : (String) view.get("title"));
        StringBuilder page = new StringBuilder(Html.head(title)).append("<h1>").append(title).append("</h1>\n");
        line(page, "Until ", view.get("expires_at"), "");
        line(page, "Files left: ", view.get("files_left"), "");
        line(page, "Room left: ", view.get("bytes_left"), " bytes");
        line(page, "Each file: at most ", view.get("max_file_size"), " bytes");
        List<?> types = (List<?>) view.get("types");
        if (!types.isEmpty()) {
            line(page, "Names must end with .", Html.escaped(String.join(", .", types.stream().map(String::valueOf).toList())), "");
        }
        if (Boolean.TRUE.equals(view.get("protected"))) {
            page.append("<p>Sending asks for a password; the user name does not matter.</p>\n");
        }
        // Without an action the form goes to the page's own address, which holds behind any proxy.
        return page.append("<form method=\"post\" enctype=\"multipart/form-data\">\n<p><input type=\"file\" name=\"file\" multiple required></p>\n"
                + "<p><button>Send</button></p>\n</form>\n</body>\n</html>\n").toString();
    }

    private static void line(StringBuilder page, String before, Object value, String after) {
        if (value != null) {
            page.append("<p>").append(before).append(value).append(after).append("</p>\n");
        }
    }
}
