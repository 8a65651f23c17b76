package tranzr.api.direct;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tranzr.json.Json;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** One upload by signed addresses, as a client of the direct-to-storage design does it. */
final class SignedParts {

    private final ServedEngine server;
    private final byte[] file;
    private final String id;
    private final int chunkSize;
    private final List<String> urls = new ArrayList<>();
    private final Map<Integer, String> tags = new LinkedHashMap<>();

    private SignedParts(ServedEngine server, byte[] file, Answer begun) {
        this.server = server;
        this.file = file;
        this.id = begun.field("uploadId");
        this.chunkSize = Integer.parseInt(begun.field("chunkSize"));
        urlsOf(begun).forEach(each -> urls.add((String) each.get("url")));
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> urlsOf(Answer answer) {
        Object urls = answer.json().containsKey("signedUrls") ? answer.json().get("signedUrls") : answer.json().get("signed_urls");
        return (List<Map<String, Object>>) urls;
    }

    /** Begins one. @param more further fields */
    static SignedParts begin(ServedEngine server, byte[] file, int chunkSize, String more, String... as) {
        return new SignedParts(server, file, server.post("/files/upload-url",
                "{\"fileName\": \"file.bin\", \"size\": " + file.length + ", \"chunkSize\": " + chunkSize + more + "}", as).expect(201));
    }

    String id() {
        return id;
    }

    int count() {
        return urls.size();
    }

    /** The whole address of a part, counted from 1. */
    String url(int part) {
        return urls.get(part - 1);
    }

    byte[] bytes(int part) {
        return Arrays.copyOfRange(file, (part - 1) * chunkSize, Math.min(file.length, part * chunkSize));
    }

    /** Sends a part without any token. @return its entity tag */
    String send(int part) {
        String tag = server.put(url(part), bytes(part)).expect(200).header("ETag");
        tags.put(part, tag);
        return tag;
    }

    SignedParts sendAll() {
        for (int part = count(); part >= 1; part--) {
            send(part);
        }
        return this;
    }

    /** All parts in order, with the tags that were answered. */
    List<Map<String, Object>> list() {
        List<Map<String, Object>> list = new ArrayList<>();
        for (int part = 1; part <= count(); part++) {
            list.add(entry(part, tags.get(part)));
        }
        return list;
    }

    static Map<String, Object> entry(Object number, Object tag) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("PartNumber", number);
        entry.put("ETag", tag);
        return entry;
    }

    Answer complete(List<Map<String, Object>> list, String... as) {
        return server.post("/files/complete-upload", new String(Json.write(Map.of("fileId", id, "uploadId", id, "parts", list)), java.nio.charset.StandardCharsets.UTF_8), as);
    }
}
