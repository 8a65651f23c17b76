package tranzr.cli;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tranzr.client.Progress;
import tranzr.client.Transfer;
import tranzr.client.TransferException;
import tranzr.client.Tuning;

/**
 * What one command has under way: runs it, shows how it is doing, leaves it in order when a signal comes, and keeps the exit code. Safe for several threads. Progress is drawn by
 * a thread of its own, ten times a second at most, so that a terminal that stands still holds up nothing but itself.
 */
final class Transfers implements AutoCloseable {

    /** How much is told. */
    enum Tone { QUIET, NORMAL, VERBOSE }

    private static final long TICK_NANOS = 100_000_000;

    private final Terminal terminal;
    private final Tone tone;
    private final boolean json;
    private final Tuning tuning;
    private final Optional<Screen> screen;
    private final Interruption interruption;
    private final Object pen = new Object();
    private final Set<Watch> watches = new LinkedHashSet<>();
    private final Thread painter;
    private String howToGoOn = "tranzr resume";
    private boolean onlyTheSame;
    private int ended;
    private boolean painted;
    private boolean asking;
    private ExitCode code = ExitCode.OK;
    private boolean left;
    private volatile boolean closed;

    Transfers(Terminal terminal, Tone tone, boolean json, Tuning tuning) {
        this.terminal = terminal;
        this.tone = tone;
        this.json = json;
        this.tuning = tuning;
        this.screen = tone == Tone.QUIET || json ? Optional.empty() : Screen.ofErrors(terminal);
        this.painter = Thread.ofPlatform().daemon().name("tranzr-progress").unstarted(this::paint);
        this.interruption = new Interruption(this::lastWords);
        if (json || tone != Tone.QUIET) {
            painter.start();
        }
    }

    Tuning tuning() {
        return tuning;
    }

    Terminal terminal() {
        return terminal;
    }

    boolean isJson() {
        return json;
    }

    /** Whether a signal has come, and nothing new is to be begun; what is not begun then is left over. */
    boolean isStopping() {
        if (interruption.isStopping()) {
            synchronized (pen) {
                left = true;
            }
            return true;
        }
        return false;
    }

    /** What a person may type to go on after an interruption; null when nothing can. */
    void howToGoOn(String command) {
        howToGoOn = command;
    }

    /** What was begun is part of something that no other command knows of. */
    void onlyTheSameCommandGoesOn() {
        onlyTheSame = howToGoOn != null;
    }

    /** Name to be given to a transfer as its listener. */
    Watch watch(String file) {
        // The token of a link is a secret, and what is said here may end in a log.
        String name = Reach.isLink(file) ? file.replaceFirst("[?#].*", "").replaceFirst("/+$", "").replaceFirst(".*/(?:s|share/download)/[^/]+/?", "") : file;
        return new Watch(file, Visible.of(name.isEmpty() ? "the link" : name, terminal.err().charset()));
    }

    /** Begins it and waits for its end. */
    <R> R run(Watch watch, Transfer<R> transfer) throws TransferException {
        try {
            return look(watch, transfer);
        } finally {
            synchronized (pen) {
                ended++;
            }
        }
    }

    /** The same for what comes before a transfer, and is not counted as one. */
    <R> R look(Watch watch, Transfer<R> transfer) throws TransferException {
        synchronized (pen) {
            watches.add(watch);
        }
        interruption.watch(transfer);
        try {
            transfer.start();
            return transfer.result().get();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransferException(TransferException.Kind.PAUSED, "interrupted", e);
        } finally {
            interruption.forget(transfer);
            synchronized (pen) {
                watches.remove(watch);
                news(watch);
                if (json && watch.isDue(System.nanoTime())) {
                    terminal.out().println(ClientCommand.json(event(watch)));
                }
            }
        }
    }

