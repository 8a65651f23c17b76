package tranzr.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.json.Json;
import tranzr.json.JsonException;

/** Bodies of requests: the chunked coding, forms, JSON. */
public final class BodyFuzz {

    private static final String PART = "--b\r\nContent-Disposition: form-data; name=\"";

    private BodyFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("chunked", "tranzr.http.ChunkedBody").seeds("5\r\nhello\r\n0\r\n\r\n", "2;x=\"y\"\r\nhe\r\n003\r\nllo\r\n0\r\nDigest: a\r\nB: c\r\n\r\n", "0\r\n\r\n")
                        .words("\r\n", "0\r\n\r\n", "5\r\nhello\r\n", ";", "fffffffffffffff", "7fffffffffffffff", "100000000").bytes(BodyFuzz::chunked),
                Target.of("multipart", "tranzr.http.Multipart", "tranzr.http.DelimitedStream").seeds(PART + "a\"\r\n\r\n1\r\n" + PART
                        + "f\"; filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\nbytes\r\n--b--\r\n", "preamble\r\n" + PART + "a\"; filename*=UTF-8''%C3%BC\r\n\r\n\r\n--b--",
                        "--b--\r\n", PART + "a\"\r\n\r\n\r\n--\r\n--c\r\n-\r\n--b \t\r\nContent-Disposition: form-data; name=z\r\n\r\nz\r\n--b--epilogue")
                        .words("\r\n--b", "--b", "--", "\r\n", PART, "\r\n\r\n", "; filename=\"", "; filename*=UTF-8''", "\r\n--b--\r\n", "X: y\r\n").inputs(5_000)
                        .bytes(BodyFuzz::multipart),
                Target.of("json", "tranzr.json.Json").seeds("{\"filename\":\"a\",\"file_size\":5}", "{\"a\":[1,2.5,-3e4,true,null,{\"b\":\"\\u00fc\\n\"}]}", "{}",
                        "{\"n\":123456789012345678901234567890,\"x\":{\"y\":{\"z\":[[]]}}}").words("{", "}", "[", "]", "\"", ":", ",", "null", "1e999", "\\u", "\\ud83d",
                        "{\"a\":", "[[[[", "-", "NaN", "//", "/*").bytes(BodyFuzz::json));
    }

    private static void chunked(byte[] input) throws IOException {
        byte[] body;
        ByteArrayInputStream in = new ByteArrayInputStream(input);
        try {
            body = new ChunkedBody(in).readAllBytes();
        } catch (ChunkedBody.MalformedException | EOFException e) {
            Expect.that(!e.getMessage().isBlank(), "a refusal without words");
            return;
        }
        Expect.that(body.length <= input.length, "more came out than went in");
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        if (body.length > 0) {
            coded.writeBytes((Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            coded.writeBytes(body);
            coded.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        coded.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        Expect.that(java.util.Arrays.equals(body, new ChunkedBody(new ByteArrayInputStream(coded.toByteArray())).readAllBytes()), "coded again it is other bytes");
        String tail = new String(input, 0, input.length - in.available(), StandardCharsets.ISO_8859_1);
        Expect.that(tail.endsWith("\r\n\r\n") && tail.contains("0"), "it ended where no end is: " + tail);
    }

    /** It tells the same however the bytes arrive. */
    private static void multipart(byte[] input) throws IOException {
        List<String> whole = told(new ByteArrayInputStream(input));
        Expect.same(whole, told(new ByteArrayInputStream(input) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + available() % 3));
            }
        }), "in small pieces");
        Expect.that(whole.size() <= 3 * Multipart.MAX_PARTS + 1, "too many parts");
    }

    private static List<String> told(InputStream in) throws IOException {
        List<String> told = new ArrayList<>();
        try {
            Multipart form = new Multipart(in, "b");
            for (Multipart.Part part = form.next(); part != null; part = form.next()) {
                told.add("name " + part.name());
                told.add("filename " + part.filename());
                String body = new String(part.body().readAllBytes(), StandardCharsets.ISO_8859_1);
                Expect.that(!body.contains("\r\n--b"), "a delimiter in a part: " + body);
                told.add("body " + body.length() + " " + body.hashCode());
            }
            told.add("end");
        } catch (BadRequestException e) {
            FieldFuzz.refusal(e);
            told.add(e.getMessage());
        } catch (Multipart.TruncatedException e) {
            told.add(e.getMessage());
        }
        return told;
    }

    private static void json(byte[] input) {
        Map<String, Object> object;
        try {
            object = Json.readObject(input);
        } catch (JsonException e) {
            Expect.that(e.getMessage().length() < 300, "a refusal that repeats what was sent: " + e.getMessage());
            return;
        }
        byte[] written = Json.write(object);
        if (object.toString().codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF)) { // half a character, which is written as a question mark
            Expect.same(object, Json.readObject(written), "again");
        }
    }
}
