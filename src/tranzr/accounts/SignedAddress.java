package tranzr.accounts;

import java.util.Optional;
import java.util.UUID;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tranzr.model.ByteRange;
import tranzr.model.SigningKey;
import tranzr.security.SignedUrl;

/**
 * What the text of a signed address says.
 *
 * @param key the one it is signed by
 * @param file of the upload or file
 * @param name the last segment of the path, escaped: the number of a part, or a file's name
 * @param by in whose name, with a mark
 * @param part where the part lies; null for the address of a file
 * @param once what is used up by it; null for what is good more than once
 * @param expires in seconds since 1970
 */
record SignedAddress(SigningKey key, UUID file, String name, String by, ByteRange part, UUID once, long expires) {

    /** What the paths begin with. */
    static final String PREFIX = "/direct/";

    /** The number of a key, an offset or a time: as Java writes a long that is not negative. */
    static final String NUMBER = "(?:0|[1-9][0-9]{0,17})";
    private static final String UUID_TEXT = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final Pattern PATH = Pattern.compile(PREFIX + "(?<file>" + UUID_TEXT + ")/(?<name>[^/]+)");
    private static final Pattern QUERY = Pattern.compile("key=(?<key>" + NUMBER + ")&by=(?<by>[a-z]" + UUID_TEXT + "\\.[0-9a-f]{32})(?:&offset=(?<offset>" + NUMBER
            + ")&length=(?<length>" + NUMBER + "))?(?:&once=(?<once>" + UUID_TEXT + "))?&expires=(?<expires>" + NUMBER + ")&" + SignedUrl.PARAMETER + "=[A-Za-z0-9_-]{43}");
    private static final byte[] NO_KEY = new byte[32];

    /** The text of a query, without its signature. @param part null for a file; @param once null for none */
    static String query(SigningKey key, String by, ByteRange part, UUID once, long expires) {
        return "key=" + key.number() + "&by=" + by + (part == null ? "" : "&offset=" + part.start() + "&length=" + part.length()) + (once == null ? "" : "&once=" + once)
                + "&expires=" + expires;
    }

    /**
     * Reads an address; empty for one that was not signed by any of these keys, exactly as it stands there. Takes as long for whatever is wrong with it.
     *
     * @param keys by their number; null for what is no number of a key
     */
    static Optional<SignedAddress> read(String method, String rawPath, String rawQuery, LongFunction<SigningKey> keys) {
        Matcher query = QUERY.matcher(rawQuery);
        Matcher path = PATH.matcher(rawPath);
        boolean shaped = query.matches() & path.matches();
        SigningKey key = shaped ? keys.apply(Long.parseLong(query.group("key"))) : null;
        boolean genuine = SignedUrl.holds(key == null ? NO_KEY : SigningKeys.bytes(key), method, rawPath, rawQuery);
        if (key == null || !genuine) {
            return Optional.empty();
        }
        long offset = query.group("offset") == null ? -1 : Long.parseLong(query.group("offset"));
        ByteRange part = offset < 0 ? null : new ByteRange(offset, offset + Long.parseLong(query.group("length")));
        UUID once = query.group("once") == null ? null : UUID.fromString(query.group("once"));
        return Optional.of(new SignedAddress(key, UUID.fromString(path.group("file")), path.group("name"), query.group("by"), part, once, Long.parseLong(query.group("expires"))));
    }

    /** What finds the signer: {@link #by} without its mark. */
    String signer() {
        return by.substring(0, by.indexOf('.'));
    }
}
