package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http.Answer;

/** Passwords guessed from one address and from many, which a proxy that is believed tells of. */
class FloodTest {

    private static final int FLOODING = 200;
    private static final byte[] BYTES = Http.bytes(200_000, 1);

    private static ServerProcess start(Path folder) {
        return ServerProcess.start(folder.resolve("data"), "--trusted-proxy", "127.0.0.1");
    }

    private static String guarded(Http http, String file) {
        return http.postJson("/share/create/" + file, "{\"password\":\"right\",\"max_downloads\":null}").expect(201).field("token");
    }

    private static Answer guess(Http http, String link, String password, String address) {
        return http.get("/s/" + link, "X-Share-Password", password, "X-Forwarded-For", address);
    }

    @Test
    void aFloodOfWrongPasswordsLeavesNormalUsersServed(@TempDir Path folder) throws Exception {
        try (ServerProcess server = start(folder); Http http = Http.asAdmin(server); Http flooder = Http.asAdmin(server); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String file = http.store("shared", BYTES);
            List<String> links = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                links.add(guarded(http, file));
            }
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger turnedAway = new AtomicInteger();
            List<Future<?>> flood = new ArrayList<>();
            for (int i = 0; i < FLOODING; i++) {
                int number = i;
                flood.add(threads.submit(() -> {
                    for (int n = 0; !over.get(); n++) {
                        String link = n % 3 == 0 ? "no-such-link-" + number + "-" + n : links.get((number + n) % links.size());
                        Answer answer = guess(flooder, link, "wrong" + n, "198.51." + (number + n) % 250 + "." + number);
                        if (answer.status() == 429 || answer.status() == 503) {
                            assertTrue(Integer.parseInt(answer.header("Retry-After")) > 0, answer.toString());
                            turnedAway.incrementAndGet();
                        } else {
                            assertTrue(answer.status() == 401 || answer.status() == 404, answer.toString());
                        }
                    }
                }));
            }
            String open = http.postJson("/share/create/" + file, "{\"protected\":false,\"max_downloads\":null}").expect(201).field("token");
            for (int i = 0; i < 5 || turnedAway.get() < FLOODING; i++) {
                String mine = http.store("mine" + i, BYTES);
                assertArrayEquals(BYTES, http.get("/download/" + mine).expect(200).body());
                assertArrayEquals(BYTES, http.get("/s/" + open).expect(200).body());
                http.delete("/files/" + mine).expect(204);
            }
            over.set(true);
            for (Future<?> each : flood) {
                each.get();
            }
            // When it is over, who knows the password of a link that nobody guessed at comes in.
            String fresh = guarded(http, file);
            Http.await("the password checks to be free again", () -> guess(http, fresh, "right", "203.0.113.1").status() == 200);
        }
    }

    @Test
    void manyAddressesDoNotHelpAgainstOneLinkNorDoesARestart(@TempDir Path folder) {
        try (ServerProcess server = start(folder); Http http = Http.asAdmin(server)) {
            String link = guarded(http, http.store("x", BYTES));
            int refused = 0;
            for (int i = 0; i < 10; i++) {
                Answer answer = guess(http, link, "wrong" + i, "2001:db8:0:" + i + "::1");
                assertTrue(answer.status() == 401 || answer.status() == 429, answer.toString());
                refused += answer.status() == 429 ? 1 : 0;
            }
            // 5 are free, and while the sixth and later wait a second or more, hardly another gets through.
            assertTrue(refused >= 3, "only " + refused + " were turned away");
            server.kill();
            server.restart();
            int passed = 0;
            for (int i = 0; i < 6; i++) {
                passed += guess(http, link, "wrong", "2001:db8:1:" + i + "::1").status() == 401 ? 1 : 0;
            }
            assertTrue(passed <= 2, passed + " were free again after the restart");
        }
    }

    @Test
    void anAddressIsTurnedAwayWhateverLinksItTriesAndWithAllOfItsIpv6Network(@TempDir Path folder) {
        try (ServerProcess server = start(folder); Http http = Http.asAdmin(server)) {
            String link = guarded(http, http.store("x", BYTES));
            int wrong = 0;
            Answer last = guess(http, "none-0", "wrong", "2001:db8:9:9::1");
            for (; last.status() == 404; last = guess(http, "none-" + wrong, "wrong", "2001:db8:9:9::" + Integer.toHexString(wrong + 1))) {
                assertTrue(++wrong <= 25, "each address of a network counts for itself");
            }
            last.expect(429, "too_many_attempts");
            assertTrue(wrong >= 20, "after " + wrong);
            guess(http, link, "right", "2001:db8:9:9:ffff::").expect(429, "too_many_attempts");
            guess(http, link, "right", "2001:db8:9:a::1").expect(200);
        }
    }
}
