package tranzr.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The metrics of one server, which it can write down for whoever collects them. Each server of a process has its own. Safe for several threads: counting takes no lock,
 * and writing stops nobody from counting.
 * <p>Names follow the conventions of Prometheus: base units (seconds, bytes), {@code _total} at the end of what only grows.
 */
public final class Registry {

    private static final System.Logger LOG = System.getLogger(Registry.class.getName());
    private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]*");

    /** Writes the samples of one family. */
    private interface Samples {
        void write(Exposition out);
    }

    private record Family(String name, Exposition.Type type, String help, Samples samples) {
    }

    private final ConcurrentSkipListMap<String, Family> families = new ConcurrentSkipListMap<>();
    /** What is to be registered before the first writing; guarded by this. */
    private final List<Runnable> later = new ArrayList<>();

    /** A counter without labels. @throws IllegalArgumentException for a name that is none, is taken, or does not end in {@code _total} */
    public Counter counter(String name, String help) {
        Counter counter = new Counter();
        counter(name, help, counter::value);
        return counter;
    }

    /** What somebody else counts. @param value never falls; asked at each writing, by any thread */
    public void counter(String name, String help, DoubleSupplier value) {
        add(name, Exposition.Type.COUNTER, help, out -> out.sample(name, "", List.of(), List.of(), value.getAsDouble()));
    }

    /** Counters that differ by labels; there is none until it is asked for. */
    public Labelled<Counter> counters(String name, String help, String... labels) {
        Labelled<Counter> all = new Labelled<>(names(labels), Counter::new, Labelled.MOST);
        add(name, Exposition.Type.COUNTER, help, out -> sorted(all.all()).forEach((values, counter) -> out.sample(name, "", all.names(), values, counter.value())));
        return all;
    }

    /** What somebody else counts, by one label. @param values never fall; asked as in {@link #counter(String, String, DoubleSupplier)} */
    public void counters(String name, String help, String label, Supplier<? extends Map<String, ? extends Number>> values) {
        add(name, Exposition.Type.COUNTER, help, out -> mapped(out, name, names(label), values.get()));
    }

    /** What may rise and fall. @param value asked at each writing, by any thread; must be quick */
    public void gauge(String name, String help, DoubleSupplier value) {
        add(name, Exposition.Type.GAUGE, help, out -> out.sample(name, "", List.of(), List.of(), value.getAsDouble()));
    }

    /** The same for several values of one label. */
    public void gauges(String name, String help, String label, Supplier<? extends Map<String, ? extends Number>> values) {
        add(name, Exposition.Type.GAUGE, help, out -> mapped(out, name, names(label), values.get()));
    }

    /** What does not change: 1, with what it tells in its labels. */
    public void info(String name, String help, Map<String, String> told) {
        List<String> labels = List.copyOf(told.keySet());
        List<String> values = labels.stream().map(told::get).toList();
        add(name, Exposition.Type.GAUGE, help, out -> out.sample(name, "", labels, values, 1));
    }

    /** @param bounds the greatest value of each range, ascending */
    public Histogram histogram(String name, String help, double... bounds) {
        Histogram histogram = new Histogram(bounds);
        add(name, Exposition.Type.HISTOGRAM, help, out -> out.histogram(name, List.of(), List.of(), histogram));
        return histogram;
    }

    /** Histograms that differ by one label. */
    public Labelled<Histogram> histograms(String name, String help, String label, double... bounds) {
        Labelled<Histogram> all = new Labelled<>(names(label), () -> new Histogram(bounds), Labelled.MOST);
        add(name, Exposition.Type.HISTOGRAM, help, out -> sorted(all.all()).forEach((values, histogram) -> out.histogram(name, all.names(), values, histogram)));
        return all;
    }

    /** How often something happened, and how long that took in all. */
    public record Summary(long count, double sum) {
    }

    /** What somebody else sums up, by one label. */
    public void summaries(String name, String help, String label, Supplier<Map<String, Summary>> summaries) {
        List<String> labels = names(label);
        add(name, Exposition.Type.SUMMARY, help, out -> summaries.get().forEach((value, summary) -> {
            out.sample(name, "_sum", labels, List.of(value), summary.sum());
            out.sample(name, "_count", labels, List.of(value), summary.count());
        }));
    }

    /** Has more registered at the first writing, so that it costs nothing at the start. @param register calls the methods above */
    public synchronized void later(Runnable register) {
        later.add(register);
    }

    private synchronized void registerLater() {
        later.forEach(Runnable::run);
        later.clear();
    }

    /** All there is, by name. What cannot be asked at the moment is left out. */
    public String write(Format format) {
        registerLater();
        Exposition out = new Exposition(format);
        for (Family family : families.values()) {
            out.family(family.name(), family.type(), family.help());
            try {
                family.samples().write(out);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "no value of " + family.name(), e);
            }
        }
        return out.text();
    }

    private void add(String name, Exposition.Type type, String help, Samples samples) {
        if (!NAME.matcher(name).matches() || name.endsWith("_total") != (type == Exposition.Type.COUNTER)) {
            throw new IllegalArgumentException("a " + type.wireName() + " cannot be called " + name);
        }
        if (families.putIfAbsent(name, new Family(name, type, help, samples)) != null) {
            throw new IllegalArgumentException("there are two of " + name);
        }
    }

    private static List<String> names(String... labels) {
        for (String label : labels) {
            if (!NAME.matcher(label).matches() || label.equals("le")) {
                throw new IllegalArgumentException("a label cannot be called " + label);
            }
        }
        return List.of(labels);
    }

    private static void mapped(Exposition out, String name, List<String> labels, Map<String, ? extends Number> values) {
        values.forEach((label, value) -> out.sample(name, "", labels, List.of(label), value.doubleValue()));
    }

    /** In an order that stays, for people who compare two of them. */
    private static <T> Map<List<String>, T> sorted(Map<List<String>, T> all) {
        Map<List<String>, T> sorted = new TreeMap<>((a, b) -> {
            int order = 0;
            for (int i = 0; i < a.size() && order == 0; i++) {
                order = a.get(i).compareTo(b.get(i));
            }
            return order;
        });
        sorted.putAll(all);
        return sorted;
    }
}
