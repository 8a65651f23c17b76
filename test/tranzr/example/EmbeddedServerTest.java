package tranzr.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServerTest {

    @Test
    void the_example_of_embedding_gets_back_what_it_sent(@TempDir Path folder) throws Exception {
        assertEquals("hello", EmbeddedServer.roundTrip(folder.resolve("data"), "hello"));
    }
}
