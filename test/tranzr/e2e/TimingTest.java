package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether the time of an answer tells a secret: two kinds of requests in random order, compared by ranks (Mann and Whitney), so that the machine's own
 * moods meet both alike. Bounds are wide: they catch a way through the code that costs twice as much, not a cache line. How often passwords are hashed is counted in
 * {@code SharesTest}.
 */
class TimingTest {

    private static final String TOKEN = "tzk_correct-horse-battery-staple-0123456789";
    private static final int REQUESTS = 400;
    /** The share of pairs in which one kind was slower: a half when they are alike, with a deviation of about 0.02 for so many requests. */
    private static final double FURTHEST_FROM_HALF = 0.2;

    /** Times of the two kinds, in nanoseconds. */
    private record Times(List<Long> first, List<Long> second) {

        /** The share of pairs in which the first is the slower one. */
        double slower() {
            double above = 0;
            for (long a : first) {
                for (long b : second) {
                    above += a > b ? 1 : a == b ? 0.5 : 0;
                }
            }
            return above / first.size() / second.size();
        }

        double ratioOfMedians() {
            return (double) median(first) / median(second);
        }

        private static long median(List<Long> times) {
            return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
        }
    }

    /** Runs as many of both kinds in an order of chance. */
    private static Times compare(int count, IntConsumer first, IntConsumer second) {
        Random random = new Random(5);
        Times times = new Times(new ArrayList<>(), new ArrayList<>());
        for (int i = -count / 4; i < count; i++) { // the first quarter only warms up
            boolean swapped = random.nextBoolean();
            for (int turn = 0; turn < 2; turn++) {
                boolean isFirst = turn == 0 ^ swapped;
                long begin = System.nanoTime();
                (isFirst ? first : second).accept(Math.floorMod(i, count));
                long took = System.nanoTime() - begin;
                if (i >= 0) {
                    (isFirst ? times.first() : times.second()).add(took);
                }
            }
        }
        return times;
    }

    private static void assertAlike(String what, Times times) {
        double slower = times.slower();
        assertTrue(Math.abs(slower - 0.5) <= FURTHEST_FROM_HALF, what + ": the first is slower in " + slower + " of the pairs");
    }

    @Test
    void theComparisonTellsTwiceTheWorkFromTheSame() {
        IntConsumer work = n -> Http.digest(new byte[20_000]);
        assertAlike("the same", compare(REQUESTS, work, work));
        double slower = compare(REQUESTS, work.andThen(work), work).slower();
        assertTrue(slower > 0.5 + FURTHEST_FROM_HALF, "twice the work is slower in only " + slower);
    }

    @Test
    void howMuchOfATokenIsRightIsNotTold(@TempDir Path folder) {
        try (ServerProcess server = ServerProcess.start(ServerProcess.Launch.on(folder.resolve("data"), "--trusted-proxy", "127.0.0.1")
                .environment(Map.of("TRANZR_TOKEN", TOKEN))); Http http = new Http(server)) {
            int[] address = {0}; // many, so that none is slowed down as one who guesses
            String near = TOKEN.substring(0, TOKEN.length() - 1) + "x";
            String far = "x".repeat(TOKEN.length());
            assertAlike("access tokens", compare(REQUESTS, n -> http.get("/files", "Authorization", "Bearer " + near, "X-Forwarded-For", "198.51.100." + address[0]++ % 250).expect(401),
                    n -> http.get("/files", "Authorization", "Bearer " + far, "X-Forwarded-For", "198.51.100." + address[0]++ % 250).expect(401)));
            String id = http.put("/x", new byte[1], "Authorization", "Bearer " + TOKEN).header("X-File-Id");
            String link = http.send("POST", "/share/create/" + id, java.net.http.HttpRequest.BodyPublishers.ofString("{\"protected\":false}"), "Authorization", "Bearer " + TOKEN)
                    .expect(201).field("token");
            String close = link.substring(0, link.length() - 1) + (link.endsWith("A") ? "B" : "A");
            assertAlike("links", compare(REQUESTS, n -> http.get("/share/info/" + close).expect(404),
                    n -> http.get("/share/info/" + "x".repeat(link.length())).expect(404)));
            assertEquals(200, http.get("/share/info/" + link).status());
        }
    }

    @Test
    void anUnknownLinkTakesAsLongAsAWrongPassword(@TempDir Path folder) {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "--trusted-proxy", "127.0.0.1"); Http http = Http.asAdmin(server)) {
            String id = http.store("x", new byte[1]);
            int count = 8;
            List<String> links = new ArrayList<>();
            for (int i = 0; i < count; i++) { // a link of its own for each try, so that none has to wait
                links.add(http.postJson("/share/create/" + id, "{\"password\":\"right\"}").expect(201).field("token"));
            }
            int[] address = {0};
            Times times = compare(count, n -> http.get("/s/" + links.get(n) + "?password=wrong", "X-Forwarded-For", "198.51.100." + address[0]++ % 250).expect(401),
                    n -> http.get("/s/" + "x".repeat(43) + "?password=wrong", "X-Forwarded-For", "203.0.113." + address[0]++ % 250).expect(404));
            double ratio = times.ratioOfMedians();
            assertTrue(ratio > 0.5 && ratio < 2, "a wrong password takes " + ratio + " times as long as an unknown link");
        }
    }
}
