package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.api.live.SocketClient;

/** The event socket of the built jar, watched by two foreign clients while curl sends a file. */
class EventSocketTest {

    private static final int SIZE = 20_000_000;
    private static final String WATCH = """
            const socket = new WebSocket(args[0], ['tranzr.events.v1'], { rejectUnauthorized: false });
            const seen = new Set();
            socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe' })));
            socket.on('message', data => {
              const event = JSON.parse(data);
              if (!seen.has(event.type)) console.log(event.type, event.fileName ?? '', event.totalBytes ?? '');
              seen.add(event.type);
              if (event.type === 'subscribed') upload();
              if (event.type === 'file-added') socket.close(1000);
            });
            socket.on('close', code => console.log('closed', code));
            socket.on('error', e => { console.log('failed', e); process.exit(1); });
            const upload = () => require('node:child_process').execFile('curl', ['-sSk', '--limit-rate', '40M', '-T', args[1], args[2]],
              e => { if (e) { console.log('failed', e); process.exit(1); } });
            setTimeout(() => { console.log('too late'); process.exit(1); }, 60000).unref();
            """;

    @TempDir
    Path folder;

    @Test
    void curlSendsAndBothSeeIt() throws Exception {
        assumeTrue(NodeClient.isThere() && Shell.has("curl"), "node or curl is not installed here");
        Path file = folder.resolve("large.bin");
        Files.write(file, new byte[SIZE]);
        for (String[] options : new String[][] {{}, {"--tls", "self-signed"}}) {
            Path node = Files.createDirectories(folder.resolve("node" + options.length));
            try (ServerProcess server = ServerProcess.start(ServerProcess.Launch.on(folder.resolve("data" + options.length), options))) {
                String url = server.url();
                String heard = new NodeClient(node).run(WATCH, url.replaceFirst("http", "ws") + "/ws", file.toString(), url + "/");
                for (String line : new String[] {"subscribed", "file-upload-started large.bin", "file-upload-completed large.bin " + SIZE, "file-added large.bin " + SIZE, "closed 1000"}) {
                    assertTrue(heard.contains(line), line + " is not in " + heard);
                }
                if (options.length == 0) {
                    comesBackAfterAKill(server);
                }
            }
        }
    }

    /** A number of an earlier life says nothing: the newest state is told instead. */
    private void comesBackAfterAKill(ServerProcess server) {
        long last;
        try (HttpClient http = HttpClient.newHttpClient(); SocketClient client = new SocketClient(http, socketOf(server))) {
            last = (Long) client.say("{\"type\":\"subscribe\",\"lastEventId\":1}").await("reset").get("lastEventId");
        }
        server.kill();
        server.restart();
        try (HttpClient http = HttpClient.newHttpClient(); SocketClient client = new SocketClient(http, socketOf(server))) {
            Map<String, Object> reset = client.say("{\"type\":\"subscribe\",\"lastEventId\":" + last + "}").await("reset");
            assertTrue((Long) reset.get("lastEventId") > last, reset::toString);
            assertEquals(0, server.terminate());
            assertEquals(1001, client.await(message -> "closed".equals(message.get("type"))).get("code"));
        }
    }

    private static URI socketOf(ServerProcess server) {
        return URI.create(server.url().replaceFirst("http", "ws") + "/ws");
    }
}
