package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers that go on until their writer returns. */
class OpenAnswerTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final BlockingQueue<String> pieces = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> ended = new LinkedBlockingQueue<>();
    private HttpListener listener;

    @AfterEach
    void stop() {
        pieces.add("");
        if (listener != null) {
            listener.close();
        }
    }

    /** What is put into {@link #pieces}, each at once, until an empty one. */
    private Response answer() {
        return Response.open(200, "text/plain", out -> {
            try {
                for (String piece = pieces.take(); !piece.isEmpty(); piece = pieces.take()) {
                    out.write(piece.getBytes());
                    out.flush();
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }, ended::add);
    }

    private static String head(RawClient client) throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = client.line(); !line.isEmpty(); line = client.line()) {
            head.append(line).append('\n');
        }
        return head.toString();
    }

    /** What comes, in however many chunks. */
    private static String chunks(RawClient client, int length) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(new String(client.in().readNBytes(Integer.parseInt(client.line(), 16))));
            client.line();
        }
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void eachPieceComesAtOnceAndTheConnectionGoesOn(TestServer mode) throws Exception {
        listener = mode.start(request -> answer());
        try (RawClient client = new RawClient(listener.address())) {
            for (int i = 0; i < 3; i++) {
                client.send(GET);
                String head = head(client);
                assertTrue(head.startsWith("HTTP/1.1 200 ") && head.toLowerCase().contains("transfer-encoding: chunked"), head);
                for (String piece : new String[] {"one", "two", "x".repeat(10_000)}) {
                    pieces.add(piece);
                    assertEquals(piece, chunks(client, piece.length()));
                }
                pieces.add("");
                assertEquals("0", client.line());
                assertEquals("", client.line());
                assertEquals(true, ended.poll(10, TimeUnit.SECONDS));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aClientThatWantsToCloseGetsTheEndOfTheBodyFirst(TestServer mode) throws Exception {
        listener = mode.start(request -> answer());
        try (RawClient client = new RawClient(listener.address())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            head(client);
            pieces.add("one");
            assertEquals("one", chunks(client, 3));
            pieces.add("");
            assertEquals("0", client.line());
            assertEquals("", client.line());
            assertTrue(client.isAtEnd());
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aClientOfTheOldProtocolGetsItUntilTheConnectionEnds(TestServer mode) throws Exception {
        listener = mode.start(request -> answer());
        try (RawClient client = new RawClient(listener.address())) {
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
            String head = head(client);
            assertTrue(!head.toLowerCase().contains("chunked") && !head.toLowerCase().contains("content-length"), head);
            pieces.add("one");
            assertEquals("one", new String(client.in().readNBytes(3)));
            pieces.add("");
            assertTrue(client.isAtEnd());
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aHeadGetsNoBodyAndItsMakerHears(TestServer mode) throws Exception {
        listener = mode.start(request -> answer());
        try (RawClient client = new RawClient(listener.address())) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertNull(client.answer(false).headers().get("content-length"));
            assertEquals(false, ended.poll(10, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aWriterThatWaitsForLongIsNoStall(TestServer mode) throws Exception {
        listener = mode.start(request -> answer(), Duration.ofMillis(100));
        try (RawClient client = new RawClient(listener.address())) {
            client.send(GET);
            head(client);
            assertNull(ended.poll(600, TimeUnit.MILLISECONDS));
            pieces.add("late");
            assertEquals("late", chunks(client, 4));
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void whoNeverReadsIsCutOff(TestServer mode) throws Exception {
        listener = mode.start(request -> Response.open(200, "text/plain", out -> {
            byte[] piece = new byte[100_000];
            while (true) {
                out.write(piece);
                out.flush();
            }
        }, ended::add), Duration.ofSeconds(2));
        try (RawClient client = new RawClient(listener.address())) {
            client.send(GET);
            assertEquals(false, ended.poll(20, TimeUnit.SECONDS));
        }
    }
}
