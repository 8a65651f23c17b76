package tranzr.metrics;

/** How metrics are written down. */
public enum Format {
    /** The text format of Prometheus, version 0.0.4. */
    PROMETHEUS("text/plain; version=0.0.4; charset=utf-8"),
    /** OpenMetrics 1.0.0. */
    OPENMETRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

    private final String mediaType;

    Format(String mediaType) {
        this.mediaType = mediaType;
    }

    /** For {@code Content-Type}. */
    public String mediaType() {
        return mediaType;
    }
}
