package tranzr.json;

/** What came is not the JSON object that was expected. The message says why, without quoting what came. */
public final class JsonException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JsonException(String why) {
        super(why);
    }
}
