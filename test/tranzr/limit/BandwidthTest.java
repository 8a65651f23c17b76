package tranzr.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tranzr.model.Priority;

class BandwidthTest {

    private static final long SECOND = 1_000_000_000L;
    private static final int PIECE = 64 << 10;
    private static final int MIB = 1 << 20;
    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-01-05T12:00:00Z"));

    private final FakeParking parking = new FakeParking();

    /** What one transfer does; may fail. */
    private interface Work {
        void go() throws IOException;
    }

    @Test
    void withoutAnyLimitNobodyLooksAtTheClock() throws Exception {
        Bandwidth bandwidth = bandwidth("none", "sat none", "none");
        try (Flow flow = bandwidth.open("a", Priority.LOW)) {
            assertEquals(10 * MIB, flow.next(10 * MIB));
            assertEquals(MIB, flow.piece(MIB));
            flow.take(Integer.MAX_VALUE);
            flow.abort();
            assertThrows(IOException.class, () -> flow.next(1));
        }
        assertEquals(0, parking.asked());
        assertEquals(0, bandwidth.keys());
    }

    @Test
    void whereNothingIsLimitedAtTheMomentEverythingPassesAtOnce() throws Exception {
        Bandwidth bandwidth = bandwidth("08:00-09:00 1MiB/s", "none", "none");
        parking.run(List.of(run(() -> {
            try (Flow flow = bandwidth.open("a", Priority.NORMAL)) {
                flow.take(PIECE);
                assertEquals(100 * MIB, flow.next(100 * MIB));
            }
        })));
        assertTrue(parking.nanos() == 0);
    }

    @Test
    void takingABodyLastsAsLongAsTheRateSays() throws Exception {
        Bandwidth bandwidth = bandwidth("none", "none", "1MiB/s");
        parking.run(List.of(run(() -> {
            try (Flow flow = bandwidth.open(null, Priority.NORMAL)) {
                assertTrue(flow.piece(MIB) <= PIECE && flow.piece(100) == 100);
                flow.take(10 * MIB);
                flow.take(0);
            }
        })));
        assertTrue(parking.nanos() <= 10 * SECOND && parking.nanos() > 9 * SECOND + SECOND / 2, "" + parking.nanos());
    }

