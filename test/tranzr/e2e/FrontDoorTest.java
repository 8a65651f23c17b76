package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http.Answer;

/** What people type with curl and wget. */
class FrontDoorTest extends RealServer {

    private static final byte[] FILE = Http.bytes(300_000, 1);
    private static Path folder;

    @BeforeAll
    static void makeFiles(@TempDir Path temporary) throws Exception {
        assumeTrue(Shell.has("curl"), "curl is not installed");
        folder = temporary;
        Files.write(folder.resolve("a.bin"), FILE);
        Files.write(folder.resolve("b.bin"), Http.bytes(100, 2));
    }

    private static String curl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS"));
        command.addAll(Arrays.asList(arguments));
        return Shell.run(folder, command).expectSuccess().output();
    }

    private static byte[] behind(String answer) {
        assertTrue(answer.matches("http://[^\\s]+/s/[^\\s]+\\n"), "one link and a newline, not: " + answer);
        return http.get(answer.strip()).expect(200).body();
    }

    @Test
    void aFileBecomesALink() {
        assertArrayEquals(FILE, behind(curl("-T", "a.bin", server.url() + "/")));
        assertArrayEquals(FILE, behind(curl("--data-binary", "@a.bin", server.url() + "/posted.bin")));
    }

    @Test
    void aPipeOfUnknownLengthBecomesALinkToo() {
        String link = Shell.run(folder, "sh", "-c", "cat a.bin | curl -sS -T - " + server.url() + "/").expectSuccess().output();
        assertArrayEquals(FILE, behind(link));
        String named = Shell.run(folder, "sh", "-c", "cat a.bin | curl -sS -T - " + server.url() + "/piped.bin").expectSuccess().output();
        assertTrue(named.contains("piped.bin"), named);
        assertArrayEquals(FILE, behind(named));
    }

    @Test
    void aFormWithTwoFilesGivesTwoLinks() {
        String[] links = curl("-F", "file=@a.bin", "-F", "file=@b.bin", server.url() + "/").split("(?<=\n)");
        assertEquals(2, links.length);
        assertArrayEquals(FILE, behind(links[0]));
        assertArrayEquals(Http.bytes(100, 2), behind(links[1]));
    }

    @Test
    void theHeadersTellTheFileAndHowToDeleteIt() {
        Answer answer = http.put("/c.bin", FILE);
        assertEquals(Http.sha256(FILE), answer.header("X-Content-SHA256"));
        assertArrayEquals(FILE, http.get("/download/" + answer.header("X-File-Id")).expect(200).body());
        refused(http.delete(answer.header("X-Delete-Url") + "x"));
        assertTrue(http.delete(answer.header("X-Delete-Url")).status() < 300);
        http.get("/download/" + answer.header("X-File-Id")).expect(404);
        http.get(answer.text().strip()).expect(404);
    }

    private static void refused(Answer answer) {
        assertTrue(answer.status() >= 400 && answer.status() < 500, answer.toString());
    }

    @Test
    void optionsComeByHeader() {
        String once = curl("-T", "a.bin", "-H", "Max-Downloads: 1", server.url() + "/").strip();
        http.get(once, "User-Agent", "a").expect(200);
        http.get(once, "User-Agent", "b").expect(410, "download_limit_reached");
        String secret = curl("-T", "a.bin", "-H", "Share-Password: pass word", server.url() + "/").strip();
        http.get(secret).expect(401);
        http.get(secret + "?password=pass%20word").expect(200);
        String brief = curl("-T", "a.bin", "-H", "Expires-In: 1s", server.url() + "/").strip();
        Http.await("the link to expire", () -> http.get(brief).status() >= 400);
        String json = curl("-T", "a.bin", "-H", "Accept: application/json", "-H", "Max-Days: 2", server.url() + "/");
        assertTrue(json.startsWith("{") && json.contains("\"file_id\""), json);
    }

    @Test
    void aFileOfNoBytesHasALinkToo() {
        Answer answer = http.put("/empty.txt", new byte[0]);
        assertEquals(0, behind(answer.text()).length);
        String link = Shell.run(folder, "sh", "-c", "printf '' | curl -sS -T - " + server.url() + "/nothing.txt").expectSuccess().output();
        assertEquals(0, behind(link).length);
    }

    @Test
    void wgetContinuesADownload() throws Exception {
        assumeTrue(Shell.has("wget"), "wget is not installed");
        String link = curl("-T", "a.bin", server.url() + "/w.bin").strip();
        Path got = Files.createDirectory(folder.resolve("wget"));
        Files.write(got.resolve("w.bin"), Http.part(FILE, 0, 99_999));
        Shell.run(got, "wget", "-q", "-c", link).expectSuccess();
        assertArrayEquals(FILE, Files.readAllBytes(got.resolve("w.bin")));
    }

    @Test
    void theHelpNamesThisServer() {
        String help = curl(server.url() + "/");
        assertTrue(help.contains("curl") && help.contains(server.url()), help);
        assertFalse(help.contains("<html"), help);
    }
}
