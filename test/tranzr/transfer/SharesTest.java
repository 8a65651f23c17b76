package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.model.ByteRange;
import tranzr.model.Share;
import tranzr.model.Upload;

class SharesTest {

    @TempDir
    private Path folder;
    private EngineFixture fixture;
    private byte[] bytes;
    private Upload file;
    private ByteRange whole;

    @BeforeEach
    void open() throws IOException {
        fixture = new EngineFixture(folder);
        bytes = EngineFixture.random(5_000_000, 3);
        file = fixture.file(bytes);
        whole = new ByteRange(0, bytes.length);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private Shares shares() {
        return fixture.engine.shares(Caller.SYSTEM);
    }

    private String share(long maxDownloads) {
        return shares().create(file.id(), new Shares.Terms(null, maxDownloads, null)).token();
    }

    private Download begin(String token, String agent, ByteRange range) {
        return shares().download(shares().enter(token, EngineFixture.visitor(agent, null)), range);
    }

    private void fetch(String token, String agent, ByteRange range) throws IOException {
        Download download = begin(token, agent, range);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        download.writeTo(out, range);
        download.end(true);
        assertArrayEquals(java.util.Arrays.copyOfRange(bytes, (int) range.start(), (int) range.end()), out.toByteArray());
    }

    /** A transfer that is cut after {@code count} bytes. */
    private void cut(String token, String agent, ByteRange range, int count) {
        Download download = begin(token, agent, range);
        int[] left = {count};
        assertThrows(IOException.class, () -> download.writeTo(new java.io.OutputStream() {
            @Override
            public void write(int one) {
                throw new AssertionError("written in large pieces");
            }

            @Override
            public void write(byte[] piece, int from, int length) throws IOException {
                left[0] -= length;
                if (left[0] < 0) {
                    throw new IOException("cut");
                }
            }
        }, range));
        download.end(false);
    }

    private static <T extends Failure> T fails(Class<T> type, Runnable call) {
        return assertInstanceOf(type, assertThrows(FailureException.class, call::run).failure());
    }

    @Test
    void ofAHundredParallelDownloadsAtLimitOneExactlyOneIsServed() throws Exception {
        String token = share(1);
        int served = 0;
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(clients.submit(() -> {
                    try {
                        fetch(token, "same", whole);
                        return true;
                    } catch (FailureException e) {
                        assertInstanceOf(Failure.DownloadLimitReached.class, e.failure());
                        return false;
                    }
                }));
            }
            for (Future<Boolean> each : all) {
                served += each.get() ? 1 : 0;
            }
        }
        assertEquals(1, served);
        fixture.reopen();
        fails(Failure.DownloadLimitReached.class, () -> begin(token, "same", whole));
    }

    @Test
    void aBrokenDownloadIsContinuedByTheSameClientWithoutCountingAgain() throws IOException {
        String token = share(1);
        cut(token, "a", whole, 2_000_000);
        fails(Failure.DownloadLimitReached.class, () -> begin(token, "b", whole));
        fetch(token, "a", new ByteRange(1_800_000, bytes.length));
        fails(Failure.DownloadLimitReached.class, () -> begin(token, "a", whole));
        fixture.pass(Duration.ofHours(1));
        fails(Failure.DownloadLimitReached.class, () -> begin(token, "a", whole));
    }

    @Test
    void aBrokenDownloadThatNobodyContinuesIsGivenBack() throws IOException {
        String token = share(1);
        cut(token, "a", whole, 2_000_000);
        fixture.pass(Duration.ofMinutes(9));
        fails(Failure.DownloadLimitReached.class, () -> begin(token, "b", whole));
        fixture.pass(Duration.ofMinutes(2));
        fetch(token, "b", whole);
        fails(Failure.DownloadLimitReached.class, () -> begin(token, "c", whole));
    }

    @Test
    void parallelRangesOfOneClientAreOneDownload() throws IOException {
        String token = share(1);
        Download first = begin(token, "a", new ByteRange(0, 1_000_000));
        Download second = begin(token, "a", new ByteRange(1_000_000, 3_000_000));
        fetch(token, "a", new ByteRange(3_000_000, bytes.length));
        first.writeTo(java.io.OutputStream.nullOutputStream(), new ByteRange(0, 1_000_000));
        first.end(true);
        second.writeTo(java.io.OutputStream.nullOutputStream(), new ByteRange(1_000_000, 3_000_000));
        second.end(true);
        fails(Failure.DownloadLimitReached.class, () -> begin(token, "a", whole));
        fails(Failure.DownloadLimitReached.class, () -> begin(token, "b", new ByteRange(5, 10)));
    }

    @Test
    void oneSlotDoesNotServeTheFileOverAndOver() throws IOException {
        String token = share(1);
        fetch(token, "a", whole);
        int served = 0;
        try {
            for (; served < 100; served++) {
                fetch(token, "a", new ByteRange(1, bytes.length));
            }
        } catch (FailureException e) {
            assertInstanceOf(Failure.DownloadLimitReached.class, e.failure());
        }
        assertEquals(1, served);
    }

    @Test
    void partsThatWereAskedForAndServedStayCounted() throws IOException {
        String token = share(1);
        fetch(token, "a", new ByteRange(0, bytes.length - 1));
        fixture.pass(Duration.ofHours(1));
        fails(Failure.DownloadLimitReached.class, () -> begin(token, "b", whole));
    }

    @Test
    void aDownloadCutByACrashStaysCountedAndCanBeContinued() throws IOException {
        String token = share(1);
        Download download = begin(token, "a", whole);
        fixture.reopen();
        fails(Failure.DownloadLimitReached.class, () -> begin(token, "b", whole));
        fetch(token, "a", new ByteRange(100, bytes.length));
        fixture.pass(Duration.ofHours(1));
        fails(Failure.DownloadLimitReached.class, () -> begin(token, "b", whole));
        download.close();
    }

    @Test
    void aSharePastItsTimeSaysSoAndIsForgottenLater() {
        Shares.Created created = shares().create(file.id(),
                new Shares.Terms(fixture.time.get().plus(Duration.ofMinutes(60)), 0, null));
        fixture.pass(Duration.ofMinutes(60));
        fails(Failure.ShareExpired.class, () -> begin(created.token(), "a", whole));
        fixture.pass(Duration.ofDays(8));
        assertEquals(1, fixture.engine.cleanup().run().removedShares());
        fails(Failure.UnknownShare.class, () -> begin(created.token(), "a", whole));
    }

    @Test
    void aRevokedShareEndsTransfersUnderWay() throws IOException {
        String token = share(5);
        Download download = begin(token, "a", whole);
        shares().revoke(shares().find(token).tokenHash());
        assertThrows(IOException.class, () -> download.writeTo(java.io.OutputStream.nullOutputStream(), whole));
        download.end(false);
        fails(Failure.UnknownShare.class, () -> begin(token, "a", whole));
    }

    @Test
    void aPasswordIsAskedForAndGuessingIsSlowedDownAlsoOverARestart() throws IOException {
        Shares.Created created = shares().create(file.id(), new Shares.Terms(null, 0, "right"));
        assertNotEquals("right", created.share().password());
        String token = created.token();
        fails(Failure.PasswordRequired.class, () -> begin(token, "a", whole));
        for (int i = 0; i < 5; i++) {
            fails(Failure.WrongPassword.class, () -> shares().enter(token, EngineFixture.visitor("a", "wrong")));
        }
        fixture.reopen();
        Duration wait = fails(Failure.TooManyAttempts.class,
                () -> shares().enter(token, EngineFixture.visitor("a", "right"))).retryAfter();
        fixture.pass(wait);
        shares().enter(token, EngineFixture.visitor("a", "right"));
        fails(Failure.WrongPassword.class, () -> shares().enter(token, EngineFixture.visitor("a", "wrong")));
        shares().enter(token, EngineFixture.visitor("a", "right"));
    }

    @Test
    void anUnknownLinkCostsAsManyHashesAsAWrongPassword() {
        String token = shares().create(file.id(), new Shares.Terms(null, 0, "right")).token();
        int before = fixture.passwords.derivations();
        fails(Failure.WrongPassword.class, () -> shares().enter(token, EngineFixture.visitor("a", "wrong")));
        int known = fixture.passwords.derivations() - before;
        fails(Failure.UnknownShare.class, () -> shares().enter("no such token", EngineFixture.visitor("a", "wrong")));
        assertEquals(1, known);
        assertEquals(2 * known, fixture.passwords.derivations() - before);
        fixture.uploads().delete(file.id());
        fails(Failure.UnknownShare.class, () -> shares().enter(token, EngineFixture.visitor("a", "wrong")));
        assertEquals(3 * known, fixture.passwords.derivations() - before);
    }

    @Test
    void manyAtOnceHashNoMoreForOneLinkThanItsFreeTries() throws Exception {
        String token = shares().create(file.id(), new Shares.Terms(null, 0, "right")).token();
        int before = fixture.passwords.derivations();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 300; i++) {
                java.net.InetAddress address = java.net.InetAddress.ofLiteral("198.51.100." + i % 250);
                clients.submit(() -> shares().enter(token, new Shares.Visitor(address, "a", "wrong")));
            }
        }
        // Of those that came together the queue before the hashing may have turned one away, which costs the link no try.
        for (int i = 0; i < 10; i++) {
            java.net.InetAddress address = java.net.InetAddress.ofLiteral("203.0.113." + i);
            assertThrows(FailureException.class, () -> shares().enter(token, new Shares.Visitor(address, "a", "wrong")));
        }
        int hashed = fixture.passwords.derivations() - before;
        assertEquals(5, hashed, "five wrong ones are free, from however many addresses and however many at once");
    }

    @Test
    void aShareOfADeletedFileIsGone() {
        String token = share(0);
        fixture.uploads().delete(file.id());
        fails(Failure.UnknownShare.class, () -> begin(token, "a", whole));
    }

    @Test
    void aShareIsFoundByItsTokenAndByItsId() {
        String token = share(0);
        assertEquals(shares().find(token), shares().find(Shares.idOf(shares().find(token))));
        fails(Failure.UnknownShare.class, () -> shares().find("0123456789abcdef"));
    }

    @Test
    void whatIsForOneTimeStaysSoHoweverManyChangeItAtTheSameMoment() throws Exception {
        for (int round = 0; round < 20; round++) {
            Shares.Created created = shares().create(file.id(), new Shares.Terms(null, 5, null));
            List<Future<Boolean>> futures = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 20; i++) {
                    boolean oneTime = i == 7;
                    futures.add(threads.submit(() -> {
                        try {
                            shares().change(created.share().tokenHash(), new Shares.Terms(null, oneTime ? 1 : 9, null, List.of(), oneTime, false), true);
                            return true;
                        } catch (FailureException e) {
                            return false;
                        }
                    }));
                }
            }
            assertEquals(true, futures.get(7).get());
            Share after = fixture.catalog.share(created.share().tokenHash()).orElseThrow();
            assertEquals(true, after.policy().oneTime());
            assertEquals(1, after.maxDownloads());
        }
    }

    @Test
    void aStrongerFormOfThePasswordBringsNoOlderTermsBack() {
        Shares.Created created = shares().create(file.id(), new Shares.Terms(null, 9, "right"));
        GuardedShare found = new GuardedShare(fixture.engine.core(), created.share());
        shares().change(created.share().tokenHash(), new Shares.Terms(null, 1, null), true);
        found.strengthen(fixture.engine.core().passwords().hash("right"));
        Share after = fixture.catalog.share(created.share().tokenHash()).orElseThrow();
        assertEquals(1, after.maxDownloads());
        assertNotEquals(created.share().password(), after.password());
        shares().change(created.share().tokenHash(), new Shares.Terms(null, 1, "other"), false);
        found.strengthen(fixture.engine.core().passwords().hash("right"));
        assertThrows(FailureException.class, () -> shares().enter(created.token(), EngineFixture.visitor("a", "right")));
    }
}
