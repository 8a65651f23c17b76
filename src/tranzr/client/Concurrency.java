package tranzr.client;

/** How many chunks go at a time. Guarded by its owner. */
final class Concurrency {

    private final int level;

    Concurrency(Tuning tuning) {
        this.level = tuning.parallel();
    }

    int level() {
        return level;
    }

    void failed(long now) {
    }
}
