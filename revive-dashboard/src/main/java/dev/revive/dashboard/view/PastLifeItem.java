// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import dev.revive.workflow.Failure;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a workflow was until it failed and was retried.
 *
 * @param epoch the epoch at which it failed
 * @param failedAt when it failed
 * @param retriedAt when it was retried
 * @param failure its failure
 * @param steps the calls that were kept aside, in program order
 */
public record PastLifeItem(
        long epoch,
        Instant failedAt,
        Instant retriedAt,
        @Nullable Failure failure,
        List<StepItem> steps) {}
