package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tranzr.model.ByteRange;

/** Start, pause, resume, cancel and leave: at any time, from any thread, all at once. */
@Timeout(60)
class CourseTest {

    private static final int ROUNDS = 100;
    private static final ByteRange WHOLE = new ByteRange(0, 40 << 20);

    private final AtomicInteger discards = new AtomicInteger();

    @Test
    void whatIsStartedIsDoneAndTheListenerHearsTheEndBeforeTheResultIsThere() throws Exception {
        List<Progress> told = new ArrayList<>();
        Course<String> course = course(engine -> {
            engine.total(7, 2);
            return "done";
        }, told::add);
        course.start();
        course.start();
        assertEquals("done", result(course));
        assertEquals(Progress.State.DONE, told.getLast().state());
        assertEquals(7, told.getLast().total());
        assertEquals(0, discards.get());
    }

    @Test
    void aPauseReturnsWhenNothingMovesAndAResumeGoesOnWithWhatIsMissing() throws Exception {
        CountDownLatch moving = new CountDownLatch(1);
        CountDownLatch paused = new CountDownLatch(1);
        FakeMover mover = new FakeMover((range, attempt) -> {
            if (range.start() >= 10 << 20 && paused.getCount() > 0) {
                moving.countDown();
                stuck(attempt);
            }
            return range.length();
        });
        Course<String> course = course(engine -> {
            engine.run(mover, mover.there().missing(WHOLE));
            return "done";
        });
        course.start();
        moving.await();
        course.pause();
        assertEquals(0, mover.atWork.get());
        assertEquals(Progress.State.PAUSED, course.progress().state());
        assertFalse(course.result().isDone());
        paused.countDown();
        course.resume();
        assertEquals("done", result(course));
        assertEquals(List.of(WHOLE), mover.there().ranges());
    }

