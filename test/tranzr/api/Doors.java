package tranzr.api;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** Every door by which a file can be sent in two halves, each as a client of its own would. */
enum Doors {
    /** Chunks by their number, as bare bodies. */
    REST {
        @Override
        String begin(ServedEngine server, byte[] content) {
            return server.begin(content.length, half(content));
        }

        @Override
        Ask half(ServedEngine server, String id, byte[] content, int half) {
            byte[] bytes = of(content, half);
            if (look(server, id, content).expect(200).json().get("chunk_size").equals(half(content))) {
                return new Ask("PUT", "/uploads/" + id + "/chunks/" + half, bytes);
            }
            // Where others have cut it, all of it is the first chunk.
            int start = half * half(content);
            return new Ask("PUT", "/uploads/" + id + "/chunks/0", bytes, "Content-Range", "bytes " + start + "-" + (start + bytes.length - 1) + "/" + content.length);
        }

        @Override
        void finish(ServedEngine server, String id, byte[] content) {
            server.post("/upload/merge/" + id, "").expect(200);
        }
    },
    /** A part of the whole, as curl -C sends it. */
    CURL {
        @Override
        String begin(ServedEngine server, byte[] content) {
            return server.post("/upload/start", "{\"filename\": \"file.bin\", \"file_size\": null}").expect(201).field("file_id");
        }

        @Override
        Ask half(ServedEngine server, String id, byte[] content, int half) {
            int start = half * half(content);
            byte[] bytes = of(content, half);
            return new Ask("PUT", "/upload/" + id, bytes, "Content-Range", "bytes " + start + "-" + (start + bytes.length - 1) + "/" + content.length);
        }
    },
    /** From the offset that the server tells. */
    TUS {
        private static final String VERSION = "1.0.0";

        @Override
        String begin(ServedEngine server, byte[] content) {
            return server.post("/tus", "", "Tus-Resumable", VERSION, "Upload-Length", Integer.toString(content.length)).expect(201).header("X-File-Id");
        }

        @Override
        Ask half(ServedEngine server, String id, byte[] content, int half) {
            Answer told = look(server, id, content).expect(200);
            int offset = Integer.parseInt(told.header("Upload-Offset"));
            List<String> headers = new ArrayList<>(List.of("Tus-Resumable", VERSION, "Upload-Offset", Integer.toString(offset), "Content-Type", "application/offset+octet-stream"));
            if (told.header("Upload-Length") == null) {
                headers.addAll(List.of("Upload-Length", Integer.toString(content.length)));
            }
            int end = half == 0 ? half(content) : content.length;
            return new Ask("PATCH", "/tus/" + id, Arrays.copyOfRange(content, Math.min(offset, end), end), headers.toArray(String[]::new));
        }

        @Override
        Answer look(ServedEngine server, String id, byte[] content) {
            return server.head("/tus/" + id, "Tus-Resumable", VERSION);
        }
    },
    /** The same, of a length that nobody has told at the beginning. */
    TUS_DEFERRED {
        @Override
        String begin(ServedEngine server, byte[] content) {
            return server.post("/tus", "", "Tus-Resumable", "1.0.0", "Upload-Defer-Length", "1").expect(201).header("X-File-Id");
        }

        @Override
        Ask half(ServedEngine server, String id, byte[] content, int half) {
            Ask ask = TUS.half(server, id, content, half);
            List<String> headers = new ArrayList<>(List.of(ask.headers()));
            int length = headers.indexOf("Upload-Length");
            if (half == 0 && length >= 0) {
                headers.subList(length, length + 2).clear();
            }
            return new Ask(ask.method(), ask.path(), ask.body(), headers.toArray(String[]::new));
        }

        @Override
        Answer look(ServedEngine server, String id, byte[] content) {
            return TUS.look(server, id, content);
        }
    },
    /** Appended where the server says; the last request says so. */
    IETF {
        @Override
        String begin(ServedEngine server, byte[] content) {
            String location = server.post("/files/upload", "", "Upload-Complete", "?0").expect(201).header("Location");
            return location.substring(location.lastIndexOf('/') + 1);
        }

        @Override
        Ask half(ServedEngine server, String id, byte[] content, int half) {
            int offset = Integer.parseInt(done(look(server, id, content)).header("Upload-Offset"));
            int end = half == 0 ? half(content) : content.length;
            return new Ask("PATCH", "/files/upload/" + id, Arrays.copyOfRange(content, Math.min(offset, end), end), "Upload-Offset", Integer.toString(offset), "Upload-Complete", "?" + half,
                    "Content-Type", "application/partial-upload");
        }

        @Override
        Answer look(ServedEngine server, String id, byte[] content) {
            return server.head("/files/upload/" + id);
        }
    },
    /** Chunks in forms; the last one tells the length. */
    UPFLOW {
        @Override
        String begin(ServedEngine server, byte[] content) {
            return server.post("/uploads/init", "{\"filename\": \"f\", \"total_chunks\": 2, \"chunk_size\": " + half(content) + "}").expect(200).field("upload_id");
        }

        /** Its protocol knows nothing but the count of the chunks. */
        @Override
        boolean continues(Doors first) {
            return first != TUS_DEFERRED && first != IETF;
        }

        @Override
        Ask half(ServedEngine server, String id, byte[] content, int half) {
            boolean whole = look(server, id, content).expect(200).json().get("total_chunks").equals(1);
            return Ask.form("PUT", "/uploads/" + id + "/chunks/" + (whole ? 0 : half), "file", whole ? content : of(content, half), Map.of());
        }

        @Override
        void finish(ServedEngine server, String id, byte[] content) {
            server.post("/uploads/" + id + "/complete", "").expect(200);
        }

        @Override
        Answer look(ServedEngine server, String id, byte[] content) {
            return server.get("/uploads/" + id + "/status");
        }
    },
    /** Chunks in forms, with a manifest before them. */
    SMART {
        @Override
        String begin(ServedEngine server, byte[] content) {
            String id = UUID.randomUUID().toString();
            adopt(server, id, content);
            return id;
        }

        @Override
        void adopt(ServedEngine server, String id, byte[] content) {
            String chunks = Stream.of(0, 1).map(i -> "{\"chunk_id\": " + i + ", \"size\": " + of(content, i).length + ", \"checksum\": \"" + Digest.sha256(of(content, i)).hex() + "\"}")
                    .collect(Collectors.joining(","));
            server.post("/upload/init", "{\"file_id\": \"" + id + "\", \"filename\": \"f\", \"size\": " + content.length + ", \"chunk_size\": " + half(content) + ", \"chunks\": ["
                    + chunks + "]}").expect(200);
        }

        @Override
        Ask half(ServedEngine server, String id, byte[] content, int half) {
            return Ask.form("POST", "/upload/chunk", "chunk", of(content, half), Map.of("file_id", id, "chunk_id", half, "checksum", Digest.sha256(of(content, half)).hex()));
        }

        @Override
        void finish(ServedEngine server, String id, byte[] content) {
            server.post("/assemble/" + id, "").expect(200);
        }

        @Override
        Answer look(ServedEngine server, String id, byte[] content) {
            return server.get("/upload/missing/" + id);
        }
    },
    /** Parts to signed addresses; at the end all their tags. */
    DIRECT {
        @Override
        String begin(ServedEngine server, byte[] content) {
            return server.post("/files/upload-url", "{\"fileName\": \"f\", \"size\": " + content.length + ", \"chunkSize\": " + half(content) + "}").expect(201).field("uploadId");
        }

        /** What has no length has no parts. */
        @Override
        boolean continues(Doors first) {
            return first != TUS_DEFERRED && first != IETF && first != UPFLOW;
        }

        @Override
        Ask half(ServedEngine server, String id, byte[] content, int half) {
            List<String> urls = urls(server, id);
            return new Ask("PUT", urls.get(half % urls.size()), urls.size() == 1 ? content : of(content, half));
        }

        /** Parts that others have brought are sent once more, for their tags. */
        @Override
        void finish(ServedEngine server, String id, byte[] content) {
            StringBuilder parts = new StringBuilder();
            for (int part = 0; part < urls(server, id).size(); part++) {
                String tag = half(server, id, content, part).send(server).expect(200).header("ETag");
                parts.append(part == 0 ? "" : ",").append("{\"PartNumber\": ").append(part + 1).append(", \"ETag\": \"").append(tag.replace("\"", "\\\"")).append("\"}");
            }
            server.post("/files/complete-upload", "{\"fileId\": \"" + id + "\", \"uploadId\": \"" + id + "\", \"parts\": [" + parts + "]}").expect(200);
        }

        private static List<String> urls(ServedEngine server, String id) {
            List<?> urls = (List<?>) server.post("/files/upload-url", "{\"uploadId\": \"" + id + "\"}").expect(200).json().get("signedUrls");
            return urls.stream().map(each -> URI.create((String) ((Map<?, ?>) each).get("url"))).map(url -> url.getRawPath() + "?" + url.getRawQuery()).toList();
        }
    },
    /** A range in Base64, its place before it. */
    CHUNKY {
        @Override
        String begin(ServedEngine server, byte[] content) {
            return server.post("/initiateUploadSession", "{" + hash(content) + ",\"totalFileSizeBytes\":" + content.length + "}").expect(200).field("sessionId");
        }

        @Override
        void adopt(ServedEngine server, String id, byte[] content) {
            server.post("/initiateUploadSession", "{\"sessionId\":\"" + id + "\"," + hash(content) + ",\"totalFileSizeBytes\":" + content.length + "}").expect(200);
        }

        @Override
        Ask half(ServedEngine server, String id, byte[] content, int half) {
            return new Ask("PATCH", "/uploadChunk", ("{" + pair(id, content) + "," + place(content, half) + "," + chunk(content, half) + "}").getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        void finish(ServedEngine server, String id, byte[] content) {
            server.post("/endUpload", "{" + pair(id, content) + "}").expect(200);
        }

        @Override
        Answer look(ServedEngine server, String id, byte[] content) {
            return server.send("GET", "/uploadStatus", BodyPublishers.ofString("{" + pair(id, content) + "}"));
        }
    },
    /** The same, its place behind it, as chunky's own client writes it. */
    CHUNKYS_CLIENT {
        @Override
        String begin(ServedEngine server, byte[] content) {
            return CHUNKY.begin(server, content);
        }

        @Override
        void adopt(ServedEngine server, String id, byte[] content) {
            CHUNKY.adopt(server, id, content);
        }

        @Override
        Ask half(ServedEngine server, String id, byte[] content, int half) {
            return new Ask("PATCH", "/uploadFileChunk", ("{" + pair(id, content) + "," + chunk(content, half) + "," + place(content, half) + "}").getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        boolean placesAtOnce() {
            return false;
        }

        @Override
        Answer look(ServedEngine server, String id, byte[] content) {
            return server.post("/byteRangesToUpload", "{" + pair(id, content) + "}");
        }
    };

    /** A request that brings bytes, as something that can be sent by hand too. @param headers names and values in turn */
    record Ask(String method, String path, byte[] body, String... headers) {

        /** A form with one file behind its fields. */
        static Ask form(String method, String path, String file, byte[] bytes, Map<String, Object> fields) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            String part = "--b\r\nContent-Disposition: form-data; name=\"";
            fields.forEach((name, value) -> body.writeBytes((part + name + "\"\r\n\r\n" + value + "\r\n").getBytes(StandardCharsets.US_ASCII)));
            body.writeBytes((part + file + "\"; filename=\"x\"\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            body.writeBytes(bytes);
            body.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII));
            return new Ask(method, path, body.toByteArray(), "Content-Type", "multipart/form-data; boundary=b");
        }

        Answer send(ServedEngine server) {
            return server.send(method, path, BodyPublishers.ofByteArray(body), headers);
        }

        /** All but the last quarter of it as it goes over the wire. */
        byte[] unfinished() {
            StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length + "\r\n");
            for (int i = 0; i < headers.length; i += 2) {
                head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
            }
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            wire.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            wire.write(body, 0, body.length * 3 / 4);
            return wire.toByteArray();
        }
    }

    /** Begins an upload of this content. @return its id */
    abstract String begin(ServedEngine server, byte[] content);

    /** Whether there is a way in its protocol to go on with what that one has begun. */
    boolean continues(Doors first) {
        return true;
    }

    /** Called before this door goes on with what another one has begun. */
    void adopt(ServedEngine server, String id, byte[] content) {
        // Most need no such call.
    }

    /** What brings one half, 0 or 1, when the one before is there. */
    abstract Ask half(ServedEngine server, String id, byte[] content, int half);

    /** Says that all is there, where the door has a call for that. */
    void finish(ServedEngine server, String id, byte[] content) {
        // Most complete what is whole.
    }

    /** Asks what is there. */
    Answer look(ServedEngine server, String id, byte[] content) {
        return server.get("/upload/status/" + id);
    }

    /** Whether it is known where a body belongs before it has come. */
    boolean placesAtOnce() {
        return true;
    }

    /** The answer, if it is one of success. @throws AssertionError with all of it otherwise */
    static Answer done(Answer answer) {
        return answer.status() / 100 == 2 ? answer : answer.expect(200);
    }

    static int half(byte[] content) {
        return (content.length + 1) / 2;
    }

    static byte[] of(byte[] content, int half) {
        return half == 0 ? Arrays.copyOf(content, half(content)) : Arrays.copyOfRange(content, half(content), content.length);
    }

    private static String hash(byte[] content) {
        return "\"fileHash\":\"" + Digest.sha256(content).base64() + "\"";
    }

    private static String pair(String id, byte[] content) {
        return "\"sessionId\":\"" + id + "\"," + hash(content);
    }

    private static String place(byte[] content, int half) {
        int start = half * half(content);
        return "\"startByte\":" + start + ",\"endByte\":" + (start + of(content, half).length - 1);
    }

    private static String chunk(byte[] content, int half) {
        return "\"chunk\":\"" + Base64.getEncoder().encodeToString(of(content, half)) + "\"";
    }

    /** The entry of a transfer that goes on, from those that an administrator sees. */
    static boolean isUnderWay(ServedEngine server, String id) {
        for (Map<String, Object> transfer : server.get("/transfers").list()) {
            if (id.equals(transfer.get("file_id")) && ((Number) transfer.get("connections")).intValue() > 0 && ((Number) transfer.get("bytes")).longValue() > 0) {
                return true;
            }
        }
        return false;
    }
}
