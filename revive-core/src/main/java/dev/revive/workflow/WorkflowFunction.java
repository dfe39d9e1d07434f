// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A workflow's code. It is run again from the top after a crash, so everything between its durable calls must be deterministic: no clock, no
 * randomness, no I/O, no threads of its own; {@link WorkflowContext} has a durable form of each.
 *
 * @param <I> the input's type
 * @param <O> the output's type
 */
@FunctionalInterface
public interface WorkflowFunction<I extends @Nullable Object, O extends @Nullable Object> {
    /**
     * Runs the workflow.
     *
     * @param context what the workflow may ask for; belongs to the calling thread
     * @param input the decoded input
     * @return the result, which may be null
     * @throws Exception to fail the workflow for good
     */
    @Nullable
    O run(WorkflowContext context, I input) throws Exception;
}
