package tranzr.catalog.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tranzr.catalog.Change;
import tranzr.catalog.Samples;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.fault.CrashDisk;
import tranzr.fault.FaultPlan;
import tranzr.journal.JournalScan;
import tranzr.model.AccessToken;
import tranzr.model.ByteRange;
import tranzr.model.RangeSet;
import tranzr.model.SigningKey;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** {@link Dump} and {@link CatalogCheck}, which read what a catalog left and change nothing. */
final class DumpTest {

    private static final UUID STORE = new UUID(5, 5);
    private static final Path FOLDER = CrashDisk.ROOT.resolve("catalog");

    private static final Set<CrashDisk.Call> READING = EnumSet.of(CrashDisk.Call.OPEN, CrashDisk.Call.READ, CrashDisk.Call.SIZE,
            CrashDisk.Call.LIST, CrashDisk.Call.CLOSE);

    private final CrashDisk disk = new CrashDisk();
    private final List<JournalScan.Problem> problems = new ArrayList<>();

    private JournalCatalog open() throws IOException {
        return JournalCatalog.open(disk, FOLDER, STORE, new JournalCatalog.Options(8_192, Long.MAX_VALUE, e -> { }, null),
                (id, offset, bytes) -> { }, () -> { });
    }

    private List<String> dump() throws IOException {
        disk.plan(FaultPlan.none());
        StringBuilder out = new StringBuilder();
        Dump.print(disk, FOLDER, out);
        assertNothingChanged();
        return out.toString().lines().toList();
    }

    /** Since the plan was set. */
    private void assertNothingChanged() {
        for (CrashDisk.Call call : CrashDisk.Call.values()) {
            boolean reads = READING.contains(call);
            assertTrue(reads || disk.calls(call) == 0, call + " was called");
        }
    }

    private CatalogCheck.Report check(Set<Upload> uploads, List<String> carried) throws IOException {
        problems.clear();
        disk.plan(FaultPlan.none());
        CatalogCheck.Report report = CatalogCheck.run(disk, FOLDER,
                (id, offset, bytes) -> carried.add(id + "@" + offset + "+" + bytes.remaining()), uploads::add, problems::add);
        assertNothingChanged();
        return report;
    }

    @Test
    void aKeyIsNamedButNotPrinted() throws Exception {
        SigningKey key = new SigningKey(SigningKey.idOf(681), "the-key-that-nobody-may-see", Samples.T0);
        try (JournalCatalog catalog = open()) {
            catalog.commit(new Change.EntityAdded(key));
            catalog.compact();
            catalog.commit(new Change.EntityReplaced(key, key));
            catalog.commit(new Change.EntityRemoved(SigningKey.class, key.id()));
        }
        String printed = String.join("\n", dump());
        assertTrue(printed.contains("signing key: " + key.id()), printed);
        assertTrue(printed.contains("changed signing key") && printed.contains("removed signing key"), printed);
        assertFalse(printed.contains(key.key()), printed);
    }

    private void fill() throws Exception {
        try (JournalCatalog catalog = open()) {
            catalog.commit(Samples.file(1));
            catalog.commit(new Change.ShareCreated(Samples.share("secret", 1, 3)), Samples.started("secret", 4));
            catalog.commit(new Change.EntityAdded(AccessToken.of(new UUID(1, 1), Samples.token("admin"), "admin", Samples.T0)));
            catalog.compact();
            catalog.commit(Samples.created(2, 10), new Change.RangeStored(Samples.id(2), new ByteRange(0, 5), 7,
                    "bytes".getBytes(), Samples.at(3), null));
            catalog.commit(new Change.UploadRemoved(Samples.id(1)));
        }
    }

    @Test
    void everyRowAndRecordIsALineWithoutSecrets() throws Exception {
        fill();
        List<String> lines = dump();
        assertEquals(10, lines.size(), String.join("\n", lines));
        assertTrue(lines.get(0).startsWith("@3 2026-01-02T03:04:06.678901234Z upload: " + Samples.id(1)
                + " \"file-1.bin\" 10 bytes"), lines.get(0));
        assertTrue(lines.get(1).contains("share: ") && lines.get(1).contains("limit 3, with a password"), lines.get(1));
        assertTrue(lines.get(2).contains("token: ") && lines.get(2).contains("\"admin\""), lines.get(2));
        assertTrue(lines.get(3).contains("usage: ") && lines.get(3).contains("10 bytes in 1 files"), lines.get(3));
        assertTrue(lines.get(5).startsWith("1 2026-01-02T03:04:06.678901234Z upload created: "), lines.get(5));
        assertTrue(lines.get(5).contains(" | range stored: " + Samples.id(1) + " [0, 10)"), lines.get(5));
        assertTrue(lines.get(8).contains("its bytes with it"), lines.get(8));
        assertEquals("5 - upload removed: " + Samples.id(1), lines.get(9));
        String all = String.join("\n", lines);
        assertFalse(all.contains(Samples.token("secret").hex()));
        assertFalse(all.contains("pbkdf2"));
    }

