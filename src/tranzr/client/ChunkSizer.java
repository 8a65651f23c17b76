package tranzr.client;

/** How large the next chunk is, in bytes. Guarded by its owner. */
final class ChunkSizer {

    private final long size;

    ChunkSizer(Tuning tuning) {
        this.size = tuning.chunkSize();
    }

    long size() {
        return size;
    }

    void moved(long bytes, long nanos) {
    }

    void failed(long bytes) {
    }
}
