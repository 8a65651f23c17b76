package tranzr.api.smart;

import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** Sends a file as the clients of Smart File Transfer System do. */
final class SmartClient {

    final String id;
    final byte[] file;
    private final ServedEngine server;
    private final String[] headers;

    SmartClient(ServedEngine server, byte[] file, String... headers) {
        this(server, UUID.randomUUID().toString(), file, headers);
    }

    SmartClient(ServedEngine server, String id, byte[] file, String... headers) {
        this.server = server;
        this.id = id;
        this.file = file;
        this.headers = headers;
    }

    static int count(byte[] file, int chunkSize) {
        return (file.length + chunkSize - 1) / chunkSize;
    }

    byte[] chunk(int index, int chunkSize) {
        return Arrays.copyOfRange(file, index * chunkSize, Math.min(file.length, (index + 1) * chunkSize));
    }

    String manifest(int chunkSize) {
        String chunks = IntStream.range(0, count(file, chunkSize)).mapToObj(index -> "{\"chunk_id\": " + index + ", \"size\": " + chunk(index, chunkSize).length + ", \"checksum\": \""
                + Digest.sha256(chunk(index, chunkSize)).hex() + "\"}").collect(Collectors.joining(", "));
        return "{\"file_id\": \"" + id + "\", \"filename\": \"f.bin\", \"size\": " + file.length + ", \"chunk_size\": " + chunkSize + ", \"chunks\": [" + chunks + "], \"priority\": \"high\"}";
    }

    Answer init(int chunkSize) {
        return server.post("/upload/init", manifest(chunkSize), headers);
    }

    Answer send(int index, int chunkSize) {
        return send(index, chunk(index, chunkSize));
    }

    Answer send(int index, byte[] bytes) {
        return send(index, bytes, Digest.sha256(bytes).hex());
    }

    Answer send(int index, byte[] bytes, String checksum) {
        return server.form().field("file_id", id).field("chunk_id", index).field("checksum", checksum).file("chunk", "chunk", bytes).send("POST", "/upload/chunk", headers);
    }

    Answer missing() {
        return server.get("/upload/missing/" + id, headers);
    }

    Answer assemble() {
        return server.post("/assemble/" + id, "", headers);
    }
}