    @Test
    void hundredsOfThreadsPassNoLimitAndAllGetThrough() throws Exception {
        Bandwidth bandwidth = bandwidth("20MiB/s", "8MiB/s", "2MiB/s");
        List<long[]> passed = Collections.synchronizedList(new ArrayList<>());
        List<Runnable> tasks = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int number = i;
            tasks.add(run(() -> {
                Random random = new Random(number);
                try (Flow flow = bandwidth.open(number % 7 == 0 ? null : number % 7, Priority.values()[number % 3])) {
                    for (int left = MIB / 2; left > 0;) {
                        int bytes = flow.next(Math.min(left, 1 + random.nextInt(PIECE)));
                        passed.add(new long[] { parking.nanos(), bytes });
                        left -= bytes;
                    }
                }
            }));
        }
        parking.run(tasks);
        assertEquals(150L * MIB, passed.stream().mapToLong(each -> each[1]).sum());
        // 150 MiB by 20 MiB/s; what the keys and transfers may is more than that until few are left.
        assertTrue(parking.nanos() >= 7 * SECOND && parking.nanos() <= 10 * SECOND, "" + parking.nanos());
        assertTrue(passed.stream().filter(each -> each[0] < SECOND).mapToLong(each -> each[1]).sum() <= 20L * MIB + PIECE);
    }

    @Test
    void everyoneGoesOnWhenThoseWhoWatchTheTimeAreEnded() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            FakeParking time = new FakeParking();
            Bandwidth bandwidth = new Bandwidth(Schedule.parse("300KiB/s"), Schedule.parse("200KiB/s"), Schedule.parse("50KiB/s"), ZoneOffset.UTC, NOON, time);
            List<Flow> flows = new ArrayList<>();
            List<Runnable> tasks = new ArrayList<>();
            AtomicLong whole = new AtomicLong();
            AtomicLong ended = new AtomicLong();
            for (int i = 0; i < 40; i++) {
                Flow flow = bandwidth.open(random.nextInt(5), Priority.values()[i % 3]);
                Flow victim = i % 2 == 0 || i < 4 ? null : flows.get(i - 2);
                int bytes = 20_000 + random.nextInt(200_000);
                flows.add(flow);
                tasks.add(run(() -> {
                    try (flow) {
                        flow.take(bytes / 4);
                        if (victim != null) {
                            victim.abort();
                        }
                        flow.take(bytes - bytes / 4);
                        whole.incrementAndGet();
                    } catch (IOException e) {
                        ended.incrementAndGet();
                    }
                }));
            }
            time.run(tasks);
            assertEquals(40, whole.get() + ended.get());
            assertTrue(whole.get() >= 20, "those of even numbers are nobody's victims");
        }
    }

    @Test
    void anAbortOrCloseFromAnotherThreadEndsTheWaitAtOnceAndEveryLaterOne() throws Exception {
        for (boolean close : new boolean[] { false, true }) {
            Bandwidth bandwidth = new Bandwidth(Schedule.NONE, Schedule.NONE, Schedule.parse("1KiB/s"), ZoneOffset.UTC, NOON);
            Flow flow = bandwidth.open("a", Priority.NORMAL);
            CountDownLatch begun = new CountDownLatch(1);
            AtomicReference<Exception> thrown = new AtomicReference<>();
            Thread thread = Thread.startVirtualThread(() -> {
                begun.countDown();
                thrown.set(assertThrows(IOException.class, () -> flow.take(Integer.MAX_VALUE)));
            });
            begun.await();
            if (close) {
                flow.close();
                flow.close();
            } else {
                flow.abort();
            }
            thread.join();
            assertTrue(thrown.get().getMessage().contains("ended"));
            assertThrows(IOException.class, () -> flow.next(1));
            flow.close();
            assertThrows(IOException.class, () -> flow.next(1));
        }
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() throws Exception {
        Bandwidth bandwidth = new Bandwidth(Schedule.parse("1KiB/s"), Schedule.NONE, Schedule.NONE, ZoneOffset.UTC, NOON);
        AtomicReference<Object> seen = new AtomicReference<>();
        try (Flow flow = bandwidth.open("a", Priority.NORMAL)) {
            Thread thread = Thread.startVirtualThread(() -> {
                assertThrows(InterruptedIOException.class, () -> flow.take(Integer.MAX_VALUE));
                seen.set(Thread.currentThread().isInterrupted());
            });
            thread.interrupt();
            thread.join();
        }
        assertEquals(true, seen.get());
    }

    @Test
    void nothingIsNotWantedAndPrioritiesAreRead() throws Exception {
        try (Flow flow = bandwidth("1MiB/s", "none", "none").open("a", Priority.parse("high"))) {
            assertThrows(IllegalArgumentException.class, () -> flow.next(0));
            assertThrows(IllegalArgumentException.class, () -> flow.next(-1));
        }
        assertEquals(Priority.LOW, Priority.parse(Priority.LOW.toString()));
        assertThrows(IllegalArgumentException.class, () -> Priority.parse("HIGH"));
    }

    @Test
    void realThreadsOnTheRealClockPassNoMoreThanTheTimeAllows() throws Exception {
        Bandwidth bandwidth = new Bandwidth(Schedule.parse("200MiB/s"), Schedule.NONE, Schedule.NONE, ZoneOffset.UTC, NOON);
        AtomicLong passed = new AtomicLong();
        long start = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            threads.add(Thread.startVirtualThread(run(() -> {
                try (Flow flow = bandwidth.open(number % 5, Priority.values()[number % 3])) {
                    for (int left = MIB; left > 0;) {
                        int bytes = flow.next(Math.min(left, PIECE));
                        left -= bytes;
                        passed.addAndGet(bytes);
                    }
                }
            })));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        // An upper bound only: how much less it is, the machine decides.
        long elapsed = System.nanoTime() - start + SECOND / 1000;
        assertEquals(50L * MIB, passed.get());
        assertTrue(passed.get() <= 200.0 * MIB * elapsed / SECOND + Bucket.depth(ByteRate.parse("200MiB/s")), elapsed + " ns");
    }

    private Bandwidth bandwidth(String total, String perKey, String perTransfer) {
        return new Bandwidth(Schedule.parse(total), Schedule.parse(perKey), Schedule.parse(perTransfer), ZoneOffset.UTC, NOON, parking);
    }

    private static Runnable run(Work work) {
        return () -> {
            try {
                work.go();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }
}
