package tranzr.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import tranzr.model.FileName;

/** The URLs that are handed to people. */
public final class ShareLinks {

    private ShareLinks() {
    }

    /** The short link of a share, with the file's name last, so that {@code curl -O} and {@code wget} save it under that. */
    public static String url(String baseUrl, String token, String filename) {
        return baseUrl + "/s/" + token + "/" + segment(filename);
    }

    /** A file's name as the last segment of a path, cleaned as it is for a download. */
    public static String segment(String filename) {
        return encoded(FileName.forDownload(filename));
    }

    /** A path segment (RFC 3986, section 3.3); more is encoded than has to be, which is harmless. */
    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
    }
}
