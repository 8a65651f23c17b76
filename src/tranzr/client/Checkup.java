package tranzr.client;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import tranzr.model.ByteRange;
import tranzr.model.ByteSize;
import tranzr.model.Digest;

/**
 * Looks whether the way to a server is as transfers need it: who answers, whose clock is off, what the token may do, whether something in between holds back or rewrites
 * what passes, and how fast it is. Sends one file of a MiB for that, and removes it again. Used by one thread.
 */
public final class Checkup {

    /** How good it is. */
    public enum Grade {
        OK,
        /** It will work, but worse than it could. */
        WARN,
        /** Transfers will fail. */
        FAIL
    }

    /**
     * What was found.
     *
     * @param check one word that stays the same, for programs
     * @param advice what to do about it; empty when nothing has to be done
     */
    public record Finding(String check, Grade grade, String what, String advice) {
    }

    private static final int FILE_BYTES = 1 << 20;
    private static final int CHUNK_BYTES = FILE_BYTES / 2;
    private static final int PINGS = 5;
    /** Steps of one-time codes are that long. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(30);
    private static final Duration CLOCK_LIMIT = Duration.ofMinutes(5);

    private final TranzrClient client;
    private final Consumer<Finding> findings;
    private final byte[] content = new byte[FILE_BYTES];
    private Set<String> rights = Set.of();
    private boolean hasSecondFactor;

    private Checkup(TranzrClient client, Consumer<Finding> findings) {
        this.client = client;
        this.findings = findings;
        for (int i = 0; i < content.length; i += Long.BYTES) {
            ByteBuffer.wrap(content).putLong(i, client.random.nextLong()); // nothing that could be compressed
        }
    }

    /**
     * Makes all checks that can be made; one that fails ends those that depend on it.
     *
     * @param space how many bytes are to be sent, for which the server is asked whether it has room
     * @param findings told of each as it comes
     */
    public static void run(TranzrClient client, long space, Consumer<Finding> findings) {
        Checkup checkup = new Checkup(client, findings);
        if (checkup.server() && checkup.token()) {
            checkup.quota();
            checkup.room(space);
            checkup.bytes();
        }
    }

    private void tell(String check, Grade grade, String what, String advice) {
        findings.accept(new Finding(check, grade, what, advice));
    }

    private void fail(String check, Exception e, String advice) {
        tell(check, Grade.FAIL, e instanceof RefusedException refused ? "the server says " + refused.status() + ": " + refused.getMessage() : String.valueOf(e.getMessage()), advice);
    }

    private boolean server() {
        String url = client.server().toString();
        try {
            long fastest = Long.MAX_VALUE;
            Http.Answer health = null;
            for (int i = 0; i < PINGS; i++) {
                long begun = System.nanoTime();
                health = client.http.call("GET", "/health", null);
                fastest = Math.min(fastest, System.nanoTime() - begun);
            }
            if (!"ok".equals(health.body().get("status"))) {
                tell("server", Grade.FAIL, url + " answers, but not as Tranzr does", "look whether the URL is that of the server, with the path that a proxy may want");
                return false;
            }
            tell("server", Grade.OK, url + " answers, version " + health.body().get("version") + ", round trip " + millis(fastest), "");
            if (health.body().get("reasons") instanceof List<?> reasons && !reasons.isEmpty()) {
                tell("health", Grade.WARN, "the server says of itself: " + String.join("; ", reasons.stream().map(String::valueOf).toList()), "tell whoever runs it");
            }
            between(health.headers());
            clock(health.headers());
            return true;
        } catch (RefusedException e) {
            Optional<String> health = e.status() == 503 && e.members().get("reasons") != null ? Optional.of(String.valueOf(e.members().get("reasons"))) : Optional.empty();
            boolean redirects = e.status() / 100 == 3;
            fail("server", e, health.isPresent() ? "it takes no work now because of " + health.get() + "; tell whoever runs it"
                    : redirects ? "it sends clients elsewhere, which is not followed with a token: name the right URL (https, most likely)" : "look whether the URL is that of the server");
        } catch (IOException e) {
            fail("server", e, "look whether name, port and http or https are right, whether the server runs, and whether a firewall is in between");
        }
        return false;
    }

    /** Tranzr sends neither of these fields. */
    private void between(HttpHeaders headers) {
        List<String> traces = new ArrayList<>();
        for (String name : List.of("Via", "Server", "X-Cache", "CF-Ray")) {
            headers.firstValue(name).ifPresent(value -> traces.add(name + ": " + value));
        }
        if (!traces.isEmpty()) {
            tell("proxy", Grade.OK, "something is in between (" + String.join(", ", traces) + ")", "");
        }
    }

