package tranzr.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A connection on which a test says exactly what goes over the wire, and can break off where it likes. */
final class RawConnection implements AutoCloseable {

    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket = new Socket();

    RawConnection(ServerProcess server) throws IOException {
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /** Sends text as ISO 8859-1, with {@code \n} as it stands. */
    RawConnection send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawConnection send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Sends a request's head: lines joined by CR LF, with the empty line that ends it. */
    RawConnection head(String... lines) throws IOException {
        return send(String.join("\r\n", lines) + "\r\n\r\n");
    }

    /** Says that nothing more will be sent, and goes on listening. */
    void endSending() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads up to the end of a head. @return it, or what came before the connection ended */
    String readHead() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        for (int c = in.read(); c >= 0; c = in.read()) {
            head.write(c);
            if (c == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                break;
            }
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads {@code count} bytes, or fewer when the connection ends. */
    byte[] read(int count) throws IOException {
        return socket.getInputStream().readNBytes(count);
    }

    /** One answer with its body, or what came before the connection ended or brought no byte for {@code quietMillis}. */
    String readAnswer(int quietMillis) throws IOException {
        socket.setSoTimeout(quietMillis);
        StringBuilder answer = new StringBuilder();
        try {
            answer.append(readHead());
            Matcher length = CONTENT_LENGTH.matcher(answer);
            answer.append(new String(read(length.find() ? Integer.parseInt(length.group(1)) : 0), StandardCharsets.ISO_8859_1));
        } catch (SocketTimeoutException quiet) {
            answer.append("(still open)");
        } catch (IOException reset) {
            answer.append("(reset)");
        }
        return answer.toString();
    }

    /** All that comes until the other side closes, or a reset, or {@code quietMillis} without a byte. */
    String readUntilQuiet(int quietMillis) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        socket.setSoTimeout(quietMillis);
        try {
            for (int n = socket.getInputStream().read(buffer); n >= 0; n = socket.getInputStream().read(buffer)) {
                all.write(buffer, 0, n);
            }
        } catch (SocketTimeoutException quiet) {
            all.writeBytes("(still open)".getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException reset) {
            all.writeBytes("(reset)".getBytes(StandardCharsets.ISO_8859_1));
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Ends the connection with a reset, as a crashed client's router does. */
    void reset() throws IOException {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
