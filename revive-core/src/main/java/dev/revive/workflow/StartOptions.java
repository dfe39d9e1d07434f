// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a workflow is started.
 *
 * @param ifExists what to do when the id is taken by the same workflow with the same input
 * @param runsElsewhere whether it may be a workflow that this engine has no code for
 * @param timeout how long it may take, from its start to its end, or null
 */
public record StartOptions(
        IfExists ifExists, boolean runsElsewhere, @Nullable Duration timeout) {
    private static final StartOptions DEFAULTS = new StartOptions(IfExists.ATTACH, false, null);

    /** What to do when the id is taken. Another name, version or input under the same id is always a {@link WorkflowConflictException}. */
    public enum IfExists {
        /** Answer a handle to the existing one: starting is idempotent. */
        ATTACH,
        /** Throw {@link WorkflowConflictException}. */
        FAIL
    }

    /** Checks the choice, and that the timeout is positive. More than 36,500 days is that many. */
    public StartOptions {
        Objects.requireNonNull(ifExists, "ifExists");
        timeout = Spans.positiveOrNone("timeout", timeout);
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
        return new StartOptions(IfExists.FAIL, runsElsewhere, timeout);
    }

    /**
     * The code may be in another process that shares the database.
     *
     * @return a copy
     */
    public StartOptions runElsewhere() {
        return new StartOptions(ifExists, true, timeout);
    }

    /**
     * With a limit on the whole workflow, waits and pauses included. Once it is over the workflow is cancelled, as by {@link WorkflowRef#cancel}: it cleans
     * up, however long that takes, unless the engine has a {@code cleanUpGrace}, and ends FAILED, with a {@link WorkflowTimedOutException} for who waits
     * for its result. One that no executor has code for is cancelled once one has. Of a workflow that was there before, its own limit counts.
     *
     * @param limit more than zero
     * @return a copy
     */
    public StartOptions timeout(Duration limit) {
        Objects.requireNonNull(limit, "timeout");
        return new StartOptions(ifExists, runsElsewhere, limit);
    }
}
