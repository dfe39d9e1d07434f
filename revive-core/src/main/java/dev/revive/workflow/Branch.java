// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * One branch of a parallel.
 *
 * @param <T> the type of its value
 */
@FunctionalInterface
public interface Branch<T extends @Nullable Object> {
    /**
     * Runs the branch. Its value is not recorded itself: a replay computes it again from the recorded steps.
     *
     * @param branch the branch's own context: use it, and not the surrounding one, for every durable call inside
     * @return the branch's value, which may be null
     * @throws Exception to fail the branch
     */
    @Nullable
    T run(WorkflowContext branch) throws Exception;
}
