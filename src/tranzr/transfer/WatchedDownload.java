package tranzr.transfer;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import tranzr.model.ByteRange;
import tranzr.model.Upload;
import tranzr.storage.CorruptObjectException;

/** A download of which those who watch are told. Used by one thread at a time. */
final class WatchedDownload implements Download {

    private final Core core;
    private final Upload file;
    private final Download download;
    private final Peer peer;

    WatchedDownload(Core core, Upload file, Download download, Peer peer) {
        this.core = core;
        this.file = file;
        this.download = download;
        this.peer = peer;
    }

    @Override
    public void writeTo(OutputStream out, ByteRange range) throws IOException {
        Traffic.Passage passage = core.traffic().download(file, range, peer);
        Failure failure = new Failure.BodyBroken(file.id(), 0);
        try {
            download.writeTo(new Counted(out, passage), range);
            failure = null;
        } catch (CorruptObjectException e) {
            failure = new Failure.Corrupt(file.id());
            throw e;
        } catch (FailureException e) {
            failure = e.failure();
            throw e;
        } finally {
            passage.end(0, failure);
        }
    }

    @Override
    public void check(ByteRange range) {
        try {
            download.check(range);
        } catch (FailureException e) {
            core.traffic().download(file, range, peer).end(0, e.failure());
            throw e;
        }
    }

    @Override
    public void end(boolean whole) {
        download.end(whole);
    }

    private static final class Counted extends FilterOutputStream {
        private final Traffic.Passage passage;

        private Counted(OutputStream out, Traffic.Passage passage) {
            super(out);
            this.passage = passage;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            passage.moved(length);
        }
    }
}
