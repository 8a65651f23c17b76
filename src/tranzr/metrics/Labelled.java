package tranzr.metrics;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Counters or histograms of one name that differ by the values of labels, each made when it is first asked for. Their number is bounded: a value of a label may come from
 * outside, and each one costs memory here and in whatever collects it, for good. What is beyond the bound is counted together. Safe for several threads.
 *
 * @param <T> what has the labels
 */
public final class Labelled<T> {

    /** More than there are routes times statuses. */
    static final int MOST = 1000;
    /** The value of every label of what is counted together. */
    static final String OTHER = "other";

    private final List<String> names;
    private final Supplier<T> maker;
    private final int most;
    private final ConcurrentHashMap<List<String>, T> children = new ConcurrentHashMap<>();

    Labelled(List<String> names, Supplier<T> maker, int most) {
        this.names = names;
        this.maker = maker;
        this.most = most;
    }

    /** The one with these values. @throws IllegalArgumentException when there are not as many as labels */
    public T with(String... values) {
        if (values.length != names.size()) {
            throw new IllegalArgumentException(values.length + " values for the labels " + names);
        }
        List<String> key = List.of(values);
        T child = children.get(key);
        if (child == null && children.size() >= most) {
            key = Collections.nCopies(values.length, OTHER);
            child = children.get(key);
        }
        return child == null ? children.computeIfAbsent(key, _ -> maker.get()) : child;
    }

    List<String> names() {
        return names;
    }

    /** All there are, by the values of their labels. */
    public Map<List<String>, T> all() {
        return Collections.unmodifiableMap(children);
    }
}
