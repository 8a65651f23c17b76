package tranzr.storage;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tranzr.fault.FaultPlan;
import tranzr.fault.StorageScenario;

class LocalStorageCrashTest {

    private static final int STATES = 20_000;
    private static final int FAILING_SEEDS = 4;

    @Test
    void nothingForcedSyncedOrSealedIsLostInAnyPowerCut() throws IOException {
        StorageScenario scenario = new StorageScenario();
        long states = 0;
        for (long seed = 1; states < STATES; seed++) {
            try {
                states += scenario.run(seed);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        System.out.println("storage: " + states + " crash states");
        assertTrue(states >= STATES);
    }

    @Test
    void withoutForceTheSameSearchFindsLoss() {
        assertThrows(AssertionError.class, () -> {
            for (long seed = 1; seed <= 5; seed++) {
                StorageScenario.control().run(seed);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(FaultPlan.Fault.class)
    void nothingPromisedIsLostWhenAnyOneCallFails(FaultPlan.Fault fault) throws IOException {
        for (long seed = 1; seed <= FAILING_SEEDS; seed++) {
            long calls = StorageScenario.runFailing(seed, FaultPlan.none());
            for (long nth = 1; nth <= calls; nth++) {
                try {
                    StorageScenario.runFailing(seed, FaultPlan.once(nth, fault));
                } catch (AssertionError e) {
                    throw new AssertionError("seed " + seed + ", " + fault + " at call " + nth + ": " + e.getMessage(), e);
                }
            }
        }
    }
}
