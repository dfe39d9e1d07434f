// SPDX-License-Identifier: Apache-2.0
package dev.revive.crash;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A hook that crashes once: {@code CrashPlan.at(CrashPoint.AFTER_EFFECT).ofStep("Send Welcome Email").losingQueued()}.
 * Safe for use by many threads.
 */
public final class CrashPlan implements CrashHook {
    private final Predicate<CrashSite> where;
    private final int passage;
    private final CrashAction action;
    private final AtomicInteger passages = new AtomicInteger();

    private CrashPlan(Predicate<CrashSite> where, int passage, CrashAction action) {
        this.where = where;
        this.passage = passage;
        this.action = action;
    }

    /**
     * Begins a plan for this point.
     *
     * @param point where to crash
     * @return the plan's builder
     */
    public static Builder at(CrashPoint point) {
        Objects.requireNonNull(point, "point");
        return new Builder(site -> site.point() == point, 1);
    }

    /**
     * Begins a plan for the n-th passage through any point.
     *
     * @param passage from 1
     * @return the plan's builder
     */
    public static Builder atPassage(int passage) {
        return new Builder(site -> true, passage);
    }

    @Override
    public CrashAction at(CrashSite site) {
        return where.test(site) && passages.incrementAndGet() == passage ? action : CrashAction.GO_ON;
    }

    /**
     * How often the place was passed.
     *
     * @return 0 or more; the crash happened if it reached the planned passage
     */
    public int passages() {
        return passages.get();
    }

    /**
     * Whether the crash has happened.
     *
     * @return true once the planned passage was reached
     */
    public boolean hasCrashed() {
        return passages.get() >= passage;
    }

    /** Narrows a plan down. Immutable. */
    public static final class Builder {
        private final Predicate<CrashSite> where;
        private final int passage;

        private Builder(Predicate<CrashSite> where, int passage) {
            this.where = where;
            this.passage = passage;
        }

        /**
         * Only at this step, in whatever scope.
         *
         * @param name the step's name
         * @return the narrower plan
         */
        public Builder ofStep(String name) {
            Objects.requireNonNull(name, "name");
            return new Builder(where.and(site -> site.name().equals(name)), passage);
        }

        /**
         * Only in this workflow.
         *
         * @param id the workflow's id
         * @return the narrower plan
         */
        public Builder ofWorkflow(String id) {
            Objects.requireNonNull(id, "id");
            return new Builder(where.and(site -> site.workflowId().equals(id)), passage);
        }

        /**
         * Only the n-th time.
         *
         * @param passage from 1
         * @return the narrower plan
         */
        public Builder passage(int passage) {
            return new Builder(where, passage);
        }

        /**
         * Crash; what is queued is lost.
         *
         * @return the plan
         */
        public CrashPlan losingQueued() {
            return then(CrashAction.CRASH_LOSING_QUEUED);
        }

        /**
         * Crash; what is queued reaches the store.
         *
         * @return the plan
         */
        public CrashPlan keepingQueued() {
            return then(CrashAction.CRASH_KEEPING_QUEUED);
        }

        /**
         * Halt the JVM.
         *
         * @return the plan
         */
        public CrashPlan halt() {
            return then(CrashAction.HALT);
        }

        /**
         * Do this.
         *
         * @param action what happens there
         * @return the plan
         */
        public CrashPlan then(CrashAction action) {
            return new CrashPlan(where, passage, Objects.requireNonNull(action, "action"));
        }
    }
}
