package tranzr.api.live;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.events.ClientReport;
import tranzr.http.BadRequestException;
import tranzr.json.Json;
import tranzr.json.JsonException;

/** What a client may say over the event socket: one JSON object a message, whose {@code type} says which. */
sealed interface SocketMessage {

    /**
     * From now on it wants to hear of events, in place of those it heard of before.
     *
     * @param file the only one; null for all
     * @param last where to go on; empty for the newest state
     */
    record Subscribe(UUID file, OptionalLong last) implements SocketMessage {
    }

    /** It wants to hear of nothing. */
    record Unsubscribe() implements SocketMessage {
    }

    /** It tells how far it is itself. */
    record Progress(UUID upload, ClientReport report) implements SocketMessage {
    }

    /** @throws BadRequestException {@code invalid_json} for no object, {@code invalid_value} with the field, {@code not_found} for what is no id */
    static SocketMessage parse(String text) {
        Map<String, Object> object;
        try {
            object = Json.readObject(text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonException e) {
            throw new BadRequestException(ErrorCode.INVALID_JSON.status(), ErrorCode.INVALID_JSON.wireName(), null,
                    "a message is one JSON object: " + e.getMessage());
        }
        Fields fields = Fields.of(object);
        return switch (fields.text("type").orElse("")) {
            case "subscribe" -> new Subscribe(fields.text("fileId").map(Ids::known).orElse(null),
                    fields.whole("lastEventId").map(number -> OptionalLong.of(atLeastZero("lastEventId", number))).orElse(OptionalLong.empty()));
            case "unsubscribe" -> new Unsubscribe();
            case "progress" -> progress(fields);
            default -> throw Fields.invalid("type", "must be subscribe, unsubscribe or progress");
        };
    }

    private static SocketMessage progress(Fields fields) {
        UUID upload = Ids.known(fields.text("uploadId").orElseThrow(() -> Fields.invalid("uploadId", "is missing")));
        ClientReport.State state = ClientReport.State.of(fields.text("state").orElse(ClientReport.State.UPLOADING.wireName()))
                .orElseThrow(() -> Fields.invalid("state", "must be hashing, uploading, paused or waiting"));
        return new Progress(upload, new ClientReport(state, bytes(fields, "bytesHashed"), bytes(fields, "bytesUploaded")));
    }

    /** -1 when it is not there. */
    private static long bytes(Fields fields, String name) {
        return fields.whole(name).map(number -> atLeastZero(name, number)).orElse(-1L);
    }

    private static long atLeastZero(String name, long number) {
        if (number < 0) {
            throw Fields.invalid(name, "must not be negative");
        }
        return number;
    }
}
