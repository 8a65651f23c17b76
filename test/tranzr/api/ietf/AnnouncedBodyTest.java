package tranzr.api.ietf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tranzr.transfer.Body;

class AnnouncedBodyTest {

    @Test
    void itIsToldOnceAndBeforeTheFirstByteIsRead() throws IOException {
        List<String> order = new ArrayList<>();
        AnnouncedBody body = new AnnouncedBody(new Body() {
            @Override
            public long length() {
                return 2;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                order.add("read");
                return 1;
            }

            @Override
            public void abort() {
                order.add("abort");
            }
        }, () -> order.add("told"));
        assertEquals(2, body.length());
        assertFalse(body.isAnnounced(), "who is refused before has heard of nothing");
        body.read(new byte[1], 0, 1);
        body.read(new byte[1], 0, 1);
        body.abort();
        assertTrue(body.isAnnounced());
        assertEquals(List.of("told", "read", "read", "abort"), order);
    }
}
