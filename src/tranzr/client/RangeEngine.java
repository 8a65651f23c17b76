package tranzr.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import tranzr.model.ByteRange;

/**
 * Does what a {@link Plan} says: each step on a virtual thread of its own, while the thread of the transfer hands them out and takes in what came of them. Ends with
 * {@link TransferException.Kind#PAUSED} when the {@link Halt} says so. No thread is left when a method returns. Used by one thread.
 */
final class RangeEngine implements RangeRun {

    /** How often it looks up although nothing has happened. */
    private static final long TICK = 200_000_000;

    private final Tuning tuning;
    private final Meter meter;
    private final Halt halt;
    private final Backoff backoff;
    private final RateLimit limit;

    RangeEngine(Tuning tuning, RandomGenerator random, Meter meter, Halt halt) {
        this.tuning = tuning;
        this.meter = meter;
        this.halt = halt;
        this.backoff = new Backoff(random);
        this.limit = new RateLimit(tuning.bytesPerSecond());
    }

    @Override
    public void run(Mover mover, List<ByteRange> missing) throws TransferException {
        run(mover, missing, null);
    }

    @Override
    public void run(Mover mover, Ranges next) throws TransferException {
        run(mover, List.of(), next);
    }

    private void run(Mover mover, List<ByteRange> missing, Ranges next) throws TransferException {
        Plan plan = new Plan(tuning, backoff, new ChunkSizer(tuning), new Concurrency(tuning), meter, missing, next != null);
        Crew crew = new Crew(mover, next);
        Runnable wake = () -> crew.ended.add(() -> { });
        halt.on(wake);
        meter.state(Progress.State.RUNNING, null);
        try {
            while (!plan.isDone()) {
                checkStopped();
                for (Plan.Step step = plan.next(System.nanoTime()); step != null; step = plan.next(System.nanoTime())) {
                    crew.begin(step, plan);
                }
                plan.tick(System.nanoTime());
                crew.cutOffSlow(plan);
                show(plan, crew);
                long wakeAt = plan.wakeAt();
                crew.await(wakeAt == Long.MAX_VALUE ? TICK : Math.min(TICK, wakeAt - System.nanoTime()));
            }
        } finally {
            halt.off(wake);
            crew.end();
        }
    }

    private void show(Plan plan, Crew crew) {
        String rest = plan.rest(System.nanoTime());
        if (rest != null) {
            if (!rest.equals(meter.note())) {
                meter.state(Progress.State.WAITING, rest);
            }
        } else if (rest == null && meter.state() == Progress.State.WAITING) {
            meter.state(Progress.State.RUNNING, null);
        }
        meter.work(crew.moving(), plan.chunkSize());
    }

    @Override
    public <T> T once(Call<T> call) throws TransferException {
        Progress.State before = meter.state();
        String note = meter.note();
        Breaker breaker = new Breaker(backoff, tuning.patience());
        int mismatches = 0;
        for (int failures = 1;; failures++) {
            checkStopped();
            try {
                T result = call.call();
                if (failures > 1) {
                    meter.state(before, note);
                }
                return result;
            } catch (IOException | RefusedException e) {
                checkStopped();
                Retry retry = Plan.verdict(e);
                if (retry == Retry.NEVER || retry == Retry.FEW && ++mismatches >= Retry.FEW_TRIES) {
                    throw Plan.refused(e);
                }
                meter.retry();
                long now = System.nanoTime();
                breaker.open(Plan.retryAfter(e), now);
                if (breaker.isExhausted(now)) {
                    throw new TransferException(TransferException.Kind.UNREACHABLE, Plan.words(e), e);
                }
                long pause = Math.max(0, breaker.lookAt() - now);
                if (failures > 2 || pause > TICK) {
                    meter.state(Progress.State.WAITING, Plan.words(e) + "; tries again in " + Math.max(1, Math.ceilDiv(pause, 1_000_000_000)) + " s");
                }
                halt.await(pause);
            }
        }
    }

    @Override
    public Attempt attempt(long bytes) {
        Try attempt = new Try(tuning, limit, meter, bytes);
        halt.on(attempt::stop);
        return attempt;
    }

    @Override
    public void total(long total, long alreadyDone) {
        meter.total(total, alreadyDone);
    }

