package tranzr.client;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tranzr.model.ByteRange;

/** The file at the server: what it is, and parts of it. Safe for several threads. Requests to a link wait for their turn in a {@link Visit}. */
final class Remote {

    private static final int PASSWORD_TRIES = 3;

    /**
     * What a listing has told of the file already.
     *
     * @param guarded whether the link wants a password
     * @param size in bytes; -1 when it is not known
     * @param content what HEAD would say; null when that is not known
     * @param isFirst whether no byte of the link lies before those of this file
     */
    record Known(boolean guarded, long size, RemoteContent content, boolean isFirst) {
    }

    private final TranzrClient client;
    private final DownloadAddress address;
    private final Priority priority;
    private final Supplier<String> passwords;
    private final Visit visit;
    private final boolean isFirst;
    /** Taken for true once: whoever looks again has a reason to. */
    private Known known;

    /**
     * For a file by itself, or what is to be found out of a link.
     *
     * @param passwords asked when a link wants one and the address holds none
     */
    Remote(TranzrClient client, DownloadAddress address, Priority priority, Supplier<String> passwords) {
        this(client, address, priority, passwords, new Visit(address.password()), null);
    }

    /** @param known null for nothing */
    Remote(TranzrClient client, DownloadAddress address, Priority priority, Supplier<String> passwords, Visit visit, Known known) {
        this.client = client;
        this.address = address;
        this.priority = priority;
        this.passwords = passwords;
        this.visit = visit;
        this.isFirst = known == null || known.isFirst();
        this.known = known;
    }

    /** Finds out what there is, and asks for the password if one is wanted. Counts as no download. */
    RemoteContent describe(RangeRun engine) throws TransferException {
        requireHere();
        Known told = known;
        known = null;
        if (told != null && told.content() != null) {
            return told.content();
        }
        boolean guarded = told != null && told.guarded();
        long size = told == null ? -1 : told.size();
        if (told == null && address.isLink()) {
            Map<String, Object> info = info(engine);
            guarded = Boolean.TRUE.equals(info.get("protected"));
            size = sizeIn(info) instanceof Number number ? number.longValue() : -1;
        }
        if (!guarded) {
            return look(engine, size).orElseThrow(() -> new TransferException(TransferException.Kind.INPUT, "the server wants a password"));
        }
        for (int tried = 0; tried < PASSWORD_TRIES; tried++) {
            if (visit.password() == null) {
                visit.password(passwords.get());
            }
            if (visit.password() == null || visit.password().isEmpty()) {
                throw new TransferException(TransferException.Kind.INPUT, "the link wants a password");
            }
            Optional<RemoteContent> content = look(engine, size);
            if (content.isPresent()) {
                return content.get();
            }
            visit.password(null);
        }
        throw new TransferException(TransferException.Kind.INPUT, "the password is wrong");
    }

    /** What the server tells of the link, to whoever has it. Counts as no download. */
    Map<String, Object> info(RangeRun engine) throws TransferException {
        requireHere();
        return engine.once(() -> told(() -> client.http.call("GET", "/share/info/" + address.token(), null), true)).body();
    }

    private void requireHere() throws TransferException {
        if (!address.isAt(client.server())) {
            throw new TransferException(TransferException.Kind.INPUT, "the link leads to " + address.server() + ", not to " + client.server());
        }
    }

    /** Of the file that is meant, of several perhaps; of no type in particular. */
    Object sizeIn(Map<String, Object> info) {
        String file = address.file();
        if (file != null && info.get("files") instanceof List<?> files) {
            return files.stream().filter(each -> each instanceof Map<?, ?> one && (String.valueOf(one.get("index")).equals(file) || file.equals(one.get("filename"))))
                    .map(each -> ((Map<?, ?>) each).get("file_size")).findFirst().orElse(null);
        }
        return info.get("file_size");
    }

    /** What HEAD says; empty when the password is wrong. Where it is refused, which tells no reason, the last byte is asked for: that joins a download of ours that goes on. */
    private Optional<RemoteContent> look(RangeRun engine, long size) throws TransferException {
        return engine.once(() -> {
            Http.Answer answer;
            try {
                answer = client.http.head(address.path(), headers());
            } catch (RefusedException e) {
                if (e.status() == 401 && address.isLink()) {
                    return Optional.empty();
                }
                if (e.status() == 429 || e.status() >= 500) {
                    throw e;
                }
                Map<String, String> headers = headers();
                if (size != 0) { // a file of no bytes has no range
                    headers.put("Range", "bytes=" + Math.max(0, size - 1) + "-" + Math.max(0, size - 1));
                }
                answer = told(() -> client.http.get(address.path(), headers, (_, _) -> { }, (_, _) -> { }, Attempt.FREE), true);
            }
            return Optional.of(content(answer.headers()));
        });
    }

    private RemoteContent content(HttpHeaders headers) throws TransferException {
        Optional<Long> size = headers.firstValue("Content-Range").flatMap(RemoteContent::parsePart).map(RemoteContent.Part::size)
                .or(() -> headers.firstValue("Content-Length").filter(text -> text.matches("[0-9]{1,18}")).map(Long::parseLong));
        try {
            return RemoteContent.of(headers, size.orElseThrow(() -> new IllegalArgumentException("the server does not tell how long the file is")));
        } catch (IllegalArgumentException e) {
            throw new TransferException(TransferException.Kind.REFUSED, e.getMessage(), e);
        }
    }

