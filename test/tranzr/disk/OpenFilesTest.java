package tranzr.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class OpenFilesTest {

    @Test
    void theSoftLimitIsRead() {
        String text = "Limit                     Soft Limit           Hard Limit           Units     \nMax processes             31723                31723                processes \n"
                + "Max open files            1024                 524288               files     \n";
        assertEquals(OptionalInt.of(1024), OpenFiles.limitIn(text));
    }

    @Test
    void whatIsNoNumberIsNoLimit() {
        for (String text : new String[] {"", "Max open files            unlimited            unlimited            files", "Max open files", "Max open files  99999999999 1 files"}) {
            assertEquals(OptionalInt.empty(), OpenFiles.limitIn(text), text);
        }
    }
}
