package tranzr.catalog.journal;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import tranzr.fault.CatalogScenario;

final class CatalogCrashTest {

    private static final int STATES = 30_000;

    @Test
    void everyAcknowledgedCommitIsThereWholeAfterAnyPowerCut() throws IOException {
        CatalogScenario scenario = new CatalogScenario();
        long states = 0;
        for (long seed = 1; states < STATES; seed++) {
            try {
                states += scenario.run(seed);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        System.out.println("catalog: " + states + " crash states");
        assertTrue(states >= STATES);
    }

    @Test
    void withoutForceTheSameSearchFindsLoss() {
        assertThrows(AssertionError.class, () -> {
            for (long seed = 1; seed <= 5; seed++) {
                CatalogScenario.control().run(seed);
            }
        });
    }
}
