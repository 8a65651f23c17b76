package tranzr.audit;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tranzr.disk.Disk;

/**
 * A file of the log.
 *
 * @param first the number of its first record, which its name tells
 */
record Segment(Path file, long first) {

    private static final Pattern NAME = Pattern.compile("audit-(0[0-9]{18})\\.jsonl");

    static Segment of(Path directory, long first) {
        return new Segment(directory.resolve("audit-%019d.jsonl".formatted(first)), first);
    }

    String name() {
        return file.getFileName().toString();
    }

    /** Oldest first. Files with other names are none of ours. @throws NoSuchFileException when there is no such directory */
    static List<Segment> list(Disk disk, Path directory) throws IOException {
        List<Segment> segments = new ArrayList<>();
        for (String name : disk.list(directory)) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches()) {
                segments.add(new Segment(directory.resolve(name), Long.parseLong(matcher.group(1))));
            }
        }
        segments.sort(Comparator.comparingLong(Segment::first));
        return segments;
    }
}
