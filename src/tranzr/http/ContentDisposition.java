package tranzr.http;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** {@code Content-Disposition} of a download, and the name in that of an upload (RFC 6266, with RFC 8187 for names beyond ASCII). */
public final class ContentDisposition {

    private static final String ATTRIBUTE_SIGNS = "!#$&+-.^_`|~"; // attr-char, RFC 8187, section 3.2.1

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private ContentDisposition() {
    }

    /**
     * {@code attachment} with the name in ASCII, where other characters and those that old clients misread become {@code _}, and, when
     * that changed it, the whole name in {@code filename*}. Whatever the name is, the value is a valid one: no quote or line end gets out.
     */
    public static String attachment(String filename) {
        StringBuilder ascii = new StringBuilder();
        filename.codePoints().forEach(c -> ascii.append(isPlain(c) ? (char) c : '_'));
        String quoted = "attachment; filename=\"" + ascii + '"';
        return ascii.toString().equals(filename) ? quoted : quoted + "; filename*=UTF-8''" + percentEncode(filename);
    }

    /**
     * The name that a field gives, {@code filename*} before {@code filename} (RFC 6266, section 4.3), whatever its type; empty when the field is malformed or has no name that can be
     * read. It is the client's: check it as any other.
     */
    public static Optional<String> filename(String field) {
        try {
            Map<String, String> parameters = HeaderParameters.parse(field, false).parameters();
            String extended = parameters.get("filename*");
            return Optional.ofNullable(extended == null ? parameters.get("filename") : HeaderParameters.extendedValue(extended));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A percent sign is decoded by some clients, a backslash taken for a folder by others (RFC 6266, appendix D). */
    private static boolean isPlain(int c) {
        return c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '%' && c != '/';
    }

    private static String percentEncode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || ATTRIBUTE_SIGNS.indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                HEX.toHexDigits(encoded.append('%'), b);
            }
        }
        return encoded.toString();
    }
}
