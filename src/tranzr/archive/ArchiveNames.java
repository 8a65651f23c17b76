package tranzr.archive;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tranzr.model.FileName;

/**
 * The names of an archive's members, which whoever unpacks it makes paths of: relative, without a way out of their folder, without what some
 * system reads as a drive, a stream or a device, and no two of them the same on a system that takes letters of either case for one.
 */
final class ArchiveNames {

    private final Set<String> files = new HashSet<>();
    private final Set<String> folders = new HashSet<>();

    private ArchiveNames() {
    }

    /** One name for each, in their order, with {@code /} between folders; those that come twice are numbered: {@code a.txt}, {@code a (2).txt}. */
    static List<String> of(List<String> names) {
        ArchiveNames taken = new ArchiveNames();
        return names.stream().map(name -> taken.add(segments(name))).toList();
    }

    private static List<String> segments(String name) {
        List<String> segments = new ArrayList<>();
        for (String segment : name.replace('\\', '/').split("/")) {
            String clean = clean(segment);
            if (!segment.isBlank() && !segment.equals(".") && !segment.equals("..")) {
                segments.add(clean);
            }
        }
        return segments.isEmpty() ? List.of("_") : segments;
    }

    /** One segment, in the one form of those that look the same; half a surrogate pair would become another character in UTF-8. */
    private static String clean(String segment) {
        StringBuilder visible = new StringBuilder(segment.length());
        segment.codePoints().filter(c -> !FileName.isInvisible(c)).forEach(c -> visible.appendCodePoint(c >= 0xD800 && c <= 0xDFFF || c == 0x2028 || c == 0x2029
                || c >= 0x7F && c < 0xA0 ? '_' : c));
        String clean = FileName.forDownload(Normalizer.normalize(visible, Normalizer.Form.NFC));
        return atMost(clean, FileName.MAX_SEGMENT_BYTES);
    }

    private static String atMost(String text, int bytes) {
        int end = text.length();
        while (text.substring(0, end).getBytes(StandardCharsets.UTF_8).length > bytes) {
            end = text.offsetByCodePoints(end, -1);
        }
        return text.substring(0, end);
    }

    private String add(List<String> segments) {
        String folder = segments.size() == 1 ? "" : String.join("/", segments.subList(0, segments.size() - 1)) + "/";
        String last = segments.getLast();
        if (takesAFileForAFolder(segments)) {
            // Somebody sent both "a" and "a/b": flat, so that each can be unpacked.
            folder = "";
            last = atMost(String.join("_", segments), FileName.MAX_SEGMENT_BYTES);
        }
        String name = folder + last;
        for (int number = 2; isTaken(name); number++) {
            name = folder + numbered(last, " (" + number + ")");
        }
        files.add(key(name));
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            folders.add(key(name.substring(0, slash)));
        }
        return name;
    }

    private boolean takesAFileForAFolder(List<String> segments) {
        for (int count = 1; count < segments.size(); count++) {
            if (files.contains(key(String.join("/", segments.subList(0, count))))) {
                return true;
            }
        }
        return false;
    }

    private boolean isTaken(String name) {
        return files.contains(key(name)) || folders.contains(key(name));
    }

    private static String key(String name) {
        return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    /** With the number before the last extension, and still short enough. */
    private static String numbered(String name, String number) {
        int dot = name.lastIndexOf('.');
        String extension = dot <= 0 || name.length() - dot > 16 ? "" : name.substring(dot);
        String stem = name.substring(0, name.length() - extension.length());
        int left = FileName.MAX_SEGMENT_BYTES - (number + extension).getBytes(StandardCharsets.UTF_8).length;
        return atMost(stem, left) + number + extension;
    }
}
