/**
 * The client library: brings files to a Tranzr server and fetches them, over bad networks and across crashes, with SHA-256 from end to end. It knows nothing of
 * the server's classes; beside the JDK it needs only {@code tranzr.json} and {@code tranzr.model}.
 *
 * <p>{@link tranzr.client.TranzrClient} is the way in. A transfer is an {@link tranzr.client.Upload} or a {@link tranzr.client.Download}, both a
 * {@link tranzr.client.Transfer}: it is started, can be paused and resumed, tells its {@link tranzr.client.Progress}, and ends in a future.
 *
 * <p>How it is built, from the bottom up:
 * <ul>
 * <li>{@code Http} makes single requests: JSON calls, bodies out of a file, bodies into a sink. It tells a {@link tranzr.client.RefusedException} (the server said
 * no, and why) from an {@link java.io.IOException} (nobody knows), and ends what stalls.
 * <li>{@code RangeRun} has ranges of bytes moved by several workers, and decides everything about it that does not depend on the direction: how large the next
 * range is ({@code ChunkSizer}), how many at a time ({@code Concurrency}), what is tried again and when ({@code Retry}, {@code Backoff}), when the network is away
 * ({@code Breaker}), how fast ({@code RateLimit}).
 * <li>A {@code Mover} is one direction: {@code UploadMover} and {@code DownloadMover}.
 * <li>{@link tranzr.client.SessionStore} remembers across processes what is unfinished.
 * </ul>
 */
package tranzr.client;
