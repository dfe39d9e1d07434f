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

    /** That a thread runs user code, of whose workflows, and where in it. */
    public static final class Mark {
        private final UserThreads whose;
        private final BooleanSupplier where;

        private Mark(UserThreads whose, BooleanSupplier where) {
            this.whose = whose;
            this.where = where;
        }

        /** Whether there may be side effects here: in a step, and in the body of a transaction that waits for nothing of those who ask. */
        private boolean isFreeFor(UserThreads whoAsks) {
            return where == Body.TRANSACTION ? whose != whoAsks : where.getAsBoolean();
        }
    }

    /** Of all engines in this process: what a workflow asks of another engine, or of a client, is a side effect as well. */
    private static final Map<Thread, Mark> MARKS = new ConcurrentHashMap<>();

    /** Marks the calling thread; answers what it was marked with before. */
    @Nullable
    public Mark enter(BooleanSupplier isInStep) {
        return MARKS.put(Thread.currentThread(), new Mark(this, isInStep));
    }

    /** Marks the calling thread as in the body of a transaction: to wait for the store there would be to wait for oneself. */
    @Nullable
    public Mark enterTransaction() {
        return enter(Body.TRANSACTION);
    }

    public void restore(@Nullable Mark before) {
        if (before == null) {
            leave();
        } else {
            MARKS.put(Thread.currentThread(), before);
        }
    }

    public void leave() {
        MARKS.remove(Thread.currentThread());
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
        Mark here = MARKS.get(Thread.currentThread());
        if (here == null || here.isFreeFor(this)) {
            return;
        }
        if (here.where == Body.TRANSACTION) {
            throw new IllegalStateException(
                    "%s was called in the body of a transaction, which it is no part of: it would wait for what the transaction holds. There is revive.in(connection) for starts and signals."
                            .formatted(what));
        }
        throw new IllegalStateException("%s was called in a workflow, outside its steps. %s".formatted(what, instead));
    }

    /** Refuses what is a side effect, unless it is asked for inside a step or the body of a transaction. */
    public void requireTransactionStepOrOutside(String what) {
        Mark here = MARKS.get(Thread.currentThread());
        if (here == null || here.where != Body.TRANSACTION) {
            requireStepOrOutside(what);
        }
    }

    /** Whether the calling thread is in a step of a workflow that is run here. */
    public boolean isInStep() {
        Mark here = MARKS.get(Thread.currentThread());
        return here != null && here.whose == this && here.isFreeFor(this);
    }

    /** Refuses what a workflow that is run here must never do, and any other in steps only. */
    public void requireOutside(String what) {
        Headroom.require();
        Mark here = MARKS.get(Thread.currentThread());
        if (here != null && (here.whose == this || !here.isFreeFor(this))) {
            throw waiting(what);
        }
    }

    public static IllegalStateException waiting(String what) {
        return new IllegalStateException(
                "%s was called in a workflow. A workflow must not wait for another one like this: it would hold its place while it waits. Wait outside."
                        .formatted(what));
    }
}
