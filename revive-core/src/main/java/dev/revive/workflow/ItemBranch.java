// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * The branch that runs once for each item of a list.
 *
 * @param <I> the item's type
 * @param <T> the type of its value
 */
@FunctionalInterface
public interface ItemBranch<I extends @Nullable Object, T extends @Nullable Object> {
    /**
     * Runs the branch for one item.
     *
     * @param branch the branch's own context: use it, and not the surrounding one, for every durable call inside
     * @param item the item
     * @return the branch's value, which may be null
     * @throws Exception to fail the branch
     */
    @Nullable
    T run(WorkflowContext branch, I item) throws Exception;
}
