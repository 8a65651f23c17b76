package tranzr.http;

import java.time.Duration;

/**
 * How a request ended.
 *
 * @param status of the answer that went out, or was to go out; 0 when there was none to send
 * @param received bytes of the request's body that were read, without the chunked coding
 * @param sent bytes of the answer's body that were handed to the connection; the client may have got fewer
 * @param whole whether the whole answer was handed to the connection
 * @param firstByte from the request's first byte to when the first byte of the answer's body was handed to the connection, or of its head when it had no body; null when none was
 * @param took from the request's first byte to the answer's last, or to its failure
 */
public record Ended(int status, long received, long sent, boolean whole, Duration firstByte, Duration took) {
}
