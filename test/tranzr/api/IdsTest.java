package tranzr.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tranzr.http.BadRequestException;

class IdsTest {

    @Test
    void anIdOfEitherCaseIsKnown() {
        UUID id = UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");
        assertEquals(id, Ids.known("0F8FAD5B-D9CB-469F-A165-70867728950E"));
    }

    @Test
    void whatIsNoIdIsNotFound() {
        for (String text : List.of("", "1-1-1-1-1", "../../etc/passwd", "0f8fad5b-d9cb-469f-a165-70867728950e ", "x".repeat(36))) {
            assertEquals(404, assertThrows(BadRequestException.class, () -> Ids.known(text)).status());
        }
    }
}
