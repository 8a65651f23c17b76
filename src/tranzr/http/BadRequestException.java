package tranzr.http;

/** A request that breaks HTTP, or this API's grammar; answered with a 4xx. */
public final class BadRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String field;

    /**
     * @param code stable, snake_case
     * @param field the offending field, parameter or header; null when it is none of them
     */
    public BadRequestException(int status, String code, String field, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.field = field;
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String field() {
        return field;
    }
}
