package tranzr.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tranzr.fault.CrashDisk;
import tranzr.fault.Quiet;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;

/** Files of the audit log damaged in any way, any text as a value, and any request target in the access log. */
public final class AuditFuzz {

    private static final String NAME = "audit-0000000000000000001.jsonl";

    private AuditFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("audit-log", "tranzr.audit.Line", "tranzr.audit.Pieces", "tranzr.audit.Recovery", "tranzr.audit.AuditCheck", "tranzr.audit.AuditReader")
                        .seeds(List.of(written())).words("\n", "{\"seq\":", ",\"hash\":\"", "\"}\n", ",\"durable\":", "0".repeat(64), "999999999999999999", "2026-01-01T00:00:00Z")
                        .inputs(2_000).bytes(AuditFuzz::file),
                Target.of("audit-value", "tranzr.audit.LineText").seeds("plain", "a\r\n\"}\\", "\u0000\u007f\u0085\u2028\u202e").words("\"", "\\", "\n", "\u202e").text(AuditFuzz::value),
                Target.of("audit-anchor", "tranzr.audit.AuditCheck").seeds("1:" + "a".repeat(64)).words(":", "0", "f").latin(AuditFuzz::anchor),
                Target.of("target-mask", "tranzr.audit.TargetMask").seeds("/s/token/name?password=x&limit=5", "http://u:p@h/r/x#y").words("/", "%", "%73", "&", "=", "://", "@", "tzk_")
                        .latin(AuditFuzz::mask));
    }

    private static byte[] written() {
        try {
            CrashDisk disk = new CrashDisk();
            Logs logs = new Logs();
            try (AuditLog log = logs.open(disk)) {
                logs.fill(log, 1, 5);
            }
            return Logs.read(disk, NAME);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Whatever the file holds, it can be checked, read and opened, and what is appended then is read back. */
    private static void file(byte[] input) throws IOException {
        Quiet.during("tranzr.audit", () -> {
            CrashDisk disk = Logs.disk(Map.of(NAME, input));
            Expect.that(Logs.findings(disk).size() == Logs.summary(disk).problems(), "the count of problems");
            Logs logs = new Logs();
            Logs.records(disk);
            try (AuditLog log = logs.open(disk)) {
                logs.fill(log, 77, 77);
            }
            Expect.same(77, Logs.numbers(disk).getLast(), "the last record");
        });
    }

    private static void value(String input) throws IOException {
        CrashDisk disk = new CrashDisk();
        Logs logs = new Logs();
        try (AuditLog log = logs.open(disk)) {
            log.append(new Entry(Logs.START, input, input, input, input, "x" + input, Map.of("k" + input, input), "ok", 1, Map.of("d", input)));
            logs.fill(log, 77, 77);
        }
        Expect.same(List.of(), Logs.findings(disk), "the findings");
        Expect.same(2, (int) new String(Logs.read(disk, NAME), StandardCharsets.UTF_8).lines().count(), "the number of lines");
        if (input.length() * 6 < LineText.MAX_VALUE - 16) {
            Expect.same("x" + input, Logs.records(disk).getFirst().get("action"), "the value");
        }
    }

    private static void anchor(String input) {
        try {
            Expect.same(input, AuditCheck.Anchor.parse(input).toString(), "the anchor");
        } catch (IllegalArgumentException e) {
            Expect.that(e.getMessage().startsWith("is not SEQ:HASH"), e.getMessage());
        }
    }

    private static void mask(String input) {
        String masked = TargetMask.of(input);
        Expect.same(masked, TargetMask.of(masked), "masking twice");
        String text = TargetMask.ofText(input);
        Expect.same(text, TargetMask.ofText(text), "masking a text twice");
        Expect.that(!text.contains("tzk_"), "a secret stays in " + text);
        String url = TargetMask.ofUrl(input);
        Expect.same(url, TargetMask.ofUrl(url), "masking a URL twice");
    }
}
