// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

/** Tells a start that is asked for once more from one that wants something else under an id that is taken. */
@FunctionalInterface
public interface SameStart {
    /**
     * Looks at what is there. Neither waits nor asks the store.
     *
     * @param existing the workflow that has the id
     * @param start what is to be started
     * @return whether they are the same workflow, version and input
     */
    boolean isSame(WorkflowRecord existing, NewWorkflow start);
}
