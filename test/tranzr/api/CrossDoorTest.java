package tranzr.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tranzr.http.Limits;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** One upload and several doors: what one begins another continues, and a client that is gone at one never keeps out its successor at any. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrossDoorTest {

    /** Nobody here is given up for silence: whatever ends in time does not end by that. */
    private static final Duration FOR_EVER = Duration.ofHours(1);
    private static final int PATIENCE_MILLIS = 20_000;
    private static final byte[] CONTENT = ServedEngine.bytes(300_001, 5);

    private ServedEngine server;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        server = new ServedEngine(folder, null, null, ServedEngine.Bounds.NONE.connections(new Limits(FOR_EVER, FOR_EVER, 0, FOR_EVER, 4000, 4000)));
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
    }

    static Stream<Arguments> pairs() {
        return Stream.of(Doors.values()).flatMap(first -> Stream.of(Doors.values()).filter(second -> second.continues(first)).map(second -> Arguments.of(first, second)));
    }

    private void expectWhole(String id) {
        Answer file = server.get("/download/" + id).expect(200);
        assertArrayEquals(CONTENT, file.body());
        assertEquals(Digest.sha256(CONTENT).hex(), file.header("X-Content-SHA256"));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void whatOneDoorBeginsAnotherContinuesAndFinishes(Doors first, Doors second) {
        String id = first.begin(server, CONTENT);
        Doors.done(first.half(server, id, CONTENT, 0).send(server));
        second.adopt(server, id, CONTENT);
        Doors.done(second.look(server, id, CONTENT));
        Doors.done(second.half(server, id, CONTENT, 1).send(server));
        second.finish(server, id, CONTENT);
        expectWhole(id);
    }

    /** Each door beside itself and two others. */
    static Stream<Arguments> someOfThePairs() {
        int count = Doors.values().length;
        return pairs().filter(pair -> Set.of(0, 1, 3).contains(Math.floorMod(((Doors) pair.get()[1]).ordinal() - ((Doors) pair.get()[0]).ordinal(), count)));
    }

    /** The first client has sent most of its first half and sends nothing more, without closing. */
    @ParameterizedTest
    @MethodSource("someOfThePairs")
    void aClientThatIsGoneWithoutAWordNeverKeepsOutItsSuccessor(Doors gone, Doors next) throws Exception {
        String id = gone.begin(server, CONTENT);
        try (Socket silent = new Socket("127.0.0.1", server.port())) {
            silent.getOutputStream().write(gone.half(server, id, CONTENT, 0).unfinished());
            awaitBytes(gone, id);
            if (gone != next) {
                next.adopt(server, id, CONTENT);
            }
            Doors.done(next.look(server, id, CONTENT));
            Doors.done(next.half(server, id, CONTENT, 0).send(server));
            Doors.done(next.half(server, id, CONTENT, 1).send(server));
            next.finish(server, id, CONTENT);
            expectWhole(id);
            if (gone.placesAtOnce()) {
                expectEnded(silent);
            }
        }
    }

    private void awaitBytes(Doors door, String id) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (door.placesAtOnce() && !Doors.isUnderWay(server, id)) {
            assertTrue(System.nanoTime() < deadline, "nothing of it arrives");
            never.await(5, TimeUnit.MILLISECONDS);
        }
    }

    /** By the server: the client has not closed it. */
    private static void expectEnded(Socket silent) throws IOException {
        silent.setSoTimeout(PATIENCE_MILLIS);
        try {
            byte[] rest = silent.getInputStream().readAllBytes();
            assertTrue(rest.length < 10_000);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection of the client that is gone is still open", e);
        } catch (IOException reset) {
            // A reset is an end too.
        }
    }

    /** As a person would go about it: from the pages to a phone to a script, and at last to somebody who has only curl. */
    @Test
    void aFileBegunByChunksContinuedByTusFinishedByChunkyIsSharedAndFetchedByCurl(@TempDir Path folder) throws Exception {
        byte[] content = ServedEngine.bytes(3_000_000, 9);
        String id = server.begin(content.length, 1_000_000);
        server.put("/uploads/" + id + "/chunks/0", Arrays.copyOf(content, 1_000_000)).expect(200);
        Answer told = Doors.TUS.look(server, id, content).expect(200);
        assertEquals(List.of("1000000", "3000000"), List.of(told.header("Upload-Offset"), told.header("Upload-Length")));
        server.send("PATCH", "/tus/" + id, BodyPublishers.ofByteArray(content, 1_000_000, 700_000), "Tus-Resumable", "1.0.0", "Upload-Offset", "1000000", "Content-Type",
                "application/offset+octet-stream").expect(204);
        String pair = "{\"sessionId\":\"" + id + "\",\"fileHash\":\"" + Digest.sha256(content).base64() + "\"";
        assertEquals("[[1700000, 2999999]]", server.post("/byteRangesToUpload", pair + "}").expect(200).json().get("byteRanges").toString());
        for (int start : new int[] {2_400_000, 1_700_000, 2_000_000}) {
            int end = Math.min(start + 700_000, content.length);
            server.patch("/uploadFileChunk", pair + ",\"chunk\":\"" + Base64.getEncoder().encodeToString(Arrays.copyOfRange(content, start, end)) + "\",\"startByte\":" + start
                    + ",\"endByte\":" + (end - 1) + "}").expect(200);
        }
        assertEquals("complete", server.post("/endUpload", pair + "}").expect(200).field("status"));
        String link = server.post("/share/create/" + id, "{\"protected\": false}").expect(201).field("share_url");
        Path fetched = folder.resolve("fetched");
        Process curl = new ProcessBuilder("curl", "-fsS", "-o", fetched.toString(), link).inheritIO().start();
        assertTrue(curl.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        assertEquals(0, curl.exitValue());
        assertEquals(Digest.sha256(content), Digest.sha256(Files.readAllBytes(fetched)));
    }
}
