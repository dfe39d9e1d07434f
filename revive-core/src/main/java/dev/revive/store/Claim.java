// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a claim took in hand, and when to come again.
 *
 * @param workflows the claimed rows as they are now, the oldest due first
 * @param next how long it is, by the store's clock, until the next workflow falls due that is known to the executor and was not due yet; null if
 *     none will of itself
 */
public record Claim(
        List<WorkflowRecord> workflows, @Nullable Duration next) {
    /** Copies the list. */
    public Claim {
        workflows = List.copyOf(workflows);
    }
}
