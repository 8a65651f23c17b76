package tranzr.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that a server answers to some bytes on a connection of their own, read by the letter of RFC 9112.
 *
 * @param answers without interim ones
 * @param reset whether the connection was cut, so that more may have been said than was heard
 */
public record RawAnswers(List<Answer> answers, boolean reset) {

    /** Header names in lower case. */
    public record Answer(int status, Map<String, String> headers, String body) {
    }

    /** An answer is awaited longer than any server needs. */
    private static final int PATIENCE_MILLIS = 45_000;

    /** All bytes of one connection. @param reset as in {@link RawAnswers} */
    private record Heard(byte[] bytes, boolean reset) {
    }

    /** Sends the bytes, ends the sending side, and reads until the other side ends. @throws AssertionError for what is no HTTP, or no end */
    public static RawAnswers to(InetSocketAddress server, byte[] request) throws IOException {
        Heard heard = hear(server, request);
        return new RawAnswers(parse(new String(heard.bytes(), StandardCharsets.ISO_8859_1), heard.reset()), heard.reset());
    }

    /** As {@link #to}, for what need not be HTTP. @return what was heard before the end, or before the connection was cut */
    public static byte[] bytes(InetSocketAddress server, byte[] request) throws IOException {
        return hear(server, request).bytes();
    }

    private static Heard hear(InetSocketAddress server, byte[] request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server, PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            boolean reset = false;
            // A server may answer and close before it has read everything; the answer must be read all the same.
            Thread sender = Thread.startVirtualThread(() -> send(socket, request));
            java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
            try {
                InputStream in = socket.getInputStream();
                byte[] buffer = new byte[8192];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    all.write(buffer, 0, n);
                }
            } catch (SocketTimeoutException e) {
                throw new AssertionError("the connection is neither answered nor closed after " + all, e);
            } catch (IOException e) {
                reset = true;
            }
            join(sender);
            return new Heard(all.toByteArray(), reset);
        }
    }

    private static void send(Socket socket, byte[] request) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(request);
            socket.shutdownOutput();
        } catch (IOException e) {
            // The server has closed already.
            Thread.yield();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Answer> parse(String all, boolean cut) {
        List<Answer> answers = new ArrayList<>();
        int at = 0;
        while (at < all.length()) {
            int end = all.indexOf("\r\n\r\n", at);
            if (end < 0) {
                Expect.that(cut, "an answer without the end of its head: " + all.substring(at));
                break;
            }
            String[] lines = all.substring(at, end).split("\r\n", -1);
            Expect.that(lines[0].matches("HTTP/1\\.1 [1-5][0-9]{2} [ -~]*"), "no status line: " + lines[0]);
            int status = Integer.parseInt(lines[0].substring(9, 12));
            Map<String, String> headers = headers(lines);
            at = end + 4;
            if (status < 200) {
                continue;
            }
            int length = bodyLength(status, headers, all, at);
            Expect.that(at + length <= all.length() || cut, "an answer that ends before its end: " + all);
            int bodyEnd = Math.min(all.length(), at + length);
            answers.add(new Answer(status, headers, all.substring(at, bodyEnd)));
            at = bodyEnd;
        }
        return answers;
    }

    private static Map<String, String> headers(String[] lines) {
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            Expect.that(lines[i].matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+: ?[\\t -~\\x80-\\xff]*"), "no header field: " + lines[i]);
            int colon = lines[i].indexOf(':');
            String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            String before = headers.put(name, lines[i].substring(colon + 1).strip());
            Expect.that(before == null || !name.equals("content-length"), "two lengths");
        }
        return headers;
    }

    /** An answer to HEAD has a length and no body: then the connection ends, or the next answer begins. */
    private static int bodyLength(int status, Map<String, String> headers, String all, int at) {
        Expect.that(!headers.containsKey("transfer-encoding"), "answers are never chunked");
        boolean noBody = status == 204 || status == 304 || at == all.length() || all.startsWith("HTTP/1.1 ", at);
        return noBody ? 0 : Integer.parseInt(headers.getOrDefault("content-length", "0"));
    }
}
