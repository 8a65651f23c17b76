package tranzr.transfer;

import java.io.IOException;

/** Work with the storage on a thread of its own, beside the one that began it and that will wait for its end. */
final class Aside {

    /** What is done there. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    private final Thread thread;
    private volatile Throwable error;

    private Aside(String name, Action action) {
        thread = Thread.ofVirtual().name(name).unstarted(() -> {
            try {
                action.run();
            } catch (IOException | RuntimeException | Error e) {
                error = e;
            }
        });
    }

    static Aside start(String name, Action action) {
        Aside aside = new Aside(name, action);
        aside.thread.start();
        return aside;
    }

    /** Waits for the end, however it is, and although the caller may be interrupted meanwhile. */
    void await() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The same. @throws IOException when it failed, in whatever way */
    void finish() throws IOException {
        await();
        switch (error) {
            case null -> { }
            case IOException e -> throw e;
            case Throwable e -> throw new IOException("the storage failed: " + e, e);
        }
    }
}
