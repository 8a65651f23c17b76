package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.CommandLine.Ran;

/** The commands around the transfers, the environment, and what only a terminal is shown. */
@Tag(TestMain.ASIDE)
class ClientCommandsTest extends RealServer {

    private static final String NO_FILE = "7d1e2a30-52c1-4f0e-9a41-1f0a6c2b9d55";

    @TempDir
    Path folder;
    private CommandLine tranzr;

    @BeforeEach
    void prepare() {
        tranzr = new CommandLine(folder, server.url());
    }

    private String sent(String name, int size) throws Exception {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Files.write(folder.resolve(name), bytes);
        return tranzr.run("send", name, "--quiet").expect(0).line().substring(0, 36);
    }

    /** As the last progress told. */
    private static Object chunkSize(Ran sent) {
        return sent.objects().stream().filter(event -> "progress".equals(event.get("event"))).toList().getLast().get("chunk_size");
    }

    @Test
    void aFileIsListedToldOfSharedRevokedAndDeleted() throws Exception {
        String id = sent("notes.txt", 1234);
        Map<String, Object> listed = tranzr.run("list", "--json").expect(0).objects().stream().filter(file -> id.equals(file.get("file_id"))).findFirst().orElseThrow();
        assertEquals("notes.txt", listed.get("filename"));
        assertTrue(tranzr.run("info", id).expect(0).out().contains("file_size"));
        assertEquals(listed.get("file_hash"), tranzr.run("info", id, "--json").expect(0).objects().getFirst().get("file_hash"));
        String link = tranzr.run("share", id, "--expires", "never").expect(0).line();
        assertEquals(null, tranzr.run("info", link, "--json").expect(0).objects().getFirst().get("expires_at"));
        tranzr.run("receive", link, "--output", "one").expect(0);
        assertEquals("", tranzr.run("revoke", link).expect(0).out());
        tranzr.run("receive", link, "--output", "two").expect(2);
        Map<String, Object> other = tranzr.run("share", id, "--json", "--max-downloads", "1").expect(0).objects().getFirst();
        assertEquals(1, other.get("max_downloads"));
        tranzr.run("revoke", (String) other.get("share_id")).expect(0);
        tranzr.run("delete", id, NO_FILE).expect(1);
        tranzr.run("info", id).expect(1);
        tranzr.run("share", id).expect(1);
        tranzr.run("revoke", "no-such-token").expect(1);
    }

    @Test
    void aFileIsVerifiedByItsTransferOrByADigest() throws Exception {
        sent("a.bin", 10_000_000);
        String digest = tranzr.run("verify", "a.bin").expect(0).line();
        assertTrue(digest.matches("[0-9a-f]{64}"));
        tranzr.run("verify", "a.bin", "--checksum", digest.toUpperCase(java.util.Locale.ROOT)).expect(0);
        tranzr.run("verify", "a.bin", "--checksum", "0".repeat(64)).expect(4);
        tranzr.run("verify", "a.bin", "--checksum", "12").expect(2);
        tranzr.run("verify", "none.bin").expect(2);
        Files.writeString(folder.resolve("b.bin"), "never sent");
        Ran unknown = tranzr.run("verify", "b.bin").expect(2);
        assertTrue(unknown.line().matches("[0-9a-f]{64}") && unknown.err().contains("--checksum"), unknown.err());
        Files.writeString(folder.resolve("a.bin"), "another");
        tranzr.run("verify", "a.bin").expect(4);
    }

