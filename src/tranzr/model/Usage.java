package tranzr.model;

/**
 * What one {@link Scope} uses.
 *
 * @param bytes stored or reserved
 * @param files not expired; of an upload request also those that were removed after they had come whole
 * @param month the month {@code monthlyBytes} is of, as {@code year * 12 + month - 1} in UTC; 0 for none yet
 * @param monthlyBytes brought or reserved in that month
 */
public record Usage(long bytes, long files, int month, long monthlyBytes) {

    public static final Usage NONE = new Usage(0, 0, 0, 0);
}