    @Test
    void everyChangeHasALineOfItsOwn() {
        Set<Class<?>> seen = new HashSet<>();
        for (long seed = 0; seed < 600; seed++) {
            Change change = new RandomChanges(seed).next();
            seen.add(change.getClass());
            String line = ChangeText.of(change);
            assertTrue(line.chars().noneMatch(c -> c < 0x20 || c == 0x7F), line);
        }
        // Two are preconditions, which leave no record.
        assertEquals(Change.class.getPermittedSubclasses().length - 2, seen.size());
    }

    @Test
    void namesCannotForgeLines() {
        Upload upload = new Upload(Samples.id(1), "a\n1 - \"x\"\u001b[2J\u202e", 1, 1, 1, 1, UploadState.INITIALIZED,
                RangeSet.EMPTY, null, null, null, Samples.T0, Samples.T0, null);
        assertTrue(ChangeText.of(upload).contains("\"a\\u000a1 - \\\"x\\\"\\u001b[2J\\u202e\""), ChangeText.of(upload));
    }

    @Test
    void aSoundCatalogHasNoProblems() throws Exception {
        fill();
        Set<Upload> uploads = new HashSet<>();
        List<String> carried = new ArrayList<>();
        CatalogCheck.Report report = check(uploads, carried);
        assertEquals(List.of(), problems);
        assertEquals(new CatalogCheck.Report(STORE, 5, 5, 1, 0, 1, true), report);
        assertEquals(List.of(Samples.id(2) + "@0+5"), carried);
        try (JournalCatalog catalog = open()) {
            Set<Upload> held = new HashSet<>();
            catalog.forEachUpload(held::add);
            assertEquals(held, uploads);
        }
    }

    @Test
    void aDamagedSnapshotIsNamedAndTheOneBeforeItUsed() throws Exception {
        fill();
        Path snapshot = Snapshot.file(FOLDER, 3);
        flip(snapshot, 100);
        Set<Upload> uploads = new HashSet<>();
        CatalogCheck.Report report = check(uploads, new ArrayList<>());
        assertEquals(List.of(snapshot), problems.stream().map(JournalScan.Problem::file).toList());
        assertTrue(report.complete());
        assertEquals(Set.of(Samples.id(2)), Set.copyOf(uploads.stream().map(Upload::id).toList()));
        assertTrue(dump().getFirst().startsWith("! " + snapshot), dump().getFirst());
        assertTrue(disk.exists(snapshot));
    }

    @Test
    void aDamagedRecordIsNamedAndTheRestIsStillRead() throws Exception {
        fill();
        Path segment = FOLDER.resolve(disk.list(FOLDER).stream().filter(name -> name.endsWith(".seg")).sorted().findFirst()
                .orElseThrow());
        flip(segment, 120);
        CatalogCheck.Report report = check(new HashSet<>(), new ArrayList<>());
        assertEquals(segment, problems.getFirst().file());
        assertFalse(report.complete());
        assertEquals(4, report.records());
        assertTrue(dump().stream().anyMatch(line -> line.startsWith("! ")));
        assertTrue(dump().getLast().startsWith("5 - upload removed"));
    }

    @Test
    void aRecordThatContradictsTheOthersIsNamed() throws Exception {
        try (JournalCatalog catalog = open()) {
            catalog.commit(Samples.file(1));
            catalog.compact();
            catalog.commit(Samples.created(2, 10));
        }
        Snapshot.write(disk, FOLDER, STORE, Image.of(new State(), 1));
        disk.move(FOLDER.resolve(Snapshot.TEMPORARY), Snapshot.file(FOLDER, 1));
        assertTrue(check(new HashSet<>(), new ArrayList<>()).complete());
        try (JournalCatalog catalog = open()) {
            catalog.commit(Samples.created(1, 10));
            catalog.compact();
        }
        disk.delete(Snapshot.file(FOLDER, 3));
        disk.delete(Snapshot.file(FOLDER, 1));
        CatalogCheck.Report report = check(new HashSet<>(), new ArrayList<>());
        assertFalse(report.complete());
        assertTrue(problems.getFirst().what().contains("record 3 contradicts"), problems.toString());
    }

    private void flip(Path file, int at) throws IOException {
        try (DiskFile open = disk.open(file, Disk.Mode.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            open.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 4)).rewind();
            open.write(one, at);
        }
    }
}
