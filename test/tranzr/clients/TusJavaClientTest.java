package tranzr.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tus.java.client.FingerprintNotFoundException;
import io.tus.java.client.ProtocolException;
import io.tus.java.client.TusClient;
import io.tus.java.client.TusExecutor;
import io.tus.java.client.TusURLMemoryStore;
import io.tus.java.client.TusUpload;
import io.tus.java.client.TusUploader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.Http;
import tranzr.fault.CuttingProxy;
import tranzr.fault.Network;

/**
 * {@code tus-java-client} in this process. The connections of the JDK that it uses know no PATCH, so that it sends POST with {@code X-HTTP-Method-Override}, with chunked bodies and
 * {@code Expect: 100-continue}.
 */
@Tag(TestMain.ASIDE)
class TusJavaClientTest extends OtherClients {

    private static final int SIZE = 5 * MIB + 321;

    @BeforeAll
    static void start(@TempDir Path folder) {
        startServer(folder.resolve("data"));
    }

    private static TusClient client(String url) throws IOException {
        TusClient client = new TusClient();
        client.setUploadCreationURL(URI.create(url).toURL());
        client.enableResuming(new TusURLMemoryStore());
        return client;
    }

    private static TusUpload upload(byte[] bytes) {
        TusUpload upload = new TusUpload();
        upload.setSize(bytes.length);
        upload.setInputStream(new ByteArrayInputStream(bytes));
        upload.setFingerprint("noise-" + bytes.length);
        upload.setMetadata(Map.of("filename", "Straße.bin"));
        return upload;
    }

    /** Sends what is left, so many bytes a request, and so many at once. */
    private static String finish(TusUploader uploader, int request, int chunk) throws IOException, ProtocolException {
        uploader.setRequestPayloadSize(request);
        uploader.setChunkSize(chunk);
        while (uploader.uploadChunk() > -1) {
            // Each call sends one chunk.
        }
        uploader.finish();
        return idOf(uploader.getUploadURL().toString());
    }

    @Test
    void sendsAFileInOneChunkedRequest() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 1);
        String id = finish(client(tus()).createUpload(upload(bytes)), SIZE + 1, 64 * KIB);
        assertStored(bytes, id);
        assertEquals("Straße.bin", http.get("/files/" + id).expect(200).field("filename"));
    }

    @Test
    void sendsAFileInSeveralRequests() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 2);
        assertStored(bytes, finish(client(tus()).createUpload(upload(bytes)), MIB, 100_000));
    }

    @Test
    void sendsAnEmptyFile() throws Exception {
        TusUploader uploader = client(tus()).createUpload(upload(new byte[0]));
        uploader.finish();
        assertStored(new byte[0], idOf(uploader.getUploadURL().toString()));
    }

    @Test
    void goesOnWhereAnEarlierUploaderStopped() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 3);
        TusClient client = client(tus());
        Assertions.assertThrows(FingerprintNotFoundException.class, () -> client.resumeUpload(upload(bytes)));
        TusUploader first = client.createUpload(upload(bytes));
        first.setRequestPayloadSize(MIB);
        first.setChunkSize(MIB);
        first.uploadChunk();
        first.uploadChunk();
        first.finish(false);
        TusUploader second = client.resumeUpload(upload(bytes));
        assertEquals(2 * MIB, second.getOffset());
        assertEquals(first.getUploadURL(), second.getUploadURL());
        assertStored(bytes, finish(second, 2 * MIB, 50_000));
    }

    @Test
    void goesOnFromAnAddressAlone() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 4);
        TusUploader first = client(tus()).createUpload(upload(bytes));
        first.setRequestPayloadSize(MIB);
        first.setChunkSize(MIB);
        first.uploadChunk();
        first.finish(false);
        URL url = first.getUploadURL();
        assertStored(bytes, finish(client(tus()).beginOrResumeUploadFromURL(upload(bytes), url), SIZE, 64 * KIB));
    }

    @Test
    void goesOnOverANetworkThatBreaks() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 5);
        Network cuts = Network.CLEAN.cuts((connection, random) -> connection < 8 ? new Network.Cut(1_500_000, Long.MAX_VALUE, Network.End.RESET) : Network.Cut.NEVER);
        List<Long> offsets = new ArrayList<>();
        try (CuttingProxy proxy = CuttingProxy.before(server::port, cuts, 1)) {
            TusClient client = client(proxy.url() + "/tus/");
            String[] id = new String[1];
            TusExecutor executor = new TusExecutor() {
                @Override
                protected void makeAttempt() throws ProtocolException, IOException {
                    TusUploader uploader = client.resumeOrCreateUpload(upload(bytes));
                    offsets.add(uploader.getOffset());
                    id[0] = finish(uploader, SIZE, 64 * KIB);
                }
            };
            executor.setDelays(new int[] {0, 10, 10, 10, 50, 50, 100, 100, 100});
            assertTrue(executor.makeAttempts());
            assertTrue(offsets.size() > 2, offsets.toString());
            assertEquals(offsets.stream().sorted().distinct().toList(), offsets);
            assertTrue(offsets.getLast() > MIB, offsets.toString());
            assertStored(bytes, id[0]);
        }
    }
}
