package tranzr.transfer;

import java.io.IOException;
import java.util.List;
import tranzr.storage.StoredObject;

/** Forces an object in a thread of its own while its bytes keep coming. Used by one thread. */
final class BackgroundForce {
    private final Core core;
    private final StoredObject target;
    private List<BodyReceiver.Run> runs = List.of();
    private Thread thread;
    private volatile IOException error;

    BackgroundForce(Core core, StoredObject target) {
        this.core = core;
        this.target = target;
    }

    void start(List<BodyReceiver.Run> pending) {
        runs = pending;
        thread = Thread.ofVirtual().name("tranzr-force").start(() -> {
            try {
                target.force();
            } catch (IOException e) {
                error = e;
            }
        });
    }

    /** @return the runs that are durable now */
    List<BodyReceiver.Run> finish() {
        if (thread == null) {
            return List.of();
        }
        join();
        if (error != null) {
            throw core.broken(error);
        }
        List<BodyReceiver.Run> durable = runs;
        runs = List.of();
        return durable;
    }

    void abandon() {
        if (thread != null) {
            join();
        }
    }

    private void join() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        thread = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
