// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A workflow that another has started, or {@linkplain WorkflowContext#attach attached}: what {@link WorkflowContext#await(Child)} waits for. Good for the run that started it, in all of its branches.
 *
 * @param <T> the type of its result
 */
public interface Child<T extends @Nullable Object> {
    /**
     * The child's id: for signals, and for people.
     *
     * @return its id, the same in every run
     */
    String id();
}
