package tranzr.events;

/**
 * Why something failed.
 *
 * @param code stable, as the answers to requests have it
 * @param text for people
 */
public record Reason(String code, String text) {
}
