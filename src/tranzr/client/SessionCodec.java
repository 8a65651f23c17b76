package tranzr.client;

import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tranzr.json.Json;
import tranzr.json.JsonException;

/** A {@link Session} as JSON. What a later version adds is kept out by its number, and what is missing in an older one is absent. */
final class SessionCodec {

    private static final int VERSION = 1;

    private SessionCodec() {
    }

    static byte[] write(Session session) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("version", VERSION);
        fields.put("kind", session.kind().name());
        fields.put("key", session.key());
        fields.put("server", session.server().toString());
        fields.put("remote", session.remote());
        fields.put("path", session.path().toString());
        fields.put("name", session.name());
        fields.put("size", session.size());
        fields.put("modified", session.modified() == null ? null : session.modified().toString());
        fields.put("file_key", session.fileKey());
        fields.put("sha256", session.sha256());
        fields.put("done", session.done());
        fields.put("finished", session.finished());
        fields.put("created", session.created().toString());
        fields.put("updated", session.updated().toString());
        fields.put("more", session.more());
        return Json.write(fields);
    }

    /** Empty for whatever {@link #write} has not written. */
    static Optional<Session> read(byte[] bytes) {
        try {
            Map<String, Object> fields = Json.readObject(bytes);
            if (!Integer.valueOf(VERSION).equals(fields.get("version")) || !(fields.get("more") instanceof Map<?, ?> more)) {
                return Optional.empty();
            }
            Map<String, Object> extra = new LinkedHashMap<>();
            more.forEach((name, value) -> extra.put((String) name, value));
            String modified = text(fields, "modified");
            Session session = new Session(Session.Kind.valueOf(required(fields, "kind")), required(fields, "key"), URI.create(required(fields, "server")), text(fields, "remote"),
                    Path.of(required(fields, "path")), text(fields, "name"), whole(fields, "size"), modified == null ? null : Instant.parse(modified), text(fields, "file_key"),
                    text(fields, "sha256"), whole(fields, "done"), Boolean.TRUE.equals(fields.get("finished")), Instant.parse(required(fields, "created")),
                    Instant.parse(required(fields, "updated")), extra);
            return session.size() < -1 || session.done() < 0 ? Optional.empty() : Optional.of(session);
        } catch (JsonException | IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String text(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        if (value != null && !(value instanceof String)) {
            throw new IllegalArgumentException(name);
        }
        return (String) value;
    }

    private static String required(Map<String, Object> fields, String name) {
        String value = text(fields, name);
        if (value == null) {
            throw new IllegalArgumentException(name);
        }
        return value;
    }

    private static long whole(Map<String, Object> fields, String name) {
        return switch (fields.get(name)) {
            case Integer number -> number;
            case Long number -> number;
            case null, default -> throw new IllegalArgumentException(name);
        };
    }
}
