// SPDX-License-Identifier: Apache-2.0
package dev.revive.crash;

import java.util.Objects;

/**
 * One passage through a crash point.
 *
 * @param point the point
 * @param workflowId the workflow
 * @param scope the scope, "" for the workflow's own function
 * @param sequence the call's number in its scope; 0 for the workflow's own completion
 * @param name the call's name; the workflow's name for its completion
 * @param attempt the step's attempt, from 1; 0 where there is none
 */
public record CrashSite(CrashPoint point, String workflowId, String scope, int sequence, String name, int attempt) {
    /** Checks what is never null. */
    public CrashSite {
        Objects.requireNonNull(point, "point");
        Objects.requireNonNull(workflowId, "workflowId");
    }
}
