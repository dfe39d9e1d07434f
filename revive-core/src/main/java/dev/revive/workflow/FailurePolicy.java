// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** What happens to the siblings of a failing branch. Either way an effect that has begun is never cut off, and a replay shows the same. */
public enum FailurePolicy {
    /** The siblings run to their end; then the parallel fails with every failure. */
    FINISH_SIBLINGS,
    /** The siblings end at their next durable call that is not yet recorded; then the parallel fails. */
    CANCEL_SIBLINGS
}
