package tranzr.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.RawAnswers;
import tranzr.fuzz.Target;

/** Whatever comes to the port for HTTPS before TLS is agreed on. */
public final class TlsLinkFuzz implements FuzzTarget {

    private HttpListener listener;

    private TlsLinkFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(new TlsLinkFuzz());
    }

    @Override
    public String name() {
        return "tls-handshake";
    }

    @Override
    public List<String> parsers() {
        return List.of("tranzr.http.TlsLink");
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            seeds.add(hello(protocol));
        }
        seeds.add(Target.bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        seeds.add(Target.bytes("\u0015\u0003\u0003\u0000\u0002\u0001\u0000")); // close_notify
        return seeds;
    }

    /** What a client of the JDK begins with, without what it makes by chance. */
    private static byte[] hello(String protocol) {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 443);
            engine.setUseClientMode(true);
            SSLParameters parameters = new SSLParameters(new String[] { "TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" }, new String[] { protocol });
            parameters.setNamedGroups(new String[] { "x25519" });
            engine.setSSLParameters(parameters);
            ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), record);
            byte[] bytes = Arrays.copyOf(record.array(), record.position());
            Arrays.fill(bytes, 11, 11 + 32, (byte) 7); // the random of the client
            if (protocol.equals("TLSv1.3")) {
                Arrays.fill(bytes, 44, 44 + 32, (byte) 8); // its session
                Arrays.fill(bytes, bytes.length - 32, bytes.length, (byte) 9); // its share of the key
            }
            return bytes;
        } catch (NoSuchAlgorithmException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public List<byte[]> words() {
        return List.of("\u0016\u0003\u0001", "\u0016\u0003\u0003\u0000\u0001", "\u0017\u0003\u0003\u0000\u0000", "\u0014\u0003\u0003\u0000\u0001\u0001", "\u0016\u0003\u0003\u00ff\u00ff",
                "\u0000\u0000", "\u00ff\u00ff", "\u0000\u002b\u0000\u0003\u0002\u0003\u0004", "\u0080\u002e\u0001", "GET / ").stream().map(Target::bytes).toList();
    }

    @Override
    public int inputs() {
        return 400;
    }

    @Override
    public long maxAllocation() {
        return 32 << 20; // both sides of the connection, and the whole handshake after it
    }

    @Override
    public boolean usesOtherThreads() {
        return true;
    }

    @Override
    public void run(byte[] input) throws IOException {
        if (listener == null) {
            listener = TestServer.OPENED_TLS.start(request -> Response.text(200, "fine"));
        }
        byte[] got = RawAnswers.bytes(listener.address(), input);
        Expect.that(got.length == 0 || got[0] == 'H' || got[0] >= 20 && got[0] <= 22, "neither TLS nor HTTP: " + Arrays.toString(got));
        if (got.length > 0 && got[0] == 'H') {
            Expect.that(new String(got, java.nio.charset.StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 400 "), "more than a refusal without TLS");
        }
        Expect.same("fine", RawClient.exchange(listener.address(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n").text(), "the next connection");
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
