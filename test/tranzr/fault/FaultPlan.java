package tranzr.fault;

import java.io.IOException;
import java.nio.file.Path;
import tranzr.disk.NoSpaceException;

/**
 * Which call of a {@link CrashDisk} fails, and how.
 *
 * @param call the calls that count; null for all of them
 * @param nth the first that fails, from 1
 * @param forever whether all later ones fail too
 */
public record FaultPlan(CrashDisk.Call call, long nth, Fault fault, boolean forever) {

    /** What goes wrong. */
    public enum Fault {
        /** The device fails. */
        EIO,
        /** The disk is full. */
        ENOSPC,
        /** A write stops half-way, then the device fails; any other call just fails. */
        SHORT_WRITE,
        /** The power fails: this call and everything after it. */
        CRASH
    }

    public static FaultPlan none() {
        return new FaultPlan(null, Long.MAX_VALUE, Fault.EIO, false);
    }

    /** The nth call of any kind, once. */
    public static FaultPlan once(long nth, Fault fault) {
        return new FaultPlan(null, nth, fault, false);
    }

    boolean hits(CrashDisk.Call made, long ofThisKind, long ofAll) {
        if (call != null && call != made) {
            return false;
        }
        long number = call == null ? ofAll : ofThisKind;
        return forever ? number >= nth : number == nth;
    }

    IOException exception(CrashDisk.Call made, Path path) {
        return fault == Fault.ENOSPC
                ? new NoSpaceException(path + ": No space left on device (simulated)", null)
                : new IOException(made + " of " + path + ": Input/output error (simulated)");
    }
}
