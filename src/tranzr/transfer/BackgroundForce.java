package tranzr.transfer;

import java.io.IOException;
import java.util.List;
import tranzr.storage.StoredObject;

/** Forces an object in a thread of its own while its bytes keep coming. Used by one thread. */
final class BackgroundForce {
    private final Core core;
    private final StoredObject target;
    private List<Runs.Run> runs = List.of();
    private Aside force;

    BackgroundForce(Core core, StoredObject target) {
        this.core = core;
        this.target = target;
    }

    void start(List<Runs.Run> pending) {
        runs = pending;
        force = Aside.start("tranzr-force", target::force);
    }

    /** @return the runs that are durable now */
    List<Runs.Run> finish() {
        if (force == null) {
            return List.of();
        }
        try {
            force.finish();
        } catch (IOException e) {
            throw core.broken(e);
        } finally {
            force = null;
        }
        List<Runs.Run> durable = runs;
        runs = List.of();
        return durable;
    }

    void abandon() {
        if (force != null) {
            force.await();
            force = null;
        }
    }
}
