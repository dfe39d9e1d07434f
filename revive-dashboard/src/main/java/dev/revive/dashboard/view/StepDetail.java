// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.revive.workflow.Failure;
import org.jspecify.annotations.Nullable;

/**
 * A step with all that is known of it. In JSON the item's properties stand beside the others.
 *
 * @param item what a list shows of it
 * @param output its output, or null
 * @param failure its failure, or null
 */
public record StepDetail(
        @JsonUnwrapped StepItem item,
        @Nullable Payload output,
        @Nullable Failure failure) {}
