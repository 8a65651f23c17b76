package tranzr.client;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import tranzr.model.ByteRange;

/** Receives into a stream, in order; keeps between rounds what it needs to go on. For one thread at a time. */
final class StreamReceiver {

    private static final long MAX_WINDOW = 32 << 20;
    private static final long MIN_WINDOW = 1 << 20;
    private static final int OF_MEMORY = 8;

    private final OutputStream out;
    private final Remote remote;
    private final String nameless;
    private RemoteContent content;
    private StreamWindow window;

    StreamReceiver(OutputStream out, Remote remote, String nameless) {
        this.out = out;
        this.remote = remote;
        this.nameless = nameless;
    }

    Download.Result run(RangeRun engine) throws TransferException {
        engine.state(Progress.State.PREPARING, null);
        RemoteContent now = remote.describe(engine);
        if (content != null && !content.isSame(now)) {
            throw new TransferException(TransferException.Kind.CHANGED, "the file at the server is another one now than when the download began");
        }
        content = now;
        if (window == null) {
            long width = Math.clamp(Runtime.getRuntime().maxMemory() / OF_MEMORY, MIN_WINDOW, MAX_WINDOW);
            window = new StreamWindow(out, content.size(), width);
        }
        window.begin(engine);
        try {
            return receive(engine);
        } finally {
            window.end();
        }
    }

    private Download.Result receive(RangeRun engine) throws TransferException {
        engine.total(content.size(), window.done());
        engine.state(Progress.State.RUNNING, null);
        if (content.size() == 0) {
            remote.bringNothing(engine, content);
        } else {
            engine.run(new Moves(), atMost -> window.next(engine, atMost));
        }
        engine.state(Progress.State.VERIFYING, null);
        if (!window.finish(engine).equals(content.sha256())) {
            throw new TransferException(TransferException.Kind.VERIFICATION, "what arrived, and has gone out already, has not the SHA-256 that the server told (" + content.sha256().hex() + ")");
        }
        return new Download.Result(null, content.name() == null ? nameless : content.name(), content.size(), content.sha256().hex(), false);
    }

    /** From the server into the window. */
    private final class Moves implements Mover {

        @Override
        public void move(ByteRange range, Attempt attempt) throws IOException, RefusedException, TransferException {
            for (ByteRange gap : window.missing(range)) {
                Gate gate = new Gate(gap.start());
                try {
                    remote.fetch(content, gap, gate, attempt);
                } finally {
                    gate.shut();
                }
                if (!window.missing(gap).isEmpty()) {
                    throw new IOException("the answer was shorter than the part that was asked for");
                }
            }
        }

        @Override
        public List<ByteRange> missing(ByteRange within) {
            return window.missing(within);
        }

        @Override
        public void probe() throws IOException, RefusedException {
            remote.probe();
        }
    }

    /** A request that was given up may still be delivering: it finds the gate shut. */
    private final class Gate implements Sink {

        private final long start;
        private boolean shut;

        Gate(long start) {
            this.start = start;
        }

        @Override
        public synchronized void write(long position, java.nio.ByteBuffer bytes) throws IOException {
            if (shut) {
                throw new IOException("bytes came that nobody waits for");
            }
            window.put(start + position, bytes);
        }

        synchronized void shut() {
            shut = true;
        }
    }
}