    private static TransferException failure(Throwable cause) {
        if (cause instanceof TransferException known) {
            return known;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException(cause);
    }

    /** What somebody asked for, a line. */
    void out(String line) {
        synchronized (pen) {
            wipe();
            terminal.out().println(line);
        }
    }

    /** What is good to know, on standard error. */
    void tell(String line) {
        if (tone != Tone.QUIET && !json) {
            synchronized (pen) {
                wipe();
                terminal.err().println(line);
            }
        }
    }

    /** What went wrong, or may. */
    void complain(String line) {
        synchronized (pen) {
            wipe();
            terminal.complain(line);
        }
    }

    /** Takes what a transfer says by the way: that the server has forgotten an upload, say, which begins anew. */
    Consumer<String> notices(Watch watch) {
        return notice -> {
            if (json) {
                Map<String, Object> event = new LinkedHashMap<>();
                event.put("event", "notice");
                event.put("file", watch.file());
                event.put("message", notice);
                out(ClientCommand.json(event));
            } else if (tone != Tone.QUIET) {
                complain(watch.name() + ": " + Visible.of(notice, terminal.err().charset()));
            }
        };
    }

    /** The same about one transfer, for people or for programs, and it counts for the exit code. @param more what else programs are told */
    void failed(Watch watch, TransferException e, Map<String, Object> more) {
        boolean resumable = e.kind().isResumable() && howToGoOn != null;
        synchronized (pen) {
            left |= e.kind() == TransferException.Kind.PAUSED;
            code = code.orWorse(resumable || !e.kind().isResumable() ? ExitCode.of(e.kind()) : ExitCode.FAILED);
        }
        if (json) {
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("event", "failed");
            event.put("file", watch.file());
            event.putAll(more);
            event.put("kind", e.kind().name().toLowerCase(Locale.ROOT));
            event.put("code", e.code());
            event.put("resumable", resumable);
            event.put("message", e.getMessage());
            out(ClientCommand.json(event));
        }
        Progress last = watch.last();
        String far = last.total() > 0 && last.done() > 0 ? " (" + ProgressText.percent(last) + " is there)" : "";
        boolean toldLater = e.kind() == TransferException.Kind.PAUSED && interruption.isStopping();
        if (!json) {
            complain(watch.name() + ": " + Visible.of(String.valueOf(e.getMessage())) + far + (resumable && !toldLater ? "; the same command goes on" : ""));
        }
    }

    /** How badly it ended, as far as that is known. */
    ExitCode finish(ExitCode also) {
        synchronized (pen) {
            code = code.orWorse(also).orWorse(left ? ExitCode.PAUSED : ExitCode.OK);
            return code;
        }
    }

    private ExitCode lastWords() {
        synchronized (pen) {
            wipe();
            ExitCode worst = finish(ExitCode.OK);
            if (left && tone != Tone.QUIET && !json) {
                terminal.complain(howToGoOn == null ? "interrupted" : onlyTheSame ? "interrupted; the same command goes on" : "interrupted; go on by: " + howToGoOn + ", or by the same command");
            }
            terminal.out().flush();
            terminal.err().flush();
            return worst;
        }
    }

    private void paint() {
        while (!closed) {
            long now = System.nanoTime();
            synchronized (pen) {
                if (closed) {
                    return;
                }
                watches.forEach(this::news);
                if (json) {
                    watches.stream().filter(watch -> watch.isDue(now)).map(Transfers::event).forEach(event -> terminal.out().println(ClientCommand.json(event)));
                }
                screen.ifPresent(this::draw);
            }
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    private void news(Watch watch) {
        String trouble = watch.newTrouble();
        if (trouble != null && tone == Tone.NORMAL && screen.isEmpty() && !json) {
            terminal.complain(trouble); // on a terminal it stands in the line
        }
        if (tone == Tone.VERBOSE) {
            for (String text = watch.next(); text != null; text = watch.next()) {
                wipe();
                terminal.err().println(text);
            }
        }
    }

    /** Asks a person something; meanwhile no progress is drawn over the question. */
    String undisturbed(Supplier<String> question) {
        synchronized (pen) {
            wipe();
            asking = true;
        }
        try {
            return question.get();
        } finally {
            synchronized (pen) {
                asking = false;
            }
        }
    }

    private void draw(Screen where) {
        if (watches.isEmpty() || asking) {
            return;
        }
        Watch first = watches.iterator().next();
        String others = (watches.size() > 1 ? "+" + (watches.size() - 1) + " more" : "") + (ended > 0 ? (watches.size() > 1 ? ", " : "") + ended + " ended" : "");
        terminal.err().print("\r" + ProgressText.line(first.name(), first.last(), others, where) + "\u001b[K");
        terminal.err().flush();
        painted = true;
    }

    private void wipe() {
        if (painted) {
            terminal.err().print("\r\u001b[K");
            painted = false;
        }
    }

    private static Map<String, Object> event(Watch watch) {
        Progress progress = watch.last();
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("event", "progress");
        event.put("file", watch.file());
        event.put("state", progress.state().name().toLowerCase(Locale.ROOT));
        event.put("total", progress.total() < 0 ? null : (Object) progress.total());
        event.put("done", progress.done());
        event.put("moved", progress.moved());
        event.put("bytes_per_second", (long) progress.bytesPerSecond());
        event.put("eta_seconds", progress.eta() == null ? null : progress.eta().toSeconds());
        event.put("chunks", progress.chunks());
        event.put("retries", progress.retries());
        event.put("connections", progress.connections());
        event.put("chunk_size", progress.chunkSize());
        event.put("note", progress.note());
        return event;
    }

    @Override
    public void close() {
        synchronized (pen) {
            wipe();
            terminal.err().flush();
            terminal.out().flush();
            closed = true;
        }
        interruption.close();
    }
}
