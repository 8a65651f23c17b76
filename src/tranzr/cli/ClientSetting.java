package tranzr.cli;

import java.util.Map;
import java.util.Optional;

/** What the environment can say to the commands that talk to a server. A flag wins over it. This table also stands in {@code docs/operating.md}. */
enum ClientSetting {
    SERVER("TRANZR_SERVER", "SFTS_SERVER", "http://127.0.0.1:8000", "URL of the server"),
    TOKEN("TRANZR_TOKEN", null, "none", "the token that opens the server"),
    TOKEN_FILE("TRANZR_TOKEN_FILE", null, "none", "file (mode 0600 or 0400) with that token"),
    PIN("TRANZR_PIN", null, "none", "SHA-256 of the server's certificate, the only one that is trusted then"),
    CHUNK_SIZE("TRANZR_CHUNK_SIZE", "SFTS_CHUNK_SIZE", "8MiB", "size of the first chunks; what is beyond 64KiB to 64MiB is taken for the nearer bound, since a server may have it for itself"),
    MAX_RETRIES("TRANZR_MAX_RETRIES", "SFTS_MAX_RETRIES", "10", "retries of one chunk before the transfer takes a rest"),
    TIMEOUT("TRANZR_TIMEOUT", "SFTS_TIMEOUT", "30s", "how long a request may stand still; a number alone means seconds"),
    STATE("TRANZR_STATE", null, "as the system has it", "directory that remembers unfinished transfers");

    private final String variable;
    private final String older;
    private final String standard;
    private final String meaning;

    ClientSetting(String variable, String older, String standard, String meaning) {
        this.variable = variable;
        this.older = older;
        this.standard = standard;
        this.meaning = meaning;
    }

    /** @param origin how to name it to a person */
    record Value(String text, String origin) {
    }

    String variable() {
        return variable;
    }

    /** The variable of the Smart File Transfer System that says the same, and counts when ours is absent. */
    Optional<String> older() {
        return Optional.ofNullable(older);
    }

    String standard() {
        return standard;
    }

    String meaning() {
        return meaning;
    }

    /** What was said; a variable without text says nothing. */
    Optional<Value> in(Map<String, String> environment) {
        return value(environment, variable).or(() -> older == null ? Optional.empty() : value(environment, older));
    }

    private static Optional<Value> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty()).map(text -> new Value(text, name));
    }
}
