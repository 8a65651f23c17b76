package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.client.Download;
import tranzr.client.Priority;
import tranzr.client.Progress;
import tranzr.client.SessionStore;
import tranzr.client.TransferException;
import tranzr.client.TranzrClient;
import tranzr.client.Tuning;
import tranzr.server.ServedEngine;

/** Downloads onto disks that are full, read-only, or lose power. */
class ReceiverDiskTest {

    private static final int MIB = 1 << 20;
    private static final long PATIENCE_SECONDS = 60;
    private static final Tuning SLOW = new Tuning(256 << 10, false, 4, Priority.NORMAL, 3, Duration.ofSeconds(10), Duration.ofSeconds(5), 8 * MIB);

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void serve() throws IOException {
        server = new ServedEngine(folder.resolve("server"));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private static byte[] content(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private TranzrClient client(Path state) {
        return TranzrClient.of(URI.create(server.url())).sessions(SessionStore.at(state)).build();
    }

    private static Download.Result fetch(Download download) throws Exception {
        download.start();
        return download.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static TransferException failure(Download download) {
        download.start();
        return assertInstanceOf(TransferException.class, assertThrows(ExecutionException.class, () -> download.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).getCause());
    }

    /** Starts it, and returns when so much is there. */
    private static Download begun(Download.Builder builder, long bytes) throws Exception {
        CompletableFuture<Progress> there = new CompletableFuture<>();
        Download download = builder.tuning(SLOW).listener(progress -> {
            if (progress.done() >= bytes || progress.state().isOver()) {
                there.complete(progress);
            }
        }).build();
        download.start();
        assertFalse(there.get(PATIENCE_SECONDS, TimeUnit.SECONDS).state().isOver(), "it is over already");
        return download;
    }

    @Test
    void aDiskThatCannotHoldItIsSaidBeforeAnythingIsFetched() throws Exception {
        try (LoopMount disk = LoopMount.make(folder, "ext4", 24); TranzrClient client = client(folder.resolve("state"))) {
            UUID id = UUID.fromString(server.store(content(40 * MIB)));
            Download download = client.download(id).to(disk.directory()).build();
            TransferException end = failure(download);
            assertEquals(TransferException.Kind.LOCAL, end.kind());
            assertEquals(0, download.progress().moved());
        }
    }

    @Test
    void aDiskThatFillsUpKeepsWhatCameAndItGoesOnWhenThereIsRoom() throws Exception {
        byte[] bytes = content(16 * MIB);
        try (LoopMount disk = LoopMount.make(folder, "ext4", 32); TranzrClient client = client(folder.resolve("state"))) {
            UUID id = UUID.fromString(server.store(bytes));
            Download download = begun(client.download(id).to(disk.directory()), 2 * MIB);
            Path ballast = disk.directory().resolve("ballast");
            Shell.run(folder, "dd", "if=/dev/zero", "of=" + ballast, "bs=1M", "status=none"); // until the disk is full
            TransferException end = assertInstanceOf(TransferException.class,
                    assertThrows(ExecutionException.class, () -> download.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).getCause());
            assertEquals(TransferException.Kind.LOCAL, end.kind());
            assertTrue(end.getMessage().contains("full"), end.getMessage());
            Files.delete(ballast);
            Download again = client.download(id).to(disk.directory()).build();
            assertArrayEquals(bytes, Files.readAllBytes(fetch(again).path()));
            assertTrue(again.progress().moved() <= 15 * MIB, "fetched again: " + again.progress());
        }
    }

    @Test
    void aReadOnlyDiskIsSaidInWords() throws Exception {
        try (LoopMount disk = LoopMount.make(folder, "ext4", 24); TranzrClient client = client(folder.resolve("state"))) {
            UUID id = UUID.fromString(server.store(content(MIB)));
            Shell.run(folder, "mount", "-o", "remount,ro", disk.directory().toString()).expectSuccess();
            TransferException end = failure(client.download(id).to(disk.directory()).build());
            assertEquals(TransferException.Kind.INPUT, end.kind());
            assertTrue(end.getMessage().contains("read-only"), end.getMessage());
        }
    }

    @Test
    void aPowerCutCostsWhatWasNotForcedAndNothingElse() throws Exception {
        byte[] bytes = content(64 * MIB);
        try (LoopMount disk = LoopMount.make(folder, "ext4", 128)) {
            UUID id = UUID.fromString(server.store(bytes));
            // The records are on another disk: they may not speak of bytes that this one has lost.
            Path state = folder.resolve("state");
            try (TranzrClient client = client(state)) {
                Download download = begun(client.download(id).to(disk.directory().resolve("file")), 40 * MIB);
                disk.cutPower();
                download.leave();
            }
            disk.powerOn();
            assertFalse(Files.exists(disk.directory().resolve("file")));
            try (TranzrClient client = client(state)) {
                Download download = client.download(id).to(disk.directory().resolve("file")).build();
                assertArrayEquals(bytes, Files.readAllBytes(fetch(download).path()));
                assertTrue(download.progress().moved() < 64 * MIB, "nothing was kept: " + download.progress());
            }
        }
    }

    @Test
    void whatIsThereUnderItsNameIsWholeAfterAPowerCut() throws Exception {
        byte[] bytes = content(20 * MIB);
        try (LoopMount disk = LoopMount.make(folder, "ext4", 64)) {
            UUID id = UUID.fromString(server.store(bytes));
            Path file = disk.directory().resolve("file");
            try (TranzrClient client = client(folder.resolve("state"))) {
                fetch(client.download(id).to(file).build());
                disk.cutPower();
            }
            disk.powerOn();
            assertArrayEquals(bytes, Files.readAllBytes(file));
        }
    }
}