    private void clock(HttpHeaders headers) {
        try {
            Instant theirs = ZonedDateTime.parse(headers.firstValue("Date").orElse(""), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration ahead = Duration.between(theirs, client.clock.instant());
            boolean isFine = ahead.abs().compareTo(CLOCK_TOLERANCE) <= 0;
            String off = ahead.abs().toSeconds() + " s " + (ahead.isNegative() ? "behind" : "ahead of") + " the server's";
            tell("clock", isFine ? Grade.OK : Grade.WARN, isFine ? "the clocks agree" : "this clock is " + off, isFine ? "" : "set the clock that is wrong; one-time codes fail beyond 30 s"
                    + (ahead.abs().compareTo(CLOCK_LIMIT) > 0 ? ", certificates may seem expired or not yet valid" : ""));
        } catch (DateTimeParseException e) {
            tell("clock", Grade.WARN, "the answer has no date, which Tranzr would send", "something in between removes it");
        }
    }

    private boolean token() {
        try {
            Map<String, Object> self = client.call("GET", "/tokens/self", null);
            rights = Set.copyOf(((List<?>) self.getOrDefault("rights", List.of())).stream().map(String::valueOf).toList());
            hasSecondFactor = !Boolean.FALSE.equals(self.get("second_factor")) && self.get("second_factor") != null;
            Object expires = self.get("expires_at");
            String may = String.join(", ", rights.stream().sorted().toList());
            boolean sends = may("upload");
            tell("token", sends ? Grade.OK : Grade.WARN, "'" + self.get("name") + "' may " + may + (expires == null ? "" : ", until " + expires), sends ? "" : "it cannot send files: ask for the right to upload");
            return true;
        } catch (RefusedException e) {
            fail("token", e, switch (e.code()) {
                case "token_required" -> "give a token by --token-file or TRANZR_TOKEN";
                case "wrong_token" -> "it was revoked, has expired, was renewed, or is that of another server: ask for a new one";
                case "address_not_allowed" -> "it may not be used from this address";
                default -> "";
            });
        } catch (IOException e) {
            fail("token", e, "");
        }
        return false;
    }

    private boolean may(String right) {
        return rights.contains(right) || rights.contains("admin");
    }

    private void quota() {
        try {
            Map<String, Object> answer = client.call("GET", "/usage?token=self", null);
            Map<?, ?> usage = (Map<?, ?>) answer.get("usage");
            List<String> left = new ArrayList<>();
            boolean isShort = false;
            for (Map.Entry<?, ?> limit : ((Map<?, ?>) answer.get("quota")).entrySet()) {
                if (limit.getValue() instanceof Number most && usage.get(limit.getKey()) instanceof Number used) {
                    long rest = Math.max(0, most.longValue() - used.longValue());
                    isShort |= rest == 0;
                    left.add(rest + " of " + most + " " + String.valueOf(limit.getKey()).replace('_', ' '));
                }
            }
            tell("quota", isShort ? Grade.FAIL : Grade.OK, left.isEmpty() ? "the token has no quota" : "left of the quota: " + String.join(", ", left),
                    isShort ? "delete files, or ask for a larger quota" : "");
        } catch (RefusedException e) {
            // The token of a server that has no tokens has no quota of its own, and there is nothing to tell.
            tell("quota", Grade.OK, "no quota is told", "");
        } catch (IOException | ClassCastException | NullPointerException e) {
            fail("quota", e, "");
        }
    }

    /** Announces an upload and gives it up at once. */
    private void room(long space) {
        if (!may("upload")) {
            return;
        }
        try {
            UUID id = start("tranzr-doctor-space", space, null);
            client.call("DELETE", "/upload/" + id, null);
            tell("space", Grade.OK, "the server has room for " + ByteSize.format(space), "");
        } catch (RefusedException e) {
            fail("space", e, "a file of " + ByteSize.format(space) + " is not taken now" + (e.status() == 507 ? ": delete files, or ask for more room; until then a transfer waits" : ""));
        } catch (IOException e) {
            fail("space", e, "");
        }
    }

    private UUID start(String name, long size, Integer chunk) throws IOException, RefusedException {
        Map<String, Object> wanted = new LinkedHashMap<>();
        wanted.put("filename", name);
        wanted.put("file_size", size);
        if (chunk != null) {
            wanted.put("chunk_size", chunk);
        }
        try {
            return UUID.fromString(String.valueOf(client.call("POST", "/upload/start", wanted).get("file_id")));
        } catch (IllegalArgumentException e) {
            throw new IOException("the server's answer is not what Tranzr answers", e);
        }
    }

    private void bytes() {
        if (!may("upload")) {
            return;
        }
        UUID id;
        try {
            id = start("tranzr-doctor-" + HexFormat.of().toHexDigits(client.random.nextLong()), FILE_BYTES, CHUNK_BYTES);
        } catch (RefusedException | IOException e) {
            fail("upload", e, "");
            return;
        }
        try {
            streaming(id);
            upload(id);
            // What is complete can be removed only by who may delete; others leave it incomplete, and give it up.
            if (may("delete") && may("download") && !hasSecondFactor) {
                client.call("POST", "/upload/merge/" + id + "?wait=30", Map.of("sha256", sha256()));
                download(id);
            } else {
                tell("ranges", Grade.OK, "not tried: the token could not remove the test file again", "");
            }
        } catch (RefusedException | IOException e) {
            fail("upload", e, "");
        } finally {
            remove(id);
        }
    }

    private void remove(UUID id) {
        try {
            client.delete(id);
        } catch (RefusedException | IOException e) {
            tell("cleanup", Grade.WARN, "the test file " + id + " could not be removed: " + e.getMessage(), "tranzr delete " + id);
        }
    }

    private void streaming(UUID id) throws IOException, RefusedException {
        Boolean arrived = new StalledChunk(client.http, id, content, CHUNK_BYTES).arrives();
        boolean held = Boolean.FALSE.equals(arrived);
        tell("streaming", held ? Grade.WARN : Grade.OK, held ? "bytes reach the server only when a request is whole: something in between collects requests first"
                : arrived == null ? "what an interrupted request brought cannot be told" : "bytes reach the server as they are sent",
                held ? "transfers work, but each interruption costs the whole chunk: switch request buffering off in the proxy (nginx: proxy_request_buffering off), or send with a small --chunk-size"
                        : "");
    }

    private void upload(UUID id) throws IOException, RefusedException {
        long begun = System.nanoTime();
        for (int i = 0; i < FILE_BYTES / CHUNK_BYTES; i++) {
            ByteRange range = new ByteRange((long) i * CHUNK_BYTES, (i + 1L) * CHUNK_BYTES);
            Map<String, String> headers = Map.of("X-Chunk-SHA256", Digest.sha256(java.util.Arrays.copyOfRange(content, i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES)).hex());
            client.http.put("/uploads/" + id + "/chunks/" + i, headers, (position, into) -> into.put(content, (int) position, into.remaining()), range, Attempt.FREE);
        }
        tell("upload", Grade.OK, "sending works, a MiB came at " + speed(FILE_BYTES, begun), "");
    }

    private void download(UUID id) throws IOException, RefusedException {
        byte[] got = new byte[FILE_BYTES];
        HttpHeaders[] headers = new HttpHeaders[1];
        long begun = System.nanoTime();
        client.http.get("/download/" + id, Map.of(), (status, fields) -> headers[0] = fields, (position, bytes) -> take(got, position, bytes), Attempt.FREE);
        boolean isSame = MessageDigest.isEqual(got, content);
        tell("download", isSame ? Grade.OK : Grade.FAIL, isSame ? "receiving works, a MiB came at " + speed(FILE_BYTES, begun) : "what comes back is not what was sent",
                isSame ? "" : "something in between changes answers: use https");
        List<String> odd = new ArrayList<>();
        String tag = "\"sha256-" + sha256() + "\"";
        expect(odd, "ETag", headers[0], tag);
        expect(odd, "Content-Length", headers[0], Integer.toString(FILE_BYTES));
        expect(odd, "X-Content-SHA256", headers[0], sha256());
        expect(odd, "ETag of HEAD", client.http.head("/download/" + id, Map.of()).headers(), tag);
        byte[] part = new byte[1000];
        int[] code = new int[1];
        client.http.get("/download/" + id, Map.of("Range", "bytes=4000-4999", "If-Range", tag), (status, fields) -> {
            code[0] = status;
            expect(odd, "Content-Range", fields, "bytes 4000-4999/" + FILE_BYTES);
        }, (position, bytes) -> take(part, position, bytes), Attempt.FREE);
        if (code[0] != 206) {
            odd.add("a range is answered with " + code[0]);
        } else if (!MessageDigest.isEqual(part, java.util.Arrays.copyOfRange(content, 4000, 5000))) {
            odd.add("a range brings other bytes");
        }
        tell("ranges", odd.isEmpty() ? Grade.OK : Grade.WARN, odd.isEmpty() ? "ranges and entity tags come through" : "answers are changed on their way: " + String.join("; ", odd),
                odd.isEmpty() ? "" : "receiving cannot go on after an interruption, or not in parallel: switch compression and caching off in the proxy");
    }

    /** What is longer than it should be shows by its digest or status; it is not kept. */
    private static void take(byte[] into, long position, ByteBuffer bytes) {
        int room = Math.clamp(into.length - position, 0, bytes.remaining());
        bytes.get(into, (int) Math.min(position, into.length), room);
        bytes.position(bytes.limit());
    }

    private static void expect(List<String> odd, String name, HttpHeaders headers, String value) {
        String got = headers.firstValue(name.replaceFirst(" .*", "")).orElse("none");
        if (!got.equalsIgnoreCase(value)) {
            odd.add(name + " is " + got);
        }
    }

    private String sha256() {
        return Digest.sha256(content).hex();
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    private static String speed(long bytes, long begun) {
        double mebibytes = bytes / 1048576.0 / Math.max(1e-6, (System.nanoTime() - begun) / 1e9);
        return String.format(Locale.ROOT, mebibytes < 1 ? "%.2f MiB/s" : "%.0f MiB/s", mebibytes);
    }
}
