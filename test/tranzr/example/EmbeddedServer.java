package tranzr.example;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import tranzr.Tranzr;

/**
 * A program that has a Tranzr inside: starts it on a free port, sends it a file, reads it back by the link it answers, and closes it. With the jar on the
 * class path: {@code java tranzr.example.EmbeddedServer [DIRECTORY]}.
 */
public final class EmbeddedServer {

    private EmbeddedServer() {
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path data = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("tranzr-example").resolve("data");
        System.out.println(roundTrip(data, "hello from inside"));
    }

    /** Sends a text to a server of our own and returns what its link gives back. */
    static String roundTrip(Path data, String text) throws IOException, InterruptedException {
        try (Tranzr tranzr = Tranzr.builder().data(data).port(0).start(); HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest upload = HttpRequest.newBuilder(tranzr.uri().resolve("/hello.txt"))
                    .PUT(HttpRequest.BodyPublishers.ofString(text)).build();
            String link = client.send(upload, HttpResponse.BodyHandlers.ofString()).body().strip();
            return client.send(HttpRequest.newBuilder(URI.create(link)).build(), HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
