package tranzr.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import tranzr.client.FileTree;
import tranzr.client.Listing;
import tranzr.client.LocalFiles;
import tranzr.client.RefusedException;
import tranzr.client.SentFiles;
import tranzr.client.ShareLink;
import tranzr.client.ShareTerms;
import tranzr.client.TransferException;
import tranzr.client.TransferException.Kind;
import tranzr.client.TranzrClient;
import tranzr.client.Tuning;
import tranzr.client.Upload;
import tranzr.server.ConfigException;

/** Sends many files, as {@link Lanes} have room for them. With one link for all, each is sent as ever, and the link is made at the end, when all are there. */
final class Sending {

    /**
     * What is wanted of each file.
     *
     * @param oneLink whether all are shared by one link, and not each by its own
     */
    record Wish(Optional<String> name, Optional<String> room, boolean rehash, Optional<ShareTerms> share, boolean oneLink) {

        private Optional<ShareTerms> shareOfEach() {
            return oneLink ? Optional.empty() : share;
        }
    }

    /** @param path null for standard input; @param name at the server, null for the file's own */
    private record Item(Path path, String shown, String name) {
    }

    /** Takes what is found. */
    private interface Found {
        /** @return whether more is wanted */
        boolean add(Item item);
    }

    private final TranzrClient client;
    private final Transfers transfers;
    private final Wish wish;
    /** For one link. */
    private final SentFiles earlier;
    private final Map<Integer, UUID> arrived = new ConcurrentHashMap<>();
    private volatile boolean incomplete;

    Sending(TranzrClient client, Transfers transfers, Wish wish) {
        this.client = client;
        this.transfers = transfers;
        this.wish = wish;
        this.earlier = client.sentFiles();
    }

    /** @param words files, folders, and {@code -} for standard input. @throws ConfigException when there are more files than one link can have; nothing is sent then */
    void send(List<String> words) throws ConfigException {
        if (!wish.oneLink()) {
            try (Lanes lanes = new Lanes(transfers)) {
                find(words, item -> {
                    lanes.add(size(item.path()), tuning -> send(item, tuning));
                    return true;
                });
            }
            return;
        }
        List<Item> items = new ArrayList<>();
        find(words, item -> items.add(item) && items.size() <= Listing.MOST_FILES);
        if (items.size() > Listing.MOST_FILES) {
            throw new ConfigException("there are more than " + Listing.MOST_FILES + " files, and one link leads to no more; nothing was sent");
        }
        try (Lanes lanes = new Lanes(transfers)) {
            for (int i = 0; i < items.size() && !transfers.isStopping(); i++) {
                int number = i;
                lanes.add(size(items.get(i).path()), tuning -> sendOnce(number, items.get(number), tuning));
            }
        }
        if (!items.isEmpty() && !transfers.isStopping()) {
            link(items.size());
        }
    }

    private void find(List<String> words, Found found) {
        boolean more = true;
        for (String word : words) {
            if (!more || transfers.isStopping()) {
                break;
            }
            if (word.equals(SendCommand.STREAM)) {
                more = found.add(new Item(null, word, wish.name().orElse("stdin")));
                continue;
            }
            Path path = Path.of(word);
            switch (LocalFiles.kind(path)) {
                case FILE -> more = found.add(new Item(path, word, wish.name().orElse(null)));
                case DIRECTORY -> more = findInFolder(path, found);
                case OTHER -> refuse(word, "is neither a file nor a folder; it can come by standard input, as -");
                case MISSING -> refuse(word, "does not exist");
            }
        }
    }

    private static long size(Path path) {
        try {
            return path == null ? Lanes.UNKNOWN : LocalFiles.size(path);
        } catch (IOException e) {
            return 0; // whoever opens it will say so
        }
    }

    private void refuse(String word, String why) {
        incomplete = true;
        transfers.failed(transfers.watch(word), new TransferException(Kind.INPUT, why), Map.of());
    }

    private boolean findInFolder(Path folder, Found found) {
        boolean more = true;
        boolean isEmpty = true;
        try (FileTree tree = FileTree.of(folder, notice -> transfers.complain(Visible.of(notice)))) {
            while (more && !transfers.isStopping() && tree.hasNext()) {
                FileTree.Entry entry = tree.next();
                more = found.add(new Item(entry.path(), entry.name(), entry.name()));
                isEmpty = false;
            }
            for (String problem : tree.problems()) {
                refuse(folder.toString(), problem);
            }
            if (tree.problemCount() > tree.problems().size()) {
                refuse(folder.toString(), tree.problemCount() + " problems in all");
            }
            if (isEmpty && tree.problemCount() == 0) {
                transfers.complain(Visible.of(folder.toString()) + ": there is no file in it");
            }
        } catch (TransferException e) {
            incomplete = true;
            transfers.failed(transfers.watch(folder.toString()), e, Map.of());
        }
        return more;
    }

