package tranzr.api.tus;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tranzr.api.Fields;
import tranzr.api.ShareTerms;
import tranzr.http.BadRequestException;
import tranzr.transfer.Shares;

/**
 * The share link that a client wishes for in the metadata of an upload: the fields of a new link ({@link ShareTerms#FIELDS}), each with {@code share_} before its name, or
 * {@code share} alone for the usual terms. It comes into being when the upload completes.
 */
final class LinkWish {

    private static final String ALONE = "share";
    private static final String PREFIX = "share_";

    private final Fields fields;

    private LinkWish(Fields fields) {
        this.fields = fields;
    }

    /**
     * Empty when no link is wished for.
     *
     * @throws tranzr.http.BadRequestException {@code invalid_value} for a key that is none of these: overlooked it would mean "no limit"
     */
    static Optional<LinkWish> of(Metadata metadata) {
        Map<String, String> terms = new HashMap<>();
        boolean wished = Fields.written(metadata.text(ALONE).map(text -> Map.of(ALONE, text)).orElse(Map.of())).flag(ALONE).orElse(metadata.keys().contains(ALONE));
        for (String key : metadata.keys()) {
            if (key.startsWith(PREFIX)) {
                String name = key.equals("share_expires_in_minutes") ? "expire_minutes" : key.substring(PREFIX.length());
                if (!ShareTerms.FIELDS.contains(name) || terms.putIfAbsent(name, metadata.text(key).orElse("")) != null) {
                    throw Fields.invalid(key, "is no term of a share link, or is there under two names");
                }
            }
        }
        if (!wished && !terms.isEmpty() && metadata.keys().contains(ALONE)) {
            throw Fields.invalid(ALONE, "cannot be false beside terms of a link");
        }
        return wished || !terms.isEmpty() ? Optional.of(new LinkWish(Fields.written(terms))) : Optional.empty();
    }

    /** Whether the password is one that only the answer tells. */
    boolean hasPasswordMade() {
        return !fields.has("password") && fields.flag("protected").orElse(true);
    }

    /** Fails as {@link Shares#promise}. @throws tranzr.http.BadRequestException {@code invalid_value} */
    Shares.Promised promised(Shares shares) {
        if (fields.text("password").filter(String::isEmpty).isPresent()) {
            throw Fields.invalid("share_password", "must not be empty; share_protected of false makes a link without one");
        }
        try {
            Duration life = ShareTerms.life(fields);
            return shares.promise(ShareTerms.of(fields, shares::generatePassword), life);
        } catch (BadRequestException e) {
            throw e.field() == null ? e : new BadRequestException(e.status(), e.code(), PREFIX + e.field(), PREFIX + e.getMessage());
        }
    }
}
