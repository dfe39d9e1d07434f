// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/**
 * One attempt at a step.
 *
 * @param workflowId the workflow's id
 * @param stepName the step's name as the workflow gave it
 * @param attempt 1 for the first; every attempt that ever began counts, also those that a crash cut off, until the workflow fails and is retried:
 *     then 1 again
 * @param recovered whether the effect may have happened already: an earlier attempt began and nobody knows how it ended, or a person had the step
 *     run again
 * @param overlapping whether an earlier attempt timed out in this process and has still not returned
 * @param idempotencyKey the same for every attempt at this step, different for every other step of every workflow: give it to outside systems
 */
public record StepAttempt(
        String workflowId,
        String stepName,
        int attempt,
        boolean recovered,
        boolean overlapping,
        String idempotencyKey) {}
