package tranzr.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * TLS over one connection, by an engine of the JDK. The first read shakes hands. Records are decrypted straight to where the bytes are wanted, and several are
 * encrypted for one write; while the connection is idle there is no buffer at all. Whoever speaks plain HTTP here is told so, in plain HTTP.
 */
final class TlsLink implements Link {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    /** What is read from the socket, or written to it, at once while a body passes: some records. */
    private static final int LARGE = 4 * (16 * 1024 + 256);
    private static final int LARGE_PIECE = 32 * 1024;
    /** The type of the record that a handshake begins with (RFC 8446, section 5.1). */
    private static final int HANDSHAKE_RECORD = 22;
    private static final int MAX_DISCARDED = 64 * 1024;

    /** What became of an attempt to decrypt a record. */
    private enum Step { TAKEN, INCOMPLETE, TOO_LARGE, ENDED }

    private final SocketChannel channel;
    private final SSLEngine engine;
    private final AcceptGate.Refusal plainRefusal;
    private final ReentrantLock sending = new ReentrantLock();
    /** What came and is not decrypted, and what is decrypted and not taken; both ready to be read. */
    private ByteBuffer incoming = NOTHING;
    private ByteBuffer plain = NOTHING;
    private volatile Fragment fragment;
    private boolean ended;
    /** Found while nobody was reading; the next read throws it. */
    private IOException failure;
    /** Guarded by the lock; empty when it is free. */
    private ByteBuffer outgoing = NOTHING;
    private volatile boolean established;

    /**
     * @param engine for this connection alone, in server mode
     * @param plainRefusal for who speaks plain HTTP
     */
    TlsLink(SocketChannel channel, SSLEngine engine, AcceptGate.Refusal plainRefusal) {
        this.channel = channel;
        this.engine = engine;
        this.plainRefusal = plainRefusal;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (!established) {
            shakeHands();
        }
        if (plain.hasRemaining()) {
            return take(target, offset, length);
        }
        try {
            return decryptInto(target, offset, length);
        } finally {
            fragment = null;
        }
    }

    private int decryptInto(byte[] target, int offset, int length) throws IOException {
        ByteBuffer into = ByteBuffer.wrap(target, offset, length);
        while (!ended) {
            boolean some = into.position() > offset;
            switch (decrypt(into, true)) {
                case TAKEN -> { } // perhaps nothing but a message of TLS itself
                case TOO_LARGE -> {
                    if (some) {
                        return into.position() - offset;
                    }
                    Step aside = decryptAside(true); // the engine looks at the room before it looks whether the record is whole
                    ended = aside == Step.ENDED;
                    if (plain.hasRemaining()) {
                        return take(target, offset, length);
                    }
                    if (aside == Step.INCOMPLETE) {
                        receive(length);
                    }
                }
                case INCOMPLETE -> {
                    if (some) {
                        return into.position() - offset;
                    }
                    receive(length);
                }
                case ENDED -> ended = true;
            }
            if (!into.hasRemaining()) {
                break;
            }
        }
        return into.position() > offset ? into.position() - offset : -1;
    }

    private int take(byte[] target, int offset, int length) {
        int count = Math.min(length, plain.remaining());
        plain.get(target, offset, count);
        return count;
    }

    @Override
    public int available() {
        try {
            while (established && failure == null && !ended && !plain.hasRemaining() && incoming.hasRemaining()) {
                Step step = decryptAside(false);
                ended = step == Step.ENDED;
                if (step == Step.INCOMPLETE) {
                    break;
                }
            }
        } catch (IOException e) {
            // Who asks may be the server's only dispatcher, which would lose count of the connection.
            failure = e;
        }
        return failure != null || ended ? Math.max(1, plain.remaining()) : plain.remaining();
    }

    private Step decryptAside(boolean answer) throws IOException {
        ByteBuffer aside = plain.capacity() > 0 ? plain.clear() : ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        try {
            return decrypt(aside, answer);
        } finally {
            plain = aside.flip();
        }
    }

    /** @param answer whether what TLS itself has to say to it may be sent at once, which may wait */
    private Step decrypt(ByteBuffer into, boolean answer) throws IOException {
        SSLEngineResult result;
        try {
            result = engine.unwrap(incoming, into);
        } catch (SSLException e) {
            if (answer) {
                sendAlert();
            }
            throw e;
        }
        if (established && result.getHandshakeStatus() == HandshakeStatus.NEED_TASK && !engine.getSession().getProtocol().equals("TLSv1.3")) {
            throw new SSLException("a client does not get a new handshake on an old connection");
        }
        runTasks();
        if (answer && established && result.getStatus() == Status.OK && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            sendOwn();
        }
        return switch (result.getStatus()) {
            case OK -> Step.TAKEN;
            case BUFFER_UNDERFLOW -> Step.INCOMPLETE;
            case BUFFER_OVERFLOW -> Step.TOO_LARGE;
            case CLOSED -> Step.ENDED;
        };
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /**
     * Waits for more of a record.
     *
     * @param wanted how many bytes the reader would take
     * @throws EOFException when the connection ends without the message that says so: somebody may have cut it
     */
    private void receive(int wanted) throws IOException {
        int capacity = wanted >= LARGE_PIECE ? LARGE : packetSize();
        ByteBuffer buffer = incoming;
        if (buffer.capacity() < capacity) {
            buffer = ByteBuffer.allocate(capacity).put(incoming);
        } else {
            buffer.compact();
        }
        try {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the connection ended without a close_notify");
            }
        } finally {
            incoming = buffer.flip();
            fragment = new Fragment(incoming.remaining(), System.nanoTime());
        }
    }

