// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list of workflows.
 *
 * @param items the workflows, by id
 * @param next what to ask for as {@code after} to get the next page; null if this is the last
 */
public record WorkflowPage(
        List<WorkflowItem> items, @Nullable String next) {}
