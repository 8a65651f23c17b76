package tranzr.webhook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;

/** Where webhooks lead, and what receivers answer. */
public final class WebhookFuzz {

    private WebhookFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                tranzr.fuzz.Target.of("webhook-url", "tranzr.webhook.Target").seeds("https://example.org/a?b=c", "http://127.0.0.1:8080", "https://[2001:db8::1]:1/", "http://a@b/", "http://2130706433/",
                        "http://0x7f.1/", "http://[::ffff:10.0.0.1%25lo]/").words("@", "#", "%0d%0a", "[", "]", ":", "//", "\\", "%", "localhost").latin(WebhookFuzz::url),
                tranzr.fuzz.Target.of("webhook-answer", "tranzr.webhook.Answer").seeds("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 429\nRetry-After: 7\n\n",
                        "HTTP/1.1 503 x\r\nRetry-After: Thu, 01 Jan 2026 00:30:00 GMT\r\n\r\nbody").words("\r\n\r\n", "Retry-After: ", "99999999999999999999", "HTTP/1.1 100 \r\n\r\n", "-1")
                        .bytes(WebhookFuzz::answer));
    }

    private static void url(String text) {
        Target target;
        try {
            target = Target.parse(text);
        } catch (IllegalArgumentException e) {
            Expect.that(e.getMessage() != null && !e.getMessage().isBlank(), "a refusal without words");
            return;
        }
        String head = new String(Answer.requestHead(target, 0, ""), StandardCharsets.ISO_8859_1);
        Expect.same(6, head.split("\r\n", -1).length - 1, "lines of the head");
        Expect.that(head.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\r' || c == '\n'), "a sign that no head has");
        Expect.same(3, head.lines().findFirst().orElseThrow().split(" ", -1).length, "words of the first line");
        Expect.that(target.path().startsWith("/") && target.port() > 0 && !target.host().isEmpty(), "not a target: " + target);
        Expect.that(target.literal().isPresent() || !target.host().matches("[0-9.]+|.*:.*"), "an address that is looked up as a name: " + target);
    }

    private static void answer(byte[] bytes) {
        try {
            Answer answer = Answer.read(new ByteArrayInputStream(bytes));
            Expect.that(answer.status() >= 200 && answer.status() < 600, "status " + answer.status());
            answer.retryAfter(Instant.EPOCH).ifPresent(wait -> Expect.that(!wait.isNegative(), "negative: " + wait));
        } catch (IOException e) {
            Expect.that(e.getMessage() != null, "a failure without words");
        }
    }
}
