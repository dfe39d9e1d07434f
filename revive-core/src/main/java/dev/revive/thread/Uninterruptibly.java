// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waiting that an interrupt does not end; the interrupt is kept. */
public final class Uninterruptibly {
    private static final Duration FOR_EVER = Duration.ofNanos(Nanos.LONGEST);

    private Uninterruptibly() {}

    /** Whether the thread has ended, or is the calling one. */
    public static boolean join(Thread thread, Duration timeout) {
        boolean interrupted = false;
        long deadline = Nanos.after(timeout);
        while (isOther(thread) && deadline - System.nanoTime() > 0) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !isOther(thread);
    }

    private static boolean isOther(Thread thread) {
        return thread.isAlive() && thread != Thread.currentThread();
    }

    /** Makes a call on a thread that nobody can interrupt: user threads never touch a store themselves. */
    public static <T> T call(Supplier<T> work) {
        return call(work, FOR_EVER).orElseThrow();
    }

    /** The same, but not for longer than this: empty if it goes on by itself. */
    public static <T> Optional<T> call(Supplier<T> work, Duration patience) {
        AtomicReference<@Nullable T> answer = new AtomicReference<>();
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Thread thread = BareThreads.make("revive-call", () -> {
            try {
                answer.set(work.get());
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader()); // a pool may look for its driver
        thread.start();
        if (!join(thread, patience)) {
            return Optional.empty();
        }
        Throwable failure = thrown.get();
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return Optional.of(Objects.requireNonNull(answer.get()));
    }
}
