package tranzr.api.chunky;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.http.BadRequestException;
import tranzr.http.Request;
import tranzr.model.Digest;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Failure;

/**
 * The pair that names an upload here.
 *
 * @param sessionId the id of the upload, and of the file it becomes, whichever door began it
 * @param fileHash the SHA-256 that the whole has or is to have
 */
record SessionKey(UUID sessionId, Digest fileHash) {

    /** What has to be known before a chunk can be placed. */
    static final List<String> PLACING = List.of("sessionId", "fileHash", "startByte", "endByte");

    private static final List<String> NAMES = List.of("sessionId", "fileHash", "startByte", "endByte", "chunk", "totalFileSizeBytes", "fileName", "room");
    private static final int MAX_JSON_BYTES = 64 * 1024;

    /** The name as it is written here: chunky's own server reads names without regard to case, and its clients write them both ways. */
    static String canonical(String name) {
        return NAMES.stream().filter(name::equalsIgnoreCase).findFirst().orElse(name);
    }

    /** The fields of a request's JSON, and the pair from its query. */
    static Fields fields(Request request) {
        Map<String, Object> values = new HashMap<>();
        request.json(MAX_JSON_BYTES).forEach((name, value) -> {
            if (values.containsKey(canonical(name))) {
                throw Fields.invalid(canonical(name), "is given twice");
            }
            values.put(canonical(name), value);
        });
        for (String name : List.of("sessionId", "fileHash")) {
            // A plus that was not encoded reads as a space in a query.
            request.query(name).ifPresent(text -> values.putIfAbsent(name, text.replace(' ', '+')));
        }
        return Fields.of(values);
    }

    /** @throws BadRequestException {@code invalid_session_id} or {@code invalid_file_hash} for what nothing can have; {@code invalid_value} when one is missing */
    static SessionKey of(Fields fields) {
        String id = fields.text("sessionId").orElseThrow(() -> Fields.invalid("sessionId", "is missing"));
        return new SessionKey(Ids.parse(id).orElseThrow(SessionKey::invalidSession), hash(fields));
    }

    static Digest hash(Fields fields) {
        String text = fields.text("fileHash").orElseThrow(() -> Fields.invalid("fileHash", "is missing"));
        try {
            return Digest.ofBase64(text);
        } catch (IllegalArgumentException e) {
            throw invalidHash();
        }
    }

    /**
     * What was begun elsewhere without a digest takes any: it is held to the one that is named when it is completed.
     *
     * @throws BadRequestException {@code invalid_file_hash} when the upload is to have another, or has
     */
    Upload requireOf(Upload upload) {
        Digest known = upload.state() == UploadState.COMPLETED ? upload.sha256() : upload.expected();
        if (known != null && !known.equals(fileHash)) {
            throw invalidHash();
        }
        return upload;
    }

    static BadRequestException invalidSession() {
        return ErrorCode.INVALID_SESSION_ID.refusal("sessionId", ErrorCode.INVALID_SESSION_ID.title());
    }

    static BadRequestException invalidHash() {
        return ErrorCode.INVALID_FILE_HASH.refusal("fileHash", ErrorCode.INVALID_FILE_HASH.title());
    }

    /** In the words by which a client knows that it has to begin anew; empty where it need not. */
    static Optional<BadRequestException> inItsWords(Failure failure) {
        return switch (failure) {
            case Failure.UnknownFile _, Failure.UploadExpired _ -> Optional.of(invalidSession());
            case Failure.HashMismatch _ -> Optional.of(invalidHash());
            default -> Optional.empty();
        };
    }
}
