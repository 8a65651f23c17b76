package tranzr.transfer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tranzr.archive.ZipLayout;
import tranzr.model.Digest;
import tranzr.model.FileName;
import tranzr.model.Upload;

/**
 * The files of a link as one ZIP archive.
 *
 * @param tag the same as long as the archive has the same bytes
 * @param name to save it under
 */
public record Archive(ZipLayout layout, Digest tag, String name) {

    private static final String UNTITLED = "files";
    private static final int MAX_TITLE_BYTES = 200;

    static Archive of(Shares.Visit visit) {
        List<Upload> files = visit.files();
        ZipLayout layout = ZipLayout.of(files.stream().map(file -> new ZipLayout.Entry(file.filename(), file.length(), file.created())).toList());
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        told.write(ZipLayout.FORMAT);
        List<String> names = layout.names();
        for (int i = 0; i < files.size(); i++) {
            byte[] name = names.get(i).getBytes(StandardCharsets.UTF_8);
            told.writeBytes(files.get(i).sha256().bytes());
            told.writeBytes(ByteBuffer.allocate(20).putLong(files.get(i).length()).putLong(files.get(i).created().getEpochSecond()).putInt(name.length).array());
            told.writeBytes(name);
        }
        return new Archive(layout, Digest.sha256(told.toByteArray()), nameOf(visit.share().contents().title()));
    }

    /** @param title of the link, or null */
    public static String nameOf(String title) {
        String name = title == null || title.isBlank() ? UNTITLED : title.strip();
        while (name.getBytes(StandardCharsets.UTF_8).length > MAX_TITLE_BYTES) {
            name = name.substring(0, name.offsetByCodePoints(name.length(), -1));
        }
        return FileName.forDownload(name.replace('/', '_') + ".zip");
    }

    /** In bytes. */
    public long length() {
        return layout.length();
    }
}
