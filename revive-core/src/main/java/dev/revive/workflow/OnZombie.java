// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** What a step wants done when an attempt began and nobody knows how it ended. */
public enum OnZombie {
    /** Begin another attempt: at least once. The default. */
    RUN_AGAIN,
    /** Never begin another: the step fails with {@link StepOutcomeUnknownException}, which the workflow may catch. At most once. */
    FAIL,
    /** Never begin another by itself: the workflow waits in {@link WorkflowStatus#NEEDS_ATTENTION} until a person decides. */
    ASK
}
