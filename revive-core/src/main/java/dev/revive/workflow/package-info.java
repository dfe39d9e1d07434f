// SPDX-License-Identifier: Apache-2.0
/**
 * The vocabulary of Revive: what a workflow is, what it may ask for, and every error a user can meet.
 * Knows no other package of Revive. Read {@link dev.revive.workflow.WorkflowContext} first.
 */
@NullMarked
package dev.revive.workflow;

import org.jspecify.annotations.NullMarked;
