package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RequestHeadTest {

    @Test
    void aRefusalBelowTheRoutesHasTheMembersOfEveryOther() throws IOException {
        assertTrue(told(new BadRequestException(400, "invalid_host", "Host", "why")).contains("\"retryable\":false"));
        assertTrue(told(new BadRequestException(408, "too_slow", null, "why")).contains("\"retryable\":true"));
    }

    private static String told(BadRequestException refusal) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        RequestHead.refusal(refusal).body().write(body);
        return body.toString(StandardCharsets.UTF_8);
    }
}
