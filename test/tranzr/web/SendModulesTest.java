package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import tranzr.api.ErrorCode;
import tranzr.e2e.Http;
import tranzr.model.FileName;

/** The modules of the send page that do nothing but compute, in a real browser, beside what Java says. */
class SendModulesTest extends ServedPages {

    private static final List<Integer> LENGTHS = List.of(0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 1000, 70_000);
    /** What {@code docs/client.md} says of each code; the others end a transfer. */
    private static final Map<String, String> VERDICTS = Map.ofEntries(Map.entry("checksum_mismatch", "few"), Map.entry("superseded", "again"), Map.entry("body_incomplete", "again"),
            Map.entry("too_many_transfers", "fewer"), Map.entry("busy", "fewer"), Map.entry("no_space", "rest"), Map.entry("quota_exceeded", "rest"), Map.entry("too_many", "rest"),
            Map.entry("unavailable", "rest"), Map.entry("too_many_requests", "rest"), Map.entry("too_many_attempts", "rest"),
            // Here a person can log in again, which ends nothing.
            Map.entry("session_expired", "login"), Map.entry("token_required", "login"), Map.entry("wrong_token", "login"), Map.entry("csrf", "login"));

    /** Runs the body with the module's exports as {@code m}. */
    private Object with(String module, String body, Object... arguments) {
        if (!browser.url().startsWith(server.url())) {
            open("/login");
        }
        String version = (String) browser.script("return document.querySelector('link[rel=stylesheet]').href.split('/').at(-2)");
        return browser.script("const given = [...arguments]; return import('" + server.url() + "/ui/" + version + "/" + module + "').then(m => { " + body + " })", arguments);
    }

    @Test
    void theDigestsAreThoseOfJavaHoweverTheBytesArePieced() {
        List<Object> expected = new ArrayList<>();
        List<String> contents = new ArrayList<>();
        for (int length : LENGTHS) {
            byte[] bytes = Http.bytes(length, length);
            CRC32C crc = new CRC32C();
            crc.update(bytes);
            contents.add(Base64.getEncoder().encodeToString(bytes));
            expected.add(List.of(Http.sha256(bytes), Http.sha256(bytes), crc.getValue()));
        }
        Object computed = with("hash.js", """
                return given[0].map(text => {
                  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
                  const pieces = new m.Sha256();
                  for (let at = 0, length = 1; at < bytes.length; at += length, length = length * 7 % 301 + 1) {
                    pieces.update(bytes.subarray(at, at + length));
                  }
                  return [new m.Sha256().update(bytes).hex(), pieces.hex(), m.crc32c(bytes)];
                });""", contents);
        assertEquals(expected.toString(), computed.toString());
        assertEquals("crc32c=:4waSgw==:", with("hash.js", "return m.crcField(m.crc32c(new TextEncoder().encode('123456789')))"), "RFC 3720 and RFC 9530");
    }

    @Test
    void whatIsTriedAgainIsWhatTheTableOfTheClientSays() {
        for (ErrorCode code : ErrorCode.values()) {
            Object verdict = with("plan.js", "return m.verdict({ status: given[0], code: given[1], told: { retryable: given[2] } })", code.status(), code.wireName(), code.retryable());
            assertEquals(VERDICTS.getOrDefault(code.wireName(), code.retryable() ? "rest" : "never"), verdict, code.wireName());
        }
        String others = "return given[0].map(([status, code, retryable]) => m.verdict({ status, code, told: { retryable } })).join()";
        assertEquals("again,again,rest,rest,again,never,never,again,never", with("plan.js", others, List.of(List.of(0, "network", false), List.of(408, "http_408", false),
                List.of(429, "http_429", false), List.of(507, "http_507", false), List.of(502, "http_502", false), List.of(404, "http_404", false),
                List.of(400, "of_tomorrow", false), List.of(418, "of_tomorrow", true), List.of(500, "internal_error", false))));
    }

    /** A network that takes so long for a byte and a request: what the plan makes of it. */
    private static final String SIMULATION = """
            const [size, perSecond, delay, breakAt] = given;
            const plan = new m.Plan({ missing: [[0, size]], random: () => 0.5 });
            const got = [];
            const chunks = [];
            let now = 0, most = 0, broken = 0, flying = [];
            while (!plan.isDone) {
              for (let step = plan.next(now); step; step = plan.next(now)) {
                if (step.kind === 'probe') { plan.breaker.answered(); continue; }
                if (step.kind === 'ask') { plan.told(step.piece, [[step.piece.start, step.piece.end]], now); continue; }
                const { start, end } = step.piece;
                flying.push({ piece: step.piece, at: now, ends: now + delay + (end - start) * 1000 * Math.max(1, flying.length + 1) / perSecond });
                most = Math.max(most, flying.length);
              }
              if (flying.length === 0) { now = Math.max(now + 1, Math.min(plan.wakeAt(now), now + 60000)); continue; }
              flying.sort((a, b) => a.ends - b.ends);
              const [first] = flying.splice(0, 1);
              now = first.ends;
              if (breakAt && got.length >= breakAt && broken < 3) {
                broken++;
                plan.failed(first.piece, { status: 0, code: 'network' }, now);
              } else {
                plan.moved(first.piece, now - first.at);
                got.push([first.piece.start, first.piece.end]);
                chunks.push(first.piece.end - first.piece.start);
              }
            }
            got.sort((a, b) => a[0] - b[0]);
            const whole = got[0][0] === 0 && got.at(-1)[1] === size && got.every((r, i) => i === 0 || r[0] === got[i - 1][1]);
            return [whole, chunks[0], Math.max(...chunks), Math.min(...chunks.slice(0, -1)), most].join(' ');""";

