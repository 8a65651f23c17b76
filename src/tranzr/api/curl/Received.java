package tranzr.api.curl;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import tranzr.model.FileName;
import tranzr.model.IpRange;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.transfer.Shares;

/**
 * A file that came in by this door, with its link.
 *
 * @param created null when the sender may make no links
 * @param url of the share, or where the sender downloads it; null for a guest
 * @param deleteUrl the URL that removes it; its last segment is known only now; null for a guest
 */
record Received(Upload file, Shares.Created created, String url, String deleteUrl) {

    Map<String, Object> view() {
        Instant expires = file.expires();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", file.id().toString());
        view.put("filename", file.filename());
        view.put("file_size", file.length());
        view.put("file_hash", file.sha256().hex());
        if (url == null) {
            return view;
        }
        if (created == null) {
            view.put("download_url", url);
        } else {
            view.put("token", created.token());
            view.put("share_url", url);
        }
        view.put("delete_url", deleteUrl);
        view.put("expires_at", expires == null ? null : expires.truncatedTo(ChronoUnit.MILLIS).toString());
        if (created != null) {
            Share share = created.share();
            view.put("max_downloads", share.maxDownloads() == 0 ? null : share.maxDownloads());
            view.put("protected", share.password() != null);
            view.put("addresses", share.policy().addresses().stream().map(IpRange::toString).toList());
            view.put("one_time", share.policy().oneTime());
            view.put("notice", share.policy().notice());
        }
        return view;
    }

    /** For a person at a terminal. */
    String line() {
        return url != null ? url : "received " + FileName.forDownload(file.filename()) + ", " + file.length() + " bytes, SHA-256 " + file.sha256().hex();
    }

    @Override
    public String toString() {
        return "Received[" + file.id() + "]";
    }
}
