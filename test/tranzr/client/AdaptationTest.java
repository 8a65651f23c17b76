package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Chunk size, connections and rests together, over links that do not exist, in a time that does not pass. */
class AdaptationTest {

    private static final long MIB = 1 << 20;
    private static final SimulatedLink.Link DSL = new SimulatedLink.Link(2_500_000, Duration.ofMillis(30), 512 << 10, 0, 0);
    private static final SimulatedLink.Link FAR = new SimulatedLink.Link(125_000_000, Duration.ofMillis(100), 64 << 10, 0, 0);
    private static final SimulatedLink.Link MODEM = new SimulatedLink.Link(7_000, Duration.ofMillis(150), 64 << 10, 0, 0);

    @Test
    void aLongWayWithSmallWindowsIsTravelledAtLeastFourTimesAsFastAsByOneStream() throws TransferException {
        assertTrue(SimulatedLink.move(FAR, Tuning.STANDARD, 64 * MIB, 1).perSecond(64 * MIB) > 4 * FAR.perConnection());
    }

    @Test
    void whoGivesTheNumberOfConnectionsGetsNoMore() throws TransferException {
        Tuning tuning = new Tuning(8 << 20, true, 4, Priority.NORMAL, 10, Duration.ofSeconds(30), Duration.ofHours(1), 0);
        assertEquals(4, SimulatedLink.move(FAR, tuning, 500 * MIB, 1).mostConnections());
    }

    @Test
    void noChunkOnASlowLinkTakesLongerThanAMinute() throws TransferException {
        SimulatedLink.Outcome outcome = SimulatedLink.move(MODEM, Tuning.STANDARD, 2 * MIB, 1);
        assertTrue(outcome.largest() / MODEM.bandwidth() < 60, outcome::toString);
        assertEquals(1, outcome.mostConnections());
        assertTrue(outcome.perSecond(2 * MIB) > 0.95 * MODEM.bandwidth());
    }

    @Test
    void onAFastLinkTheSecondChunkIsAsLargeAsWasAskedForAndTheRestGrowFromThere() throws TransferException {
        SimulatedLink.Link loopback = new SimulatedLink.Link(1e9, Duration.ZERO, 4 << 20, 0, 0);
        SimulatedLink.Outcome outcome = SimulatedLink.move(loopback, Tuning.STANDARD, 4096 * MIB, 1);
        assertEquals(ChunkSizer.FIRST, outcome.sizes().get(0));
        assertTrue(outcome.sizes().get(1) > 7 * MIB, outcome::toString);
        assertEquals(Tuning.MAX_CHUNK, outcome.largest());
        assertTrue(outcome.perSecond(4096 * MIB) > 0.95e9, outcome::toString);
    }

    @Test
    void aLinkThatIsCutAllTheTimeCarriesLittleTwice() throws TransferException {
        SimulatedLink.Link cut = new SimulatedLink.Link(2_500_000, Duration.ofMillis(30), 512 << 10, 300_000, 0);
        SimulatedLink.Outcome outcome = SimulatedLink.move(cut, Tuning.STANDARD, 50 * MIB, 3);
        assertTrue(outcome.sent() < 50.5 * MIB, outcome::toString);
        assertTrue(outcome.perSecond(50 * MIB) > 0.5 * cut.bandwidth(), outcome::toString);
        assertTrue(outcome.usualSize() <= MIB, outcome::toString);
    }

    @Test
    void aLinkThatBecomesSlowCutsItsLargeChunksOffAndGetsSmallOnes() throws TransferException {
        SimulatedLink link = new SimulatedLink(new SimulatedLink.Link(50e6, Duration.ofMillis(10), 4 << 20, 0, 0), Tuning.STANDARD, 4096 * MIB, 1);
        assertFalse(link.run(Duration.ofSeconds(20)));
        assertEquals(32 * MIB, link.chunkSize());
        link.becomes(MODEM);
        assertFalse(link.run(Duration.ofMinutes(10)));
        assertTrue(link.chunkSize() <= 256 << 10, () -> "" + link.chunkSize());
        assertTrue(link.connections() <= 2, () -> "" + link.connections());
        link.becomes(DSL);
        assertFalse(link.run(Duration.ofMinutes(2)));
        assertTrue(link.chunkSize() >= MIB, () -> "" + link.chunkSize());
        assertTrue(link.connections() >= 4, () -> "" + link.connections());
    }

    @Test
    void aServerThatTakesTwoAtATimeGetsNotManyMoreThanThat() throws TransferException {
        SimulatedLink link = new SimulatedLink(new SimulatedLink.Link(2_500_000, Duration.ofMillis(30), 512 << 10, 0, 2), Tuning.STANDARD, 500 * MIB, 1);
        assertTrue(link.run(Duration.ofMinutes(5)), () -> link.progress().toString());
        assertTrue(link.progress().retries() < 120, () -> link.progress().toString());
    }

    @Test
    void aNetworkThatGoesAwayIsWaitedForAndTheTransferGoesOnSoonAfterItIsBack() throws TransferException {
        SimulatedLink link = new SimulatedLink(DSL, Tuning.STANDARD, 500 * MIB, 1);
        link.run(Duration.ofSeconds(20));
        long before = link.progress().done();
        link.becomes(SimulatedLink.Link.AWAY);
        link.run(Duration.ofSeconds(60));
        assertTrue(link.rest().contains("nobody there; looks again in "), link::rest);
        int moves = link.moves();
        link.run(Duration.ofMinutes(20));
        assertEquals(moves, link.moves(), "nothing is sent into the void");
        assertTrue(link.probes() > 40 && link.probes() < 300, () -> "" + link.probes());
        link.becomes(DSL);
        link.run(Duration.ofSeconds(45));
        assertTrue(link.progress().done() > before + 10 * MIB, () -> link.progress().toString());
        assertTrue(link.run(Duration.ofMinutes(10)));
        assertEquals(500 * MIB, link.progress().done());
    }

    @Test
    void aNetworkThatStaysAwayEndsTheTransferWhenPatienceDoes() {
        SimulatedLink link = new SimulatedLink(SimulatedLink.Link.AWAY, Tuning.STANDARD, 500 * MIB, 1);
        TransferException e = assertThrows(TransferException.class, () -> link.run(Duration.ofHours(3)));
        assertEquals(TransferException.Kind.UNREACHABLE, e.kind());
        assertTrue(e.kind().isResumable() && link.time().toMinutes() == 60, () -> link.time().toString());
    }

    @Test
    void theTableOfThePageIsWhatTheLinksGive() throws Exception {
        String page = java.nio.file.Files.readString(java.nio.file.Path.of(System.getProperty("tranzr.root"), "docs", "client.md"));
        assertTrue(page.contains(AdaptationTable.text()), () -> "docs/client.md wants this table:\n" + text());
    }

    private static String text() {
        try {
            return AdaptationTable.text();
        } catch (TransferException e) {
            throw new IllegalStateException(e);
        }
    }
}