    private int packetSize() {
        return engine.getSession().getPacketBufferSize();
    }

    private void shakeHands() throws IOException {
        receive(0);
        refusePlainHttp();
        try {
            agree();
        } catch (SSLException e) {
            sendAlert();
            throw e;
        }
    }

    private void agree() throws IOException {
        engine.beginHandshake();
        while (!established) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> sendOwn();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    switch (decrypt(NOTHING, true)) {
                        case INCOMPLETE -> receive(0);
                        case ENDED -> throw new EOFException("the client left while shaking hands");
                        case TOO_LARGE -> throw new SSLException("data before the handshake is over");
                        case TAKEN -> { }
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> established = true;
            }
        }
    }

    private void refusePlainHttp() throws IOException {
        int first = incoming.get(0) & 0xff;
        if (first == HANDSHAKE_RECORD || first < 'A' || first > 'z') {
            return;
        }
        ByteBuffer answer = ByteBuffer.wrap(plainRefusal.answer());
        while (answer.hasRemaining()) {
            channel.write(answer);
        }
        channel.shutdownOutput();
        // A connection closed on unread bytes is reset, and the client may not see the answer then. The watchdog bounds the wait.
        for (int discarded = 0; discarded < MAX_DISCARDED; discarded += incoming.flip().limit()) {
            if (channel.read(incoming.clear()) < 0) {
                break;
            }
        }
        throw new IOException("plain HTTP on the port for HTTPS");
    }

    @Override
    public Fragment fragment() {
        return fragment;
    }

    @Override
    public void write(ByteBuffer bytes, IntConsumer moved) throws IOException {
        sending.lock();
        try {
            int capacity = bytes.remaining() >= LARGE_PIECE ? LARGE : packetSize();
            ByteBuffer buffer = outgoing.capacity() < capacity ? ByteBuffer.allocate(capacity) : outgoing.clear();
            outgoing = buffer;
            while (bytes.hasRemaining()) {
                encrypt(bytes, buffer.clear());
                buffer.flip();
                while (buffer.hasRemaining()) {
                    moved.accept(channel.write(buffer));
                }
            }
        } finally {
            sending.unlock();
        }
    }

    /** As many records as fit, at least one. */
    private void encrypt(ByteBuffer bytes, ByteBuffer into) throws IOException {
        while (bytes.hasRemaining()) {
            SSLEngineResult result = engine.wrap(bytes, into);
            switch (result.getStatus()) {
                case OK -> {
                    if (result.bytesConsumed() == 0 && result.bytesProduced() == 0 && result.getHandshakeStatus() != HandshakeStatus.FINISHED) {
                        throw new SSLException("nothing can be sent now: " + result.getHandshakeStatus());
                    }
                }
                case BUFFER_OVERFLOW -> {
                    if (into.position() == 0) {
                        throw new SSLException("a record does not fit a buffer of " + into.capacity() + " bytes");
                    }
                    return;
                }
                default -> throw new IOException("the connection takes nothing any more");
            }
        }
    }

    /** Sends what TLS itself has to say. */
    private void sendOwn() throws IOException {
        sending.lock();
        try {
            ByteBuffer buffer = outgoing.capacity() < packetSize() ? ByteBuffer.allocate(packetSize()) : outgoing;
            outgoing = buffer;
            do {
                SSLEngineResult result = engine.wrap(NOTHING, buffer.clear());
                buffer.flip();
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                if (result.getStatus() != Status.OK) {
                    return;
                }
            } while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
        } finally {
            sending.unlock();
        }
    }

    /** Says why the connection ends. */
    private void sendAlert() {
        try {
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                sendOwn();
            }
        } catch (IOException e) {
            System.getLogger(TlsLink.class.getName()).log(System.Logger.Level.DEBUG, "an alert was not sent: {0}", e.getMessage());
        }
    }

    @Override
    public boolean isEstablished() {
        return established;
    }

    @Override
    public void finish() throws IOException {
        if (established) {
            engine.closeOutbound();
            sendOwn();
        }
    }

    @Override
    public void release() {
        if (!incoming.hasRemaining()) {
            incoming = NOTHING;
        }
        if (!plain.hasRemaining()) {
            plain = NOTHING;
        }
        if (sending.tryLock()) {
            try {
                outgoing = NOTHING;
            } finally {
                sending.unlock();
            }
        }
    }

    /** Says farewell where that cannot wait: on a connection that was idle. */
    @Override
    public void close() throws IOException {
        if (established && !channel.isBlocking() && channel.isOpen() && sending.tryLock()) {
            try {
                engine.closeOutbound();
                ByteBuffer buffer = ByteBuffer.allocate(packetSize());
                engine.wrap(NOTHING, buffer);
                channel.write(buffer.flip());
            } catch (IOException e) {
                System.getLogger(TlsLink.class.getName()).log(System.Logger.Level.DEBUG, "no farewell: {0}", e.getMessage());
            } finally {
                sending.unlock();
            }
        }
        channel.close();
    }
}
