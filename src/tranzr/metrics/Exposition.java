package tranzr.metrics;

import java.util.List;

/** Writes metrics as text, a family after the other. Used by one thread. */
final class Exposition {

    /** What a family is. */
    enum Type {
        COUNTER, GAUGE, HISTOGRAM, SUMMARY;

        String wireName() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static final String TOTAL = "_total";
    private static final double EXACT = 1L << 53;

    private final Format format;
    private final StringBuilder out = new StringBuilder(16 << 10);

    Exposition(Format format) {
        this.format = format;
    }

    void family(String name, Type type, String help) {
        String shown = format == Format.OPENMETRICS && type == Type.COUNTER ? name.substring(0, name.length() - TOTAL.length()) : name;
        out.append("# HELP ").append(shown).append(' ');
        escape(help, format == Format.OPENMETRICS);
        out.append("\n# TYPE ").append(shown).append(' ').append(type.wireName()).append('\n');
    }

    /**
     * @param suffix of the name, often empty
     * @param values as many as {@code labels}
     */
    void sample(String name, String suffix, List<String> labels, List<String> values, double value) {
        begin(name, suffix);
        if (!labels.isEmpty()) {
            out.append('{');
            putLabels(labels, values);
            out.append('}');
        }
        end(value);
    }

    void histogram(String name, List<String> labels, List<String> values, Histogram histogram) {
        double[] bounds = histogram.bounds();
        long count = 0;
        for (int i = 0; i <= bounds.length; i++) {
            // Counted up from what was read, so that the last of them is the count below, whatever is observed meanwhile.
            count += histogram.countIn(i);
            begin(name, "_bucket");
            out.append('{');
            putLabels(labels, values);
            out.append(labels.isEmpty() ? "le=\"" : ",le=\"").append(i == bounds.length ? "+Inf" : bound(bounds[i])).append("\"}");
            end(count);
        }
        sample(name, "_sum", labels, values, histogram.sum());
        sample(name, "_count", labels, values, count);
    }

    private void begin(String name, String suffix) {
        out.append(name).append(suffix);
    }

    private void putLabels(List<String> labels, List<String> values) {
        for (int i = 0; i < labels.size(); i++) {
            out.append(i == 0 ? "" : ",").append(labels.get(i)).append("=\"");
            escape(values.get(i), true);
            out.append('"');
        }
    }

    private void end(double value) {
        out.append(' ').append(number(value)).append('\n');
    }

    /** In OpenMetrics, a bound is always written as a decimal fraction, so that all who write it write the same. */
    private String bound(double bound) {
        String text = number(bound);
        return format == Format.OPENMETRICS && text.chars().allMatch(Character::isDigit) ? text + ".0" : text;
    }

    static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == Math.rint(value) && Math.abs(value) < EXACT ? Long.toString((long) value) : Double.toString(value);
    }

    private void escape(String text, boolean quotesToo) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '"' -> out.append(quotesToo ? "\\\"" : "\"");
                default -> out.append(c);
            }
        }
    }

    /** All that was written. */
    String text() {
        return format == Format.OPENMETRICS ? out + "# EOF\n" : out.toString();
    }
}
