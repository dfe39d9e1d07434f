// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The effects of one run that are under way, each with its thread: the only threads that Revive ever interrupts, and only while they are there. What
 * is interrupted is an effect and never a thread: the thread may have ended that effect and be inside a sibling's by then.
 */
public final class EffectThreads {
    private enum Reason {
        TIME_IS_UP,
        IS_CANCELLED,
        RUN_ENDS
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Effect> underWay = new HashSet<>();

    /**
     * The calling thread may be interrupted from here on, unless the check throws.
     *
     * @param isToStop whether a cancellation is to interrupt it, by now
     */
    Effect begin(Runnable check, BooleanSupplier isToStop) {
        lock.lock();
        try {
            check.run();
            Effect effect = new Effect(isToStop);
            underWay.add(effect);
            return effect;
        } finally {
            lock.unlock();
        }
    }

    /** The run ends. */
    void interruptAll() {
        lock.lock();
        try {
            underWay.forEach(effect -> effect.interrupt(Reason.RUN_ENDS));
        } finally {
            lock.unlock();
        }
    }

    /** The workflow is cancelled, or a branch is cut off: interrupts those that are to end with that. */
    void interruptCancelled() {
        lock.lock();
        try {
            underWay.stream()
                    .filter(effect -> effect.interruptedFor == null && effect.isToStop.getAsBoolean())
                    .forEach(effect -> effect.interrupt(Reason.IS_CANCELLED));
        } finally {
            lock.unlock();
        }
    }

    /** One attempt at an effect, on the thread that began it. */
    public final class Effect {
        private final Thread thread = Thread.currentThread();
        private volatile @Nullable Reason interruptedFor;
        private volatile Runnable whenInterrupted = () -> {};

        private final BooleanSupplier isToStop;

        private Effect(BooleanSupplier isToStop) {
            this.isToStop = isToStop;
        }

        /** On its own thread. An interrupt of ours does not outlive the effect; one of the user's does. */
        public void end() {
            lock.lock();
            try {
                if (underWay.remove(this) && interruptedFor != null) {
                    Thread.interrupted();
                }
            } finally {
                lock.unlock();
            }
        }

        /** Its time is up: interrupts it. Answers false if it has ended already. */
        public boolean timeIsUp() {
            lock.lock();
            try {
                boolean isUnderWay = underWay.contains(this);
                if (isUnderWay) {
                    interrupt(Reason.TIME_IS_UP);
                }
                return isUnderWay;
            } finally {
                lock.unlock();
            }
        }

        /** Whether the end of its run interrupted it, before its time was up: what it throws may be that interrupt, however it looks. */
        public boolean isCutOff() {
            return interruptedFor == Reason.RUN_ENDS;
        }

        /** Whether the cancellation of its workflow or branch interrupted it. */
        public boolean isCancelled() {
            return interruptedFor == Reason.IS_CANCELLED;
        }

        /** Tells somebody who waits for it that it was interrupted; at once if it was before. */
        public void whenInterrupted(Runnable told) {
            whenInterrupted = told;
            if (interruptedFor != null) {
                told.run();
            }
        }

        private void interrupt(Reason reason) {
            interruptedFor = interruptedFor == null ? reason : interruptedFor;
            thread.interrupt();
            whenInterrupted.run();
        }
    }
}
