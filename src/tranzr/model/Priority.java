package tranzr.model;

import java.util.Locale;

/** What a transfer is worth beside others that wait for the same bandwidth: its share is to theirs as the weights are. None is ever left without. */
public enum Priority {
    HIGH(4), NORMAL(2), LOW(1);

    private final int weight;

    Priority(int weight) {
        this.weight = weight;
    }

    /** @throws IllegalArgumentException for anything but {@code high}, {@code normal} and {@code low}, with a message that follows the quoted text */
    public static Priority parse(String text) {
        for (Priority priority : values()) {
            if (priority.toString().equals(text)) {
                return priority;
            }
        }
        throw new IllegalArgumentException("is not a priority: there are high, normal and low");
    }

    public int weight() {
        return weight;
    }

    /** {@link #parse} understands it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
