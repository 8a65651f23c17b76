package tranzr.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tranzr.json.Json;
import tranzr.json.JsonException;
import tranzr.server.ConfigException;

/** Calls the API of a server, one call after the other. Follows no redirect, so that the token goes nowhere else. */
final class ApiClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long MAX_ANSWER_BYTES = 16 << 20;

    private final URI base;
    private final Optional<String> token;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

    /** @param token empty for a server that asks for none */
    ApiClient(URI base, Optional<String> token) {
        this.base = base;
        this.token = token;
    }

    /** The URL of a server, as a person types it. @throws ConfigException when it is none */
    static URI server(String text) throws ConfigException {
        try {
            URI uri = new URI(text.replaceFirst("/+$", ""));
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getRawQuery() == null
                    && uri.getRawUserInfo() == null && uri.getRawFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new ConfigException("--server: '" + text + "' is not a URL: " + e.getReason());
        }
        throw new ConfigException("--server: '" + text + "' is not a URL such as https://files.example.org");
    }

    /**
     * One call.
     *
     * @param body null for none
     * @return the object of the answer; empty when it has none
     * @throws IOException when the server cannot be reached
     */
    Map<String, Object> call(String method, String path, Map<String, ?> body) throws RefusedException, IOException {
        HttpResponse<byte[]> answer = send(method, path, body);
        return answer.body().length == 0 ? Map.of() : object(answer);
    }

    /** All pages of a list. @param id the field by which a page goes on */
    List<Map<String, Object>> list(String path, String id) throws RefusedException, IOException {
        List<Map<String, Object>> all = new ArrayList<>();
        String query = "?limit=1000";
        while (true) {
            HttpResponse<byte[]> answer = send("GET", path + query, null);
            byte[] wrapped = ("{\"list\":" + new String(answer.body(), StandardCharsets.UTF_8) + "}").getBytes(StandardCharsets.UTF_8);
            List<?> page = (List<?>) answered(wrapped).get("list");
            for (Object entry : page) {
                @SuppressWarnings("unchecked")
                Map<String, Object> object = (Map<String, Object>) entry;
                all.add(object);
            }
            if (answer.headers().firstValue("Link").isEmpty() || page.isEmpty()) {
                return all;
            }
            query = "?limit=1000&after=" + all.getLast().get(id);
        }
    }

    private HttpResponse<byte[]> send(String method, String path, Map<String, ?> body) throws RefusedException, IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE).method(method,
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(Json.write(body)));
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        HttpResponse<byte[]> answer;
        try {
            answer = client.send(request.build(), HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException e) {
            throw new IOException("the server at " + base + " cannot be reached: " + (e.getMessage() == null ? "no connection" : e.getMessage()), e);
        }
        if (answer.statusCode() / 100 != 2) {
            throw refusal(answer);
        }
        return answer;
    }

    private static RefusedException refusal(HttpResponse<byte[]> answer) {
        try {
            Object detail = Json.readObject(answer.body()).get("detail");
            if (detail instanceof String text) {
                return new RefusedException(answer.statusCode(), text);
            }
        } catch (JsonException e) {
            return new RefusedException(answer.statusCode(), "the server answered " + answer.statusCode() + ", and not as Tranzr does");
        }
        return new RefusedException(answer.statusCode(), "the server answered " + answer.statusCode());
    }

    private static Map<String, Object> object(HttpResponse<byte[]> answer) throws IOException {
        return answered(answer.body());
    }

    private static Map<String, Object> answered(byte[] bytes) throws IOException {
        try {
            return Json.readObject(bytes);
        } catch (JsonException e) {
            throw new IOException("the server's answer is not what Tranzr answers", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
