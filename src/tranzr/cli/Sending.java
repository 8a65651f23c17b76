package tranzr.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import tranzr.client.FileTree;
import tranzr.client.LocalFiles;
import tranzr.client.RefusedException;
import tranzr.client.ShareLink;
import tranzr.client.ShareTerms;
import tranzr.client.TransferException;
import tranzr.client.TransferException.Kind;
import tranzr.client.TranzrClient;
import tranzr.client.Tuning;
import tranzr.client.Upload;

/**
 * Sends many files, a few at the same time: a large one uses all connections by itself, of tiny ones, where the time goes into waiting for answers, several share one.
 * What was found of each is printed in the order in which they were named, and one that fails does not stop the others.
 */
final class Sending {

    /** A file of no more than this takes a share of a connection only, as it is over before it would matter. */
    private static final long TINY_BYTES = 256 << 10;
    private static final int SHARES = 4;
    /** A file has a connection for itself for so many bytes, as long as there are any. */
    private static final long CONNECTION_BYTES = 1 << 20;
    /** Most files that are done and wait for an earlier one to be printed. */
    private static final int MOST_AHEAD = 10_000;

    /** What is wanted of each file. */
    record Wish(Optional<String> name, Optional<String> room, boolean rehash, Optional<ShareTerms> share) {
    }

    /** @param path null for standard input; @param name at the server, null for the file's own */
    private record Item(long number, Path path, String shown, String name) {
    }

    private final TranzrClient client;
    private final Transfers transfers;
    private final Wish wish;
    private final int room;
    private final Semaphore shares;
    private final Semaphore ahead = new Semaphore(MOST_AHEAD);
    /** What is to be printed of files whose turn has not come; empty for nothing. */
    private final Map<Long, String> waiting = new TreeMap<>();
    private long printed;
    private long found;

    Sending(TranzrClient client, Transfers transfers, Wish wish) {
        this.client = client;
        this.transfers = transfers;
        this.wish = wish;
        this.room = transfers.tuning().parallel() * SHARES;
        this.shares = new Semaphore(room, true);
    }

