package tranzr.e2e;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;

/** A {@code multipart/form-data} body, written part by part. */
final class Form {

    private static final String BOUNDARY = "----tranzr-test-7MA4YWxkTrZu0gW";

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    Form field(String name, Object value) {
        return part("form-data; name=\"" + name + "\"", value.toString().getBytes(StandardCharsets.UTF_8));
    }

    Form file(String name, String filename, byte[] bytes) {
        return part("form-data; name=\"" + name + "\"; filename=\"" + filename + "\"\r\nContent-Type: application/octet-stream", bytes);
    }

    private Form part(String disposition, byte[] bytes) {
        body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: " + disposition + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        body.writeBytes(bytes);
        body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        return this;
    }

    Http.Answer post(Http http, String path, String... headers) {
        return send(http, "POST", path, headers);
    }

    Http.Answer send(Http http, String method, String path, String... headers) {
        byte[] end = ("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(body.toByteArray());
        whole.writeBytes(end);
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 2, headers.length);
        all[0] = "Content-Type";
        all[1] = "multipart/form-data; boundary=" + BOUNDARY;
        return http.send(method, path, HttpRequest.BodyPublishers.ofByteArray(whole.toByteArray()), all);
    }
}