    /**
     * Brings one part.
     *
     * @param content what it is to be a part of
     * @throws TransferException {@link TransferException.Kind#CHANGED} when the server has other bytes now, and for whatever else a retry does not help
     */
    void fetch(RemoteContent content, ByteRange range, Sink sink, Attempt attempt) throws IOException, RefusedException, TransferException {
        Map<String, String> headers = headers();
        if (!range.isEmpty()) {
            headers.put("Range", "bytes=" + range.start() + "-" + (range.end() - 1));
        }
        if (content.tag() != null) {
            headers.put("If-Match", content.tag());
        }
        Visit.Turn turn = address.isLink() ? visit.enter(isFirst && range.start() == 0, attempt) : null;
        boolean wasLetIn = visit.isLetIn();
        TransferException[] why = new TransferException[1];
        try (turn) {
            told(() -> client.http.get(address.path(), headers, (status, given) -> {
                why[0] = objection(content, range, status, given);
                if (why[0] != null) {
                    throw new IOException(why[0].getMessage());
                }
                if (turn != null) {
                    turn.letIn();
                }
            }, bounded(range, sink), attempt), false);
        } catch (TransferException e) {
            if (wasLetIn && e.code().equals("download_limit_reached") && isFirst && range.start() == 0) {
                throw new IOException("the server has not noticed yet that the last connection broke", e);
            }
            throw e;
        } catch (IOException e) {
            if (why[0] != null) {
                throw why[0];
            }
            throw e;
        }
    }

    private static Sink bounded(ByteRange range, Sink sink) {
        return (position, bytes) -> {
            if (bytes.remaining() > range.length() - position) {
                throw new IOException("the server sent more than was asked for");
            }
            sink.write(position, bytes);
        };
    }

    /** Why the answer is not the part that was asked for; null when it is. */
    private static TransferException objection(RemoteContent content, ByteRange range, int status, HttpHeaders headers) {
        RemoteContent given;
        try {
            given = RemoteContent.of(headers, content.size());
        } catch (IllegalArgumentException e) {
            return new TransferException(TransferException.Kind.REFUSED, e.getMessage(), e);
        }
        if (!given.isSame(content)) {
            return changed(null);
        }
        String encoding = headers.firstValue("Content-Encoding").orElse("identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            return new TransferException(TransferException.Kind.REFUSED, "the bytes come encoded, which the server does not do; a proxy does");
        }
        if (status == 200 && range.start() == 0 && range.end() == content.size()) {
            return null;
        }
        Optional<RemoteContent.Part> part = headers.firstValue("Content-Range").flatMap(RemoteContent::parsePart);
        if (status == 206 && part.isPresent() && part.get().range().equals(range)) {
            return part.get().size() == content.size() ? null : changed(null);
        }
        return new TransferException(TransferException.Kind.REFUSED, "the server, or a proxy before it, does not send the part that was asked for");
    }

    /** A file of no bytes has no range; a link counts the request for it all the same. */
    void bringNothing(RangeRun engine, RemoteContent content) throws TransferException {
        engine.once(() -> {
            fetch(content, content.whole(), (_, _) -> { }, engine.attempt(0));
            return true;
        });
    }

    /** One small request. */
    void probe() throws IOException, RefusedException {
        try {
            client.http.head("/health", Map.of());
        } catch (RefusedException e) {
            if (e.status() == 429 || e.status() >= 500) {
                throw e;
            }
        }
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Priority", priority.field());
        String password = visit.password();
        if (password != null && password.chars().allMatch(c -> c > ' ' && c < 0x7f || c == ' ') && password.equals(password.strip())) {
            headers.put("X-Share-Password", password);
        } else if (password != null) {
            // A field's value has to be ASCII here, without blanks at its ends. Basic carries any (RFC 7617).
            headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString((":" + password).getBytes(StandardCharsets.UTF_8)));
        }
        return headers;
    }

    /** A request, with those refusals that are final told in words for a person; others are left to whoever knows what a retry helps. */
    private static <T> T told(RangeRun.Call<T> call, boolean first) throws IOException, RefusedException, TransferException {
        try {
            return call.call();
        } catch (RefusedException e) {
            TransferException told = told(e, first);
            if (told != null) {
                throw told;
            }
            throw e;
        }
    }

    private static TransferException told(RefusedException e, boolean first) {
        TransferException.Kind wrong = first ? TransferException.Kind.INPUT : TransferException.Kind.REFUSED;
        return switch (e.code()) {
            case "share_not_found" -> new TransferException(wrong, first ? "there is no such link, or it was revoked" : "the link was revoked, or its file was removed", e);
            case "share_expired" -> new TransferException(TransferException.Kind.REFUSED, "the link has expired", e);
            case "download_limit_reached" -> new TransferException(TransferException.Kind.REFUSED, "the link is used up: it was for so many downloads and no more", e);
            case "address_not_allowed" -> new TransferException(TransferException.Kind.REFUSED, "the link may not be used from this network address", e);
            case "password_required", "wrong_password" -> new TransferException(TransferException.Kind.INPUT, "the password of the link is wrong", e);
            case "not_found", "upload_expired" -> new TransferException(wrong, first ? "there is no such file at the server" : "the file was removed at the server", e);
            case "not_completed" -> new TransferException(TransferException.Kind.REFUSED, "the file has not come to the server as a whole yet", e);
            case "data_corrupted" -> new TransferException(TransferException.Kind.REFUSED, "the file is damaged on the server's disk, and cannot be had whole from there", e);
            case "precondition_failed", "range_not_satisfiable" -> changed(e);
            default -> e.status() == 412 || e.status() == 416 ? changed(e) : null;
        };
    }

    private static TransferException changed(RefusedException e) {
        return new TransferException(TransferException.Kind.CHANGED, "the file at the server is another one now than when the download began; begin again", e);
    }
}
