package tranzr.http;

/** Answers one request. Runs on a virtual thread of its own. */
@FunctionalInterface
public interface Handler {

    /** @throws Exception anything; the listener's error mapper makes an answer of it */
    Response handle(Request request) throws Exception;
}
