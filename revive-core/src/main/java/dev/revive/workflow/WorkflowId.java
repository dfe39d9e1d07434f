// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** The rules for workflow ids. */
public final class WorkflowId {
    private WorkflowId() {}

    /**
     * Checks an id.
     *
     * @param id 1 to 255 characters, not blank, without U+0000 and half surrogate pairs
     * @return the same id
     * @throws IllegalArgumentException if it breaks a rule, saying which
     */
    public static String valid(String id) {
        return Names.workflowId(id);
    }
}
