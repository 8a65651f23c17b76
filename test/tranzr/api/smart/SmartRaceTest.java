package tranzr.api.smart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Quota;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** What several requests at the same time, of one user or of two, do to an upload whose id its client chose. */
class SmartRaceTest {

    /** The last chunk of some is as long as each chunk of another, or as its last one. */
    private static final int[] CUTS = {1000, 500, 750, 250, 2000, 2250, 125};
    /** A newer request for the same bytes took over. */
    private static final int SUPERSEDED = 503;
    private static final String OPERATOR = "operator-token-0123456789";

    @TempDir
    Path folder;

    private static <T> List<T> all(List<Callable<T>> tasks) throws Exception {
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<T> future : threads.invokeAll(tasks)) {
                results.add(future.get());
            }
        }
        return results;
    }

    @Test
    void chunksOfAnyCutNeverGoWhereTheyDoNotBelongWhileTheFileIsCutAnew() throws Exception {
        try (ServedEngine server = new ServedEngine(folder)) {
            for (int round = 0; round < 12; round++) {
                SmartClient client = new SmartClient(server, ServedEngine.bytes(2500, round));
                client.init(CUTS[0]).expect(200);
                List<Integer> announced = new CopyOnWriteArrayList<>(List.of(CUTS[0]));
                int seed = round;
                List<Callable<List<Integer>>> tasks = new ArrayList<>(List.of(() -> recut(client, new Random(seed), announced), () -> recut(client, new Random(seed + 100), announced)));
                IntStream.range(0, 4).forEach(sender -> tasks.add(() -> send(client, new Random(seed * 10 + sender), announced)));
                List<Integer> statuses = all(tasks).stream().flatMap(List::stream).distinct().sorted().toList();
                assertTrue(List.of(200, 400, SUPERSEDED).containsAll(statuses), "round " + round + ": " + statuses);
                finish(server, client);
            }
        }
    }

    private static List<Integer> recut(SmartClient client, Random random, List<Integer> announced) {
        return IntStream.range(0, 12).map(_ -> {
            int cut = CUTS[random.nextInt(CUTS.length)];
            int status = client.init(cut).status();
            announced.add(cut);
            return status;
        }).boxed().toList();
    }

    /** Chunks of any cut that was announced, be it the one that holds or not. */
    private static List<Integer> send(SmartClient client, Random random, List<Integer> announced) {
        return IntStream.range(0, 25).map(_ -> {
            int cut = announced.get(random.nextInt(announced.size()));
            int count = SmartClient.count(client.file, cut);
            // Last ones often: only they fit into other places.
            try {
                return client.send(random.nextBoolean() ? count - 1 : random.nextInt(count), cut).status();
            } catch (AssertionError e) {
                if (!(e.getCause() instanceof IOException)) {
                    throw e;
                }
                return SUPERSEDED; // its connection was ended before it could be told
            }
        }).boxed().toList();
    }

    private static void finish(ServedEngine server, SmartClient client) {
        client.init(CUTS[1]).expect(200);
        List<?> missing = (List<?>) client.missing().json().get("missing");
        missing.forEach(index -> client.send((Integer) index, CUTS[1]).expect(200));
        client.assemble().expect(200);
        assertArrayEquals(client.file, server.get("/download/" + client.id).expect(200).body());
    }

    @Test
    void ofSeveralManifestsAtOnceOneBeginsAndTheOthersGoOn() throws Exception {
        try (ServedEngine server = new ServedEngine(folder)) {
            for (int round = 0; round < 10; round++) {
                SmartClient client = new SmartClient(server, ServedEngine.bytes(2500, 1));
                List<String> answers = all(IntStream.range(0, 6).<Callable<String>>mapToObj(_ -> () -> client.init(1000).expect(200).field("status")).toList());
                assertEquals(List.of("ok", "resumed", "resumed", "resumed", "resumed", "resumed"), answers.stream().sorted().toList());
            }
        }
    }

    @Test
    void whoUsesAnIdOfSomebodyElseLearnsThatItIsTakenAndNothingMore() throws Exception {
        try (ServedEngine server = new ServedEngine(folder, OPERATOR, null)) {
            SmartClient first = new SmartClient(server, ServedEngine.bytes(2500, 1), token(server, "first"));
            SmartClient second = new SmartClient(server, first.id, first.file, token(server, "second"));
            first.init(1000).expect(200);
            Answer open = second.init(1000).expect(409);
            assertEquals("id_taken", open.field("code"));
            assertEquals(409, second.init(500).status());
            for (Answer answer : List.of(second.missing(), second.send(0, 1000), second.assemble(), server.get("/api/files/" + first.id, token(server, "third")))) {
                assertEquals(404, answer.status(), answer.toString());
            }
            IntStream.range(0, 3).forEach(index -> first.send(index, 1000).expect(200));
            first.assemble().expect(200);
            assertEquals(open.text(), second.init(1000).expect(409).text());
            assertEquals(List.of(), server.get("/api/files", token(server, "fourth")).expect(200).list());
            assertEquals(Map.of("status", "resumed", "received_chunks", 3), first.init(1000).expect(200).json());
        }
    }

    private static String[] token(ServedEngine server, String name) {
        String secret = server.post("/tokens", "{\"name\": \"" + name + "\", \"rights\": [\"upload\", \"download\", \"list\"]}", "Authorization", "Bearer " + OPERATOR).expect(201).field("token");
        return new String[] {"Authorization", "Bearer " + secret};
    }

    @Test
    void goingOnNeedsNoFurtherQuota() throws Exception {
        try (ServedEngine server = new ServedEngine(folder, null, null, new Quota(3000, 1, Long.MAX_VALUE))) {
            SmartClient client = new SmartClient(server, ServedEngine.bytes(2500, 1));
            assertEquals("ok", client.init(1000).expect(200).field("status"));
            assertEquals("resumed", client.init(1000).expect(200).field("status"));
            assertEquals("resumed", client.init(500).expect(200).field("status"));
            assertEquals("quota_exceeded", new SmartClient(server, client.file).init(1000).expect(507).field("code"));
        }
    }
}
