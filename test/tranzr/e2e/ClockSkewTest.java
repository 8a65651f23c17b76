package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.client.Download;
import tranzr.client.SessionStore;
import tranzr.client.TranzrClient;
import tranzr.client.Tuning;
import tranzr.client.Upload;
import tranzr.fault.CuttingProxy;
import tranzr.fault.Middle.Act;
import tranzr.fault.Network;
import tranzr.fault.Network.Cuts;

/** A client whose clock is not the server's: nothing of a transfer depends on what time it is. */
class ClockSkewTest {

    private static final int SIZE = 6 << 20;
    private static final int CHUNK = 1 << 20;
    private static final Tuning SMALL_CHUNKS = new Tuning(CHUNK, false, 2, Tuning.STANDARD.priority(), 10, Duration.ofSeconds(5), Duration.ofMinutes(1), 0);

    @Test
    void clocksThatAreYearsApartOrRunBackwardsDoNoHarm(@TempDir Path folder) throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server);
                CuttingProxy proxy = CuttingProxy.before(server::port, Network.CLEAN.cuts(Cuts.every(2_000_000)), 3)) {
            for (Duration ahead : List.of(Duration.ofDays(-3650), Duration.ofDays(3650), Duration.ofMinutes(-7))) {
                thereAndBack(folder, proxy, http, "skew" + ahead.toMinutes(), () -> Instant.now().plus(ahead));
            }
            Instant start = Instant.now();
            AtomicInteger asked = new AtomicInteger();
            thereAndBack(folder, proxy, http, "backwards", () -> start.minusSeconds(3600L * asked.incrementAndGet()));
        }
    }

    @Test
    void aDateToComeBackAtIsReadByTheServersClockAndBounded(@TempDir Path folder) throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server);
                CuttingProxy proxy = CuttingProxy.before(server::port, Network.CLEAN, 3)) {
            AtomicInteger number = new AtomicInteger();
            proxy.middle(request -> number.getAndIncrement() < 2
                    ? new Act.Answer(503, List.of("Date: Wed, 01 Jan 2020 00:00:00 GMT", "Retry-After: Wed, 01 Jan 2020 00:00:01 GMT"), "") : Act.PASS);
            thereAndBack(folder, proxy, http, "dated", () -> Instant.parse("2010-01-01T00:00:00Z"));
        }
    }

    private static void thereAndBack(Path folder, CuttingProxy proxy, Http http, String name, java.time.InstantSource clock) throws Exception {
        Path file = TwoEnds.noise(folder.resolve(name), SIZE, name.hashCode());
        URI url = URI.create(proxy.url());
        try (TranzrClient client = TranzrClient.of(url).clock(clock).sessions(SessionStore.at(folder.resolve("state-" + name))).build()) {
            Upload upload = client.upload(file).tuning(SMALL_CHUNKS).build();
            upload.start();
            Upload.Result sent = upload.result().get(60, TimeUnit.SECONDS);
            assertEquals(Http.sha256(Files.readAllBytes(file)), sent.sha256());
            assertEquals(sent.sha256(), http.status(sent.fileId().toString()).expect(200).field("file_hash"));
            Path target = folder.resolve("back-" + name);
            Download download = client.download(sent.fileId()).to(target).tuning(SMALL_CHUNKS).build();
            download.start();
            assertEquals(sent.sha256(), download.result().get(60, TimeUnit.SECONDS).sha256());
            TwoEnds.assertSame(file, target);
        }
    }
}
