package tranzr.client;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import tranzr.model.ByteRange;

/** Stands between a transfer and the network, writes down what passes, and does to it what a test wants. */
class Meddler implements Http {

    private final Http network;
    /** Method and path of each request, PUTs with the range that they bring. */
    final List<String> requests = new CopyOnWriteArrayList<>();
    /** What the PUTs brought. */
    final List<ByteRange> puts = new CopyOnWriteArrayList<>();

    Meddler(Http network) {
        this.network = network;
    }

    long putBytes() {
        return puts.stream().mapToLong(ByteRange::length).sum();
    }

    long count(String beginning) {
        return requests.stream().filter(request -> request.startsWith(beginning)).count();
    }

    /** Before a call or a HEAD. */
    void before(String request) throws IOException, RefusedException {
    }

    /** After a call; what it throws stands in the place of the answer. */
    void after(String request, Answer answer) throws IOException, RefusedException {
    }

    /** Before a PUT. */
    void beforePut(ByteRange range) throws IOException, RefusedException {
    }

    /** What a PUT sends instead. */
    Source source(Source source, ByteRange range) {
        return source;
    }

    /** After a PUT that was acknowledged. */
    void afterPut(ByteRange range) throws IOException, RefusedException {
    }

    @Override
    public URI server() {
        return network.server();
    }

    @Override
    public Answer call(String method, String path, Map<String, ?> body) throws IOException, RefusedException {
        String request = method + " " + path;
        requests.add(request);
        before(request);
        Answer answer = network.call(method, path, body);
        after(request, answer);
        return answer;
    }

    @Override
    public List<Map<String, Object>> list(String path, String id) throws IOException, RefusedException {
        requests.add("GET " + path);
        before("GET " + path);
        return network.list(path, id);
    }

    @Override
    public Answer put(String path, Map<String, String> headers, Source source, ByteRange range, Attempt attempt) throws IOException, RefusedException {
        requests.add("PUT " + path + " " + range);
        beforePut(range);
        puts.add(range);
        Answer answer = network.put(path, headers, source(source, range), range, attempt);
        afterPut(range);
        return answer;
    }

    @Override
    public Answer get(String path, Map<String, String> headers, Check check, Sink sink, Attempt attempt) throws IOException, RefusedException {
        requests.add("GET " + path);
        return network.get(path, headers, check, sink, attempt);
    }

    @Override
    public Answer head(String path, Map<String, String> headers) throws IOException, RefusedException {
        requests.add("HEAD " + path);
        before("HEAD " + path);
        return network.head(path, headers);
    }

    @Override
    public void close() {
        network.close();
    }
}
