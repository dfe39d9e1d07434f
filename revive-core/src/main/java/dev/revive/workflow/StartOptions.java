// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Objects;

/**
 * How a workflow is started.
 *
 * @param ifExists what to do when the id is taken by the same workflow with the same input
 * @param runsElsewhere whether it may be a workflow that this engine has no code for
 */
public record StartOptions(IfExists ifExists, boolean runsElsewhere) {
    private static final StartOptions DEFAULTS = new StartOptions(IfExists.ATTACH, false);

    /** What to do when the id is taken. Another name, version or input under the same id is always a {@link WorkflowConflictException}. */
    public enum IfExists {
        /** Answer a handle to the existing one: starting is idempotent. */
        ATTACH,
        /** Throw {@link WorkflowConflictException}. */
        FAIL
    }

    /** Checks the choice. */
    public StartOptions {
        Objects.requireNonNull(ifExists, "ifExists");
    }

    /**
     * Attach to an existing one; this engine has the code.
     *
     * @return the defaults
     */
    public static StartOptions defaults() {
        return DEFAULTS;
    }

    /**
     * An existing id is an error.
     *
     * @return a copy
     */
    public StartOptions failIfExists() {
        return new StartOptions(IfExists.FAIL, runsElsewhere);
    }

    /**
     * The code may be in another process that shares the database.
     *
     * @return a copy
     */
    public StartOptions runElsewhere() {
        return new StartOptions(ifExists, true);
    }
}
