package tranzr.fault;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EngineCrashTest {

    @Test
    void whatTheEngineHasAnsweredSurvivesAPowerCutAtAnyMoment() throws Exception {
        long states = 0;
        for (long seed = 0; seed < 60; seed++) {
            try {
                states += new EngineScenario().run(seed);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        System.out.println("engine: " + states + " crash states");
        assertTrue(states > 5_000, states + " states");
    }

    @Test
    void withoutForcesTheSameSearchFindsLoss() {
        assertThrows(AssertionError.class, () -> {
            for (long seed = 0; seed < 20; seed++) {
                EngineScenario.control().run(seed);
            }
        });
    }
}
