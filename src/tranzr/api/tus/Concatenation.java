package tranzr.api.tus;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.http.BadRequestException;
import tranzr.http.Request;
import tranzr.storage.Joining;

/**
 * What {@code Upload-Concat} says of an upload (tus 1.0.0, "Concatenation"): that it is only a part of another, or which parts it is made of.
 *
 * @param raw as it came, for the answers to HEAD
 * @param parts the ids of the parts, in order; empty when this is a part itself
 */
record Concatenation(String raw, List<UUID> parts) {

    static final String FIELD = "Upload-Concat";

    /** Of the whole field, in bytes. It is kept with the upload, beside its metadata ({@link tranzr.model.Notes#MAX_BYTES}). */
    static final int MAX_LENGTH = 14_000;

    private static final String PARTIAL = "partial";
    private static final String FINAL = "final;";
    /** "The host and protocol scheme of the URLs MAY be omitted", and a proxy may have put this server below a path. */
    private static final Pattern PATH = Pattern.compile("(?:/(?!tus/)[A-Za-z0-9._~-]+)*/tus/([^/]+)");

    boolean isPartial() {
        return parts.isEmpty();
    }

    /** What the request says; empty when it says nothing. @throws BadRequestException as {@link #parse}, and when it says it twice */
    static Optional<Concatenation> of(Request request) {
        List<String> lines = request.headers(FIELD);
        if (lines.size() > 1) {
            throw invalid("came more than once");
        }
        return lines.stream().findFirst().map(Concatenation::parse);
    }

    /** @throws BadRequestException {@code invalid_value} for anything else than the two forms; 404 for a URL that is no upload's */
    static Concatenation parse(String line) {
        String text = line.strip();
        if (text.equals(PARTIAL)) {
            return new Concatenation(text, List.of());
        }
        if (!text.startsWith(FINAL)) {
            throw invalid("must be partial, or final; with a list of URLs");
        }
        if (text.length() > MAX_LENGTH) {
            throw invalid("is longer than " + MAX_LENGTH + " bytes; leave scheme and host of the URLs away");
        }
        List<UUID> parts = new ArrayList<>();
        for (String url : text.substring(FINAL.length()).strip().split("[ \t]+")) {
            parts.add(part(url));
        }
        if (parts.size() > Joining.MOST) {
            throw invalid("has more than " + Joining.MOST + " URLs");
        }
        return new Concatenation(text, List.copyOf(parts));
    }

    private static UUID part(String url) {
        try {
            URI uri = new URI(url);
            String path = uri.getRawPath();
            boolean plain = !uri.isOpaque() && path != null && uri.getRawQuery() == null && uri.getRawFragment() == null && (uri.getScheme() == null) == (uri.getHost() == null);
            Matcher matcher = PATH.matcher(plain ? path : "");
            if (matcher.matches()) {
                return Ids.known(matcher.group(1));
            }
        } catch (URISyntaxException e) {
            throw invalid("has something that is no URL: " + e.getReason());
        }
        throw invalid("has a URL that is none of an upload here: it must end with /tus/ and its id");
    }

    /** "The Client MUST NOT include the Upload-Length header in the final upload creation": it follows from its parts; and "MUST NOT" bring bytes of its own. */
    static void requireNothingElse(Request request) {
        if (request.header("Upload-Length").isPresent() || request.header("Upload-Defer-Length").isPresent()) {
            throw Fields.invalid("Upload-Length", "follows from the parts: send neither it nor Upload-Defer-Length with Upload-Concat: final");
        }
        if (request.hasBody() && request.contentLength() != 0) {
            throw Fields.invalid(FIELD, "a final upload has no bytes of its own: send no body");
        }
    }

    /** "The Server MUST respond with the 403 Forbidden status to PATCH requests against a final upload URL and MUST NOT modify the final or its partial uploads." */
    static BadRequestException unchangeable() {
        return new BadRequestException(ErrorCode.FORBIDDEN.status(), ErrorCode.FORBIDDEN.wireName(), null, "a final upload takes no bytes: it has those of its parts");
    }

    private static BadRequestException invalid(String why) {
        return Fields.invalid(FIELD, why);
    }
}
