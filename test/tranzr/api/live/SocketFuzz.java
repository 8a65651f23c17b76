package tranzr.api.live;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tranzr.events.ClientReport;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.http.BadRequestException;
import tranzr.json.Json;

/** What clients say over the event socket. */
public final class SocketFuzz {

    private static final String ID = "\"5b6f0c1e-2f6b-4c53-9a67-0d5d7a1d9c11\"";

    private SocketFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(Target.of("socket-messages", "tranzr.api.live.SocketMessage")
                .seeds("{\"type\":\"subscribe\"}", "{\"type\":\"subscribe\",\"fileId\":" + ID + ",\"lastEventId\":1780000000000123}", "{\"type\":\"unsubscribe\"}",
                        "{\"type\":\"progress\",\"uploadId\":" + ID + ",\"state\":\"hashing\",\"bytesHashed\":5}", "{\"type\":\"progress\",\"uploadId\":" + ID + ",\"bytesUploaded\":7}")
                .words("\"type\":", "\"subscribe\"", "\"progress\"", ID, "\"lastEventId\":", "\"state\":", "\"paused\"", "\"bytesUploaded\":", "\"bytesHashed\":", "-1", "1e3", "null", "9223372036854775807", ",", "{", "}")
                .text(SocketFuzz::message));
    }

    /** What is understood says the same when it is written again. */
    private static void message(String text) {
        SocketMessage read;
        try {
            read = SocketMessage.parse(text);
        } catch (BadRequestException e) {
            Expect.that(e.status() >= 400 && e.status() < 500 && e.code().matches("[a-z_]+") && !e.getMessage().isBlank(), "a refusal without sense: " + e);
            return;
        }
        Map<String, Object> again = new LinkedHashMap<>();
        switch (read) {
            case SocketMessage.Subscribe(var file, var last) -> {
                again.put("type", "subscribe");
                again.put("fileId", file == null ? null : file.toString());
                again.put("lastEventId", last.isPresent() ? last.getAsLong() : null);
                Expect.that(last.isEmpty() || last.getAsLong() >= 0, "a number below zero");
            }
            case SocketMessage.Unsubscribe _ -> again.put("type", "unsubscribe");
            case SocketMessage.Progress(var upload, ClientReport report) -> {
                again.put("type", "progress");
                again.put("uploadId", upload.toString());
                again.put("state", report.state().wireName());
                again.put("bytesHashed", report.bytesHashed() < 0 ? null : report.bytesHashed());
                again.put("bytesUploaded", report.bytesUploaded() < 0 ? null : report.bytesUploaded());
            }
        }
        Expect.same(read, SocketMessage.parse(new String(Json.write(again), StandardCharsets.UTF_8)), "again");
    }
}
