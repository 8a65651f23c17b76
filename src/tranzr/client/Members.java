package tranzr.client;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** What a JSON object of an answer holds, read strictly: whatever is not as the API has it is an {@link IOException}. */
record Members(Map<String, Object> object) {

    /** One of the list of files. */
    RemoteFile file() throws IOException {
        return new RemoteFile(id("file_id"), text("filename"), size("file_size"), text("status"), optional("file_hash"), time("created_at"), time("updated_at"), optional("room"));
    }

    /** The answer to the making of a share link. */
    ShareLink link() throws IOException {
        long most = size("max_downloads");
        try {
            return new ShareLink(new URI(text("share_url")), text("token"), text("share_id"), id("file_id"), time("expires_at"), most < 0 ? 0 : Math.toIntExact(most),
                    Boolean.TRUE.equals(object.get("protected")));
        } catch (URISyntaxException | ArithmeticException e) {
            throw strange("share_url");
        }
    }

    /** @throws IOException when it is absent, too */
    String text(String name) throws IOException {
        if (object.get(name) instanceof String text) {
            return text;
        }
        throw strange(name);
    }

    /** Null when absent or null. */
    String optional(String name) throws IOException {
        return object.get(name) == null ? null : text(name);
    }

    /** A number of 0 or more; -1 when absent or null. */
    long size(String name) throws IOException {
        return switch (object.get(name)) {
            case null -> -1;
            case Integer number when number >= 0 -> number;
            case Long number when number >= 0 -> number;
            default -> throw strange(name);
        };
    }

    UUID id(String name) throws IOException {
        try {
            return UUID.fromString(text(name));
        } catch (IllegalArgumentException e) {
            throw strange(name);
        }
    }

    /** Null when absent or null. */
    Instant time(String name) throws IOException {
        try {
            return object.get(name) == null ? null : Instant.parse(text(name));
        } catch (DateTimeException e) {
            throw strange(name);
        }
    }

    /** @throws IOException when the value of this name is no object */
    static Members of(Object value, String name) throws IOException {
        if (!(value instanceof Map<?, ?> object)) {
            throw strange(name);
        }
        Map<String, Object> members = new LinkedHashMap<>();
        object.forEach((key, member) -> members.put((String) key, member));
        return new Members(members);
    }

    static IOException strange(String name) {
        return new IOException("the server's answer is not what Tranzr answers: " + name);
    }
}
