// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which threads run user code now, and whether that is inside a step: what {@code start} and {@code result} need to know to refuse. They ask at the
 * door, so it is seen here, too, whether there is room on the stack for what they do.
 */
public final class UserThreads {
    /** What a thread is marked with that is in a body, and in no step. */
    private enum Body implements BooleanSupplier {
        TRANSACTION;

        @Override
        public boolean getAsBoolean() {
            return false;
        }
    }

    private final Map<Thread, BooleanSupplier> inStep = new ConcurrentHashMap<>();

    /** Marks the calling thread; answers what it was marked with before. */
    @Nullable
    public BooleanSupplier enter(BooleanSupplier isInStep) {
        return inStep.put(Thread.currentThread(), isInStep);
    }

    /** Marks the calling thread as in the body of a transaction: to wait for the store there would be to wait for oneself. */
    @Nullable
    public BooleanSupplier enterTransaction() {
        return enter(Body.TRANSACTION);
    }

    public void restore(@Nullable BooleanSupplier before) {
        if (before == null) {
            leave();
        } else {
            inStep.put(Thread.currentThread(), before);
        }
    }

    public void leave() {
        inStep.remove(Thread.currentThread());
    }

    /** Refuses what is a side effect, unless it is asked for inside a step. */
    public void requireStepOrOutside(String what) {
        requireStepOrOutside(
                what,
                "It is a side effect, so put it inside a step: ctx.step(\"Start billing\", () -> revive.start(...)).");
    }

    /**
     * The same, of something that workflows have a way of their own for.
     *
     * @param instead what a workflow does instead
     */
    public void requireStepOrOutside(String what, String instead) {
        Headroom.require();
        BooleanSupplier here = inStep.get(Thread.currentThread());
        if (here == Body.TRANSACTION) {
            throw new IllegalStateException(
                    "%s was called in the body of a transaction, which it is no part of: it would wait for what the transaction holds. There is revive.in(connection) for starts and signals."
                            .formatted(what));
        }
        if (here != null && !here.getAsBoolean()) {
            throw new IllegalStateException(
                    "%s was called in a workflow, outside its steps. %s".formatted(what, instead));
        }
    }

    /** Refuses what is a side effect, unless it is asked for inside a step or the body of a transaction. */
    public void requireTransactionStepOrOutside(String what) {
        if (inStep.get(Thread.currentThread()) != Body.TRANSACTION) {
            requireStepOrOutside(what);
        }
    }

    public boolean isInStep() {
        BooleanSupplier here = inStep.get(Thread.currentThread());
        return here != null && here.getAsBoolean();
    }

    /** Refuses what a workflow must never do. */
    public void requireOutside(String what) {
        Headroom.require();
        if (inStep.containsKey(Thread.currentThread())) {
            throw waiting(what);
        }
    }

    public static IllegalStateException waiting(String what) {
        return new IllegalStateException(
                "%s was called in a workflow. A workflow must not wait for another one like this: it would hold its place while it waits. Wait outside."
                        .formatted(what));
    }
}
