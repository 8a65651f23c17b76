package tranzr.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HeaderTextTest {

    @Test
    void bytesAreReadAsUtf8AndElseAsLatin1() {
        String sent = new String("grüße".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertEquals("grüße", HeaderText.decode(sent));
        assertEquals("grüße", HeaderText.decode("grüße"));
        assertEquals("plain", HeaderText.decode("plain"));
    }
}