    /** @param words files, folders, and {@code -} for standard input */
    void send(List<String> words) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String word : words) {
                if (transfers.isStopping()) {
                    break;
                }
                if (word.equals(SendCommand.STREAM)) {
                    submit(threads, null, word, wish.name().orElse("stdin"));
                    continue;
                }
                Path path = Path.of(word);
                switch (LocalFiles.kind(path)) {
                    case FILE -> submit(threads, path, word, wish.name().orElse(null));
                    case DIRECTORY -> sendFolder(threads, path);
                    case OTHER -> refuse(word, "is neither a file nor a folder; it can come by standard input, as -");
                    case MISSING -> refuse(word, "does not exist");
                }
            }
        }
    }

    private void refuse(String word, String why) {
        transfers.failed(transfers.watch(word), new TransferException(Kind.INPUT, why), Map.of());
    }

    private void sendFolder(ExecutorService threads, Path folder) {
        long before = found;
        try (FileTree tree = FileTree.of(folder, notice -> transfers.complain(Visible.of(notice)))) {
            while (!transfers.isStopping() && tree.hasNext()) {
                FileTree.Entry entry = tree.next();
                submit(threads, entry.path(), entry.name(), entry.name());
            }
            for (String problem : tree.problems()) {
                refuse(folder.toString(), problem);
            }
            if (tree.problemCount() > tree.problems().size()) {
                refuse(folder.toString(), tree.problemCount() + " problems in all");
            }
            if (found == before && tree.problemCount() == 0) {
                transfers.complain(Visible.of(folder.toString()) + ": there is no file in it");
            }
        } catch (TransferException e) {
            transfers.failed(transfers.watch(folder.toString()), e, Map.of());
        }
    }

    private void submit(ExecutorService threads, Path path, String shown, String name) {
        Item item = new Item(found++, path, shown, name);
        int wanted = wanted(path);
        ahead.acquireUninterruptibly();
        shares.acquireUninterruptibly(wanted);
        if (transfers.isStopping()) {
            shares.release(wanted);
            done(item, "");
            return;
        }
        threads.execute(() -> {
            String line = "";
            try {
                line = send(item, Math.max(1, wanted / SHARES));
            } finally {
                shares.release(wanted);
                done(item, line);
            }
        });
    }

    private int wanted(Path path) {
        if (transfers.tuning().bytesPerSecond() > 0) {
            return room; // each transfer keeps the rate by itself, so only one at a time keeps it for all
        }
        try {
            long size = path == null ? Long.MAX_VALUE : LocalFiles.size(path);
            if (size <= TINY_BYTES) {
                return 1;
            }
            Tuning tuning = transfers.tuning();
            // Chunks that follow the network may become much smaller than the first size that was asked for, and then each connection has work.
            long each = tuning.adaptive() ? Math.min(tuning.chunkSize(), CONNECTION_BYTES) : tuning.chunkSize();
            return (int) Math.min(room, SHARES * (1 + (size - 1) / each));
        } catch (IOException e) {
            return 1; // whoever opens it will say so
        }
    }

    /** @return the line that is printed of it; empty for none */
    private String send(Item item, int connections) {
        Watch watch = transfers.watch(item.path() == null ? SendCommand.STREAM : item.shown());
        Tuning all = transfers.tuning();
        Tuning tuning = new Tuning(all.chunkSize(), all.adaptive(), connections, connections < all.parallel() ? connections : all.most(), all.priority(), all.maxRetries(), all.timeout(), all.patience(), all.bytesPerSecond());
        Upload.Builder builder = item.path() == null ? client.upload(transfers.terminal().in(), item.name()) : client.upload(item.path());
        if (item.path() != null && item.name() != null) {
            builder.name(item.name());
        }
        wish.room().ifPresent(builder::room);
        Upload.Result result = null;
        try {
            result = transfers.run(watch, builder.tuning(tuning).rehash(wish.rehash()).listener(watch).notices(transfers.notices(watch)).build());
            tellDone(transfers, watch, result);
            return line(transfers, item.shown(), result, wish.share().isPresent() ? Optional.of(client.share(result.fileId(), wish.share().get())) : Optional.empty());
        } catch (TransferException e) {
            transfers.failed(watch, e, Map.of());
        } catch (RefusedException e) {
            transfers.failed(watch, new TransferException(Kind.REFUSED, "it is there as " + result.fileId() + ", but there is no link: " + e.getMessage(), e),
                    Map.of("file_id", result.fileId().toString()));
        } catch (IOException e) {
            transfers.failed(watch, new TransferException(Kind.UNREACHABLE, "it is there as " + result.fileId() + ", but there is no link: " + ClientCommand.reason(e), e),
                    Map.of("file_id", result.fileId().toString()));
        }
        return "";
    }

    static void tellDone(Transfers transfers, Watch watch, Upload.Result result) {
        transfers.tell((result.instant() ? "already there: " : "sent ") + Visible.of(result.name(), transfers.terminal().err().charset()) + ", " + watch.summary(result.size()));
    }

    /** What is printed of a file that is there. */
    static String line(Transfers transfers, String file, Upload.Result result, Optional<ShareLink> link) {
        if (!transfers.isJson()) {
            return link.map(made -> made.url().toString()).orElse(result.fileId() + "  " + Visible.of(result.name()));
        }
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("event", "done");
        event.put("file", file);
        event.put("file_id", result.fileId().toString());
        event.put("filename", result.name());
        event.put("file_size", result.size());
        event.put("file_hash", result.sha256());
        event.put("instant", result.instant());
        link.ifPresent(made -> event.putAll(ShareOptions.fields(made)));
        return ClientCommand.json(event);
    }

    /** Prints it, and all that have waited for it, when everything before it is printed. */
    private synchronized void done(Item item, String line) {
        waiting.put(item.number(), line);
        for (String next = waiting.remove(printed); next != null; next = waiting.remove(printed)) {
            printed++;
            ahead.release();
            if (!next.isEmpty()) {
                transfers.out(next);
            }
        }
    }
}
