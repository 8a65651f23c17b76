package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;

/** {@code kill -9} at moments of all kinds: what was answered is there afterwards, byte for byte. */
@Tag(TestMain.ASIDE)
class KillTest {

    private static final int ROUNDS = 16;
    private static final long SEED = 20260731;

    @Test
    void whatWasAnsweredSurvivesEveryKill(@TempDir Path folder) throws Exception {
        Random random = new Random(SEED);
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server)) {
            AckLog log = new AckLog(http);
            for (int round = 0; round < ROUNDS; round++) {
                log.workUntilItEnds(SEED + round, 4, 3 + random.nextInt(60), server::kill);
                server.restart();
                log.verify();
            }
            log.verifyAll();
            assertTrue(log.answered() >= ROUNDS * 3 && log.filesAcknowledged() > ROUNDS, "too little was done to prove anything");
        }
    }

    @Test
    void aTermSignalLosesNothingAndLetsRequestsEnd(@TempDir Path folder) throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server)) {
            byte[] file = Http.bytes(1 << 20, SEED);
            String id = http.begin("in-flight", file.length, file.length);
            try (RawConnection upload = new RawConnection(server)) {
                upload.head("PUT /upload/" + id + " HTTP/1.1", "Host: localhost", "Content-Length: " + file.length, "Expect: 100-continue");
                assertTrue(upload.readHead().startsWith("HTTP/1.1 100"));
                upload.send(Http.part(file, 0, file.length / 2));
                Thread stopping = Thread.ofVirtual().start(server::terminate);
                upload.send(Http.part(file, file.length / 2, file.length));
                String answer = upload.readHead();
                assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
                stopping.join();
            }
            server.restart();
            http.get("/download/" + id).expect(200);
        }
    }
}
