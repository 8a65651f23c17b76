package tranzr.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What is to be fetched, and from where: a file by its id, or what a share link leads to.
 *
 * @param server whose it is, with the path before the API's own, without a slash at the end; null when it was not named
 * @param path of the bytes at that server, percent-encoded
 * @param token of the link; null for a file by its id
 * @param name that stood in the link; null when none did
 * @param password that stood in the link; null when none did. It goes on as a header field only
 */
record DownloadAddress(URI server, String path, String token, String name, String password) {

    private static final int MAX_LENGTH = 8192;
    private static final String FILE = "?file=";
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{8,256}");
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    static DownloadAddress of(UUID id) {
        return new DownloadAddress(null, "/download/" + id, null, null, null);
    }

    /**
     * Reads a URL as it was given out or copied from a browser: {@code …/s/TOKEN}, {@code …/share/download/TOKEN}, either with a name after it, and with {@code ?file=INDEX} or {@code ?file=NAME} when it is one of several files, or
     * {@code …/download/ID}.
     *
     * @throws IllegalArgumentException for anything else, with a message for a person that shows nothing of the link
     */
    static DownloadAddress parse(URI link) {
        String scheme = link.getScheme() == null ? "" : link.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https") || link.getHost() == null || link.getRawPath() == null || link.toString().length() > MAX_LENGTH) {
            throw new IllegalArgumentException("a link begins with http:// or https:// and a host");
        }
        if (link.getRawUserInfo() != null) {
            throw new IllegalArgumentException("a link holds no user and no password before its host");
        }
        List<String> parts = List.of(link.getRawPath().split("/", -1));
        int count = parts.size();
        String last = parts.getLast();
        String password = password(link.getRawQuery());
        if (at(parts, count - 2, "download") && ID.matcher(last).matches()) {
            return new DownloadAddress(server(link, scheme, parts, count - 2), "/download/" + last.toLowerCase(Locale.ROOT), null, null, password);
        }
        // The token is the last but for a name; a slash at the end is an empty name.
        for (int token = count - 1; token >= count - 2 && token > 0; token--) {
            int start = at(parts, token - 1, "s") ? token - 1 : at(parts, token - 1, "download") && at(parts, token - 2, "share") ? token - 2 : -1;
            if (start >= 0 && TOKEN.matcher(parts.get(token)).matches()) {
                String file = file(link.getRawQuery());
                // Of several files the name in the path is that of all of them.
                String name = token == count - 1 || file != null ? null : decoded(last, false);
                return new DownloadAddress(server(link, scheme, parts, start), "/s/" + parts.get(token) + (file == null ? "" : FILE + file), parts.get(token), name, password);
            }
        }
        throw new IllegalArgumentException("the link is none to a file: its path is like /s/TOKEN or /download/ID");
    }

    /** Whether this is an address at that server. */
    boolean isAt(URI other) {
        return server == null || server.getScheme().equalsIgnoreCase(other.getScheme()) && server.getHost().equalsIgnoreCase(other.getHost()) && port(server) == port(other)
                && server.getRawPath().equals(withoutSlash(other.getRawPath()));
    }

    boolean isLink() {
        return token != null;
    }

    private static boolean at(List<String> parts, int index, String text) {
        return index >= 0 && parts.get(index).equals(text);
    }

    private static URI server(URI link, String scheme, List<String> parts, int start) {
        try {
            String before = withoutSlash(String.join("/", parts.subList(0, start)));
            String host = link.getHost().toLowerCase(Locale.ROOT) + (link.getPort() < 0 ? "" : ":" + link.getPort());
            return new URI(scheme + "://" + host + before);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the link's host cannot be read", e);
        }
    }

    private static String withoutSlash(String path) {
        String left = path == null ? "" : path;
        while (left.endsWith("/")) {
            left = left.substring(0, left.length() - 1);
        }
        return left;
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private static String password(String query) {
        if (query != null) {
            for (String field : query.split("&")) {
                if (field.startsWith("password=") && field.length() > "password=".length()) {
                    return decoded(field.substring("password=".length()), true);
                }
            }
        }
        return null;
    }

    /** Which of several files is meant, by its index or its name, encoded anew; null when none is named so. */
    private static String file(String query) {
        if (query != null) {
            for (String field : query.split("&")) {
                if (field.startsWith("file=") && field.length() > "file=".length()) {
                    return URLEncoder.encode(decoded(field.substring("file=".length()), true), StandardCharsets.UTF_8).replace("+", "%20");
                }
            }
        }
        return null;
    }

    /** The same link, with one of its files named. */
    DownloadAddress file(int index) {
        return new DownloadAddress(server, "/s/" + token + FILE + index, token, null, password);
    }

    /** What stands for one file of several, decoded; null when none is named. */
    String file() {
        int at = path.indexOf(FILE);
        return token == null || at < 0 ? null : decoded(path.substring(at + FILE.length()), false);
    }

    /** @throws IllegalArgumentException when it is not percent-encoded UTF-8 */
    static String decoded(String text, boolean plusIsSpace) {
        byte[] bytes = new byte[text.length() * 3];
        int length = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '%') {
                int high = at + 2 < text.length() ? hexDigit(text.charAt(at + 1)) : -1;
                int low = at + 2 < text.length() ? hexDigit(text.charAt(at + 2)) : -1;
                if (high < 0 || low < 0) {
                    throw new IllegalArgumentException("a percent sign in the link is not followed by two hexadecimal digits");
                }
                bytes[length++] = (byte) (high << 4 | low);
                at += 2;
            } else if (c < 0x80) {
                bytes[length++] = (byte) (c == '+' && plusIsSpace ? ' ' : c);
            } else {
                // A URI may hold other characters as they are; a surrogate alone becomes a question mark, which is no harm in a name.
                int end = Character.isHighSurrogate(c) && at + 1 < text.length() ? at + 2 : at + 1;
                byte[] utf8 = text.substring(at, end).getBytes(StandardCharsets.UTF_8);
                System.arraycopy(utf8, 0, bytes, length, utf8.length);
                length += utf8.length;
                at = end - 1;
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(bytes, 0, length)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the link is not percent-encoded UTF-8", e);
        }
    }

    private static int hexDigit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