    @Test
    void aTokenComesFromFileOrEnvironmentNeverAsAnArgument() throws Exception {
        String token = "a-token-of-the-operator-0001";
        try (ServerProcess closed = ServerProcess.start(ServerProcess.Launch.on(folder.resolve("closed")).environment(Map.of("TRANZR_TOKEN", token, "TRANZR_CHUNK_SIZE", "1GiB",
                "TRANZR_SERVER", "http://x", "TRANZR_TIMEOUT", "5s", "TRANZR_STATE", "x")))) {
            assertFalse(closed.output().contains("not known"), closed.output());
            tranzr.with("TRANZR_SERVER", closed.url());
            assertTrue(tranzr.run("list").expect(1).err().contains("token"));
            Ran argument = tranzr.run("list", "--token", token).expect(2);
            assertTrue(argument.err().contains("TRANZR_TOKEN"), argument.err());
            Path file = Files.writeString(folder.resolve("token"), token);
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r-----"));
            assertTrue(tranzr.run("list", "--token-file", "token").expect(2).err().contains("mode 0640"));
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
            tranzr.run("list", "--token-file", "token").expect(0);
            // The size that the server has for itself is too large for the client, which takes the nearest.
            tranzr.with("TRANZR_TOKEN", token).with("TRANZR_CHUNK_SIZE", "1GiB");
            Files.write(folder.resolve("a"), new byte[1_000_000]);
            Ran sent = tranzr.run("send", "a", "--json", "--no-adaptive").expect(0);
            assertEquals(64 << 20, chunkSize(sent));
            tranzr.with("TRANZR_SERVER", null).with("SFTS_SERVER", closed.url()).with("TRANZR_CHUNK_SIZE", null).with("SFTS_CHUNK_SIZE", "131072").with("SFTS_TIMEOUT", "20");
            assertEquals(131_072, chunkSize(tranzr.run("send", "a", "--json", "--no-adaptive", "--name", "b" + System.nanoTime()).expect(0)));
            assertEquals(1_048_576, chunkSize(tranzr.run("send", "a", "--json", "--no-adaptive", "--name", "b" + System.nanoTime(), "--chunk-size", "1MiB").expect(0)));
            tranzr.with("SFTS_MAX_RETRIES", "many");
            assertTrue(tranzr.run("send", "a").expect(2).err().contains("SFTS_MAX_RETRIES"));
        }
    }

    @Test
    void wrongInputIsOneLineAndCode2() throws Exception {
        for (List<String> wrong : List.of(List.of("send"), List.of("send", "a", "--expires", "1h"), List.of("send", "a", "--priority", "first"), List.of("send", "a", "--chunk-size", "1"),
                List.of("send", "a", "--share", "--expires", "soon"), List.of("send", "a", "b", "--name", "c"), List.of("send", "-", "-"), List.of("send", "a", "-q"),
                List.of("send", "a", "--quiet", "--verbose"), List.of("receive"), List.of("receive", "x"), List.of("receive", "http://host/other"), List.of("receive", NO_FILE, "more"),
                List.of("receive", NO_FILE, "--output", "-", "--json"), List.of("list", "--server", "files.example.org"), List.of("list", "--pin", "12", "--server", "https://x"),
                List.of("list", "--timeout", "0s"), List.of("info", "x"), List.of("delete"), List.of("delete", "x"), List.of("share", "x"), List.of("status", "--server", "x"),
                List.of("completion", "fish"), List.of("completion"), List.of("doctor", "--size", "big"))) {
            Ran ran = tranzr.run(wrong.toArray(String[]::new)).expect(2);
            assertEquals("", ran.out(), wrong.toString());
            assertEquals(1, ran.err().lines().count(), wrong + ran.err());
            assertTrue(ran.err().startsWith("tranzr: "), ran.err());
        }
    }

    @Test
    void theDoctorFindsNothingAndLeavesNothing() throws Exception {
        Ran fine = tranzr.run("doctor", "--size", "1MiB").expect(0);
        assertTrue(fine.out().lines().allMatch(line -> line.startsWith("ok ")), fine.out());
        List<Map<String, Object>> checks = tranzr.run("doctor", "--json").expect(0).objects();
        assertEquals(List.of("disk", "state", "server", "clock", "token", "quota", "space", "streaming", "upload", "download", "ranges"),
                checks.stream().map(check -> check.get("check")).toList());
        assertFalse(tranzr.run("list").expect(0).out().contains("tranzr-doctor"));
        Ran full = tranzr.run("doctor", "--size", "1EiB").expect(1);
        assertTrue(full.out().contains("fail  space") && full.out().contains("-> "), full.out());
        Ran away = tranzr.run("doctor", "--server", "http://127.0.0.1:1").expect(1);
        assertTrue(away.out().contains("fail  server") && away.out().contains("whether the server runs"), away.out());
    }

