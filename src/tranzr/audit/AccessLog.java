package tranzr.audit;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import tranzr.disk.OperatorLog;

/**
 * The access log, in the Combined Log Format with the request's id after it. Nobody waits for it: lines are queued, and written by a thread of its own; when the queue
 * is full they are dropped and counted. Secrets are {@linkplain TargetMask masked}, quotes and control characters escaped. Safe for several threads.
 */
public final class AccessLog implements Closeable {

    private static final Logger LOG = System.getLogger(AccessLog.class.getName());
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int QUEUED = 8192;
    private static final int BATCH = 512;
    private static final int MAX_FIELD = 1024;
    private static final long FOLLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Where lines go. For one thread. */
    interface Sink extends Closeable {
        void write(byte[] lines) throws IOException;

        /** Goes on in a new file when the operator has taken the old one. */
        void follow() throws IOException;
    }

    private record Request(String client, String user, Instant time, String method, String target, String protocol, int status, long bytes, String referer,
            String userAgent, String requestId) {
    }

    /** Wakes the thread that waits for a line. */
    private static final Request END = new Request(null, null, Instant.EPOCH, null, null, null, 0, 0, null, null, null);

    private final Sink sink;
    private final BlockingQueue<Request> queue;
    private final LongAdder dropped = new LongAdder();
    private final Thread writer;
    private volatile boolean closing;
    private long told;
    private boolean failing;

    private AccessLog(Sink sink, int queued) {
        this.sink = sink;
        this.queue = new ArrayBlockingQueue<>(queued);
        this.writer = Thread.ofPlatform().daemon().name("tranzr-access-log").unstarted(this::work);
    }

    /** To a file, made when missing. One that is renamed or removed is left, within a second, for a new one of the same name. */
    public static AccessLog toFile(Path file) throws IOException {
        OperatorLog log = OperatorLog.open(file);
        return started(new Sink() {
            @Override
            public void write(byte[] lines) throws IOException {
                log.append(ByteBuffer.wrap(lines));
            }

            @Override
            public void follow() throws IOException {
                log.follow();
            }

            @Override
            public void close() throws IOException {
                log.close();
            }
        }, QUEUED);
    }

    /** To a stream, which is flushed and not closed. */
    public static AccessLog toStream(OutputStream out) {
        return started(new Sink() {
            @Override
            public void write(byte[] lines) throws IOException {
                out.write(lines);
                out.flush();
            }

            @Override
            public void follow() {
                // a stream has no name
            }

            @Override
            public void close() {
                // not ours
            }
        }, QUEUED);
    }

    static AccessLog started(Sink sink, int queued) {
        AccessLog log = new AccessLog(sink, queued);
        log.writer.start();
        return log;
    }

    /**
     * Queues a line. Returns at once, also when it has to drop the line. Each text may be null.
     *
     * @param user the name of the token
     * @param target path and query, as they came or masked: they are masked here in any case
     * @param bytes of the body that went out
     */
    public void write(String client, String user, Instant time, String method, String target, String protocol, int status, long bytes, String referer,
            String userAgent, String requestId) {
        if (closing || !queue.offer(new Request(client, user, time, method, target, protocol, status, bytes, referer, userAgent, requestId))) {
            dropped.increment();
        }
    }

    /** Lines that were not written, since the start. */
    public long dropped() {
        return dropped.sum();
    }

    private void work() {
        List<Request> batch = new ArrayList<>(BATCH);
        long followed = System.nanoTime();
        while (!closing || !queue.isEmpty()) {
            try {
                Request first = queue.poll(FOLLOW_NANOS, TimeUnit.NANOSECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, BATCH - 1);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts this thread, since that would close the file it is using", e);
            }
            batch.removeIf(request -> request == END);
            boolean late = System.nanoTime() - followed >= FOLLOW_NANOS;
            followed = late ? System.nanoTime() : followed;
            put(batch, late);
            batch.clear();
        }
    }

    private void put(List<Request> batch, boolean follow) {
        try {
            if (follow || failing) {
                sink.follow();
            }
            if (!batch.isEmpty()) {
                StringBuilder lines = new StringBuilder(200 * batch.size());
                batch.forEach(request -> line(lines, request));
                sink.write(lines.toString().getBytes(StandardCharsets.UTF_8));
            }
            failing = false;
        } catch (IOException e) {
            dropped.add(batch.size());
            if (!failing) {
                LOG.log(Level.WARNING, "the access log cannot be written: " + e.getMessage());
            }
            failing = true;
        }
        long now = dropped.sum();
        if (follow && now > told) {
            LOG.log(Level.WARNING, (now - told) + " lines of the access log were dropped");
            told = now;
        }
    }

    private static void line(StringBuilder line, Request request) {
        field(line, request.client());
        line.append(" - ");
        field(line, request.user() == null ? null : request.user().replace(' ', '_'));
        line.append(" [").append(TIME.format(request.time())).append("] \"");
        field(line, request.method());
        line.append(' ');
        field(line, request.target() == null ? null : TargetMask.of(request.target()));
        line.append(' ');
        field(line, request.protocol());
        line.append("\" ").append(request.status()).append(' ').append(Math.max(0, request.bytes())).append(" \"");
        field(line, request.referer() == null || request.referer().isEmpty() ? null : TargetMask.ofUrl(request.referer()));
        line.append("\" \"");
        field(line, request.userAgent());
        line.append("\" \"");
        field(line, request.requestId());
        line.append("\"\n");
    }

    /** What could end the field or the line, or is not visible ASCII, as {@code \xHH} of its UTF-8, as Apache does. */
    private static void field(StringBuilder line, String text) {
        if (text == null || text.isEmpty()) {
            line.append('-');
            return;
        }
        String cut = text.length() > MAX_FIELD ? text.substring(0, MAX_FIELD) : text;
        for (byte each : cut.getBytes(StandardCharsets.UTF_8)) {
            if (each == '"' || each == '\\') {
                line.append('\\').append((char) each);
            } else if (each >= ' ' && each < 0x7f) {
                line.append((char) each);
            } else {
                line.append("\\x").append(Character.forDigit(each >> 4 & 0xf, 16)).append(Character.forDigit(each & 0xf, 16));
            }
        }
        line.append(cut.length() < text.length() ? "..." : "");
    }

    /** Writes what is queued. */
    @Override
    public void close() throws IOException {
        closing = true;
        queue.offer(END); // when it is full nobody waits
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        sink.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
