package tranzr.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import tranzr.client.Download;
import tranzr.client.Listing;
import tranzr.client.TransferException;
import tranzr.client.TransferException.Kind;
import tranzr.client.TranzrClient;

/** Fetches all files of one link into a folder. One that fails stops no other, unless the link itself is over or its server away. */
final class Receiving {

    /** What is said of the link, and so of all of its files. */
    private static final Set<String> OF_THE_LINK = Set.of("share_not_found", "share_expired", "download_limit_reached", "address_not_allowed", "password_required", "wrong_password",
            "too_many_attempts");

    private final TranzrClient client;
    private final Transfers transfers;
    private final Path folder;
    private final boolean overwrite;
    private final AtomicLong leftOut = new AtomicLong();
    private volatile boolean over;

    Receiving(TranzrClient client, Transfers transfers, Path folder, boolean overwrite) {
        this.client = client;
        this.transfers = transfers;
        this.folder = folder;
        this.overwrite = overwrite;
    }

    /** To the end of all. */
    void receive(Listing.Contents contents) {
        try (Lanes lanes = new Lanes(transfers)) {
            for (Listing.Entry entry : contents.files()) {
                if (transfers.isStopping()) {
                    break;
                }
                lanes.add(entry.size(), tuning -> {
                    if (over) {
                        leftOut.incrementAndGet();
                        return "";
                    }
                    Watch watch = transfers.watch(entry.name());
                    try {
                        Download.Builder builder = client.download(contents, entry).to(folder).overwrite(overwrite);
                        return ReceiveCommand.received(watch, builder.tuning(tuning), transfers);
                    } catch (TransferException e) {
                        over |= OF_THE_LINK.contains(e.code()) || e.kind() == Kind.UNREACHABLE;
                        transfers.failed(watch, e, Map.of());
                        return "";
                    }
                });
            }
        }
        if (leftOut.get() > 0 && !transfers.isJson()) {
            transfers.complain((leftOut.get() == 1 ? "1 more file" : leftOut.get() + " more files") + " of the link " + (leftOut.get() == 1 ? "was" : "were") + " not asked for");
        }
    }
}
