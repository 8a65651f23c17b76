package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;

/** The commands {@code token} and {@code room} of the built jar, on a directory and at a server. */
@Tag(TestMain.ASIDE)
class AccountCommandsTest {

    private record Ran(int code, String out, String err) {
        /** This, if it ended with that code. */
        Ran expect(int wanted) {
            assertEquals(wanted, code, out + err);
            return this;
        }

        String line() {
            assertEquals(1, out.lines().count(), out);
            return out.strip();
        }
    }

    @TempDir
    Path folder;
    private Path data;

    @BeforeEach
    void makeAStore() {
        data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.start(data)) {
            server.terminate();
        }
    }

    private Ran run(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", System.getProperty("tranzr.jar")));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("TRANZR_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end: " + command);
        return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Ran offline(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", data.toString()));
        return run(Map.of(), all.toArray(String[]::new));
    }

    @Test
    void aTokenMadeOnTheDirectoryOpensTheServerThatRunsOnItLater() throws Exception {
        Ran first = offline("token", "create", "admin", "--rights", "admin").expect(0);
        assertTrue(first.err().contains("from now on"), first.err());
        assertFalse(first.err().contains(first.line()), "the secret stands elsewhere, too");
        String room = offline("room", "create", "Sales", "--quota-bytes", "1MiB").expect(0).line();
        Ran second = offline("token", "create", "alice", "--rights=upload,list", "--room", "sales:writer", "--quota-files", "1", "--expires-in", "1d",
                "--from", "127.0.0.1,::1").expect(0);
        assertFalse(second.err().contains("from now on"), second.err());
        try (ServerProcess server = ServerProcess.start(data); Http http = new Http(server)) {
            http.get("/files").expect(401, "token_required");
            http.get("/tokens", "Authorization", "Bearer " + first.line()).expect(200);
            String[] alice = {"Authorization", "Bearer " + second.line(), "Accept", "application/json"};
            http.get("/tokens", alice).expect(403, "forbidden");
            http.put("/a.txt?room=sales", new byte[10], alice).expect(201);
            assertEquals(room, ((Map<?, ?>) http.get("/files", alice).expect(200).jsonList().getFirst()).get("room"));
            http.put("/b.txt", new byte[10], alice).expect(507, "quota_exceeded");
            assertFalse(server.output().contains(second.line()));
        }
    }

    @Test
    void theSameIsDoneAtAServerThatRuns() throws Exception {
        String admin = offline("token", "create", "admin", "--rights", "admin").expect(0).line();
        Path file = Files.writeString(Files.createFile(folder.resolve("secret"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
                admin + "\n");
        try (ServerProcess server = ServerProcess.start(data); Http http = new Http(server)) {
            Ran busy = offline("token", "list").expect(3);
            assertTrue(busy.err().contains("--server"), busy.err());
            Map<String, String> environment = Map.of("TRANZR_TOKEN", admin);
            String id = run(environment, "room", "create", "A b/ü%", "--server", server.url()).expect(0).line();
            String secret = run(environment, "token", "create", "bob", "--rights", "download", "--server", server.url()).expect(0).line();
            run(environment, "room", "add-member", "A B/Ü%", "bob", "--role", "reader", "--server", server.url()).expect(0);
            assertEquals("reader", ((Map<?, ?>) http.get("/rooms", "Authorization", "Bearer " + secret).expect(200).jsonList().getFirst()).get("role"));
            assertEquals(id + "  A b/ü%", run(environment, "room", "list", "--server", server.url() + "/").expect(0).line());
            String list = run(environment, "token", "list", "--json", "--server", server.url()).expect(0).line();
            assertEquals("bob", ((Map<?, ?>) JSON.std.listFrom(list).getFirst()).get("name"));
            run(environment, "room", "remove-member", id, "bob", "--server", server.url()).expect(0);
            run(environment, "room", "delete", id, "--server", server.url()).expect(0);
            String renewed = run(Map.of(), "token", "rotate", "bob", "--token-file", file.toString(), "--server", server.url()).expect(0).line();
            http.get("/rooms", "Authorization", "Bearer " + secret).expect(401, "wrong_token");
            http.get("/rooms", "Authorization", "Bearer " + renewed).expect(200);
            assertEquals(1, run(Map.of("TRANZR_TOKEN", renewed), "token", "list", "--server", server.url()).expect(1).err().lines().count());
            run(environment, "token", "revoke", "bob", "--revoke-shares", "--server", server.url()).expect(0);
            http.get("/rooms", "Authorization", "Bearer " + renewed).expect(401, "wrong_token");
            Ran last = run(environment, "token", "revoke", "admin", "--server", server.url()).expect(0);
            assertEquals("", last.out());
            http.get("/rooms").expect(200);
        }
    }

    @Test
    void theFirstTokenOfAnOpenServerIsToldToCloseIt() throws Exception {
        try (ServerProcess server = ServerProcess.start(data); Http http = new Http(server)) {
            Ran made = run(Map.of(), "token", "create", "first", "--rights", "list", "--server", server.url()).expect(0);
            assertTrue(made.err().contains("from now on") && made.err().contains("may not administer"), made.err());
            http.get("/files").expect(401, "token_required");
            http.get("/files", "Authorization", "Bearer " + made.line()).expect(200);
        }
    }

    @Test
    void aSelfSignedServerIsAskedByItsFingerprintOnly() throws Exception {
        try (ServerProcess server = ServerProcess.start(data, "--tls", "self-signed")) {
            String pem = Files.readString(data.resolve("tls-self-signed.pem"));
            byte[] certificate = Base64.getMimeDecoder().decode(pem.replaceAll("(?s).*-----BEGIN CERTIFICATE-----|-----END CERTIFICATE-----.*", ""));
            String pin = HexFormat.ofDelimiter(":").withUpperCase().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate));
            assertEquals("[]", run(Map.of(), "room", "list", "--json", "--server", server.url(), "--pin", pin).expect(0).line());
            assertEquals("[]", run(Map.of("TRANZR_PIN", pin), "room", "list", "--json", "--server", server.url()).expect(0).line());
            String other = run(Map.of(), "room", "list", "--server", server.url(), "--pin", "ab".repeat(32)).expect(1).err();
            assertTrue(other.contains("it has the fingerprint " + pin), other);
            String none = run(Map.of(), "room", "list", "--server", server.url()).expect(1).err();
            assertTrue(none.contains("not trusted here"), none);
        }
    }
}