    @Test
    void oneThatIsPausedBeforeItStartsWaits() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Course<String> course = course(engine -> "run " + runs.incrementAndGet());
        course.pause();
        course.start();
        assertEquals(0, runs.get());
        assertEquals(Progress.State.PAUSED, course.progress().state());
        course.resume();
        assertEquals("run 1", result(course));
    }

    @Test
    void leavingEndsItResumably() throws Exception {
        CountDownLatch moving = new CountDownLatch(1);
        FakeMover mover = new FakeMover((range, attempt) -> {
            moving.countDown();
            stuck(attempt);
            return 0;
        });
        Course<String> course = course(engine -> {
            engine.run(mover, List.of(WHOLE));
            return "done";
        });
        course.start();
        moving.await();
        course.leave();
        assertEquals(0, mover.atWork.get());
        assertEquals(TransferException.Kind.PAUSED, failure(course).kind());
        assertEquals(0, discards.get());
        course.resume();
        course.start();
        course.cancel();
        assertEquals(Progress.State.FAILED, course.progress().state());
    }

    @Test
    void cancellingClearsAwayAlsoWhatIsPausedOrWasNeverStarted() throws Exception {
        Course<String> never = course(engine -> "done");
        never.cancel();
        assertEquals(TransferException.Kind.CANCELLED, failure(never).kind());
        assertEquals(1, discards.get());
        Course<String> paused = course(engine -> "done");
        paused.pause();
        paused.start();
        paused.cancel();
        assertEquals(TransferException.Kind.CANCELLED, failure(paused).kind());
        assertEquals(2, discards.get());
    }

    @Test
    void aCallThatIsWaitedForEndsWithThePause() throws Exception {
        CountDownLatch called = new CountDownLatch(3);
        AtomicBoolean there = new AtomicBoolean();
        Course<String> course = course(engine -> engine.once(() -> {
            called.countDown();
            if (!there.get()) {
                throw new IOException("nobody there");
            }
            return "done";
        }));
        course.start();
        called.await();
        course.pause();
        assertEquals(Progress.State.PAUSED, course.progress().state());
        there.set(true);
        course.resume();
        assertEquals("done", result(course));
    }

    @Test
    void theListenerMayPauseResumeAndCancelAndThrow() throws Exception {
        AtomicReference<Course<String>> self = new AtomicReference<>();
        AtomicInteger heard = new AtomicInteger();
        FakeMover mover = new FakeMover((range, attempt) -> {
            stuck(attempt);
            return 0;
        });
        Course<String> course = course(engine -> {
            engine.run(mover, List.of(WHOLE));
            return "done";
        }, progress -> {
            if (progress.state() == Progress.State.RUNNING && heard.incrementAndGet() == 1) {
                self.get().pause();
                self.get().resume();
            } else if (progress.state() == Progress.State.RUNNING) {
                self.get().cancel();
            }
            throw new IllegalStateException("a listener that always fails");
        });
        self.set(course);
        course.start();
        assertEquals(TransferException.Kind.CANCELLED, failure(course).kind());
        assertEquals(0, mover.atWork.get());
    }

    @Test
    void whatBreaksDownEndsWithWords() {
        Course<String> course = course(engine -> {
            throw new ArithmeticException("by zero");
        });
        course.start();
        assertTrue(failure(course).getMessage().contains("by zero"));
        Course<String> within = course(engine -> {
            engine.run(new FakeMover((range, attempt) -> {
                throw new ArithmeticException("by zero");
            }), List.of(WHOLE));
            return "done";
        });
        within.start();
        assertTrue(failure(within).getMessage().contains("by zero"));
    }

    @Test
    void pausesAndResumesFromAllSidesLoseNothing() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            FakeMover mover = new FakeMover((range, attempt) -> range.length());
            Course<String> course = course(engine -> {
                engine.run(mover, mover.there().missing(WHOLE));
                return "done";
            });
            atOnce(round, course::start, () -> {
                course.pause();
                course.resume();
            }, () -> {
                course.pause();
                course.resume();
            }, course::progress);
            course.resume();
            assertEquals("done", result(course));
            assertEquals(List.of(WHOLE), mover.there().ranges());
            assertEquals(0, mover.atWork.get());
        }
    }

    @Test
    void whoeverEndsItItEndsOnceAndNothingMovesAfterThat() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            discards.set(0);
            FakeMover mover = new FakeMover((range, attempt) -> range.length() / 2);
            Course<String> course = course(engine -> {
                engine.run(mover, mover.there().missing(WHOLE));
                return "done";
            });
            boolean cancels = round % 2 == 0;
            atOnce(round, course::start, course::pause, course::resume, cancels ? course::cancel : course::leave, course::leave);
            TransferException failure = failure(course);
            assertTrue(failure.kind() == TransferException.Kind.PAUSED || cancels && failure.kind() == TransferException.Kind.CANCELLED, failure::toString);
            assertEquals(failure.kind() == TransferException.Kind.CANCELLED ? 1 : 0, discards.get());
            assertEquals(0, mover.atWork.get());
            assertTrue(course.progress().state().isOver());
        }
    }

    /** Lets them all loose at the same moment, and waits for them. */
    private static void atOnce(int seed, Runnable... deeds) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(deeds.length);
        Random random = new Random(seed);
        List<Thread> threads = new ArrayList<>();
        for (Runnable deed : deeds) {
            int spins = random.nextInt(20_000);
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    barrier.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                for (int i = 0; i < spins; i++) {
                    Thread.onSpinWait();
                }
                deed.run();
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Moves nothing until it is told to stop. */
    private static void stuck(Attempt attempt) throws StoppedException {
        CountDownLatch stopped = new CountDownLatch(1);
        attempt.onStop(stopped::countDown);
        try {
            stopped.await();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody may interrupt whoever reads a file", e);
        }
        throw new StoppedException();
    }

    private Course<String> course(Course.Work<String> work) {
        return course(work, progress -> { });
    }

    private Course<String> course(Course.Work<String> work, java.util.function.Consumer<Progress> listener) {
        return new Course<>(Tuning.STANDARD, new Random(1), listener, work, discards::incrementAndGet);
    }

    private static String result(Course<String> course) throws Exception {
        return course.result().get(30, TimeUnit.SECONDS);
    }

    private static TransferException failure(Course<String> course) {
        CompletableFuture<String> result = course.result();
        return (TransferException) assertThrows(ExecutionException.class, () -> result.get(30, TimeUnit.SECONDS)).getCause();
    }
}
