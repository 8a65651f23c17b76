package tranzr.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import tranzr.archive.ZipLayout;
import tranzr.model.ByteRange;
import tranzr.model.Upload;

/**
 * The files of a link as one archive, opened for reading. Files are opened one after the other, when their turn comes: one that is deleted meanwhile ends the
 * transfer. Used by one thread at a time, but for {@link #cancel}.
 */
final class ArchiveDownload implements LinkDownload, ZipLayout.Source {

    private final Core core;
    private final Checksums checksums;
    private final List<Upload> files;
    private final Peer peer;
    private final ZipLayout layout;
    private final Ended ended;
    private final AtomicBoolean done = new AtomicBoolean();
    private volatile boolean cancelled;
    private volatile FileDownload current;
    private Upload opened;
    private volatile long sent;

    ArchiveDownload(Core core, Checksums checksums, Shares.Visit visit, ZipLayout layout, Ended ended) {
        this.core = core;
        this.checksums = checksums;
        this.files = visit.files();
        this.peer = visit.visitor().peer();
        this.layout = layout;
        this.ended = ended;
    }

    /** Verifies the first block of content in the range. */
    @Override
    public void check(ByteRange range) {
        for (LinkSpace.Piece piece : new LinkSpace(files).pieces(layout.contentOf(range))) {
            open(files.stream().filter(file -> file.id().equals(piece.file())).findAny().orElseThrow()).check(piece.range());
            return;
        }
    }

    @Override
    public void writeTo(OutputStream out, ByteRange range) throws IOException {
        // Read meanwhile, so that they are known when their place has come.
        layout.unseen(range).forEach(member -> checksums.prepare(files.get(member)));
        layout.write(out, range, this);
    }

    @Override
    public void content(int member, ByteRange range, OutputStream out) throws IOException {
        Upload file = files.get(member);
        FileDownload download;
        try {
            download = open(file);
        } catch (FailureException e) {
            throw new IOException("a file of the archive cannot be read: " + e.getMessage(), e);
        }
        long before = sent;
        boolean whole = range.length() == file.length();
        Checksums.Summing summing = whole ? new Checksums.Summing(out) : null;
        try {
            new WatchedDownload(core, file, download, peer).writeTo(whole ? summing : out, range);
        } finally {
            sent = before + download.sent();
        }
        if (whole) {
            checksums.learn(file, summing.crc());
        }
    }

    @Override
    public int crc(int member) throws IOException {
        return checksums.of(files.get(member));
    }

    private FileDownload open(Upload file) {
        if (opened != file) {
            close(current);
            current = null;
            current = Downloads.open(core, file, _ -> { });
            opened = file;
            if (cancelled) {
                current.cancel();
            }
        }
        return current;
    }

    private static void close(FileDownload download) {
        if (download != null) {
            download.end(true);
        }
    }

    @Override
    public long sent() {
        return sent;
    }

    @Override
    public void cancel() {
        cancelled = true;
        FileDownload now = current;
        if (now != null) {
            now.cancel();
        }
    }

    @Override
    public void end(boolean whole) {
        if (done.compareAndSet(false, true)) {
            try {
                close(current);
            } finally {
                ended.tell(whole);
            }
        }
    }
}
