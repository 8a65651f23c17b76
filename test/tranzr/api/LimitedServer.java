package tranzr.api;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.limit.Bandwidth;
import tranzr.limit.Concurrency;
import tranzr.limit.HandClock;
import tranzr.limit.Rate;
import tranzr.limit.RateLimiter;
import tranzr.limit.Schedule;
import tranzr.limit.TransferSlots;
import tranzr.model.AccessToken;
import tranzr.security.Tokens;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;
import tranzr.server.ServedEngine.Bounds;

/** A server with limits, and clients of it that take their time. */
abstract class LimitedServer {

    static final String OPERATOR = "operators-own-token";
    static final String ANY = "Bearer " + OPERATOR;
    static final int NONE = Concurrency.NONE;
    static final int CLIENTS = 200;
    static final int KIB = 1 << 10;
    static final long SECOND = 1_000_000_000L;

    final AtomicLong nanos = new AtomicLong();
    final HandClock hands = new HandClock();
    final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    ServedEngine served;

    @TempDir
    Path folder;

    @AfterEach
    void stop() throws IOException {
        if (served != null) {
            served.close();
        }
        threads.shutdownNow();
    }

    Throttle.Rates rates(String perAddress, String perToken, String logins, String links) {
        return new Throttle.Rates(limiter(perAddress), limiter(perToken), limiter(logins), limiter(links));
    }

    RateLimiter limiter(String rate) {
        return new RateLimiter(Rate.parse(rate), nanos::get);
    }

    static TransferSlots slots() {
        return new TransferSlots(NONE, NONE, NONE, NONE);
    }

    static Bandwidth anyBandwidth() {
        return new Bandwidth(Schedule.NONE, Schedule.NONE, Schedule.NONE, ZoneOffset.UTC, InstantSource.system());
    }

    void serve(Throttle throttle) throws IOException {
        served = new ServedEngine(folder, OPERATOR, null, Bounds.NONE.throttle(throttle));
    }

    void serveAtRates(String perAddress, String perToken, String logins, String links) throws IOException {
        serve(new Throttle(rates(perAddress, perToken, logins, links), slots(), anyBandwidth()));
    }

    TransferSlots serveWithSlots(TransferSlots slots) throws IOException {
        serve(new Throttle(rates("none", "none", "none", "none"), slots, anyBandwidth()));
        return slots;
    }

    void serveAtBandwidth(String total, String perToken, String perTransfer) throws IOException {
        serve(new Throttle(rates("none", "none", "none", "none"), slots(), hands.bandwidth(total, perToken, perTransfer)));
    }

    /** A token of its own. @return what its bearer sends */
    String token(String name) throws ConflictException {
        return token(name, UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
    }

    String token(String name, UUID id) throws ConflictException {
        served.engine().core().commit(List.of(new Change.EntityAdded(AccessToken.of(id, Tokens.hash(name), name, Instant.EPOCH))));
        return "Bearer " + name;
    }

    static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + 20 * SECOND;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, "it never came to it");
            LockSupport.parkNanos(1_000_000);
        }
    }

    Answer list(String authorization) {
        return served.get("/files", "Authorization", authorization);
    }

    String begin(long size) {
        return served.post("/upload/start", "{\"filename\": \"file.bin\", \"file_size\": " + size + "}", "Authorization", ANY).expect(201).field("file_id");
    }

    /** A client that sends a half of its body and waits. */
    final class Slow implements AutoCloseable {
        final Socket socket;

        Slow(String authorization) throws IOException {
            socket = new Socket(served.address().getAddress(), served.address().getPort());
            socket.setSoTimeout(20_000);
            send("PUT /slow.bin HTTP/1.1\r\nHost: a\r\nAuthorization: " + authorization + "\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhalf.");
        }

        Slow send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        /** All that comes, up to the end of the answer's line of text or of the connection. */
        String answer() throws IOException {
            StringBuilder answer = new StringBuilder();
            for (int c = socket.getInputStream().read(); c >= 0; c = socket.getInputStream().read()) {
                answer.append((char) c);
                if (c == '\n' && answer.indexOf("\r\n\r\n") >= 0 && !answer.toString().endsWith("\r\n\r\n")) {
                    break;
                }
            }
            return answer.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
