package tranzr.client;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** How chunk size and connections come out on links that do not exist: the table of {@code docs/client.md}. */
final class AdaptationTable {

    private record Row(String name, SimulatedLink.Link link, long size) {
    }

    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final List<Row> ROWS = List.of(
            row("modem, 56 kbit/s, 150 ms", 7_000, 150, 64 * KIB, 0, 2 * MIB),
            row("1 Mbit/s, 60 ms", 125_000, 60, 256 * KIB, 0, 50 * MIB),
            row("20 Mbit/s, 30 ms", 2_500_000, 30, 512 * KIB, 0, 500 * MIB),
            row("satellite, 20 Mbit/s, 600 ms", 2_500_000, 600, 256 * KIB, 0, 500 * MIB),
            row("1 Gbit/s, 100 ms, window of 64 KiB", 125_000_000, 100, 64 * KIB, 0, 500 * MIB),
            row("the same, a smaller file", 125_000_000, 100, 64 * KIB, 0, 64 * MIB),
            row("1 Gbit/s, 10 ms", 125_000_000, 10, 2 * MIB, 0, 4096 * MIB),
            row("loopback, 1 GiB/s", 1_073_741_824, 0, 4 * MIB, 0, 8192 * MIB),
            row("20 Mbit/s, 30 ms, cut every 20 MB", 2_500_000, 30, 512 * KIB, 20_000_000, 500 * MIB),
            row("2 Mbit/s, 80 ms, cut every 300 kB", 250_000, 80, 256 * KIB, 300_000, 20 * MIB));

    private AdaptationTable() {
    }

    private static Row row(String name, double bandwidth, int delayMillis, long window, long cutEvery, long size) {
        return new Row(name, new SimulatedLink.Link(bandwidth, Duration.ofMillis(delayMillis), window, cutEvery, 0), size);
    }

    /** In Markdown; the same each time. */
    static String text() throws TransferException {
        StringBuilder text = new StringBuilder();
        text.append("| link | file | chunks | first, usual, largest chunk | most connections | goodput | of the link | of one plain stream |\n");
        text.append("|---|---|---|---|---|---|---|---|\n");
        for (Row row : ROWS) {
            SimulatedLink.Outcome outcome = SimulatedLink.move(row.link, Tuning.STANDARD, row.size, 1);
            double goodput = outcome.perSecond(row.size);
            text.append(String.format(Locale.ROOT, "| %s | %s | %d | %s, %s, %s | %d | %s/s | %.0f %% | %.2f |%n", row.name, bytes(row.size), outcome.sizes().size(),
                    bytes(outcome.sizes().getFirst()), bytes(outcome.usualSize()), bytes(outcome.largest()), outcome.mostConnections(), bytes((long) goodput), 100 * goodput / row.link.bandwidth(), goodput / row.link.perConnection()));
        }
        return text.toString();
    }

    private static String bytes(long count) {
        return count >= 10 * MIB ? count / MIB + " MiB" : count >= MIB ? String.format(Locale.ROOT, "%.1f MiB", count / (double) MIB)
                : count >= 10 * KIB ? count / KIB + " KiB" : String.format(Locale.ROOT, "%.1f KiB", count / (double) KIB);
    }

    /** Prints it. */
    public static void main(String[] args) throws TransferException {
        System.out.print(text());
    }
}
