package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names from the other side: what is read out of them, and what becomes of hostile ones. */
class ReceivedNameTest {

    private static String safe(String name) {
        return ReceivedName.safe(name).orElse(null);
    }

    @Test
    void theNameIsReadAsTheGrammarWantsIt() {
        assertEquals(Optional.of("a.txt"), ReceivedName.parse("attachment; filename=\"a.txt\""));
        assertEquals(Optional.of("a.txt"), ReceivedName.parse("ATTACHMENT;FileName=a.txt"));
        assertEquals(Optional.of("a\"b\\c"), ReceivedName.parse("attachment; filename=\"a\\\"b\\\\c\""));
        assertEquals(Optional.of("größe €.txt"), ReceivedName.parse("attachment; filename=\"gr__e _.txt\"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%E2%82%AC.txt"));
        assertEquals(Optional.of("x"), ReceivedName.parse("attachment; filename*=utf-8'en'x; size=5"));
    }

    @Test
    void whatIsNotLikeThatHasNoName() {
        for (String field : List.of("", "attachment", "attachment; filename", "attachment; filename=", "attachment; filename=\"a", "attachment; filename=\"a\" b", "; filename=a",
                "attachment; filename=a; filename=b", "attachment; filename=a b", "attachment; filename*=\"UTF-8''a\"", "attachment; filename*=UTF-8''%ff",
                "attachment; filename*=UTF-8''%4", "attachment; filename*=UTF-8''%zz", "attachment; filename*=ISO-8859-1''a", "attachment; filename*=a", "attachment,filename=a",
                "attachment; filename=\"a\\", "attachment; filename=" + "x".repeat(10_000))) {
            assertEquals(Optional.empty(), ReceivedName.parse(field), field);
        }
    }

    @Test
    void hostileNamesBecomePlainOnes() {
        assertEquals("passwd", safe("../../etc/passwd"));
        assertEquals("passwd", safe("/etc/passwd"));
        assertEquals("evil.exe", safe("..\\..\\evil.exe"));
        assertEquals("C__x", safe("C::x"));
        assertEquals("..%2fx".replaceFirst("^\\.", "_"), safe("..%2fx"));
        assertEquals("a_b", safe("a\u0000b"));
        assertEquals("a__b", safe("a\r\nb"));
        assertEquals("_[31mred", safe("\u001b[31mred"));
        assertEquals("photo_gpj.exe", safe("photo\u202egpj.exe"));
        assertEquals("_bashrc", safe(".bashrc"));
        assertEquals("_x.tranzr-part", safe(".x.tranzr-part"));
        assertEquals("_con.txt", safe("con.txt"));
        assertEquals("name", safe("name. . "));
        assertEquals("a_b", safe("a\ud800b"));
        assertEquals("👨‍👩‍👧.png", safe("👨‍👩‍👧.png"));
        for (String nothing : List.of("", ".", "..", "...", "a/", "/", "\\", " ", ". .")) {
            assertEquals(Optional.empty(), ReceivedName.safe(nothing), nothing);
        }
    }

    @Test
    void longNamesKeepBeginningAndExtension() {
        String safe = safe("ä".repeat(5000) + ".tar");
        assertTrue(safe.startsWith("ää") && safe.endsWith("ä.tar") && safe.getBytes(StandardCharsets.UTF_8).length <= 255, safe);
        assertEquals(255, safe("a".repeat(300)).length());
        assertTrue(safe("💡".repeat(300)).codePoints().allMatch(c -> c == 0x1F4A1));
    }

    @Test
    void aNameNeverLeadsOutOfTheFolder(@TempDir Path folder) throws Exception {
        Path real = folder.toRealPath();
        for (String name : List.of("../x", "/x", "a/../../x", "..", "con", "x".repeat(10_000), "\u0000", ".", "", "~", "-rf", "%2e%2e%2fx")) {
            TargetFile target = TargetFile.of(folder, name, "id");
            assertEquals(real, target.path().getParent());
            assertEquals(real, target.part().getParent());
            Files.createFile(target.part());
            Files.delete(target.part());
        }
    }

    @Test
    void whatTheCallerNamedStaysAsItIs(@TempDir Path folder) throws Exception {
        assertEquals(folder.toRealPath().resolve(".hidden"), TargetFile.of(folder.resolve(".hidden"), "x", "id").path());
        assertThrows(TransferException.class, () -> TargetFile.of(folder.resolve("none").resolve(".."), "x", "id"));
    }

    @Test
    void twoWaysToOnePlaceAreOneTarget(@TempDir Path folder) throws IOException, TransferException {
        Path real = Files.createDirectory(folder.resolve("real"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        assertEquals(TargetFile.of(real, "x", "id").path(), TargetFile.of(link, "x", "id").path());
        assertEquals(TargetFile.of(real, "x", "id").path(), TargetFile.of(real.resolve("..").resolve("link").resolve("x"), "y", "id").path());
    }

    @Test
    void linksAreTakenApart() {
        String token = "AbCdEfGh-_123";
        DownloadAddress plain = DownloadAddress.parse(URI.create("HTTPS://Files.Example.org:8443/base/s/" + token + "/n%C3%A4me.txt?password=a%26b&download=1"));
        assertEquals(new DownloadAddress(URI.create("https://files.example.org:8443/base"), "/s/" + token, token, "näme.txt", "a&b"), plain);
        assertTrue(plain.isAt(URI.create("https://FILES.example.org:8443/base/")));
        assertTrue(DownloadAddress.parse(URI.create("http://h/s/" + token)).isAt(URI.create("http://h:80")));
        assertTrue(!plain.isAt(URI.create("https://files.example.org:8443")) && !plain.isAt(URI.create("http://files.example.org:8443/base"))
                && !plain.isAt(URI.create("https://files.example.org/base")) && !plain.isAt(URI.create("https://evil.example.org:8443/base")));
        for (String wrong : List.of("/s/" + token, "ftp://h/s/" + token, "http://h/", "http://h/s/", "http://h/s/short", "http://h/download/1", "http://h/x/" + token,
                "http://u:p@h/s/" + token, "http:///s/" + token, "mailto:a@b", "http://h/s/" + token + "/a/b", "http://h/s/" + token + "/%ff", "http://h/s/" + "x".repeat(9000))) {
            assertThrows(IllegalArgumentException.class, () -> DownloadAddress.parse(URI.create(wrong)), wrong);
        }
    }

    @Test
    void namesThatMeetInAFolderAreNumbered() {
        assertEquals(List.of("a.txt", "A (2).TXT", "a (3).txt", "a (2) (2).txt", "download", "download (2)"),
                ReceivedName.numbered(List.of("x/a.txt", "y\\A.TXT", "a.txt", "a (2).txt", "..", "/")));
        assertEquals(List.of("\u00e9.txt", "e\u0301 (2).txt"), ReceivedName.numbered(List.of("\u00e9.txt", "e\u0301.txt")));
        String longest = "ä".repeat(125) + ".tiff";
        String second = ReceivedName.numbered(List.of(longest, longest)).getLast();
        assertTrue(second.endsWith("ä (2).tiff") && second.getBytes(StandardCharsets.UTF_8).length <= 255, second);
    }
}
