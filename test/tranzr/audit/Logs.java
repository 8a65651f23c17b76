package tranzr.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import tranzr.audit.AuditCheck.Anchor;
import tranzr.audit.AuditCheck.Finding;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.fault.CrashDisk;
import tranzr.fault.Fate;

/** Logs on a disk in memory, with a clock that is set by hand and without a thread of their own. */
final class Logs {

    static final Path DIRECTORY = CrashDisk.ROOT.resolve("audit");
    static final AuditLog.Options ENDLESS = new AuditLog.Options(64 << 20, null);
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    /** A power cut that leaves nothing of what was not forced. */
    static final Fate NOTHING_LEFT = new Fate() {
        @Override
        public boolean name(long operation) {
            return false;
        }

        @Override
        public Sector sector(long operation, int index, int count) {
            return Sector.OLD;
        }

        @Override
        public boolean length(long operation) {
            return false;
        }

        @Override
        public int tear() {
            return 0;
        }

        @Override
        public void fill(byte[] sector) {
            // zeros
        }
    };

    /** The clock of all logs of this test. */
    final AtomicReference<Instant> time = new AtomicReference<>(START);
    final InstantSource clock = time::get;

    AuditLog open(Disk disk) throws IOException {
        return open(disk, ENDLESS);
    }

    AuditLog open(Disk disk, AuditLog.Options options) throws IOException {
        return AuditLog.open(disk, DIRECTORY, options, clock, false);
    }

    Entry entry(int number) {
        return new Entry(time.get(), "req-" + number, "tok-" + number % 3, "team", "192.0.2." + number % 7, number % 2 == 0 ? "file.download" : "share.attempt",
                Map.of("file_id", "file-" + number % 5), number % 4 == 0 ? "wrong_password" : Entry.OK, 200, Map.of("number", number));
    }

    void fill(AuditLog log, int from, int to) {
        for (int i = from; i <= to; i++) {
            log.append(entry(i));
        }
    }

    static List<Finding> findings(Disk disk) throws IOException {
        return findings(disk, null);
    }

    static List<Finding> findings(Disk disk, String expected) throws IOException {
        List<Finding> found = new ArrayList<>();
        AuditCheck.verify(disk, DIRECTORY, expected == null ? null : Anchor.parse(expected), found::add);
        return found;
    }

    static AuditCheck.Summary summary(Disk disk) throws IOException {
        return AuditCheck.verify(disk, DIRECTORY, null, finding -> { });
    }

    /** All records, oldest first. */
    static List<Map<String, Object>> records(Disk disk) throws IOException {
        AuditReader reader = new AuditReader(disk, DIRECTORY);
        List<Map<String, Object>> all = new ArrayList<>();
        long before = AuditReader.NEWEST;
        while (before != AuditReader.NO_MORE) {
            AuditReader.Page page = reader.read(AuditQuery.ALL, 1000, before);
            all.addAll(page.records());
            before = page.next();
        }
        return all.reversed();
    }

    /** The numbers that {@link #entry} gave to those records that are there, in order. */
    static List<Integer> numbers(Disk disk) throws IOException {
        return records(disk).stream().filter(fields -> fields.get("details") instanceof Map<?, ?> details && details.containsKey("number"))
                .map(fields -> (Integer) ((Map<?, ?>) fields.get("details")).get("number")).toList();
    }

    static List<String> actions(Disk disk) throws IOException {
        return records(disk).stream().map(fields -> (String) fields.get("action")).toList();
    }

    static Map<String, byte[]> contents(Disk disk) throws IOException {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        for (String name : disk.list(DIRECTORY).stream().sorted().toList()) {
            contents.put(name, read(disk, name));
        }
        return contents;
    }

    static byte[] read(Disk disk, String name) throws IOException {
        try (DiskFile file = disk.open(DIRECTORY.resolve(name), Disk.Mode.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return bytes.array();
        }
    }

    static void write(Disk disk, String name, byte[] bytes) throws IOException {
        Path path = DIRECTORY.resolve(name);
        disk.delete(path);
        try (DiskFile file = disk.open(path, Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(bytes), 0);
            file.force(true);
        }
        disk.forceDirectory(DIRECTORY);
    }

    /** A disk with a directory of these files. */
    static CrashDisk disk(Map<String, byte[]> contents) throws IOException {
        CrashDisk disk = new CrashDisk();
        disk.createDirectory(DIRECTORY);
        for (Map.Entry<String, byte[]> file : contents.entrySet()) {
            write(disk, file.getKey(), file.getValue());
        }
        return disk;
    }
}
