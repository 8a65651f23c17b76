package tranzr.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.audit.TargetMask;

class RecentLogTest {

    private static final String NAME = "recentlog.test";
    private static final Logger PARENT = Logger.getLogger(NAME);
    private static final Logger CHILD = Logger.getLogger(NAME + ".child");

    private final RecentLog log = RecentLog.of(NAME, TargetMask::ofText);

    @BeforeEach
    void beQuiet() {
        PARENT.setUseParentHandlers(false);
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void theNewestLineComesFirstAndThereAreNoMoreThanAskedFor() {
        CHILD.info("one");
        CHILD.log(Level.WARNING, "two {0}", "2");
        CHILD.fine("not let through");
        assertEquals(List.of("WARNING recentlog.test.child two 2", "INFO recentlog.test.child one"),
                log.newest(10).stream().map(line -> line.level() + " " + line.logger() + " " + line.message()).toList());
        assertEquals(List.of("two 2"), messages(1));
    }

    @Test
    void onlyTheLastLinesAreKept() {
        for (int i = 0; i < 3 * RecentLog.MOST; i++) {
            CHILD.info("line " + i);
        }
        List<String> kept = messages(Integer.MAX_VALUE);
        assertEquals(RecentLog.MOST, kept.size());
        assertEquals("line " + (3 * RecentLog.MOST - 1), kept.getFirst());
        assertEquals("line " + 2 * RecentLog.MOST, kept.getLast());
    }

    @Test
    void anExceptionIsToldWithItsCausesAndALongMessageIsCut() {
        CHILD.log(Level.SEVERE, "it failed", new IllegalStateException("outer", new IOException("inner")));
        assertEquals("it failed | java.lang.IllegalStateException: outer | because of java.io.IOException: inner", messages(1).getFirst());
        CHILD.info("x ".repeat(1_000_000));
        assertEquals(RecentLog.LONGEST + 1, messages(1).getFirst().length());
    }

    @Test
    void secretsAreMasked() {
        CHILD.info("the token tzk_abc, and the link http://h/s/" + "A".repeat(43) + "/name, of file 3f2b8a52-6c1d-4e0f-9a77-0123456789ab");
        assertEquals("the token *, and the link http://h/s/*/name, of file 3f2b8a52-6c1d-4e0f-9a77-0123456789ab", messages(1).getFirst());
        CHILD.info("cut in a secret: " + "-".repeat(RecentLog.LONGEST - 30) + "tzk_" + "B".repeat(43));
        assertTrue(!messages(1).getFirst().contains("B"), messages(1).getFirst());
    }

    @Test
    void nothingIsKeptOfOthersOrAfterTheEnd() {
        Logger other = Logger.getLogger("recentlog.other");
        other.setUseParentHandlers(false);
        other.info("not ours");
        CHILD.info("ours");
        log.close();
        CHILD.info("too late");
        assertEquals(List.of("ours"), messages(10));
        assertEquals(0, PARENT.getHandlers().length);
    }

    private List<String> messages(int limit) {
        return log.newest(limit).stream().map(RecentLog.Line::message).toList();
    }
}
