package tranzr.transfer;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import tranzr.disk.DiskFile;

/**
 * Memory outside the heap for the bodies that are {@linkplain WriteBehind written behind}: for as many at a time as there are processors, since more have nothing
 * left to gain. It is made at the first need, and kept. Safe for several threads.
 */
final class WriteBuffers {

    /** Of each block, in bytes. */
    static final int BLOCK = 512 << 10;

    private static final long HEAP_A_BODY = 16L << 20;

    /** What one body uses: two blocks, of which each lies so that it can be written past the page cache. */
    static final class Pair {
        private final ByteBuffer[] blocks = {DiskFile.aligned(BLOCK), DiskFile.aligned(BLOCK)};

        ByteBuffer block(int number) {
            return blocks[number];
        }
    }

    private final ArrayDeque<Pair> free = new ArrayDeque<>();
    private int unmade;

    /** For as many bodies as there are processors, and fewer where the heap is small: who has bounded that has little memory at all. */
    static WriteBuffers ofThisMachine() {
        Runtime machine = Runtime.getRuntime();
        return new WriteBuffers(Math.clamp(machine.maxMemory() / HEAP_A_BODY, 1, machine.availableProcessors()));
    }

    /** @param most how many bodies may have some at a time */
    WriteBuffers(int most) {
        unmade = most;
    }

    /** @return null when all are in use */
    synchronized Pair take() {
        if (free.isEmpty() && unmade > 0) {
            unmade--;
            try {
                return new Pair();
            } catch (OutOfMemoryError e) {
                unmade = 0; // Of memory outside the heap, which has a limit of its own: bodies do without.
            }
        }
        return free.poll();
    }

    synchronized void giveBack(Pair pair) {
        free.push(pair);
    }
}
