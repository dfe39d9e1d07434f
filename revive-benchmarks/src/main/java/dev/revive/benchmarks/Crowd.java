// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Callers that each do the same again and again, as soon as the last is done. */
final class Crowd {
    /** What a caller does. */
    interface Call {
        /**
         * Does it once.
         *
         * @param number unique in this crowd
         * @return how much was done
         */
        long make(long number) throws Exception;
    }

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicLong numbers = new AtomicLong();
    private final LongAdder done = new LongAdder();
    private final AtomicReference<@Nullable Throwable> trouble = new AtomicReference<>();

    private Crowd() {}

    /**
     * How much so many callers do in a second, once they have warmed up. A window too short for anything to be done in it lasts until something is.
     */
    static double perSecond(int callers, Scale scale, Call call) throws InterruptedException {
        return new Crowd().measure(callers, scale.warmUp(), scale.window(), call);
    }

    /** Makes so many calls, by so many callers. */
    static void make(int callers, int calls, Call call) throws InterruptedException {
        Crowd crowd = new Crowd();
        List<Thread> threads = crowd.start(callers, number -> {
            if (number > calls) {
                crowd.isOver.set(true);
                return 0;
            }
            return call.make(number);
        });
        crowd.join(threads);
    }

    private double measure(int callers, Duration warmUp, Duration window, Call call) throws InterruptedException {
        List<Thread> threads = start(callers, call);
        Thread.sleep(warmUp.toMillis());
        long doneBefore = done.sum();
        long from = System.nanoTime();
        Thread.sleep(window.toMillis());
        while (done.sum() == doneBefore && !isOver.get()) {
            Thread.sleep(LOOK_AGAIN.toMillis());
        }
        long doneAfter = done.sum();
        long to = System.nanoTime();
        isOver.set(true);
        join(threads);
        return (doneAfter - doneBefore) * 1e9 / (to - from);
    }

    private List<Thread> start(int callers, Call call) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Thread thread = new Thread(() -> keepCalling(call), "caller-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private void keepCalling(Call call) {
        try {
            while (!isOver.get()) {
                done.add(call.make(numbers.incrementAndGet()));
            }
        } catch (Throwable e) {
            trouble.compareAndSet(null, e);
            isOver.set(true);
        }
    }

    private void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        Throwable why = trouble.get();
        if (why != null) {
            throw new IllegalStateException("A caller failed", why);
        }
    }
}