    @Test
    void chunksFitTheNetworkAndCoverTheFileOnce() {
        assertEquals("true 262144 16777216 262144 4", with("plan.js", SIMULATION, 1L << 30, 200_000_000, 2, 0), "a fast way: large chunks, four at a time");
        assertEquals("true 262144 262144 65536 1", with("plan.js", SIMULATION, 2 << 20, 7_000, 150, 0), "a modem: the smallest, one at a time");
        assertTrue(((String) with("plan.js", SIMULATION, 200 << 20, 20_000_000, 30, 3)).startsWith("true 262144"), "failures lose nothing");
    }

    @Test
    void pausesGrowAndKeepToWhatTheServerSays() {
        assertEquals("50 250 30000 120000", with("plan.js", """
                const low = new m.Backoff(() => 0), high = new m.Backoff(() => 1);
                return [low.pause(1), high.pause(1), high.pause(40), low.pause(1, 120)].join(' ')"""));
        assertEquals("true false true half", with("plan.js", """
                const breaker = new m.Breaker(new m.Backoff(() => 1));
                breaker.open({ retryAfter: 10 }, 1000);
                const early = breaker.mayAsk(1000 + 9999), late = breaker.mayAsk(1000 + 11001);
                const open = breaker.isOpen;
                breaker.answered();
                return [open, early, late, breaker.limit(4) === 1 ? 'half' : 'no'].join(' ')"""));
    }

    @Test
    void theSpeedIsThatOfTheLastSeconds() {
        assertEquals("0 1000000 0", with("meter.js", """
                const meter = new m.Meter();
                const before = meter.speed(0);
                for (let t = 0; t <= 60000; t += 500) meter.add(t < 30000 ? 5000000 : 500000, t);
                return [before, Math.round(meter.speed(60000) / 100000) * 100000, meter.speed(90000)].join(' ')"""));
    }

    @Test
    void everyNameIsCleanedToOneThatTheServerTakes() {
        List<String> names = new ArrayList<>(List.of("a.txt", "photos/2020/a.jpg", "../../etc/passwd", "..", ".", "/", "", "a//b", "..\\up", "a\\..\\b", "tab\there", "x".repeat(400) + ".tar.gz",
                "ü".repeat(300) + ".pdf", ("d".repeat(200) + "/").repeat(8) + "end.txt", "gpj\u202e.exe", "zero\u200bwidth", "lone\ud83dhalf", " ", "a/ /b", "<img src=x onerror=alert(1)>.txt"));
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            StringBuilder name = new StringBuilder();
            random.ints(random.nextInt(1, 12), 0, 14).forEach(kind -> name.appendCodePoint(
                    new int[] {'/', '\\', '.', '.', ' ', 0x200f, 0xfeff, 0xe0041, 0xfff9, 0x85, 'a', 0x1f600, 0xd800, 0x2066}[kind]));
            names.add(name.toString());
        }
        List<?> cleaned = (List<?>) with("collect.js", "return given[0].map(m.cleanName)", names.stream().map(SendModulesTest::wire).toList());
        for (int i = 0; i < names.size(); i++) {
            assertEquals("", FileName.objection((String) cleaned.get(i)).orElse(""), names.get(i) + " became " + cleaned.get(i));
        }
        assertEquals(names.getFirst(), cleaned.getFirst());
        assertEquals(names.get(1), cleaned.get(1));
        assertEquals(names.getLast().isEmpty(), cleaned.contains(""));
        assertEquals(Collections.frequency(names, "<img src=x onerror=alert(1)>.txt"), Collections.frequency(cleaned, "<img src=x onerror=alert(1)>.txt"));
    }

    @Test
    void aSenderWithoutHttpsAndWithoutALoginSendsAndProvesItsBytesAsWell() throws IOException {
        byte[] bytes = Http.bytes(36 << 20, 21);
        Path file = Files.write(folder.resolve("plain.bin"), bytes);
        String base = server.url().replace("127.0.0.1", "send.test");
        browser.open(base + "/login");
        browser.script("document.body.append(Object.assign(document.createElement('input'), {type: 'file', id: 'here'}))");
        browser.files("#here", file);
        Object told = browser.script("""
                const ui = document.querySelector('link[rel=stylesheet]').href.replace('app.css', '');
                const modules = Promise.all(['upload', 'wire', 'digests', 'slots'].map(name => import(ui + name + '.js')));
                const [file] = document.getElementById('here').files;
                const states = new Set();
                return modules.then(async ([{ Upload }, { Wire }, { Digests }, { Slots }]) => {
                  const digests = new Digests();
                  const upload = new Upload({ file, name: 'plain.bin', wire: new Wire(async () => ({ Authorization: 'Bearer ' + arguments[0] })), digests, slots: new Slots(4),
                    instant: false, changed: ({ state }) => states.add(state) });
                  await upload.run();
                  return [isSecureContext, digests.areStrong, upload.state, upload.note, upload.sha256, [...states].includes('uploading'), upload.done].join(' ');
                })""", OPERATOR);
        assertEquals("false false done  " + Http.sha256(bytes) + " true " + bytes.length, told);
        assertEquals(Http.sha256(bytes), server.get("/files", AS_OPERATOR).expect(200).list().getFirst().get("file_hash"));
    }

    /** Half a surrogate pair does not go over the wire of the tests; nor would it get to a page. */
    private static String wire(String name) {
        StringBuilder whole = new StringBuilder();
        name.codePoints().forEach(c -> whole.appendCodePoint(c >= 0xd800 && c <= 0xdfff ? 0xfffd : c));
        return whole.toString();
    }
}
