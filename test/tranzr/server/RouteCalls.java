package tranzr.server;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** A call of each route that would succeed, but for who asks. */
final class RouteCalls {

    private RouteCalls() {
    }

    /** The route asked for this file, share or upload request; null for what it has nothing to do with. @param content of the file, or to become it */
    static ServedEngine.Answer send(ServedEngine server, Routes.Route route, UUID file, String share, UUID request, byte[] content, String... headers) {
        String path = route.pattern().replace("{request_id}", String.valueOf(request)).replace("{file_id}", String.valueOf(file)).replace("{token}", String.valueOf(share)).replace("{chunk_index}", "0")
                .replace("{filename}", "file.bin").replace("{name}", "file.bin").replace("{key}", "key");
        return send(server, route, path, file, content, headers);
    }

    /** @param path the route's pattern with everything named */
    static ServedEngine.Answer send(ServedEngine server, Routes.Route route, String path, UUID file, byte[] content, String... headers) {
        boolean chunk = route.pattern().contains("chunk") || route.pattern().startsWith("/upload/{") || route.pattern().equals("/{name}")
                || route.pattern().equals("/");
        String json = route.pattern().equals("/upload/start") ? "{\"filename\": \"f\", \"file_size\": 1}"
                : route.pattern().equals("/share/create") ? "{\"file_ids\": [\"" + file + "\"]}" : route.pattern().startsWith("/share") ? "{\"expire_minutes\": 5}" : route.pattern().equals("/webhooks") ? "{\"url\": \"http://127.0.0.1:1/\"}"
                : route.pattern().startsWith("/one") ? "{\"right\": \"list\"}"
                : route.pattern().endsWith("/access") ? "{\"room\": null, \"grants\": {}}" : "";
        if (route.pattern().startsWith("/tus")) {
            String[] tus = {"Tus-Resumable", "1.0.0", route.method().equals("PATCH") ? "Upload-Offset" : "Upload-Length", "0", "Content-Type", "application/offset+octet-stream"};
            String[] all = Stream.concat(Arrays.stream(headers), Arrays.stream(tus)).toArray(String[]::new);
            return server.send(route.method(), path, route.method().equals("PATCH") ? BodyPublishers.ofByteArray(content) : BodyPublishers.noBody(), all);
        }
        json = switch (route.pattern()) {
            case "/files/upload-url" -> "{\"fileName\": \"f\", \"size\": 1}";
            case "/files/complete-upload" -> completion(server, file, content);
            case "/files/upload-progress" -> "{\"fileId\": \"" + file + "\", \"bytesUploaded\": 1}";
            default -> json;
        };
        String query = route.pattern().equals("/upload/chunk") ? "?file_id=" + file + "&chunk_index=0" : "";
        boolean sends = Set.of("POST", "PUT", "PATCH").contains(route.method());
        var told = RouteRules.neighbourBody(route, String.valueOf(file), content);
        var body = told.isPresent() ? BodyPublishers.ofString(told.get()) : !sends ? BodyPublishers.noBody() : chunk ? BodyPublishers.ofByteArray(content) : BodyPublishers.ofString(json);
        return server.send(RouteRules.methodOf(route), path + query, body, RouteRules.withFields(route, headers));
    }

    private static String completion(ServedEngine server, UUID file, byte[] content) {
        return "{\"fileId\": \"" + file + "\", \"parts\": [{\"PartNumber\": 1, \"ETag\": \"" + server.partTag(file, 1, 0, content) + "\"}]}";
    }
}
