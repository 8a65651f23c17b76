package tranzr.client;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import tranzr.model.ByteRange;

/**
 * The file at the server: what it is, and parts of it. Safe for several threads.
 *
 * <p>A link with a limit counts downloads, and knows the requests of one by who asks: the first has to be let in before others may follow, and one that begins at byte 0 joins the download
 * only when none of its requests is under way (docs/api.md, "How downloads are counted"). For links, requests are held back accordingly.
 */
final class Remote {

    private static final int PASSWORD_TRIES = 3;
    private static final int ALL = 1 << 16;
    private static final long LOOK_MILLIS = 100;

    private final TranzrClient client;
    private final DownloadAddress address;
    private final Priority priority;
    private final Supplier<String> passwords;
    private final Semaphore requests = new Semaphore(ALL, true);
    private volatile String password;
    private volatile boolean letIn;

    /** @param passwords asked when a link wants one and the address holds none */
    Remote(TranzrClient client, DownloadAddress address, Priority priority, Supplier<String> passwords) {
        this.client = client;
        this.address = address;
        this.priority = priority;
        this.passwords = passwords;
        this.password = address.password();
    }

    /** Finds out what there is, and asks for the password if one is wanted. Counts as no download. */
    RemoteContent describe(RangeRun engine) throws TransferException {
        if (!address.isAt(client.server())) {
            throw new TransferException(TransferException.Kind.INPUT, "the link leads to " + address.server() + ", not to " + client.server());
        }
        long last = 0;
        boolean guarded = false;
        if (address.isLink()) {
            Map<String, Object> info = engine.once(() -> told(() -> client.http.call("GET", "/share/info/" + address.token(), null), true)).body();
            guarded = Boolean.TRUE.equals(info.get("protected"));
            last = sizeIn(info) instanceof Number size ? Math.max(0, size.longValue() - 1) : 0;
        }
        if (!guarded) {
            return look(engine, last).orElseThrow(() -> new TransferException(TransferException.Kind.INPUT, "the server wants a password"));
        }
        for (int tried = 0; tried < PASSWORD_TRIES; tried++) {
            if (password == null) {
                password = passwords.get();
            }
            if (password == null || password.isEmpty()) {
                throw new TransferException(TransferException.Kind.INPUT, "the link wants a password");
            }
            Optional<RemoteContent> content = look(engine, last);
            if (content.isPresent()) {
                return content.get();
            }
            password = null;
        }
        throw new TransferException(TransferException.Kind.INPUT, "the password is wrong");
    }

    /** Of the file that is meant, of several perhaps; of no type in particular. */
    private Object sizeIn(Map<String, Object> info) {
        int file = address.path().indexOf("?file=");
        if (file >= 0 && info.get("files") instanceof List<?> files) {
            String index = address.path().substring(file + "?file=".length());
            return files.stream().filter(each -> each instanceof Map<?, ?> one && String.valueOf(one.get("index")).equals(index)).map(each -> ((Map<?, ?>) each).get("file_size"))
                    .findFirst().orElse(null);
        }
        return info.get("file_size");
    }

    /** What HEAD says; empty when the password is wrong. Where it is refused, which tells no reason, the last byte is asked for: that joins a download of ours that goes on. */
    private Optional<RemoteContent> look(RangeRun engine, long last) throws TransferException {
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
                answer = told(() -> client.http.get(address.path(), with(headers(), "Range", "bytes=" + last + "-" + last), (_, _) -> { }, (_, _) -> { }, Attempt.FREE), true);
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
        int[] permits = {enter(range, attempt)};
        boolean wasLetIn = letIn;
        TransferException[] why = new TransferException[1];
        try {
            told(() -> client.http.get(address.path(), headers, (status, given) -> {
                why[0] = objection(content, range, status, given);
                if (why[0] != null) {
                    throw new IOException(why[0].getMessage());
                }
                letIn = true;
                synchronized (permits) {
                    // Our download is counted now; the others may join it.
                    requests.release(permits[0] - 1);
                    permits[0] = 1;
                }
            }, bounded(range, sink), attempt), false);
        } catch (TransferException e) {
            if (wasLetIn && e.code().equals("download_limit_reached") && range.start() == 0) {
                throw new IOException("the server has not noticed yet that the last connection broke", e);
            }
            throw e;
        } catch (IOException e) {
            if (why[0] != null) {
                throw why[0];
            }
            throw e;
        } finally {
            synchronized (permits) {
                requests.release(permits[0]);
                permits[0] = 1; // whoever is late releases nothing
            }
        }
    }

    /** Waits for its turn, until it is stopped. @return how many permits it holds then */
    private int enter(ByteRange range, Attempt attempt) throws IOException {
        try {
            while (true) {
                boolean alone = address.isLink() && (!letIn || range.start() == 0);
                int permits = alone ? ALL : 1;
                if (requests.tryAcquire(permits, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    return permits;
                }
                attempt.passed(0); // and perhaps it need not be alone any more
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
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
        String known = password;
        if (known != null && known.chars().allMatch(c -> c > ' ' && c < 0x7f || c == ' ') && known.equals(known.strip())) {
            headers.put("X-Share-Password", known);
        } else if (known != null) {
            // A field's value has to be ASCII here, without blanks at its ends. Basic carries any (RFC 7617).
            headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString((":" + known).getBytes(StandardCharsets.UTF_8)));
        }
        return headers;
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        headers.put(name, value);
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
