package tranzr.api.curl;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.transfer.Shares;

/**
 * A file that came in by this door, with its link.
 *
 * @param created null when the sender may make no links
 * @param deleteUrl the URL that removes it; its last segment is known only now
 */
record Received(Upload file, Shares.Created created, String url, String deleteUrl) {

    Map<String, Object> view() {
        Instant expires = file.expires();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", file.id().toString());
        view.put("filename", file.filename());
        view.put("file_size", file.length());
        view.put("file_hash", file.sha256().hex());
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
        }
        return view;
    }

    @Override
    public String toString() {
        return "Received[" + file.id() + "]";
    }
}
