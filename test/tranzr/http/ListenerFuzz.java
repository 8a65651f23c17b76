package tranzr.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.RawAnswers;
import tranzr.fuzz.Target;
import tranzr.model.IpRange;

/** Whole requests over a real connection, to a handler that reads whatever a request can be asked for. */
public final class ListenerFuzz implements FuzzTarget {

    private static final byte[] GOOD = Target.bytes("GET /good HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    private final TestServer mode;
    private HttpListener listener;

    private ListenerFuzz(TestServer mode) {
        this.mode = mode;
    }

    public static List<FuzzTarget> targets() {
        return List.of(new ListenerFuzz(TestServer.OPENED), new ListenerFuzz(TestServer.PUBLIC_API));
    }

    @Override
    public String name() {
        return mode == TestServer.OPENED ? "listener" : "listener-public-api";
    }

    @Override
    public List<String> parsers() {
        return List.of("tranzr.http.HttpListener", "tranzr.http.RequestHead", "tranzr.http.Request", "tranzr.http.HeadGuard", "tranzr.http.ChunkedBody");
    }

    @Override
    public List<byte[]> seeds() {
        return Arrays.stream(HeadFuzz.HEADS).map(Target::bytes).toList();
    }

    @Override
    public List<byte[]> words() {
        return Arrays.stream(HeadFuzz.WORDS).map(Target::bytes).toList();
    }

    @Override
    public int inputs() {
        return 700;
    }

    @Override
    public long maxAllocation() {
        return 32 << 20; // both sides of the connection, and the request after it
    }

    @Override
    public boolean usesOtherThreads() {
        return true;
    }

    @Override
    public void run(byte[] input) throws IOException {
        if (listener == null) {
            listener = mode.start(ListenerFuzz::handle, new HttpListener.Options(TestServer.loopback(), Optional.empty(),
                    Set.of(IpRange.parse("127.0.0.1")), Duration.ofSeconds(30)));
        }
        RawAnswers got = RawAnswers.to(listener.address(), input);
        for (RawAnswers.Answer answer : got.answers()) {
            Expect.that(answer.status() < 500 || answer.status() == 501, "an answer of " + answer);
            Expect.that(mode == TestServer.PUBLIC_API || answer.status() < 300 || answer.body().isEmpty() || answer.body().contains("\"code\":"), "a refusal without a code: " + answer);
        }
        if (mode == TestServer.OPENED && hasHead(input)) {
            Expect.that(!got.answers().isEmpty() || got.reset(), "a request without an answer");
        }
        RawAnswers good = RawAnswers.to(listener.address(), GOOD);
        Expect.that(good.answers().size() == 1 && good.answers().getFirst().status() == 200, "the request after it got " + good);
    }

    /** Whether a request line and the end of a head are there. */
    private static boolean hasHead(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        return text.replaceFirst("^[\r\n]+", "").contains("\r\n\r\n");
    }

    private static Response handle(Request request) throws IOException {
        String name = request.segments().isEmpty() ? "nothing" : request.segments().getLast();
        StringBuilder seen = new StringBuilder().append(request.client()).append(request.baseUrl()).append(request.contentLength());
        seen.append(request.query("a")).append(request.accepts("text/html")).append(request.bearerToken()).append(request.basicCredentials());
        seen.append(RangeHeader.select(request.header("Range"), 1000)).append(EntityTags.matchFails(request.headers("If-Match"), "\"x\""));
        seen.append(EntityTags.noneMatchFails(request.headers("If-None-Match"), "\"x\"")).append(DigestFields.sha256("Content-Digest", request.headers("Content-Digest")));
        Optional<Multipart> form = Multipart.of(request);
        if (form.isPresent()) {
            for (Multipart.Part part = form.get().next(); part != null; part = form.get().next()) {
                seen.append(part.name()).append(part.body().readAllBytes().length);
            }
        } else if (request.accepts("application/json")) {
            seen.append(request.json(64 * 1024));
        } else {
            seen.append(request.body().readAllBytes().length);
        }
        return Response.text(200, seen.toString()).header("Content-Disposition", ContentDisposition.attachment(name));
    }

    @Override
    public String toString() {
        return name();
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close();
            listener = null;
        }
    }
}
