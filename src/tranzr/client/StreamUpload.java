package tranzr.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tranzr.model.ByteRange;

/** A stream on its way. Its length is told at the end, and what was sent and acknowledged is forgotten here, so that an upload that the server forgets is lost. */
final class StreamUpload {

    private final UploadCalls calls;
    private final FileUpload.Order order;
    private final StreamBuffer buffer;
    private volatile UUID id;

    StreamUpload(TranzrClient client, FileUpload.Order order, InputStream stream) {
        this.calls = new UploadCalls(client.http);
        this.order = order;
        this.buffer = StreamBuffer.of(stream, order.tuning());
    }

    /** Once for each start and resume. */
    Upload.Result run(RangeRun engine) throws TransferException {
        try {
            return send(engine);
        } catch (TransferException e) {
            if (!e.kind().isResumable()) {
                abandon();
            }
            throw e.getCause() instanceof RefusedException refused && UploadCalls.isGone(refused) ? lost(e) : e;
        }
    }

    private static TransferException lost(TransferException e) {
        return new TransferException(TransferException.Kind.REFUSED, "the server no longer knows this upload, and what came from the stream cannot be sent again", e.getCause());
    }

    private Upload.Result send(RangeRun engine) throws TransferException {
        engine.state(Progress.State.PREPARING, null);
        engine.total(-1, buffer.movedBytes());
        if (id == null) {
            id = engine.once(() -> calls.start(order.name(), -1, null, order.room(), order.tuning().priority())).id();
        }
        UploadMover mover = new UploadMover(calls, id, new UploadMover.From(buffer, -1, false), new UploadMover.Steps() {
            @Override
            public void moved(ByteRange range) {
                buffer.moved(range);
            }

            @Override
            public void found(ByteRange range) {
                buffer.moved(range);
            }
        });
        engine.state(Progress.State.RUNNING, null);
        List<ByteRange> again = buffer.unmoved();
        if (!again.isEmpty()) {
            engine.run(mover, again);
        }
        engine.run(mover, atMost -> buffer.next(atMost, engine));
        engine.total(buffer.size(), buffer.size());
        engine.state(Progress.State.VERIFYING, null);
        String sha256 = buffer.digest().hex();
        Optional<UploadCalls.Done> done = new Merging(calls, order.tuning()).run(engine, id, buffer.size(), sha256);
        UploadCalls.Done file = done.orElseThrow(() -> new TransferException(TransferException.Kind.VERIFICATION,
                "the server no longer has all that it had acknowledged, and what came from the stream cannot be sent again"));
        if (!file.sha256().equalsIgnoreCase(sha256) || file.size() != buffer.size()) {
            throw new TransferException(TransferException.Kind.VERIFICATION, "the server has other bytes than those that were sent");
        }
        return new Upload.Result(file.id(), file.name(), file.size(), sha256, false);
    }

    /** Gives up what is at the server, once and without patience: it expires there by itself. */
    void abandon() {
        buffer.stop();
        UUID begun = id;
        if (begun != null) {
            try {
                calls.delete(begun);
            } catch (IOException | RefusedException e) {
                System.getLogger(StreamUpload.class.getName()).log(System.Logger.Level.DEBUG, "the upload stays at the server until it expires: {0}", e.getMessage());
            }
        }
    }
}
