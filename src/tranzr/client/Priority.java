package tranzr.client;

import java.util.Locale;

/** What is served first when the server's bandwidth is short. */
public enum Priority {
    HIGH(1), NORMAL(3), LOW(5);

    private final int urgency;

    Priority(int urgency) {
        this.urgency = urgency;
    }

    /** As the API has it. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For the header field {@code Priority} (RFC 9218, section 4.1). */
    String field() {
        return "u=" + urgency;
    }
}
