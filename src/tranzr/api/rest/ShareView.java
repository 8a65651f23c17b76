package tranzr.api.rest;

import java.util.LinkedHashMap;
import java.util.Map;
import tranzr.model.IpRange;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.transfer.Shares;

/** The JSON shapes in which shares are told. */
final class ShareView {

    private ShareView() {
    }

    /** What the maker of a share gets, and nobody later. */
    static Map<String, Object> created(Shares.Created created, Upload file, String url) {
        Share share = created.share();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("token", created.token());
        view.put("share_id", Shares.idOf(share));
        view.put("file_id", file.id().toString());
        view.put("share_url", url);
        view.put("password", created.password());
        view.put("protected", share.password() != null);
        view.put("expires_at", UploadView.time(share.expires()));
        view.put("max_downloads", limitOrNull(share));
        putPolicy(view, share);
        return view;
    }

    /** What its owner sees of it. */
    static Map<String, Object> listed(Share share, String filename) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("share_id", Shares.idOf(share));
        view.put("file_id", share.fileId().toString());
        view.put("filename", filename);
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

    /** What whoever has the link may know. The digest would tell which file it is, so a password guards it too. */
    static Map<String, Object> info(Shares.Visit visit) {
        Share share = visit.share();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("filename", visit.file().filename());
        view.put("file_size", visit.file().length());
        if (share.password() == null) {
            view.put("file_hash", visit.file().sha256().hex());
        }
        view.put("expires_at", UploadView.time(share.expires()));
        view.put("downloads_left", share.maxDownloads() == 0 ? null : Math.max(0, share.maxDownloads() - share.used()));
        view.put("protected", share.password() != null);
        return view;
    }

    private static Long limitOrNull(Share share) {
        return share.maxDownloads() == 0 ? null : share.maxDownloads();
    }
}
