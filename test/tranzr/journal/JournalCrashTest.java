package tranzr.journal;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import tranzr.fault.JournalScenario;

final class JournalCrashTest {

    private static final int STATES = 60_000;

    @Test
    void nothingAwaitedIsLostInAnyPowerCut() throws IOException {
        JournalScenario scenario = new JournalScenario();
        long states = 0;
        for (long seed = 1; states < STATES; seed++) {
            try {
                states += scenario.run(seed);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        System.out.println("journal: " + states + " crash states, " + scenario.reused() + " of them in files used again");
        assertTrue(states >= STATES);
        assertTrue(scenario.reused() >= STATES / 20, scenario.reused() + " in files used again");
    }

    @Test
    void withoutForceTheSameSearchFindsLoss() {
        assertThrows(AssertionError.class, () -> {
            for (long seed = 1; seed <= 5; seed++) {
                JournalScenario.control().run(seed);
            }
        });
    }
}
