package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tranzr.e2e.NodeClient;

/** The npm package {@code ws}, which checks what a server says as strictly as it can, against ours. */
class WebSocketPeerTest {

    /** Talks in every way that the package knows, and prints what it hears. */
    private static final String TALK = """
            const { readFileSync } = require('node:fs');
            const options = { ca: readFileSync('ca.pem'), checkServerIdentity: () => undefined };
            const say = (...words) => console.log(words.join(' '));
            const talk = (name, protocols, then) => new Promise((done, failed) => {
              const socket = new WebSocket(args[0], protocols, options);
              socket.on('open', () => { say(name, 'open', socket.protocol, socket.extensions); then(socket); });
              socket.on('message', (data, binary) => { say(name, 'message', binary, data.length, data.subarray(0, 8)); socket.emit('heard'); });
              socket.on('pong', data => { say(name, 'pong', data.length); socket.emit('ponged'); });
              socket.on('close', (code, reason) => { say(name, 'close', code, reason); done(); });
              socket.on('error', failed);
            });
            (async () => {
              await talk('text', ['a.v1', 'b'], s => { s.send('grün 🐢'); s.once('heard', () => s.close(4321, 'bye')); });
              await talk('large', [], s => { s.send('x'.repeat(65536)); s.once('heard', () => s.close()); });
              await talk('fragments', [], s => {
                s.send('one ', { fin: false }); s.ping('between'); s.send('', { fin: false }); s.send('two', { fin: true });
                s.once('heard', () => s.close(1000));
              });
              await talk('pings', [], s => { s.ping(); s.once('ponged', () => { s.ping(Buffer.alloc(125)); s.once('ponged', () => s.close(1001)); }); });
              await talk('many', [], s => {
                for (let i = 0; i < 20; i++) s.send('m' + i);
                let heard = 0;
                s.on('heard', () => { if (++heard === 20) s.close(1000); });
              });
              await talk('too-large', [], s => s.send('x'.repeat(65537)));
              await talk('far-too-large', [], s => s.send('x'.repeat(3000000)));
              await talk('binary', [], s => s.send(Buffer.from([1, 2, 3])));
              await talk('end', [], s => s.send('end'));
              await talk('fail', [], s => s.send('fail'));
            })().catch(e => { console.log('failed', e); process.exit(1); });
            """;

    @TempDir
    Path folder;
    private HttpListener listener;

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = {"OPENED", "OPENED_TLS"})
    void theBothUnderstandEachOther(TestServer mode) throws Exception {
        assumeTrue(NodeClient.isThere(), "node is not installed here");
        listener = mode.start(WebSocketTest::echo);
        Files.writeString(folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(TestServer.certificate().certificate().getEncoded()) + "\n-----END CERTIFICATE-----\n");
        String heard = new NodeClient(folder).run(TALK, (mode.isTls() ? "wss" : "ws") + "://127.0.0.1:" + listener.address().getPort() + "/ws");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            many.append("many message false ").append(i < 10 ? 2 : 3).append(" m").append(i).append('\n');
        }
        assertEquals("""
                text open a.v1\s
                text message false 10 grün\s
                text close 4321\s
                large open \s
                large message false 65536 xxxxxxxx
                large close 1005\s
                fragments open \s
                fragments pong 7
                fragments message false 7 one two
                fragments close 1000\s
                pings open \s
                pings pong 0
                pings pong 125
                pings close 1001\s
                many open \s
                %smany close 1000\s
                too-large open \s
                too-large close 1009 a message has at most 65536 bytes
                far-too-large open \s
                far-too-large close 1009 a message has at most 65536 bytes
                binary open \s
                binary close 1003 only text is spoken here
                end open \s
                end close 1000\s
                fail open \s
                fail close 1011 the server failed
                """.formatted(many), heard.replace("\ufffd\ufffd", "").replace("\ufffd", ""));
    }
}
