package tranzr.fault;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tranzr.fault.Middle.Act;
import tranzr.fault.Network.End;

/**
 * Carries out what a {@link Middle} wants on one connection, on the bytes as they pass. Knows bodies of a told length; behind a request with {@code Transfer-Encoding} it lets
 * everything pass. Each direction is used by one thread.
 */
final class Meddler {

    /** Where it stands. */
    interface Place {

        /** Another connection to the server. */
        Socket connect() throws IOException;

        void end(End how);
    }

    private static final int MOST_HEAD = 64 << 10;
    private static final int MOST_REPEATED = 80 << 20;
    private static final int PATIENCE_MILLIS = 30_000;
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length:\\s*(\\d+)\\s*$");
    private static final Pattern CODED = Pattern.compile("(?im)^transfer-encoding:");

    /** One request and its answer. */
    private static final class Exchange {
        final Act act;
        final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        final ByteArrayOutputStream answerHead = new ByteArrayOutputStream();
        boolean answered;
        long position;

        Exchange(Act act) {
            this.act = act;
        }
    }

    private final Middle middle;
    private final AtomicInteger requests;
    private final Place place;
    private final Lane up;
    private final Lane down;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private volatile Exchange current = new Exchange(Act.PASS);
    private long bodyLeft;
    private long bodyAt;
    private boolean transparent;

    Meddler(Middle middle, AtomicInteger requests, Place place, Lane up, Lane down) {
        this.middle = middle;
        this.requests = requests;
        this.place = place;
        this.up = up;
        this.down = down;
    }

    /** Bytes from the client. */
    void up(byte[] bytes, int length) throws IOException {
        int at = 0;
        while (at < length) {
            if (transparent) {
                up.send(bytes, at, length - at);
                return;
            }
            if (bodyLeft > 0) {
                int part = (int) Math.min(bodyLeft, length - at);
                body(bytes, at, part);
                at += part;
                continue;
            }
            head.write(bytes[at++]);
            if (ends(head)) {
                begin(head.toByteArray());
                head.reset();
            } else if (head.size() > MOST_HEAD) {
                throw new IOException("the head of a request is too long for the proxy");
            }
        }
    }

    private void begin(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String[] line = text.substring(0, text.indexOf('\r')).split(" ");
        if (CODED.matcher(text).find() || line.length != 3) {
            transparent = true;
            current = new Exchange(Act.PASS);
            up.send(bytes, 0, bytes.length);
            return;
        }
        Matcher length = LENGTH.matcher(text);
        bodyLeft = length.find() ? Long.parseLong(length.group(1)) : 0;
        bodyAt = 0;
        Act act = middle.on(new Middle.Request(requests.getAndIncrement(), line[0], line[1], bodyLeft));
        Exchange exchange = new Exchange(act);
        current = exchange;
        if (act instanceof Act.Answer answer) {
            if (bodyLeft == 0 || text.toLowerCase(Locale.ROOT).contains("\nexpect:")) {
                answer(answer);
            }
            return;
        }
        if (act instanceof Act.Twice) {
            exchange.recorded.write(bytes);
        }
        up.send(bytes, 0, bytes.length);
        if (act instanceof Act.CutRequest cut && cut.after() == 0) {
            up.afterwards(() -> place.end(cut.how()));
        }
    }

    private void body(byte[] bytes, int at, int part) throws IOException {
        long from = bodyAt;
        bodyAt += part;
        bodyLeft -= part;
        switch (current.act) {
            case Act.Answer answer -> {
                if (bodyLeft == 0) {
                    answer(answer);
                }
            }
            case Act.FlipRequest flip -> {
                flip(bytes, at, part, flip.at() - from);
                up.send(bytes, at, part);
            }
            case Act.CutRequest cut -> {
                int before = Math.clamp(cut.after() - from, 0, part);
                up.send(bytes, at, before);
                if (from < cut.after() && cut.after() <= bodyAt) {
                    up.afterwards(() -> place.end(cut.how()));
                }
            }
            case Act.Twice twice -> {
                if (current.recorded.size() + part > MOST_REPEATED) {
                    throw new IOException("a request is too long to be repeated");
                }
                current.recorded.write(bytes, at, part);
                up.send(bytes, at, part);
            }
            default -> up.send(bytes, at, part);
        }
    }

    private static void flip(byte[] bytes, int at, int part, long index) {
        if (index >= 0 && index < part) {
            bytes[at + (int) index] ^= 1;
        }
    }

    private void answer(Act.Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        StringBuilder text = new StringBuilder("HTTP/1.1 " + answer.status() + " Proxy\r\n");
        answer.fields().forEach(field -> text.append(field).append("\r\n"));
        text.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        byte[] start = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        down.send(start, 0, start.length);
        down.send(body, 0, body.length);
    }

    /** Bytes from the server. */
    void down(byte[] bytes, int length) throws IOException {
        Exchange exchange = current;
        int at = 0;
        while (at < length && !exchange.answered && !(exchange.act instanceof Act.Pass)) {
            exchange.answerHead.write(bytes[at++]);
            if (ends(exchange.answerHead)) {
                byte[] told = exchange.answerHead.toByteArray();
                exchange.answerHead.reset();
                exchange.answered = !new String(told, 0, 10, StandardCharsets.ISO_8859_1).endsWith(" 1");
                if (exchange.answered && !toBePassed(exchange)) {
                    return;
                }
                down.send(told, 0, told.length);
            }
        }
        int part = length - at;
        long from = exchange.position;
        exchange.position += part;
        switch (exchange.act) {
            case Act.FlipAnswer flip -> {
                flip(bytes, at, part, flip.at() - from);
                down.send(bytes, at, part);
            }
            case Act.CutAnswer cut when exchange.answered -> {
                down.send(bytes, at, Math.clamp(cut.after() - from, 0, part));
                if (from <= cut.after() && cut.after() <= exchange.position) {
                    down.afterwards(() -> place.end(cut.how()));
                }
            }
            default -> down.send(bytes, at, part);
        }
    }

    private boolean toBePassed(Exchange exchange) throws IOException {
        if (exchange.act instanceof Act.DropAnswer) {
            place.end(End.CLOSE);
            return false;
        }
        if (exchange.act instanceof Act.Twice) {
            repeat(exchange.recorded.toByteArray());
        }
        return true;
    }

    /** Sends a request once more, and reads its answer to the end. */
    private void repeat(byte[] request) throws IOException {
        try (Socket again = place.connect()) {
            again.setSoTimeout(PATIENCE_MILLIS);
            again.getOutputStream().write(request);
            InputStream in = again.getInputStream();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            while (!ends(answer)) {
                int one = in.read();
                if (one < 0) {
                    return;
                }
                answer.write(one);
            }
            Matcher length = LENGTH.matcher(answer.toString(StandardCharsets.ISO_8859_1));
            if (length.find()) {
                in.skipNBytes(Long.parseLong(length.group(1)));
            }
        }
    }

    private static boolean ends(ByteArrayOutputStream head) {
        int size = head.size();
        if (size < 4) {
            return false;
        }
        byte[] bytes = head.toByteArray();
        return bytes[size - 1] == '\n' && bytes[size - 2] == '\r' && bytes[size - 3] == '\n' && bytes[size - 4] == '\r';
    }
}
