package tranzr.api.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.api.live.EventReader.Event;
import tranzr.events.Events;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;
import tranzr.server.ServedEngine.Bounds;

/** Streams of events as clients see them. */
class EventStreamTest {

    private static final String TOKEN = "operator-token-0123456789";
    private static final String[] OPERATOR = {"Authorization", "Bearer " + TOKEN};

    @TempDir
    Path folder;
    private ServedEngine served;
    private final List<EventReader> readers = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        readers.forEach(EventReader::close);
        if (served != null) {
            served.close();
        }
    }

    private void serve() throws IOException {
        served = new ServedEngine(folder, TOKEN, null);
    }

    private EventReader open(String path, String... headers) {
        EventReader reader = EventReader.open(served.url() + path, headers);
        readers.add(reader);
        return reader;
    }

    private Answer token(String json) {
        return served.post("/tokens", json, OPERATOR).expect(201);
    }

    private static String[] as(Answer token) {
        return new String[] {"Authorization", "Bearer " + token.field("token")};
    }

    /** The stream is live: what happens now comes. */
    private EventReader settled(EventReader reader) {
        served.put("/settle", new byte[1], OPERATOR).expect(201);
        reader.until(event -> event.type().equals(Events.ADDED) && event.get("fileName").equals("settle"));
        return reader;
    }

    @Test
    void eventsComeAsTheyHappen() throws IOException {
        serve();
        EventReader events = open("/events", OPERATOR);
        assertEquals(List.of(200, "text/event-stream", "no-store", "no"),
                List.of(events.status(), events.header("Content-Type"), events.header("Cache-Control"), events.header("X-Accel-Buffering")));
        assertNull(events.header("Content-Length"));
        settled(events);
        served.put("/hello%22%0a.txt", new byte[5], OPERATOR).expect(400);
        served.put("/hello.txt", new byte[5], OPERATOR).expect(201);
        List<Event> seen = events.untilType(Events.ADDED);
        Event added = seen.getLast();
        assertEquals(List.of("hello.txt", 5, Events.ADDED), List.of(added.get("fileName"), added.get("totalBytes"), added.get("type")));
        assertTrue(Long.parseLong(added.id()) > 0);
        assertTrue(seen.stream().anyMatch(event -> event.type().equals(Events.STARTED) && "hello.txt".equals(event.get("fileName"))), seen.toString());
    }

    @Test
    void whoComesBackMissesNothing() throws IOException {
        serve();
        EventReader events = settled(open("/events", OPERATOR));
        served.put("/one", new byte[5], OPERATOR).expect(201);
        events.untilType(Events.ADDED);
        String last = events.lastId();
        events.close();
        served.put("/two", new byte[5], OPERATOR).expect(201);
        for (EventReader back : List.of(open("/events", "Authorization", "Bearer " + TOKEN, "Last-Event-ID", last), open("/events?last_event_id=" + last, OPERATOR))) {
            assertEquals("two", back.untilType(Events.ADDED).getLast().get("fileName"));
        }
        EventReader lost = open("/events?last_event_id=nonsense", OPERATOR);
        assertEquals(Events.RESET, lost.next().type());
    }

    @Test
    void aQuietStreamSaysThatItIsThereAndWhereItStands() throws IOException {
        served = new ServedEngine(folder, TOKEN, null, Bounds.NONE.heartbeat(Duration.ofMillis(20)));
        EventReader quiet = open("/events", OPERATOR);
        for (int i = 0; i < 5; i++) {
            assertEquals(":", quiet.nextOfAny().type());
        }
        Answer user = token("{\"name\": \"u\", \"rights\": [\"list\"]}");
        EventReader other = open("/events", as(user));
        other.nextOfAny();
        String before = other.lastId();
        served.put("/not-theirs", new byte[1], OPERATOR).expect(201);
        String seen = quiet.untilType(Events.ADDED).getLast().id();
        while (Long.parseLong(other.lastId()) < Long.parseLong(seen)) {
            assertEquals(":", other.nextOfAny().type());
        }
        assertTrue(Long.parseLong(before) < Long.parseLong(seen));
    }

    @Test
    void othersFilesAreNotTold() throws IOException {
        serve();
        Answer user = token("{\"name\": \"u\", \"rights\": [\"list\", \"upload\"]}");
        EventReader theirs = open("/events", as(user));
        EventReader all = settled(open("/events", OPERATOR));
        String secret = served.put("/secret", new byte[1], OPERATOR).expect(201).header("X-Delete-Url");
        all.untilType(Events.ADDED);
        served.put("/own", new byte[1], as(user)).expect(201);
        List<Event> seen = theirs.untilType(Events.ADDED);
        assertTrue(seen.stream().allMatch(event -> event.get("fileName").equals("own")), seen.toString() + secret);
    }

    @Test
    void aRevokedTokenHearsNothingMoreAtOnce() throws IOException {
        serve();
        Answer user = token("{\"name\": \"u\", \"rights\": [\"list\", \"upload\"]}");
        EventReader theirs = open("/events", as(user));
        served.put("/own", new byte[1], as(user)).expect(201);
        theirs.untilType(Events.ADDED);
        served.delete("/tokens/" + user.field("token_id"), OPERATOR).expect(204);
        theirs.untilType("");
        assertEquals(0, served.events().subscribers());
    }

    @Test
    void aStreamOfOneUploadEndsWithIt() throws IOException {
        serve();
        String id = served.post("/upload/start", "{\"filename\": \"a\", \"file_size\": 4}", OPERATOR).expect(201).field("file_id");
        EventReader events = open("/upload/events/" + id, OPERATOR);
        assertEquals(List.of(Events.PROGRESS, "waiting"), List.of(events.next().type(), "waiting"));
        served.put("/upload/" + id, new byte[4], OPERATOR).expect(200);
        List<Event> seen = events.untilType(Events.COMPLETED);
        assertEquals(100.0, seen.get(seen.size() - 2).get("percentage"));
        served.delete("/files/" + id, OPERATOR).expect(204);
        events.untilType(Events.DELETED);
        assertEquals(true, events.next().get("clean"));
        assertEquals(404, open("/upload/events/" + id, OPERATOR).status());
    }

    @Test
    void streamsEndCleanlyWithTheServer() throws IOException {
        serve();
        List<EventReader> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(open("/events", OPERATOR));
        }
        settled(all.getFirst());
        served.events().close();
        for (EventReader reader : all) {
            assertEquals(List.of(true), reader.untilType("").stream().filter(event -> event.type().isEmpty()).map(event -> event.get("clean")).toList());
        }
        assertEquals(503, open("/events", OPERATOR).status());
    }

    @Test
    void oneTokenHasOnlySoManyStreams() throws IOException {
        serve();
        Answer user = token("{\"name\": \"u\", \"rights\": [\"list\"]}");
        for (int i = 0; i < 100; i++) {
            assertEquals(200, open("/events", as(user)).status());
        }
        served.get("/events", as(user)).expect(429, "too_many_streams");
        assertEquals("10", served.get("/events", as(user)).header("Retry-After"));
        assertEquals(200, open("/events", OPERATOR).status());
        served.head("/events", as(user)).expect(429);
    }

    @Test
    void transfersAreForAdministratorsAndTellWhoMovesWhat() throws IOException {
        serve();
        served.put("/a", new byte[100_000], "Authorization", "Bearer " + TOKEN, "User-Agent", "tester/1").expect(201);
        String id = served.get("/files", OPERATOR).list().getFirst().get("file_id").toString();
        served.get("/download/" + id, "Authorization", "Bearer " + TOKEN, "User-Agent", "tester/2").expect(200);
        var transfers = served.get("/transfers", OPERATOR).expect(200).list();
        assertEquals(List.of("download", "upload"), transfers.stream().map(transfer -> transfer.get("kind")).toList());
        assertEquals(List.of("tester/2", "tester/1"), transfers.stream().map(transfer -> transfer.get("user_agent")).toList());
        for (var transfer : transfers) {
            assertEquals(List.of(id, "done", 100_000, 100.0, "127.0.0.1"), List.of(transfer.get("file_id"), transfer.get("state"), transfer.get("bytes"),
                    transfer.get("percentage"), transfer.get("client")));
        }
        Answer user = token("{\"name\": \"u\", \"rights\": [\"list\", \"upload\"]}");
        served.get("/transfers", as(user)).expect(403);
    }
}
