package tranzr.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Map;
import tranzr.model.ByteRange;

/**
 * Single requests to one server over the JDK's {@code HttpClient}, without any retry. Safe for several threads. Follows no redirect, so that neither token nor password
 * goes anywhere else. Each method throws {@link RefusedException} for an answer other than 2xx (304 and 416 too), and {@link IOException} when there was no whole answer.
 */
interface Http extends AutoCloseable {

    /** @param body the answer's JSON object; empty when it had none */
    record Answer(int status, HttpHeaders headers, Map<String, Object> body) {
    }

    URI server();

    /**
     * A call of the API.
     *
     * @param path with its query, percent-encoded, beginning with a slash
     * @param body null for none
     */
    Answer call(String method, String path, Map<String, ?> body) throws IOException, RefusedException;

    /** The same for an answer that is a list; all of its pages. @param id the field by which a page goes on */
    java.util.List<Map<String, Object>> list(String path, String id) throws IOException, RefusedException;

    /** PUT with these bytes of the source as its body; memory does not depend on the range's length. */
    Answer put(String path, Map<String, String> headers, Source source, ByteRange range, Attempt attempt) throws IOException, RefusedException;

    /**
     * GET into a sink; the sink gets bytes only of a 2xx answer, after {@code check} has seen its headers.
     *
     * @param check throws to refuse the answer
     */
    Answer get(String path, Map<String, String> headers, Check check, Sink sink, Attempt attempt) throws IOException, RefusedException;

    /** HEAD; of a refusal only the status is known. */
    Answer head(String path, Map<String, String> headers) throws IOException, RefusedException;

    @Override
    void close();

    /** Looks at the head of an answer before its body is taken. */
    @FunctionalInterface
    interface Check {
        void accept(int status, HttpHeaders headers) throws IOException;
    }
}
