package tranzr.api.rest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tranzr.model.IpRange;
import tranzr.model.Share;
import tranzr.transfer.Archive;
import tranzr.transfer.Shares;

/** The JSON shapes in which shares are told. */
final class ShareView {

    private ShareView() {
    }

    /** What the maker of a share gets, and nobody later. */
    static Map<String, Object> created(Shares.Created created, String url) {
        Share share = created.share();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("token", created.token());
        view.put("share_id", Shares.idOf(share));
        view.put("file_id", share.fileId().toString());
        if (share.contents().areSeveral()) {
            view.put("file_ids", share.contents().members().stream().map(member -> member.file().toString()).toList());
            view.put("title", share.contents().title());
        }
        view.put("share_url", url);
        view.put("password", created.password());
        view.put("protected", share.password() != null);
        view.put("expires_at", UploadView.time(share.expires()));
        view.put("max_downloads", limitOrNull(share));
        putPolicy(view, share);
        return view;
    }

    /** What its owner sees of it. @param items the files that the owner may know of */
    static Map<String, Object> listed(Share share, List<Shares.Item> items) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("share_id", Shares.idOf(share));
        view.put("file_id", items.isEmpty() ? null : items.getFirst().file().id().toString());
        view.put("filename", items.isEmpty() ? null : items.getFirst().file().filename());
        if (share.contents().areSeveral()) {
            view.put("title", share.contents().title());
            view.put("files", items.stream().map(item -> {
                Map<String, Object> file = new LinkedHashMap<>();
                file.put("index", item.index());
                file.put("file_id", item.file().id().toString());
                file.put("filename", item.file().filename());
                file.put("file_size", item.file().length());
                return file;
            }).toList());
        }
        view.put("created_at", UploadView.time(share.created()));
        view.put("expires_at", UploadView.time(share.expires()));
        view.put("max_downloads", limitOrNull(share));
        view.put("downloads", share.used());
        view.put("protected", share.password() != null);
        putPolicy(view, share);
        return view;
    }

    private static void putPolicy(Map<String, Object> view, Share share) {
        view.put("addresses", share.policy().addresses().stream().map(IpRange::toString).toList());
        view.put("one_time", share.policy().oneTime());
        view.put("notice", share.policy().notice());
    }

    /**
     * What whoever has the link may know. The digest would tell which file it is, so a password guards it too.
     *
     * @param archive of all files; empty of a link of one
     * @param opened whether the password was given
     */
    static Map<String, Object> info(Shares.Visit visit, Optional<Archive> archive, boolean opened) {
        Share share = visit.share();
        boolean digests = share.password() == null || opened;
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("filename", archive.map(Archive::name).orElse(visit.file().filename()));
        view.put("file_size", archive.map(Archive::length).orElse(visit.file().length()));
        if (archive.isPresent()) {
            view.put("title", share.contents().title());
        } else if (digests) {
            view.put("file_hash", visit.file().sha256().hex());
        }
        view.put("expires_at", UploadView.time(share.expires()));
        view.put("downloads_left", share.maxDownloads() == 0 ? null : Math.max(0, share.maxDownloads() - share.used()));
        view.put("protected", share.password() != null);
        view.put("archive", archive.isPresent());
        view.put("files", visit.items().stream().map(item -> {
            Map<String, Object> file = new LinkedHashMap<>();
            file.put("index", item.index());
            file.put("filename", item.file().filename());
            file.put("file_size", item.file().length());
            if (digests) {
                file.put("file_hash", item.file().sha256().hex());
            }
            return file;
        }).toList());
        return view;
    }

    private static Long limitOrNull(Share share) {
        return share.maxDownloads() == 0 ? null : share.maxDownloads();
    }
}
