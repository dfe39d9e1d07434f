// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/**
 * What a workflow may know about itself. Only the first three are the same in every run: do not let the rest decide what it does.
 *
 * @param workflowId the caller's id
 * @param workflowName the workflow's name
 * @param version the version it was started with
 * @param run 1 for the first run, higher after every claim
 * @param replaying whether the scope's next call is already recorded
 */
public record WorkflowInfo(String workflowId, String workflowName, int version, long run, boolean replaying) {}