    /** @return the line that is printed of it; empty for none */
    private String send(Item item, Tuning tuning) {
        Watch watch = transfers.watch(item.path() == null ? SendCommand.STREAM : item.shown());
        Upload.Result result = null;
        try {
            result = upload(item, tuning, watch);
            return line(transfers, item.shown(), result, wish.shareOfEach().isPresent() ? Optional.of(client.share(result.fileId(), wish.shareOfEach().get())) : Optional.empty());
        } catch (TransferException e) {
            transfers.failed(watch, e, Map.of());
        } catch (RefusedException | IOException e) {
            transfers.failed(watch, noLink("it is there as " + result.fileId(), e), Map.of("file_id", result.fileId().toString()));
        }
        return "";
    }

    private Upload.Result upload(Item item, Tuning tuning, Watch watch) throws TransferException {
        Upload.Builder builder = item.path() == null ? client.upload(transfers.terminal().in(), item.name()) : client.upload(item.path());
        if (item.path() != null && item.name() != null) {
            builder.name(item.name());
        }
        wish.room().ifPresent(builder::room);
        Upload.Result result = transfers.run(watch, builder.tuning(tuning).rehash(wish.rehash()).listener(watch).notices(transfers.notices(watch)).build());
        tellDone(transfers, watch, result);
        return result;
    }

    private static TransferException noLink(String what, Exception e) {
        return e instanceof RefusedException ? new TransferException(Kind.REFUSED, what + ", but there is no link: " + e.getMessage(), e)
                : new TransferException(Kind.UNREACHABLE, what + ", but there is no link: " + ClientCommand.reason((IOException) e), e);
    }

    /** Unless an earlier run has sent it for this purpose. @return what programs are told of it; empty for nothing */
    private String sendOnce(int number, Item item, Tuning tuning) {
        Watch watch = transfers.watch(item.path() == null ? SendCommand.STREAM : item.shown());
        Optional<SentFiles.Candidate> candidate = item.path() == null ? Optional.empty() : earlier.look(item.path(), item.name(), wish.room().orElse(null));
        try {
            Optional<Upload.Result> before = wish.rehash() ? Optional.empty() : candidate.flatMap(SentFiles.Candidate::sent);
            if (before.isPresent()) {
                transfers.tell("already there: " + Visible.of(before.get().name(), transfers.terminal().err().charset()));
            }
            Upload.Result result = before.isPresent() ? before.get() : upload(item, tuning, watch);
            if (before.isEmpty()) {
                candidate.ifPresent(each -> each.keep(result));
            }
            arrived.put(number, result.fileId());
            return transfers.isJson() ? line(transfers, item.shown(), result, Optional.empty()) : "";
        } catch (TransferException e) {
            incomplete = true;
            transfers.failed(watch, e, Map.of());
            return "";
        }
    }

    /** Makes the one link. @param count of the files that were to come */
    private void link(int count) {
        if (incomplete || arrived.size() < count) {
            if (!transfers.isJson()) {
                transfers.complain("there is no link, since not all of the files are there; the same command sends what is missing and makes it");
            }
            return;
        }
        List<UUID> ids = new ArrayList<>(new LinkedHashSet<>(new TreeMap<>(arrived).values()));
        try {
            ShareLink link = ids.size() == 1 ? client.share(ids.getFirst(), wish.share().get()) : client.share(ids, wish.share().get());
            earlier.forget();
            if (!transfers.isJson()) {
                transfers.out(link.url().toString());
                return;
            }
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("event", "shared");
            event.put("file_ids", ids.stream().map(UUID::toString).toList());
            event.putAll(ShareOptions.fields(link));
            transfers.out(ClientCommand.json(event));
        } catch (RefusedException | IOException e) {
            if (e instanceof RefusedException refused && refused.status() == 404) {
                earlier.forget(); // one of them went meanwhile, and the next attempt shall send it
            }
            transfers.failed(transfers.watch("the link"), noLink("the files are there", e), Map.of("file_ids", ids.stream().map(UUID::toString).toList()));
        }
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
}