    @Test
    void aTerminalIsShownProgressThatFitsAndStandardOutputIsNot() throws Exception {
        assumeTrue(Shell.has("script"), "script is needed to make a terminal");
        byte[] bytes = new byte[20_000_000];
        Files.write(folder.resolve("a very long name that has no place in so narrow a terminal.bin"), bytes);
        String command = CommandLine.jar().stream().map(part -> "'" + part + "'").collect(Collectors.joining(" "));
        Files.writeString(folder.resolve("go"), "stty cols 60; " + command + " send a*.bin --limit-rate 10MiB >stdout\n");
        ProcessBuilder script = new ProcessBuilder("script", "-qec", "sh go", "/dev/null").directory(folder.toFile()).redirectErrorStream(true).redirectInput(new java.io.File("/dev/null"));
        tranzr.settle(script.environment());
        script.environment().put("LC_ALL", "C.UTF-8");
        Process process = script.start();
        String shown = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), shown);
        List<String> drawn = new ArrayList<>(List.of(shown.split("\r"))).stream().filter(line -> line.contains("chunk")).map(line -> line.replaceAll("\u001b\\[K.*", "")).toList();
        assertTrue(drawn.size() > 3, shown);
        assertTrue(drawn.stream().allMatch(line -> line.length() < 60 && line.contains("\u2026")), drawn.toString());
        assertTrue(shown.contains("%"), shown);
        assertTrue(Files.readString(folder.resolve("stdout")).matches("[0-9a-f-]{36}  a very long name.*\n"), Files.readString(folder.resolve("stdout")));
    }

    @Test
    void aPasswordIsTypedUnseenAlsoWhenTheOutputGoesElsewhereAndNoProgressIsDrawnOverTheQuestion() throws Exception {
        assumeTrue(Shell.has("script"), "script is needed to make a terminal");
        Files.writeString(folder.resolve("a.txt"), "a");
        String command = CommandLine.jar().stream().map(part -> "'" + part + "'").collect(Collectors.joining(" "));
        Files.writeString(folder.resolve("go"), "link=$(" + command + " send a.txt --share --password --quiet) && " + command + " receive \"$link\" --output got >path\n");
        ProcessBuilder script = new ProcessBuilder("script", "-qec", "sh go", "/dev/null").directory(folder.toFile()).redirectErrorStream(true);
        tranzr.settle(script.environment());
        Process process = script.start();
        StringBuilder shown = new StringBuilder();
        try (java.io.Writer typing = process.outputWriter(); java.io.Reader screen = process.inputReader()) {
            for (String question : List.of("password for the link: ", "again: ", "password of the link: ")) {
                for (int c = screen.read(); c >= 0 && !shown.append((char) c).toString().endsWith(question); c = screen.read()) {
                    assertTrue(shown.length() < 1_000_000);
                }
                typing.write("xyzzy-1\n");
                typing.flush();
            }
            for (int c = screen.read(); c >= 0; c = screen.read()) {
                shown.append((char) c);
            }
        }
        assertEquals(0, process.waitFor(), shown.toString());
        assertFalse(shown.toString().contains("xyzzy"), shown.toString());
        assertEquals("a", Files.readString(folder.resolve("got")));
    }

    @Test
    void bashCompletesFromTheSameTables() throws Exception {
        assumeTrue(Shell.has("bash"), "bash is needed");
        Files.writeString(folder.resolve("completion"), tranzr.run("completion", "bash").expect(0).out());
        Files.writeString(folder.resolve("holiday pictures.tar"), "");
        Files.writeString(folder.resolve("try"), """
                source ./completion
                complete -p tranzr
                try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tranzr; (IFS='|'; echo "${COMPREPLY[*]}"); }
                try tranzr s
                try tranzr send --pri
                try tranzr send --priority ''
                try tranzr send holi
                try tranzr receive --output holi
                try tranzr completion ''
                try tranzr send --limit-rate ''
                try tranzr audit --file
                """);
        assertEquals("""
                complete -F _tranzr tranzr
                send|status|share|serve
                --priority
                normal|high|low
                holiday pictures.tar
                holiday pictures.tar
                bash|zsh

                --file-id
                """, Shell.run(folder, "bash", "--norc", "try").expectSuccess().output());
        assertTrue(tranzr.run("completion", "zsh").expect(0).out().startsWith("#compdef tranzr\n"));
    }

    @Test
    void zshUnderstandsWhatItIsTaught() throws Exception {
        assumeTrue(Shell.has("zsh"), "zsh is needed");
        Files.writeString(folder.resolve("completion"), tranzr.run("completion", "zsh").expect(0).out());
        assertEquals("", Shell.run(folder, "zsh", "-n", "completion").expectSuccess().output());
    }
}
