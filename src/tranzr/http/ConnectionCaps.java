package tranzr.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import tranzr.model.AddressKey;

/**
 * Counts what is open, in all and for each address, and says when it is enough. A closed one is noticed when it matters, or by {@link #sweep}.
 * Safe for several threads.
 */
final class ConnectionCaps {

    private static final long SWEEP_NANOS = 100_000_000L;

    private final Limits limits;
    private final Predicate<InetAddress> exempt;
    /** By the key of their address; guarded by this. */
    private final Map<AddressKey, List<BooleanSupplier>> open = new HashMap<>();
    private int total;
    private long refused;
    private long swept = System.nanoTime();

    /** @param exempt addresses that may have any number */
    ConnectionCaps(Limits limits, Predicate<InetAddress> exempt) {
        this.limits = limits;
        this.exempt = exempt;
    }

    /** Counts it in until it is closed. @param connection whether it is still open. @return false when that would be one too many */
    synchronized boolean admit(InetAddress address, BooleanSupplier connection) {
        boolean admitted = tryAdmit(address, connection);
        refused += admitted ? 0 : 1;
        return admitted;
    }

    private boolean tryAdmit(InetAddress address, BooleanSupplier connection) {
        if (total >= limits.maxConnections() && System.nanoTime() - swept >= SWEEP_NANOS) {
            sweep();
        }
        if (total >= limits.maxConnections()) {
            return false;
        }
        AddressKey key = AddressKey.of(address);
        List<BooleanSupplier> ofAddress = open.computeIfAbsent(key, first -> new ArrayList<>(1));
        if (ofAddress.size() >= limits.maxConnectionsPerAddress() && !exempt.test(address)) {
            forgetClosed(ofAddress);
            if (ofAddress.size() >= limits.maxConnectionsPerAddress()) {
                return false;
            }
        }
        ofAddress.add(connection);
        total++;
        return true;
    }

    /** It is closed now. @param connection the same as in {@link #admit} */
    synchronized void release(InetAddress address, BooleanSupplier connection) {
        List<BooleanSupplier> ofAddress = open.get(AddressKey.of(address));
        if (ofAddress != null && ofAddress.remove(connection)) {
            total--;
            if (ofAddress.isEmpty()) {
                open.remove(AddressKey.of(address));
            }
        }
    }

    /** Forgets what is closed. */
    synchronized void sweep() {
        for (Iterator<List<BooleanSupplier>> all = open.values().iterator(); all.hasNext();) {
            List<BooleanSupplier> ofAddress = all.next();
            forgetClosed(ofAddress);
            if (ofAddress.isEmpty()) {
                all.remove();
            }
        }
        swept = System.nanoTime();
    }

    private void forgetClosed(List<BooleanSupplier> connections) {
        int before = connections.size();
        connections.removeIf(connection -> !connection.getAsBoolean());
        total -= before - connections.size();
    }

    /** How many were refused so far. */
    synchronized long refused() {
        return refused;
    }

    /** How many are counted, closed ones included that were not noticed yet. */
    synchronized int total() {
        return total;
    }
}