    @Override
    public void state(Progress.State state, String note) {
        meter.state(state, note);
    }

    @Override
    public void checkStopped() throws TransferException {
        if (halt.isHalted()) {
            throw new TransferException(TransferException.Kind.PAUSED, "paused");
        }
    }

    /** What a step tells the plan when it has ended. */
    @FunctionalInterface
    private interface Report {
        void tell() throws TransferException;
    }

    /** Those who are at work on the steps of one run. */
    private final class Crew {

        private final Mover mover;
        private final Ranges next;
        private final BlockingQueue<Report> ended = new LinkedBlockingQueue<>();
        private final List<Thread> threads = new ArrayList<>();
        private final Map<Try, Long> tries = new IdentityHashMap<>();

        Crew(Mover mover, Ranges next) {
            this.mover = mover;
            this.next = next;
        }

        int moving() {
            return tries.size();
        }

        void begin(Plan.Step step, Plan plan) {
            switch (step) {
                case Plan.Step.Move move -> move(move.piece(), move.within(), plan);
                case Plan.Step.Ask ask -> work(() -> {
                    List<ByteRange> missing = mover.missing(ask.piece().range);
                    return () -> plan.told(ask.piece(), missing, System.nanoTime());
                }, failure -> () -> plan.failed(ask.piece(), failure, System.nanoTime()));
                case Plan.Step.Probe _ -> work(() -> {
                    mover.probe();
                    return plan::answered;
                }, failure -> () -> plan.unanswered(failure, System.nanoTime()));
                case Plan.Step.Fetch fetch -> work(() -> {
                    ByteRange range = next.next(fetch.atMost());
                    return () -> plan.fetched(range);
                }, failure -> () -> {
                    throw Plan.refused(failure);
                });
            }
        }

        private void move(Plan.Piece piece, long within, Plan plan) {
            Try attempt = new Try(tuning, limit, meter, piece.range.length());
            tries.put(attempt, within);
            work(() -> {
                mover.move(piece.range, attempt);
                long took = attempt.took();
                return () -> {
                    tries.remove(attempt);
                    plan.moved(piece, took);
                };
            }, failure -> () -> {
                boolean cutOff = tries.remove(attempt) == null;
                plan.failed(piece, cutOff ? new IOException("slower than before by far") : failure, System.nanoTime());
            });
        }

        /** What got through of it is kept by the other side; the rest goes on in smaller chunks. */
        void cutOffSlow(Plan plan) {
            List<Try> slow = tries.entrySet().stream().filter(each -> each.getKey().took() > each.getValue()).map(Map.Entry::getKey).toList();
            for (Try attempt : slow) {
                tries.remove(attempt);
                plan.slow(attempt.passed(), attempt.took());
                attempt.stop();
            }
        }

        private void work(Work work, java.util.function.Function<Exception, Report> otherwise) {
            Thread thread = Thread.ofVirtual().name("tranzr-range").unstarted(() -> {
                Report report;
                try {
                    report = work.run();
                } catch (IOException | RefusedException | TransferException e) {
                    report = otherwise.apply(e);
                } catch (RuntimeException | Error e) {
                    report = () -> {
                        throw e;
                    };
                }
                ended.add(report);
            });
            threads.add(thread);
            thread.start();
        }

        /** Waits for so long, or until something has ended, and tells the plan. */
        void await(long nanos) throws TransferException {
            Report report = poll(nanos);
            while (report != null) {
                // What stopped things was told to: that is no failure.
                checkStopped();
                report.tell();
                report = ended.poll();
            }
            threads.removeIf(thread -> !thread.isAlive());
        }

        private Report poll(long nanos) {
            try {
                return ended.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                // Nobody who knows this thread interrupts it; the transfer goes on.
                return null;
            }
        }

        /** Stops what is under way, and waits until it is over. */
        void end() {
            tries.keySet().forEach(Try::stop);
            boolean interrupted = false;
            for (Thread thread : threads) {
                while (thread.isAlive()) {
                    try {
                        thread.join();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What a step does, and then tells. */
    @FunctionalInterface
    private interface Work {
        Report run() throws IOException, RefusedException, TransferException;
    }
}
