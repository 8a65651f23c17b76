package tranzr.http;

import java.io.IOException;

/** The other side has broken the rules of RFC 6455 or ours; the message is told to it as the reason, so it is short and ASCII. */
final class WebSocketException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int code;

    /** @param code of {@link WebSocketFrame}, which the connection is closed with */
    WebSocketException(int code, String reason) {
        super(reason);
        this.code = code;
    }

    int code() {
        return code;
    }
}
