package tranzr.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tranzr.limit.TransferSlots.Bound;
import tranzr.limit.TransferSlots.Kind;

class ConcurrencyTest {

    @Test
    void thereIsRoomForSoManyOfAKeyAndForSoManyInAll() {
        Concurrency limit = new Concurrency(3, 2);
        Concurrency.Permit first = limit.tryAcquire("a").orElseThrow();
        limit.tryAcquire("a").orElseThrow();
        assertEquals(Optional.empty(), limit.tryAcquire("a"));
        limit.tryAcquire("b").orElseThrow();
        assertEquals(Optional.empty(), limit.tryAcquire("b"), "the total is reached");
        assertEquals(Optional.empty(), limit.tryAcquire(null));
        first.close();
        limit.tryAcquire("b").orElseThrow();
        assertEquals(3, limit.inUse());
    }

    @Test
    void closingTwiceGivesBackOnce() {
        Concurrency limit = new Concurrency(2, 2);
        Concurrency.Permit first = limit.tryAcquire("a").orElseThrow();
        limit.tryAcquire("a").orElseThrow();
        first.close();
        first.close();
        assertEquals(1, limit.inUse());
        assertTrue(limit.tryAcquire("a").isPresent());
        assertTrue(limit.tryAcquire("a").isEmpty());
    }

    @Test
    void aKeyWithoutPermitsIsForgotten() {
        Concurrency limit = new Concurrency(Concurrency.NONE, 1);
        for (int i = 0; i < 1000; i++) {
            limit.tryAcquire(i).orElseThrow().close();
            assertTrue(limit.tryAcquire(null).isPresent());
        }
        assertEquals(0, limit.keys());
        assertEquals(1000, limit.inUse());
        assertThrows(IllegalArgumentException.class, () -> new Concurrency(0, 1));
    }

    @Test
    void hundredsOfThreadsNeverHoldMoreThanAllowedAndLeaveNothingBehind() throws Exception {
        Concurrency limit = new Concurrency(20, 3);
        AtomicInteger all = new AtomicInteger();
        AtomicInteger[] own = new AtomicInteger[10];
        AtomicInteger wrong = new AtomicInteger();
        AtomicInteger got = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int key = 0; key < own.length; key++) {
            own[key] = new AtomicInteger();
        }
        for (int i = 0; i < 400; i++) {
            int key = i % own.length;
            threads.add(Thread.startVirtualThread(() -> {
                for (int n = 0; n < 200; n++) {
                    try (Concurrency.Permit permit = limit.tryAcquire(key).orElse(null)) {
                        if (permit != null) {
                            got.incrementAndGet();
                            wrong.addAndGet(all.incrementAndGet() > 20 || own[key].incrementAndGet() > 3 ? 1 : 0);
                            Thread.yield();
                            own[key].decrementAndGet();
                            all.decrementAndGet();
                        }
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, wrong.get());
        assertTrue(got.get() > 0);
        assertEquals(0, limit.inUse());
        assertEquals(0, limit.keys());
    }

    @Test
    void aTransferCountsForItsKindItsTokenAndItsAddress() {
        TransferSlots slots = new TransferSlots(2, 1, 3, 4);
        TransferSlots.Slot one = slot(slots.tryAcquire(Kind.UPLOAD, "t", "a"));
        slot(slots.tryAcquire(Kind.UPLOAD, "t", "a"));
        assertEquals(new TransferSlots.Refused(Bound.TOTAL), slots.tryAcquire(Kind.UPLOAD, "t", "a"));
        slot(slots.tryAcquire(Kind.DOWNLOAD, "t", "a"));
        assertEquals(new TransferSlots.Refused(Bound.TOKEN), slots.tryAcquire(Kind.DOWNLOAD, "t", "b"), "before the total, which is reached too");
        assertEquals(new TransferSlots.Refused(Bound.TOTAL), slots.tryAcquire(Kind.DOWNLOAD, null, "a"));
        one.close();
        one.close();
        assertEquals(1, slots.inUse(Kind.UPLOAD));
        slot(slots.tryAcquire(Kind.UPLOAD, "t", "b"));
    }

    @Test
    void aRefusedTransferHasTakenNothing() {
        TransferSlots slots = new TransferSlots(1, 9, 3, 2);
        TransferSlots.Slot held = slot(slots.tryAcquire(Kind.UPLOAD, null, "x"));
        for (int i = 0; i < 10; i++) {
            assertEquals(new TransferSlots.Refused(Bound.TOTAL), slots.tryAcquire(Kind.UPLOAD, "t", "a"));
        }
        held.close();
        slot(slots.tryAcquire(Kind.UPLOAD, "t", "a"));
        slot(slots.tryAcquire(Kind.DOWNLOAD, "t", "a"));
        for (int i = 0; i < 10; i++) {
            assertEquals(new TransferSlots.Refused(Bound.ADDRESS), slots.tryAcquire(Kind.DOWNLOAD, "t", "a"));
        }
        slot(slots.tryAcquire(Kind.DOWNLOAD, "t", "b"));
        assertEquals(2, slots.inUse(Kind.DOWNLOAD));
    }

    private static TransferSlots.Slot slot(TransferSlots.Outcome outcome) {
        return assertInstanceOf(TransferSlots.Slot.class, outcome);
    }
}
