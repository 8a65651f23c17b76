package tranzr.http;

import static tranzr.http.WebSocketFrameTest.masked;

import com.sun.net.httpserver.Headers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;

/** What clients send over a WebSocket, and by what they ask for one. */
public final class WebSocketFuzz {

    private static final int MAX = 4096;

    private WebSocketFuzz() {
    }

    public static List<FuzzTarget> targets() {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(masked(0x81, "{\"type\":\"subscribe\"}"));
        seeds.add(joined(masked(0x01, "grü"), masked(0x89, "?"), masked(0x00, ""), masked(0x80, "n 🐢")));
        seeds.add(joined(masked(0x8a, "?"), masked(0x88, new byte[] {3, (byte) 0xe8, 'b', 'y', 'e'})));
        seeds.add(joined(masked(0x81, "x".repeat(300)), masked(0x88, "")));
        seeds.add(joined(masked(0x01, "x".repeat(MAX)), masked(0x80, "y")));
        List<byte[]> words = List.of(masked(0x81, "a"), masked(0x01, "a"), masked(0x00, "b"), masked(0x80, "c"), masked(0x89, ""), masked(0x8a, ""), masked(0x88, ""),
                new byte[] {(byte) 0x81, (byte) 0xfe, 0, 126}, new byte[] {(byte) 0x81, (byte) 0xff, 0, 0, 0, 0, 0, 1, 0, 0}, new byte[] {(byte) 0x81, (byte) 0xff, 127, -1, -1, -1, -1, -1, -1, -1},
                new byte[4], new byte[] {(byte) 0xc3}, new byte[] {(byte) 0xf0, (byte) 0x9f});
        Target frames = Target.of("websocket-frames", "tranzr.http.WebSocketReader", "tranzr.http.WebSocketFrame", "tranzr.http.Utf8Check").seeds(seeds);
        return List.of(new Target(frames.name(), frames.parsers(), seeds, words, frames.inputs(), WebSocketFuzz::frames),
                new Target("websocket", List.of("tranzr.http.WebSocket"), seeds, words, 3_000, WebSocketFuzz::session),
                Target.of("websocket-handshake", "tranzr.http.WebSocketHandshake").seeds("dGhlIHNhbXBsZSBub25jZQ==\ntranzr.events.v1, bearer.abc", "c2hvcnQ=\na,b", "\n", "x")
                        .words(",", " ", "=", "==", "bearer.", "dGhlIHNhbXBsZSBub25jZQ==", "\n", "a, a").latin(WebSocketFuzz::handshake));
    }

    /** It reads the same however the bytes arrive, and what it has read says the same when it is sent again. */
    private static void frames(byte[] input) throws IOException {
        List<WebSocketReader.Received> read = new ArrayList<>();
        String whole = told(input, Integer.MAX_VALUE, read);
        Expect.same(whole, told(input, 1, new ArrayList<>()), "byte by byte");
        Expect.same(whole, told(input, 7, new ArrayList<>()), "in small pieces");
        for (WebSocketReader.Received one : read) {
            switch (one) {
                case WebSocketReader.Received.Text(String text) -> {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    Expect.that(bytes.length <= MAX && !text.contains("\ufffd") || Arrays.equals(bytes, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()
                            .getBytes(StandardCharsets.UTF_8)), "a text that is none");
                    List<WebSocketReader.Received> again = new ArrayList<>();
                    told(masked(0x81, text), 5, again);
                    Expect.same(List.of(one), again, "again");
                }
                case WebSocketReader.Received.Ping(byte[] payload) -> Expect.that(payload.length <= 125, "a long ping");
                case WebSocketReader.Received.Pong _ -> { }
                case WebSocketReader.Received.Close(int code, String reason) -> Expect.that((code == 1005 && reason.isEmpty() || WebSocketFrame.isSendable(code))
                        && reason.length() <= 123, "close " + code + " " + reason);
            }
        }
    }

    private static String told(byte[] input, int piece, List<WebSocketReader.Received> read) throws IOException {
        WebSocketReader reader = new WebSocketReader(new ByteArrayInputStream(input) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, piece));
            }
        }, MAX);
        StringBuilder told = new StringBuilder();
        try {
            while (true) {
                WebSocketReader.Received received = reader.next();
                told.append(received instanceof WebSocketReader.Received.Ping(byte[] payload) ? "ping " + Arrays.toString(payload) : received).append('\n');
                if (received != null) {
                    read.add(received);
                }
            }
        } catch (WebSocketException e) {
            Expect.that(WebSocketFrame.isSendable(e.code()) && e.getMessage().matches("[ -~]{1,123}"), "a refusal without sense: " + e);
            return told.append(e.code()).append(' ').append(e.getMessage()).toString();
        } catch (EOFException e) {
            return told.append("end").toString();
        }
    }

    /** Whatever is said to it, what it says itself is well-formed, ends with one Close frame at most, and the session comes to its end. */
    private static void session(byte[] input) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(input);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AtomicLong now = new AtomicLong();
        WebSocket socket = new WebSocket(new WebSocket.Carrier() {
            @Override
            public void write(byte[] bytes) {
                out.writeBytes(bytes);
            }

            @Override
            public void finish() {
                // There is nobody to be told.
            }

            @Override
            public int discard() {
                return in.read(new byte[100], 0, 100);
            }

            @Override
            public void cut() {
                now.incrementAndGet();
            }
        }, new WebSocketReader(in, MAX), "", WebSocketLimits.DEFAULT, now::get);
        socket.run(open -> {
            for (String text = open.receive(); text != null; text = open.receive()) {
                open.send(text);
            }
        });
        Expect.that(socket.receive() == null && !socket.send("late"), "it goes on");
        ByteBuffer said = ByteBuffer.wrap(out.toByteArray());
        boolean closed = false;
        while (said.hasRemaining()) {
            Expect.that(!closed, "something after the Close frame");
            int first = said.get() & 0xff;
            int length = said.get();
            Expect.that((first & 0x70) == 0 && (first & 0x80) != 0 && length >= 0, "a frame of a server is whole and not masked");
            length = length == 126 ? said.getShort() & 0xffff : length;
            said.position(said.position() + length);
            closed = (first & 0x0f) == WebSocketFrame.CLOSE;
        }
        Expect.that(closed || now.get() > 0, "it ended without a word");
    }

    private static void handshake(String text) {
        String[] lines = text.split("\n", -1);
        Headers headers = new Headers();
        String[] names = {"Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Upgrade", "Sec-WebSocket-Version"};
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].indexOf('\r') < 0) {
                headers.add(names[i % names.length], lines[i]);
            }
        }
        Request request = HeadFuzz.request(headers);
        WebSocketHandshake.isAsked(request);
        WebSocketHandshake.isOurVersion(request);
        try {
            WebSocketHandshake read = WebSocketHandshake.read(request);
            Expect.that(read.accept().matches("[A-Za-z0-9+/]{27}="), "no proof: " + read.accept());
            read.protocols().forEach(name -> Expect.that(Syntax.isToken(name), "no token: " + name));
            Expect.same(101, read.answer(request, read.protocols().stream().findFirst().orElse(""), WebSocketLimits.DEFAULT, socket -> { }).status(), "the answer");
        } catch (BadRequestException e) {
            FieldFuzz.refusal(e);
        }
    }

    private static byte[] joined(byte[]... frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            all.writeBytes(frame);
        }
        return all.toByteArray();
    }
}
