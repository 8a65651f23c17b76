package tranzr.fault;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class EngineCrashTest {

    @Test
    void whatTheEngineHasAnsweredSurvivesAPowerCutAtAnyMoment() throws Exception {
        long states = 0;
        for (long seed = 0; seed < 45; seed++) {
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
    void whatTheEngineHasAnsweredSurvivesAnyCallOfTheDiskThatFails() throws Exception {
        for (FaultPlan.Fault fault : List.of(FaultPlan.Fault.EIO, FaultPlan.Fault.ENOSPC, FaultPlan.Fault.SHORT_WRITE)) {
            int reached = 0;
            for (long nth = 1; nth <= 400; nth++) {
                try {
                    reached += EngineScenario.withFault(nth % 7, nth, fault) ? 1 : 0;
                } catch (AssertionError e) {
                    throw new AssertionError(fault + " at call " + nth + ", seed " + nth % 7 + ": " + e.getMessage(), e);
                }
            }
            assertTrue(reached > 100, reached + " calls reached with " + fault);
        }
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
