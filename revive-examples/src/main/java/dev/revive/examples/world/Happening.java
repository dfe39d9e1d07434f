// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.world;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.revive.workflow.StepAttempt;

/**
 * Something that really happened outside, once.
 *
 * @param nonce fresh for every happening: two of them are two effects, whatever else agrees
 * @param workflowId whose step it was
 * @param step the step's name
 * @param attempt which attempt of the step caused it
 * @param idempotencyKey the same for all attempts at one step: by it a real outside system would have recognized the repeat
 * @param pid the process that caused it
 * @param time when, in ISO-8601
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Happening(
        String nonce, String workflowId, String step, int attempt, String idempotencyKey, long pid, String time) {
    /**
     * The nonce's beginning, enough to tell a few apart.
     *
     * @return eight characters
     */
    public String shortNonce() {
        return nonce.substring(0, 8);
    }

    /**
     * Whether this attempt caused it, and not another one.
     *
     * @param other the attempt
     * @return true if it is this attempt's doing
     */
    public boolean isOf(StepAttempt other) {
        return workflowId.equals(other.workflowId()) && step.equals(other.stepName()) && attempt == other.attempt();
    }

    boolean isSameDeedAs(Happening other) {
        return workflowId.equals(other.workflowId)
                && step.equals(other.step)
                && idempotencyKey.equals(other.idempotencyKey);
    }
}
