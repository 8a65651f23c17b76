package tranzr.cli;

import java.util.Locale;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import tranzr.client.Progress;
import tranzr.model.ByteSize;

/** Follows one transfer for whoever shows it. What it hears is kept short and shown by another thread, since a terminal may stand still. */
final class Watch implements Consumer<Progress> {

    private static final int MOST_NEWS = 64;
    private static final Progress NOTHING = new Progress(Progress.State.NEW, -1, 0, 0, 0, null, 0, 0, 0, 0, null);

    private final String name;
    private final String file;
    private final long began = System.nanoTime();
    private final Queue<String> news = new ArrayBlockingQueue<>(MOST_NEWS);
    private volatile Progress last = NOTHING;
    /** Of whoever shows it. */
    private Progress shown;
    private long shownAt;
    private boolean waiting;

    /** @param file as the user named it, for programs; @param name the same, made visible */
    Watch(String file, String name) {
        this.file = file;
        this.name = name;
    }

    @Override
    public void accept(Progress progress) {
        Progress before = last;
        last = progress;
        if (progress.state() != before.state() || !Objects.equals(progress.note(), before.note())) {
            news.offer(progress.state().name().toLowerCase(Locale.ROOT) + (progress.note() == null ? "" : ": " + Visible.of(progress.note())));
        }
        if (progress.retries() > before.retries()) {
            news.offer(ProgressText.retries(progress.retries()) + " so far");
        }
        if (progress.chunkSize() != before.chunkSize() && progress.chunkSize() > 0) {
            news.offer("chunks of " + ByteSize.format(progress.chunkSize()) + ", " + progress.connections() + " at a time");
        }
    }

    /** The same for what is only asked before: that it is done says nothing of the transfer. */
    Consumer<Progress> untilDone() {
        return progress -> {
            if (progress.state() != Progress.State.DONE) {
                accept(progress);
            }
        };
    }

    String name() {
        return name;
    }

    String file() {
        return file;
    }

    Progress last() {
        return last;
    }

    /** What it has begun to wait for since the last call; null when that is nothing, or told already. Asked by one thread. */
    String newTrouble() {
        Progress progress = last;
        String note = progress.state() == Progress.State.WAITING && progress.note() != null ? Visible.of(progress.note()) : null;
        boolean isNew = note != null && !waiting;
        waiting = progress.state() == Progress.State.WAITING && (waiting || isNew);
        return isNew ? name + ": waiting: " + note : null;
    }

    /** The next thing that happened; null when there is nothing new. */
    String next() {
        String text = news.poll();
        return text == null ? null : name + ": " + text;
    }

    /** Whether a program is to be told again: at each change of state, and else once a second. Asked by one thread. */
    boolean isDue(long now) {
        Progress progress = last;
        boolean due = shown == null || progress.state() != shown.state() || progress != shown && now - shownAt >= 1_000_000_000L;
        if (due) {
            shown = progress;
            shownAt = now;
        }
        return due;
    }

    /** Such as {@code 12.4 MiB in 0:07 (1.8 MiB/s), 1 retry}. @param size in bytes */
    String summary(long size) {
        double seconds = Math.max(1e-3, (System.nanoTime() - began) / 1e9);
        long moved = last.moved();
        String speed = moved > 0 ? " (" + ProgressText.size((long) (moved / seconds)) + "/s)" : "";
        return ProgressText.size(size) + " in " + (seconds < 60 ? String.format(Locale.ROOT, "%.1f s", seconds) : ProgressText.clock(java.time.Duration.ofSeconds((long) seconds))) + speed
                + (last.retries() > 0 ? ", " + ProgressText.retries(last.retries()) : "");
    }
}
